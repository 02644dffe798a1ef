package detecttest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/rules/detect"
)

// written is a rule as a test file writes it.
type written struct {
	Level      string    `yaml:"level"`
	Confidence int       `yaml:"confidence"`
	Message    string    `yaml:"message"`
	Escalate   []shift   `yaml:"escalate"`
	Soften     []shift   `yaml:"soften"`
	Of         string    `yaml:"of"`
	Where      yaml.Node `yaml:"where"` // conditions only, no all, any or not
	Settings   yaml.Node `yaml:"settings"`
}

type shift struct {
	If    map[string]string `yaml:"if"`
	Where yaml.Node         `yaml:"where"`
	Level string            `yaml:"level"`
}

// grounds are what a shift rests on.
func (s *shift) grounds(states detect.Facts, message string) ([]detect.Ground, error) {
	var all []detect.Ground
	for name, value := range s.If {
		g, err := detect.NewGround(states, message, name, value)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	where, err := Where(&s.Where)
	if where != nil {
		all = append(all, detect.Ground{Where: where, Text: flow(&s.Where)})
	}
	return all, err
}

// flow is a map of conditions on one line.
func flow(n *yaml.Node) string {
	var parts []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		parts = append(parts, n.Content[i].Value+": "+n.Content[i+1].Value)
	}
	return strings.Join(parts, ", ")
}

// shifts reads what raises and lowers a rule's level.
func (w *written) shifts(r *detect.Rule, states detect.Facts) error {
	for _, s := range slices.Concat(w.Escalate, w.Soften) {
		if _, ok := detect.ParseLevel(s.Level); !ok && s.Level != "" {
			return fmt.Errorf("unknown level %q", s.Level)
		}
	}
	for _, e := range w.Escalate {
		grounds, err := e.grounds(states, w.Message)
		if err != nil {
			return err
		}
		to, _ := detect.ParseLevel(e.Level)
		for _, g := range grounds {
			r.Escalate = append(r.Escalate, detect.Escalation{Ground: g, Level: to})
		}
	}
	for _, s := range w.Soften {
		grounds, err := s.grounds(states, w.Message)
		if err != nil {
			return err
		}
		to, named := detect.ParseLevel(s.Level)
		for _, g := range grounds {
			r.Soften = append(r.Soften, detect.Softening{Ground: g, To: to, ByOne: !named})
		}
	}
	return nil
}

// parseRule reads a rule, and what its findings may state; without where it is about every activity of the case.
func parseRule(kind detect.Kind, text string) (*detect.Rule, detect.Facts, error) {
	var w written
	d := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return nil, nil, fmt.Errorf("rule: %w", err)
	}
	level, ok := detect.ParseLevel(w.Level)
	if !ok {
		return nil, nil, fmt.Errorf("rule: unknown level %q", w.Level)
	}
	r := &detect.Rule{
		ID: "test." + kind.Name, Title: "test", Kind: kind.Name, Level: level, Confidence: w.Confidence,
		Message: w.Message, OfActor: w.Of == "actor",
	}
	var err error
	if r.Where, err = Where(&w.Where); err != nil {
		return nil, nil, fmt.Errorf("where: %w", err)
	}
	settings := kind.Settings()
	if w.Settings.Kind != 0 {
		if err := w.Settings.Decode(settings); err != nil {
			return nil, nil, fmt.Errorf("settings: %w", err)
		}
	}
	if err := settings.Validate(); err != nil {
		return nil, nil, fmt.Errorf("settings: %w", err)
	}
	states := settings.States()
	if err := w.shifts(r, states); err != nil {
		return nil, nil, fmt.Errorf("rule: %w", err)
	}
	r.Detector = settings.Detector(r)
	return r, states, nil
}

// Where compiles a map of conditions; nil if there is none.
func Where(n *yaml.Node) (*detect.Where, error) {
	if n.Kind == 0 {
		return nil, nil
	}
	var b detect.Block
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		c := detect.Condition{Values: []string{value.Value}, Exists: value.Value == "true"}
		c.Field, c.Modifier, _ = strings.Cut(key, "|")
		if value.Kind == yaml.SequenceNode {
			if err := value.Decode(&c.Values); err != nil {
				return nil, err
			}
		}
		b.Conditions = append(b.Conditions, c)
	}
	return detect.NewWhere(b)
}
