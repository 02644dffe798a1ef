// Package outlooktest writes Outlook Activities as their sources did, for tests: the CSV of the retriever of 2018 and
// the JSON of the service. Everything in what it generates is invented.
package outlooktest

import (
	"bytes"
	"encoding/json"

	"triage/ingest/outlook/retriever"
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
const Header = retriever.Header

// BOM is what the retriever wrote first (utf-8-sig).
const BOM = retriever.BOM

// CSV is the retriever's file, byte for byte.
func CSV(records []Record) []byte {
	return append([]byte(BOM+Header+"\n"), CSVRows(records)...)
}

// CSVRows is CSV without byte order mark and header.
func CSVRows(records []Record) []byte {
	var out []byte
	for _, r := range records {
		out = retriever.AppendRow(out, [retriever.Columns]string{
			r.TimeStamp, r.AppIDType, r.ActivityIDType, r.ActivityItemID, r.ActivityCreationTime, r.ClientSessionID,
			PythonDict(r.Properties),
		})
	}
	return out
}

// PythonDict is repr() of the dictionary of the properties; nothing for none.
func PythonDict(props []Property) string {
	same := make([]retriever.Property, len(props))
	for i, p := range props {
		same[i] = retriever.Property(p)
	}
	return retriever.Dict(same)
}

// serviceObject is the service's JSON. Pointers: what a record lacks is null there.
type serviceObject struct {
	ID                   string `json:"Id"`
	ActivityCreationTime *string
	ActivityIDType       string  `json:"ActivityIdType"`
	AppIDType            string  `json:"AppIdType"`
	ClientSessionID      *string `json:"ClientSessionId"`
	ActivityItemID       *string `json:"ActivityItemId"`
	TimeStamp            string
	CustomProperties     []Property
}

func serviceObjects(records []Record) []serviceObject {
	orNil := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	out := make([]serviceObject, len(records))
	for i, r := range records {
		out[i] = serviceObject{
			r.ID, orNil(r.ActivityCreationTime), r.ActivityIDType, r.AppIDType, orNil(r.ClientSessionID),
			orNil(r.ActivityItemID), r.TimeStamp, r.Properties,
		}
	}
	return out
}

// APIPage is one answer of the service.
func APIPage(records []Record) []byte {
	return encode(map[string]any{"@odata.context": "https://outlook.office.com/api/v2.0/$metadata#Me/Activities", "value": serviceObjects(records)})
}

// Array is the records as one JSON array.
func Array(records []Record) []byte { return encode(serviceObjects(records)) }

// JSONLines is the records as JSON lines.
func JSONLines(records []Record) []byte {
	var out []byte
	for _, o := range serviceObjects(records) {
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
