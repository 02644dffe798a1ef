package render

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Promise (report/v1, for one release): the form before this one is written as the last version wrote it, its files are that
// version's, and it keeps its schema.
func TestV1IsWritten(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	for name, format := range map[string]string{"sample.v1.json": "json", "sample.v1.jsonl": "jsonl"} {
		var out bytes.Buffer
		if err := Write(&out, r, format, WriteOptions{Schema: "v1"}); err != nil {
			t.Fatal(err)
		}
		reporttest.Golden(t, name, out.Bytes())
	}
	for _, word := range []string{"", reporttest.Nasty} {
		validV1(t, reporttest.Build(t, reporttest.Sample(word)))
	}
}

// validV1 says that a report in the form before this one keeps that form's schema.
func validV1(t *testing.T, r *report.Report) {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteJSONV1(&out, r); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiledV1(t).Validate(doc); err != nil {
		t.Error(err)
	}
}

func compiledV1(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(report.JSONSchemaV1()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:triage:report:v1", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("urn:triage:report:v1")
}

// Promise: a report of v1 says in every format what the same report of v2 says, and writes itself again byte for byte.
func TestV1IsRead(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "sample.v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	old, err := report.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := report.WriteJSONV1(&again, old); err != nil {
		t.Fatal(err)
	}
	if again.String() != string(text) {
		t.Error("written again it differs")
	}
	var one, two bytes.Buffer
	for i := range old.Findings {
		f := &old.Findings[i]
		if f.Short != "f-"+f.Fingerprint[:8] {
			t.Errorf("%s has the short name %q", f.ID, f.Short)
		}
		if err := Explain(io.Discard, old, f.Short, detect.Slips, TextOptions{}); err != nil {
			t.Error(err)
		}
	}
	now := reporttest.Build(t, reporttest.Sample(""))
	for _, format := range []string{"csv", "jsonl", "json"} {
		one.Reset()
		two.Reset()
		if err := Write(&one, old, format, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Write(&two, now, format, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if format != "json" && one.String() != two.String() {
			t.Errorf("%s differs:\n%s", format, one.String())
		}
	}
	reporttest.Validate(t, one.Bytes())
}

// Promise: whatever a report holds, facts are lists of texts or numbers, numbers of the log are numbers, and unknown is none.
func TestFactsAreLists(t *testing.T) {
	f := func(name string, value any, want string) {
		t.Helper()
		got, err := report.Facts{{Name: name, Value: value}}.MarshalJSON()
		if err != nil || string(got) != `{"`+name+`":`+want+`}` {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	f("a", nil, `[]`)
	f("a", []string{}, `[]`)
	f("a", "x", `["x"]`)
	f("a", []string{"x", "7"}, `["x","7"]`)
	f("a", "7", `["7"]`) // a subject may be a number
	f("a", int64(7), `[7]`)
	f("a", 0.5, `[0.5]`)
	f("a", true, `["true"]`)
	f("asn", "36873", `[36873]`)
	f("asn", []string{"36873", "AS1", "007"}, `[36873,"AS1","007"]`)
	f("strangeness", "3.5", `[3.5]`)
	f("strangeness", "1e3", `["1e3"]`)
}

// Promise: short names are the first eight digits, and more where two findings agree in them.
func TestShortNames(t *testing.T) {
	of := func(prints ...string) string {
		list := make([]report.Finding, len(prints))
		for i := range list {
			list[i].Fingerprint = prints[i]
		}
		report.Shorten(list)
		var names []string
		for i := range list {
			names = append(names, list[i].Short)
		}
		return strings.Join(names, " ")
	}
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(of("0123456789ab", "ffffffffffff"), "f-01234567 f-ffffffff")
	f(of("0123456789ab", "0123456799ab", "0123456888ab"), "f-012345678 f-012345679 f-01234568")
	f(of("0123456789ab", "0123456789ab"), "f-01234567 f-01234567") // of two tenants
	f(of("", "abc"), "f- f-abc")
}
