package sigma

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"triage/rules/yamltext"
)

//go:embed mapping.yaml
var mappingText []byte

// source is one log source: which rows it is, and what its fields are called.
type source struct {
	Product  string           `yaml:"product"`
	Services []string         `yaml:"services"`
	Skip     string           `yaml:"skip"` // why its rules are not loaded
	Where    yaml.Node        `yaml:"where"`
	Family   string           `yaml:"family"` // of rules whose tags say nothing
	Strip    string           `yaml:"strip"`  // what may stand before a field's name
	Fields   map[string]field `yaml:"fields"`
	Record   []string         `yaml:"record"`  // names of the record itself: raw.<name>
	Below    []string         `yaml:"below"`   // and whatever is called like this, and a dot
	Also     []string         `yaml:"also"`    // names of sets of fields
	Keywords []string         `yaml:"keyword"` // fields in which keywords are looked for

	known map[string]mapped // by name in lower case
	where *yamltext.Node
}

// field is what a Sigma field is.
type field struct {
	To     []string             `yaml:"to"`     // fields of ours, any of which may hold the value
	Dot    bool                 `yaml:"dot"`    // the log may write a dot behind the value
	Values map[string]yaml.Node `yaml:"values"` // what a value means, where that is no text: by value in lower case
}

// mapped is a field, found.
type mapped struct {
	targets []string
	Dot     bool
	values  map[string]*yamltext.Node
}

// value is what a value means; nil where it is a text like any other.
func (to mapped) value(v *yamltext.Node, m modifiers) *yamltext.Node {
	if m.how != "" || m.exists || m.expand || m.cased || v.Shape != yamltext.Scalar {
		return nil
	}
	return to.values[strings.ToLower(strings.TrimSpace(v.Text))]
}

// mapping is read when it is first asked for, and not changed after.
var mapping = sync.OnceValues(readMapping)

func readMapping() ([]*source, error) {
	var text struct {
		Sets    map[string]map[string]field `yaml:"sets"`
		Sources []*source                   `yaml:"sources"`
	}
	if err := yaml.Unmarshal(mappingText, &text); err != nil {
		return nil, err
	}
	file := &yamltext.File{Name: "mapping.yaml"}
	left := maxNodes
	for _, s := range text.Sources {
		s.known = map[string]mapped{}
		for _, name := range s.Record {
			s.known[strings.ToLower(name)] = mapped{targets: []string{"raw." + name}}
		}
		sets := []map[string]field{}
		for _, name := range s.Also {
			sets = append(sets, text.Sets[name])
		}
		for _, set := range append(sets, s.Fields) {
			for name, f := range set {
				one := mapped{targets: f.To, Dot: f.Dot, values: map[string]*yamltext.Node{}}
				for value, block := range f.Values {
					n, err := convert(file, &block, 1, &left)
					if err != nil {
						return nil, fmt.Errorf("mapping.yaml: %w", err)
					}
					one.values[strings.ToLower(value)] = n
				}
				s.known[strings.ToLower(name)] = one
			}
		}
		if s.Skip != "" {
			continue
		}
		var err error
		if s.where, err = convert(file, &s.Where, 1, &left); err != nil {
			return nil, fmt.Errorf("mapping.yaml: %w", err)
		}
	}
	return text.Sources, nil
}

// sourceOf is the log source that a rule is about.
func sourceOf(n *yamltext.Node) (*source, error) {
	all, err := mapping()
	if err != nil {
		return nil, err
	}
	at := n.Get("logsource")
	if at == nil {
		return nil, failf(n, "logsource is missing")
	}
	product, service, category := strings.ToLower(textOf(at.Get("product"))), strings.ToLower(textOf(at.Get("service"))), strings.ToLower(textOf(at.Get("category")))
	for _, s := range all {
		if s.Product != product || !slices.Contains(s.Services, service) || category != "" {
			continue
		}
		if s.Skip != "" {
			return nil, failf(at, "logsource %s: %s", s.name(), s.Skip)
		}
		return s, nil
	}
	var said []string
	for _, word := range []string{product, service, category} {
		if word != "" {
			said = append(said, word)
		}
	}
	return nil, failf(at, "logsource %s: no export that is read here holds it", strings.Join(said, "/"))
}

func (s *source) name() string { return s.Product + "/" + s.Services[0] }

// names are those of all fields, sorted.
func (s *source) names() []string { return slices.Sorted(maps.Keys(s.known)) }

// rows are the rows of the log source, in the place of a rule.
func (s *source) rows(at *yamltext.Node) *yamltext.Node { return moved(s.where, at) }

// moved is a node of the mapping in the place of another: what is said of it is said of the rule.
func moved(n, at *yamltext.Node) *yamltext.Node {
	out := *n
	out.File, out.Line, out.Column = at.File, at.Line, at.Column
	out.Items, out.Pairs = nil, nil
	for _, item := range n.Items {
		out.Items = append(out.Items, moved(item, at))
	}
	for _, p := range n.Pairs {
		out.Pairs = append(out.Pairs, yamltext.Pair{Key: moved(p.Key, at), Value: moved(p.Value, at)})
	}
	return &out
}

// field finds a field, whatever the case of its letters.
func (s *source) field(name string) (mapped, bool) {
	name = strings.ToLower(name)
	if f, ok := s.known[name]; ok {
		return f, true
	}
	short, stripped := strings.CutPrefix(name, s.Strip)
	if stripped {
		if f, ok := s.known[short]; ok {
			return f, true
		}
	}
	for _, prefix := range s.Below {
		if rest, ok := strings.CutPrefix(short, strings.ToLower(prefix)+"."); ok && rest != "" && validPath(rest) {
			return mapped{targets: []string{"raw." + prefix + "." + rest}}, true
		}
	}
	return mapped{}, false
}

// validPath bounds what a rule may ask of every record.
func validPath(s string) bool {
	return len(s) <= 100 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._-@") == ""
}
