package detecttest

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/rules/detect"
)

// written is a rule as a test file writes it.
type written struct {
	Level      string       `yaml:"level"`
	Confidence int          `yaml:"confidence"`
	Message    string       `yaml:"message"`
	Escalate   []escalation `yaml:"escalate"`
	Of         string       `yaml:"of"`
	Where      yaml.Node    `yaml:"where"` // conditions only, no all, any or not
	Settings   yaml.Node    `yaml:"settings"`
}

type escalation struct {
	If    map[string]string `yaml:"if"`
	Level string            `yaml:"level"`
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
	for _, e := range w.Escalate {
		to, ok := detect.ParseLevel(e.Level)
		if !ok {
			return nil, nil, fmt.Errorf("rule: unknown level %q", e.Level)
		}
		for name, value := range e.If {
			raise, err := detect.NewEscalation(states, r.Message, name, value, to)
			if err != nil {
				return nil, nil, fmt.Errorf("rule: %w", err)
			}
			r.Escalate = append(r.Escalate, raise)
		}
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
