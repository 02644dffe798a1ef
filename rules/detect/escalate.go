package detect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/ingest/activity"
)

// Facts say what the findings of a detector may state, by name, besides the fields that the rule's message asks for.
type Facts map[string]FactType

// FactType is what a fact's value is.
type FactType uint8

// The types of facts. The zero value is any text, or several.
const (
	TextFact   FactType = iota
	FieldFact           // what the activities have in the field of that name
	NumberFact          // a whole number
	LengthFact          // a length of time: an escalation gives the longest
	TimeFact            // RFC 3339
	TrueFact            // stated only where it is so
)

// With adds fields.
func (f Facts) With(fields ...activity.Field) Facts {
	for _, field := range fields {
		f[field.String()] = FieldFact
	}
	return f
}

// WithNamed adds fields by the names that rules give them.
func (f Facts) WithNamed(names ...string) Facts {
	for _, name := range names {
		f[name] = FieldFact
	}
	return f
}

// Ground is why a finding's level changes: a fact that it states, or conditions on its rows.
type Ground struct {
	If    string // the fact's name: "opened_within"; "": Where decides
	Value string // as the rule writes it: "7d"
	Where *Where
	Text  string // the conditions as the rule writes them
	holds match  // of the fact's text
}

// Escalation raises a finding's level where it states a fact, or where conditions hold for any of its rows.
type Escalation struct {
	Ground
	Level Level
}

// Softening lowers a finding's level where it states a fact, or where conditions hold for every one of its rows: by one, or
// to a level. It raises nothing, and lowers nothing below low.
type Softening struct {
	Ground
	To    Level
	ByOne bool // To says nothing
}

// String is the ground as a rule writes it.
func (g *Ground) String() string {
	if g.If != "" {
		return g.If + ": " + g.Value
	}
	return g.Text
}

// NewGround is the ground that a finding states a fact, for a rule with this message, whose detector states these facts. The
// error says why no finding can ever state that.
func NewGround(facts Facts, message, name, value string) (Ground, error) {
	e := Ground{If: name, Value: value, holds: equals(activity.FieldNone, []string{value})}
	typ, known := facts[name]
	if v, field := ParseValue(name); field && !known {
		if !slices.Contains(placeholders(message), name) {
			return e, fmt.Errorf("findings of this rule do not state %s unless its message has {%s}", v.Name(), name)
		}
		typ, known = FieldFact, true
	}
	if !known {
		return e, fmt.Errorf("no finding of this rule states %q%s", name, DidYouMean(name, slices.Sorted(maps.Keys(facts))))
	}
	wrong := func(want string) (Ground, error) { return e, fmt.Errorf("%s: want %s, got %q", name, want, value) }
	switch typ {
	case FieldFact:
		if _, err := NewWhere(Block{Conditions: []Condition{{Field: name, Values: []string{value}}}}); err != nil {
			return e, err
		}
		v, _ := ParseValue(name)
		if e.holds = equals(v.field, []string{value}); v.field == activity.FieldStrangeness {
			e.holds = equalNumbers([]string{value})
		}
	case NumberFact:
		if n, err := strconv.Atoi(value); err != nil || strconv.Itoa(n) != value {
			return wrong("a whole number")
		}
	case LengthFact:
		longest, err := ParseDuration(value)
		if err != nil {
			return e, fmt.Errorf("%s: %w", name, err)
		}
		e.holds = func(t *text) bool {
			d, err := time.ParseDuration(t.raw) // facts are written by time.Duration, rules by people
			return err == nil && d <= longest
		}
	case TimeFact:
		if _, err := time.Parse(time.RFC3339, value); err != nil {
			return wrong("a time as 2026-03-02T14:30:00Z")
		}
	case TrueFact:
		if value != "true" {
			return wrong("true: it is stated only where it is so")
		}
	}
	return e, nil
}

// placeholders lists the names between braces.
func placeholders(template string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(template, "{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		names, template = append(names, name), after
	}
}
