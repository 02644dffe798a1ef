package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Time is in milliseconds since 1970 UTC; 0 is unknown and null in JSON. JSON has it in RFC 3339, UTC.
type Time int64

// maxTime is the end of year 9999: RFC 3339 has four digits for a year.
const MaxTime = Time(253402300799999)

// dayLayout is how a day is written.
const DayLayout = "2006-01-02"

// minTime is the beginning of year 0.
const MinTime = Time(-62167219200000)

// String is the time in RFC 3339, with milliseconds where it has them; "" if it is unknown or beyond year 9999.
func (t Time) String() string {
	switch {
	case t == 0 || t < MinTime || t > MaxTime:
		return ""
	case t%1000 == 0:
		return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05Z")
	default:
		return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
	}
}

// MarshalJSON writes the time's String, or null.
func (t Time) MarshalJSON() ([]byte, error) { return Text(t.String()).MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s Text
	if err := s.UnmarshalJSON(b); err != nil || s == "" {
		*t = 0
		return err
	}
	at, err := time.Parse(time.RFC3339, string(s))
	if err != nil {
		return err
	}
	*t = Time(at.UnixMilli())
	return nil
}

// Text is a text that may be unknown: "" is null in JSON.
type Text string

// MarshalJSON writes the text, or null.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return marshal(string(t))
}

// UnmarshalJSON reads a string or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*t = ""
	if s != nil {
		*t = Text(*s)
	}
	return nil
}

// TenantOf is the tenant that something is about, in the report of a case of several: its id; NotNamed where no
// record names it, which is null in JSON. "" is of a case that is one tenant's, and is left out.
type TenantOf string

// NotNamed is the tenant whose id no record names.
const NotNamed TenantOf = "not-named"

// NamedTenant is the tenant of that id, one of several.
func NamedTenant(id string) TenantOf { return cmp.Or(TenantOf(id), NotNamed) }

// MarshalJSON writes the id, or null.
func (t TenantOf) MarshalJSON() ([]byte, error) {
	if t == NotNamed {
		t = ""
	}
	return Text(t).MarshalJSON()
}

// UnmarshalJSON reads what MarshalJSON writes; it is not called where there was nothing.
func (t *TenantOf) UnmarshalJSON(b []byte) error {
	var id Text
	err := id.UnmarshalJSON(b)
	*t = NamedTenant(string(id))
	return err
}

// Number is a number that may be unknown: 0 is null in JSON.
type Number int64

// MarshalJSON writes the number, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if n == 0 {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(n), 10), nil
}

// Fact is one named value: a string, a bool, an int64, a float64, a []string, or nil for unknown.
type Fact struct {
	Name  string
	Value any
}

// Facts are an object in JSON, in their own order.
type Facts []Fact

// MarshalJSON writes the facts as one object.
func (f Facts) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, fact := range f {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := marshal(fact.Name)
		if err != nil {
			return nil, err
		}
		value, err := marshal(fact.Value)
		if err != nil {
			return nil, fmt.Errorf("fact %q: %w", fact.Name, err)
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// UnmarshalJSON reads one object and keeps its order.
func (f *Facts) UnmarshalJSON(b []byte) error {
	*f = Facts{}
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
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
		var raw any
		if err := in.Decode(&raw); err != nil {
			return err
		}
		value, err := FactOf(raw)
		if err != nil {
			return fmt.Errorf("fact %q: %w", name, err)
		}
		*f = append(*f, Fact{name.(string), value})
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
		list := make([]string, len(v))
		for i := range v {
			s, ok := v[i].(string)
			if !ok {
				return nil, fmt.Errorf("want a list of strings, got %T in it", v[i])
			}
			list[i] = s
		}
		return list, nil
	default:
		return nil, fmt.Errorf("want a string, bool, number or list of strings, got %T", raw)
	}
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
		if n, ok := more.Value.(int64); ok && n > 0 && more.Name == fact.Name {
			return fmt.Sprintf("%s and %s more", text, Grouped(n))
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
		return strings.Join(v, ", ")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// marshal is json.Marshal without HTML escapes: the document is data, and every renderer escapes for its own medium.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
