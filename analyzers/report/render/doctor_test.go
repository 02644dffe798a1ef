package render

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/reporttest"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// examination is the sample case, and two paths that were not read.
func examination(t testing.TB, word string) *report.Examination {
	t.Helper()
	s := reporttest.Sample(word)
	x, err := draw.Examine(context.Background(), draw.DoctorSource{
		Case: s.Result.Case, Records: s.Records, Version: s.Version, AsOf: s.AsOf,
		Unread: []draw.Unread{
			{Path: "table.csv" + word, Reason: `unknown format: a table with columns "When", "Who"` + word, Hint: "export again with all columns"},
			{Path: "none.csv", Reason: "no such file"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Promise: what doctor says of the sample is what was read in review.
func TestDoctorGolden(t *testing.T) {
	var doc, text bytes.Buffer
	x := examination(t, "")
	if err := report.WriteExamination(&doc, x); err != nil {
		t.Fatal(err)
	}
	if err := WriteExaminationText(&text, x, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	reporttest.Golden(t, "doctor.json", doc.Bytes())
	reporttest.Golden(t, "doctor.txt", text.Bytes())
	losses, unread := x.Lost()
	if losses != 1 || unread != 2 {
		t.Errorf("%d losses, %d unread, want 1 and 2", losses, unread)
	}
}

// Promise: every examination is valid by its published schema, which is strict, and hostile text acts on nothing.
func TestDoctorSchemaAndHostileText(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(report.DoctorSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:triage:doctor:v1", schema); err != nil {
		t.Fatal(err)
	}
	compiled := c.MustCompile("urn:triage:doctor:v1")
	valid := func(text string) error {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(doc)
	}
	for _, word := range []string{"", reporttest.Nasty} {
		var doc, text bytes.Buffer
		x := examination(t, word)
		if err := report.WriteExamination(&doc, x); err != nil {
			t.Fatal(err)
		}
		if err := WriteExaminationText(&text, x, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := valid(doc.String()); err != nil {
			t.Error(err)
		}
		for _, r := range doc.String() + text.String() {
			if r != '\n' && r != 0xa0 && report.PlainRune(r) != r {
				t.Fatalf("%U stands bare", r)
			}
		}
		if !utf8.Valid(text.Bytes()) || strings.Contains(text.String(), "\nSet-Cookie") {
			t.Error("hostile text acts on the text form")
		}
	}
	var doc bytes.Buffer
	if err := report.WriteExamination(&doc, examination(t, "")); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`doctor/v1"`, `doctor/v2"`},
		{`"severity":"limit"`, `"severity":"bad"`},
		{`"encoding":`, `"charset":`},
		{`"line":6`, `"line":0`},
		{`"source":"audit"`, `"source":"log"`},
	} {
		text := strings.Replace(doc.String(), change[0], change[1], 1)
		if text == doc.String() || valid(text) == nil {
			t.Errorf("%q instead of %q is accepted, or not there", change[1], change[0])
		}
	}
}

// Promise: schema and Go types of an examination are the same contract, and what it shares with a report is the same.
func TestDoctorSchemaMatchesTypes(t *testing.T) {
	type object struct {
		Properties map[string]any    `json:"properties"`
		Required   []string          `json:"required"`
		Defs       map[string]object `json:"$defs"`
		Enum       []string          `json:"enum"`
	}
	var doctor, whole object
	if err := json.Unmarshal([]byte(report.DoctorSchema()), &doctor); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(report.JSONSchema()), &whole); err != nil {
		t.Fatal(err)
	}
	check := func(typ reflect.Type, o object) {
		var names []string
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			names = append(names, name)
			if _, ok := o.Properties[name]; !ok {
				t.Errorf("%s: %q is not in the schema", typ, name)
			}
		}
		if !slices.Equal(names, o.Required) || len(o.Properties) != len(names) {
			t.Errorf("%s: fields %v, required %v, %d properties", typ, names, o.Required, len(o.Properties))
		}
	}
	check(reflect.TypeFor[report.Examination](), doctor)
	check(reflect.TypeFor[report.ExaminedFile](), doctor.Defs["examined_file"])
	check(reflect.TypeFor[report.Fault](), doctor.Defs["fault"])
	for _, shared := range []string{"tool", "time", "day", "sha256", "source", "ledger_item"} {
		if !reflect.DeepEqual(doctor.Defs[shared], whole.Defs[shared]) {
			t.Errorf("$defs/%s differs from that of a report", shared)
		}
	}
}
