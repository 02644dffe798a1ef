package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"reflect"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	os.Exit(m.Run())
}

// Promise: the formats of the sample, as people and programs see them.
func TestGolden(t *testing.T) {
	r := build(t, sample(""))
	write := map[string]func(io.Writer) error{
		"sample.json":           func(w io.Writer) error { return WriteJSON(w, r) },
		"sample.canonical.json": func(w io.Writer) error { return WriteCanonical(w, r) },
		"sample.csv":            func(w io.Writer) error { return WriteCSV(w, r, "") },
		"sample.minimal.csv":    func(w io.Writer) error { return WriteCSV(w, r, "minimal") },
		"sample.verbose.csv":    func(w io.Writer) error { return WriteCSV(w, r, "verbose") },
		"sample.jsonl":          func(w io.Writer) error { return WriteJSONLines(w, r) },
		"sample.md":             func(w io.Writer) error { return WriteMarkdown(w, r) },
		"explain.txt":           func(w io.Writer) error { return Explain(w, r, "F-0002", TextOptions{}) },
		"explain.color.txt":     func(w io.Writer) error { return Explain(w, r, "F-0004", TextOptions{Color: true}) },
		"sample.txt":            func(w io.Writer) error { return WriteText(w, r, TextOptions{Files: []string{"out/report.json"}}) },
	}
	for name, f := range write {
		var out bytes.Buffer
		if err := f(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.Bytes())
	}
}

// Promise: what is read is what was written, and writing it again gives the same bytes.
func TestRoundTrip(t *testing.T) {
	r := build(t, sample(nasty))
	var one, two bytes.Buffer
	if err := WriteJSON(&one, r); err != nil {
		t.Fatal(err)
	}
	text := bytes.Clone(one.Bytes())
	back, err := Read(&one)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, back) {
		t.Errorf("read:\n%#v\nwritten:\n%#v", back, r)
	}
	if err := WriteJSON(&two, back); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, two.Bytes()) {
		t.Error("the second writing differs")
	}
}
