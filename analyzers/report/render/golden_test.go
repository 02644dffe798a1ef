package render

import (
	"bytes"
	"io"
	"reflect"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// Promise: the formats of the sample, as people and programs see them.
func TestGolden(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	write := map[string]func(io.Writer) error{
		"sample.json":           func(w io.Writer) error { return report.WriteJSON(w, r) },
		"sample.canonical.json": func(w io.Writer) error { return WriteCanonical(w, r) },
		"sample.exposure.csv":   func(w io.Writer) error { return WriteExposure(w, r) },
		"sample.csv":            func(w io.Writer) error { return WriteCSV(w, r, "") },
		"sample.minimal.csv":    func(w io.Writer) error { return WriteCSV(w, r, "minimal") },
		"sample.verbose.csv":    func(w io.Writer) error { return WriteCSV(w, r, "verbose") },
		"sample.jsonl":          func(w io.Writer) error { return WriteJSONLines(w, r) },
		"sample.md":             func(w io.Writer) error { return WriteMarkdown(w, r, "") },
		"explain.txt":           func(w io.Writer) error { return Explain(w, r, "F-0002", detect.Slips, TextOptions{}) },
		"explain.color.txt":     func(w io.Writer) error { return Explain(w, r, "F-0004", detect.Slips, TextOptions{Color: true}) },
		"sample.txt":            func(w io.Writer) error { return WriteText(w, r, TextOptions{}) },
		"sample.brief.txt":      func(w io.Writer) error { return WriteText(w, r, TextOptions{Files: []string{"out/report.json"}}) },
		"sample.full.txt": func(w io.Writer) error {
			return WriteText(w, r, TextOptions{Full: true, Files: []string{"out/report.json"}})
		},
	}
	for name, f := range write {
		var out bytes.Buffer
		if err := f(&out); err != nil {
			t.Fatal(err)
		}
		reporttest.Golden(t, name, out.Bytes())
	}
}

// Promise: what is read is what was written, and writing it again gives the same bytes.
func TestRoundTrip(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	var one, two bytes.Buffer
	if err := report.WriteJSON(&one, r); err != nil {
		t.Fatal(err)
	}
	text := bytes.Clone(one.Bytes())
	back, err := report.Read(&one)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Findings { // a list of one value is read as the value
		for k := range r.Findings[i].Facts {
			if list, ok := r.Findings[i].Facts[k].Value.([]string); ok && len(list) == 1 {
				r.Findings[i].Facts[k].Value = list[0]
			}
		}
	}
	if !reflect.DeepEqual(r, back) {
		t.Errorf("read:\n%#v\nwritten:\n%#v", back, r)
	}
	if err := report.WriteJSON(&two, back); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, two.Bytes()) {
		t.Error("the second writing differs")
	}
}
