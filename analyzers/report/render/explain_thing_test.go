package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// things are names of the sample that are no findings.
var things = []string{"intruder:A", "alice@contoso.com", "dora@contoso.com", "session-Web", "203.0.113.9", "<m1@contoso.com>", "m1@contoso.com"}

// Promise: explain tells of an intruder, an account, a session, an address and a message what the report knows of it, with
// rows, and nothing that a log wrote acts on the terminal.
func TestExplainThings(t *testing.T) {
	var all bytes.Buffer
	r := reporttest.Build(t, reporttest.Sample(""))
	nasty := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	for _, name := range things {
		all.WriteString("== " + name + "\n")
		if err := Explain(&all, r, name, detect.Slips, TextOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "dora") {
			continue // whose name is another one there
		}
		var out bytes.Buffer
		if err := Explain(&out, nasty, name, detect.Slips, TextOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, c := range out.String() {
			if c != '\n' && report.PlainRune(c) != c {
				t.Fatalf("%s: %U stands bare", name, c)
			}
		}
	}
	reporttest.Golden(t, "explain.things.txt", all.Bytes())
	f := func(name, want string) {
		t.Helper()
		err := Explain(&bytes.Buffer{}, r, name, detect.Slips, TextOptions{})
		if !errors.Is(err, report.ErrNoFinding) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", name, err, want)
		}
	}
	f("intruder:B", "there are intruder:A")
	f("198.51.100.200", "nor does the report know an account, session, address or message")
	f("nobody@contoso.com", "nor does the report know")
	f("", "no such finding")
	r.Intruders = nil
	f("intruder:A", "the report has no intruders")
}
