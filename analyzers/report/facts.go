package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Fact is one named value: a string, a bool, an int64, a float64, a []string, or nil for unknown. A list of other numbers
// or of both, as a later version may write it, is an []any of those.
type Fact struct {
	Name  string
	Value any
}

// Facts are an object in JSON, in their own order. Each value is a list of texts or numbers there, empty if it is unknown.
type Facts []Fact

// numbers are the facts that are numbers in the document and texts of the log before it.
var numbers = [...]string{"asn", "strangeness"}

// MarshalJSON writes the facts as one object.
func (f Facts) MarshalJSON() ([]byte, error) { return f.object(listOf) }

// object writes the facts as one object, each value as form gives it.
func (f Facts) object(form func(Fact) any) ([]byte, error) {
	return marshalObject(len(f), func(i int) (string, any) { return f[i].Name, form(f[i]) })
}

// marshalObject is an object of n members in their own order.
func marshalObject(n int, member func(i int) (name string, value any)) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		of, content := member(i)
		name, err := marshal(of)
		if err != nil {
			return nil, err
		}
		value, err := marshal(content)
		if err != nil {
			return nil, fmt.Errorf("fact %q: %w", of, err)
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// listOf is a fact's value as the document has it.
func listOf(fact Fact) any {
	switch v := fact.Value.(type) {
	case nil:
		return []any{}
	case bool:
		return []any{strconv.FormatBool(v)}
	case string:
		return []any{numberIn(fact.Name, v)}
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = numberIn(fact.Name, v[i])
		}
		return list
	case []any:
		return v
	default:
		return []any{v}
	}
}

// numberIn is the number that a text is, where the fact is one of numbers and the text says nothing else.
func numberIn(name, text string) any {
	if !slices.Contains(numbers[:], name) {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if number := wholeNumber(n); err == nil && number != nil && ValueText(number) == text {
		return number
	}
	return text
}

// single is a fact as it is in memory, of the list that the document has.
func single(fact Fact) Fact {
	var list []any
	switch v := fact.Value.(type) {
	case []string:
		for _, text := range v {
			list = append(list, text)
		}
	case []any:
		list = v
	default:
		return fact
	}
	texts := make([]string, 0, len(list))
	for i, one := range list {
		text, ok := one.(string)
		if !ok && slices.Contains(numbers[:], fact.Name) {
			text, ok = ValueText(one), true
			list[i] = text
		}
		if ok {
			texts = append(texts, text)
		}
	}
	switch {
	case len(list) == 0:
		fact.Value = nil
	case len(list) == 1:
		fact.Value = list[0]
	case len(texts) == len(list):
		fact.Value = texts
	}
	return fact
}

// FactCount is how many values a fact's list leaves out.
type FactCount struct {
	Name string
	More int64
}

// FactCounts are an object in JSON, in their own order.
type FactCounts []FactCount

// MarshalJSON writes the counts as one object of numbers.
func (c FactCounts) MarshalJSON() ([]byte, error) {
	facts := make(Facts, len(c))
	for i, one := range c {
		facts[i] = Fact{one.Name, one.More}
	}
	return facts.object(func(f Fact) any { return f.Value })
}

// UnmarshalJSON reads one object of numbers.
func (c *FactCounts) UnmarshalJSON(b []byte) error {
	var facts Facts
	if err := facts.UnmarshalJSON(b); err != nil {
		return err
	}
	*c = make(FactCounts, 0, len(facts))
	for _, f := range facts {
		n, ok := f.Value.(int64)
		if !ok {
			return fmt.Errorf("facts_more: %q: want a whole number, got %T", f.Name, f.Value)
		}
		*c = append(*c, FactCount{f.Name, n})
	}
	return nil
}

// UnmarshalJSON reads one object and keeps its order.
func (f *Facts) UnmarshalJSON(b []byte) error {
	*f = Facts{}
	return unmarshalObject(b, func(name string, in *json.Decoder) error {
		in.UseNumber()
		var raw any
		if err := in.Decode(&raw); err != nil {
			return err
		}
		value, err := FactOf(raw)
		*f = append(*f, Fact{name, value})
		return err
	})
}

// unmarshalObject reads one object, a member at a time and in its order; member takes the value from in.
func unmarshalObject(b []byte, member func(name string, in *json.Decoder) error) error {
	in := json.NewDecoder(bytes.NewReader(b))
	if open, err := in.Token(); err != nil {
		return err
	} else if open != json.Delim('{') {
		return fmt.Errorf("facts: want an object, got %v", open)
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return err
		}
		if err := member(name.(string), in); err != nil {
			return fmt.Errorf("fact %q: %w", name, err)
		}
	}
	return nil
}

// FactOf brings a value as JSON or a detector gives it to one of the kinds of [Fact]: whole numbers are int64, so that
// what is written and what is read are the same.
func FactOf(raw any) (any, error) {
	switch v := raw.(type) {
	case nil, bool, int64:
		return v, nil
	case string:
		return Clean(v), nil
	case int:
		return int64(v), nil
	case float64:
		return wholeNumber(v), nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		n, err := v.Float64()
		return wholeNumber(n), err
	case []string:
		list := make([]string, len(v))
		for i := range v {
			list[i] = Clean(v[i])
		}
		return list, nil
	case []any:
		return factList(v)
	default:
		return nil, fmt.Errorf("want a string, bool, number or list of strings and numbers, got %T", raw)
	}
}

// factList is a list of texts, or of texts and numbers.
func factList(raw []any) (any, error) {
	texts, all := make([]string, 0, len(raw)), make([]any, len(raw))
	for i := range raw {
		one, err := FactOf(raw[i])
		if err != nil {
			return nil, err
		}
		switch v := one.(type) {
		case string:
			texts = append(texts, v)
		case int64, float64:
		default:
			return nil, fmt.Errorf("want a list of strings or numbers, got %T in it", raw[i])
		}
		all[i] = one
	}
	if len(texts) == len(all) {
		return texts, nil
	}
	return all, nil
}

// wholeNumber is nil for what JSON cannot hold.
func wholeNumber(v float64) any {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return nil
	case v == math.Trunc(v) && math.Abs(v) < 1<<53:
		return int64(v)
	default:
		return v
	}
}

// FactText is a fact's value with how many more there are.
func (f *Finding) FactText(fact Fact) string {
	text := ValueText(fact.Value)
	for _, more := range f.FactsMore {
		if more.More > 0 && more.Name == fact.Name {
			return fmt.Sprintf("%s and %s more", text, Grouped(more.More))
		}
	}
	return text
}

// ValueText is a fact's value for people, not yet stripped of what is hostile in it.
func ValueText(value any) string {
	switch v := value.(type) {
	case nil:
		return "unknown"
	case string:
		return v
	case []string:
		if len(v) == 0 {
			return "unknown"
		}
		return strings.Join(v, ", ")
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = ValueText(v[i])
		}
		return strings.Join(texts, ", ")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// Texts are the texts of a fact, none if the finding has no such fact or its value is unknown or false.
func (f *Finding) Texts(name string) []string {
	for _, fact := range f.Facts {
		if fact.Name != name {
			continue
		}
		switch v := fact.Value.(type) {
		case []string:
			return v
		case nil:
			return nil
		case bool:
			if !v {
				return nil
			}
		case string:
			if v == "false" {
				return nil
			}
		}
		return []string{ValueText(fact.Value)}
	}
	return nil
}
