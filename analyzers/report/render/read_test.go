package render

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// Promise: a file that is no report is refused with a reason, never half read.
func TestReadRefuses(t *testing.T) {
	var out bytes.Buffer
	if err := report.WriteJSON(&out, reporttest.Build(t, reporttest.Sample(""))); err != nil {
		t.Fatal(err)
	}
	good := out.String()
	f := func(text, want string) {
		t.Helper()
		_, err := report.Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	f("", "empty file")
	f("{}", `schema "": want "triage.report/v2" or "triage.report/v1"`)
	f("[]", "cannot unmarshal")
	f(good[:len(good)/2], "unexpected EOF")
	f(good+good, "text after the document")
	f(strings.Replace(good, "report/v2", "report/v9", 1), `schema "triage.report/v9"`)
	f(strings.Replace(good, `"facts":{`, `"facts":[`, 1), "invalid character")
	f(strings.Replace(good, `"facts":{}`, `"facts":{"a":{"b":1}}`, 1), "want a string, bool, number or list")
	f(strings.Replace(good, `"facts":{}`, `"facts":7`, 1), "want an object")
	f(strings.Replace(good, `2018-05-09T04:00:00Z`, `yesterday`, 1), "yesterday")
	if _, err := report.Read(strings.NewReader(strings.Replace(good, `"tool": {`, `"later": [1, {}], "tool": {`, 1))); err != nil {
		t.Errorf("a later version's field: %v", err)
	}
}

// Promise: an unknown format is refused with the names there are; every known one has a file name and writes something.
func TestFormats(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	for _, name := range Formats() {
		var out bytes.Buffer
		if err := Write(&out, r, name, WriteOptions{}); err != nil || out.Len() == 0 || FileName(name) == "" {
			t.Errorf("%s: %d bytes, file %q, %v", name, out.Len(), FileName(name), err)
		}
	}
	if err := Write(io.Discard, r, "yaml", WriteOptions{}); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v", err)
	}
	if FileName("yaml") != "" {
		t.Error("an unknown format has a file name")
	}
}

// full is a writer whose disk is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// Promise: a disk that is full is an error in every format.
func TestWriteFails(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	for _, name := range Formats() {
		if err := Write(full{}, r, name, WriteOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := Explain(full{}, r, "F-0001", detect.Slips, TextOptions{}); err == nil {
		t.Error("explain: no error")
	}
}

// FuzzRead: whatever a file holds, reading it ends in a report or an error, and what is read can be written in every
// format and read again.
func FuzzRead(f *testing.F) {
	for _, word := range []string{"", reporttest.Nasty} {
		var out bytes.Buffer
		if err := report.WriteJSON(&out, reporttest.Build(f, reporttest.Sample(word))); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
	}
	f.Add([]byte(`{"schema":"triage.report/v1","findings":[{"facts":{"a":1e400}}]}`))
	f.Add([]byte(`{"schema":"triage.report/v1","mailboxes":[{"mailbox":"a","first":"9999-12-31T23:59:59.999Z"}],"findings":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := report.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, name := range Formats() {
			if err := Write(io.Discard, r, name, WriteOptions{}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for i := range r.Findings {
			_ = Explain(io.Discard, r, r.Findings[i].ID, detect.Slips, TextOptions{}) // ids may be empty: only panics count
		}
		var one, two bytes.Buffer
		if err := report.WriteJSON(&one, r); err != nil {
			t.Fatal(err)
		}
		back, err := report.Read(bytes.NewReader(one.Bytes()))
		if err != nil {
			t.Fatalf("%v in %s", err, one.String())
		}
		if err := report.WriteJSON(&two, back); err != nil {
			t.Fatal(err)
		}
		if one.String() != two.String() {
			t.Fatalf("written again:\n%s\nwas\n%s", two.String(), one.String())
		}
	})
}
