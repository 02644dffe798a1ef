package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
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
	if !t.known() {
		return ""
	}
	return string(t.append(nil))
}

func (t Time) known() bool { return t != 0 && t >= MinTime && t <= MaxTime }

func (t Time) append(to []byte) []byte {
	layout := "2006-01-02T15:04:05Z"
	if t%1000 != 0 {
		layout = "2006-01-02T15:04:05.000Z"
	}
	return time.UnixMilli(int64(t)).UTC().AppendFormat(to, layout)
}

// MarshalJSON writes the time's String, or null.
func (t Time) MarshalJSON() ([]byte, error) {
	if !t.known() {
		return []byte("null"), nil
	}
	return append(t.append(append(make([]byte, 0, 32), '"')), '"'), nil
}

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
	if simple(string(t)) {
		return append(append(append(make([]byte, 0, len(t)+2), '"'), t...), '"'), nil
	}
	return marshal(string(t))
}

// simple says that a text is in JSON as it is, between quotes.
func simple(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
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
