// Package outlooktest writes Outlook Activities as their sources did, for tests: the CSV of the retriever of 2018 and
// the JSON of the service. Everything in what it generates is invented.
package outlooktest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// Record is one activity as the service has it.
type Record struct {
	TimeStamp            string // ISO 8601
	AppIDType            string
	ActivityIDType       string
	ActivityItemID       string
	ActivityCreationTime string
	ClientSessionID      string
	Properties           []Property
	ID                   string // in JSON only
}

// Property is one custom property; the service knows strings only.
type Property struct{ Name, Value string }

// Header is the retriever's header.
const Header = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties"

// BOM is what the retriever wrote first (utf-8-sig).
const BOM = "\xEF\xBB\xBF"

// CSV is the retriever's file, byte for byte: a byte order mark, the header, LF line ends, cells quoted only where
// they must be, properties as the text of a Python dictionary.
func CSV(records []Record) []byte {
	return append([]byte(BOM+Header+"\n"), Rows(records)...)
}

// Rows is CSV without byte order mark and header.
func Rows(records []Record) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, r := range records {
		row := []string{
			r.TimeStamp, r.AppIDType, r.ActivityIDType, r.ActivityItemID, r.ActivityCreationTime, r.ClientSessionID,
			PythonDict(r.Properties),
		}
		if err := w.Write(row); err != nil {
			panic(err) // a bytes.Buffer takes everything
		}
	}
	w.Flush()
	return out.Bytes()
}

// PythonDict is repr() of the dictionary of the properties; nothing for none. Of a repeated name the last value counts
// and the first place, as in Python.
func PythonDict(props []Property) string {
	if len(props) == 0 {
		return ""
	}
	last := map[string]string{}
	for _, p := range props {
		last[p.Name] = p.Value
	}
	var parts []string
	for _, p := range props {
		if value, ok := last[p.Name]; ok {
			parts = append(parts, PythonRepr(p.Name)+": "+PythonRepr(value))
			delete(last, p.Name)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// PythonRepr is repr() of a string: double quotes only where it holds an apostrophe and no double quote; what is not
// printable is escaped, everything else stays.
func PythonRepr(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}

// object is the service's JSON. Pointers: what a record lacks is null there.
type object struct {
	ID                   string `json:"Id"`
	ActivityCreationTime *string
	ActivityIDType       string  `json:"ActivityIdType"`
	AppIDType            string  `json:"AppIdType"`
	ClientSessionID      *string `json:"ClientSessionId"`
	ActivityItemID       *string `json:"ActivityItemId"`
	TimeStamp            string
	CustomProperties     []Property
}

func objects(records []Record) []object {
	orNil := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	out := make([]object, len(records))
	for i, r := range records {
		out[i] = object{
			r.ID, orNil(r.ActivityCreationTime), r.ActivityIDType, r.AppIDType, orNil(r.ClientSessionID),
			orNil(r.ActivityItemID), r.TimeStamp, r.Properties,
		}
	}
	return out
}

// Page is one answer of the service.
func Page(records []Record) []byte {
	return encode(map[string]any{"@odata.context": "https://outlook.office.com/api/v2.0/$metadata#Me/Activities", "value": objects(records)})
}

// Array is the records as one JSON array.
func Array(records []Record) []byte { return encode(objects(records)) }

// Lines is the records as JSON lines.
func Lines(records []Record) []byte {
	var out []byte
	for _, o := range objects(records) {
		out = append(out, encode(o)...)
	}
	return out
}

func encode(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings always encode
	}
	return out.Bytes()
}
