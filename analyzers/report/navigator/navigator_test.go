package navigator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/analyzers/report/reporttest/python"
)

// Promise: a technique has the points of its gravest finding, of those that count, and no text that is no technique.
func TestScores(t *testing.T) {
	r := &report.Report{Findings: []report.Finding{
		{Short: "f-1", Points: 20.4, Attack: []string{"T1114", "T1114.003"}},
		{Short: "f-2", Points: 63.5, Attack: []string{"T1114.003", "T1114.003", "attack.t1078", "T1x"}},
		{Short: "f-3", Points: 99, Attack: []string{"T1114"}, Suppressed: &report.Suppression{}},
		{Short: "f-4", Points: 300, Attack: []string{"T1566"}},
	}}
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	var l layer
	if err := json.Unmarshal(out.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, one := range l.Techniques {
		got += fmt.Sprint(one.ID, " ", one.Score, " ", one.Metadata[0].Value, "\n")
	}
	if want := "T1114 20 1\nT1114.003 64 2\nT1566 100 1\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Promise: MITRE's own library takes the layer, strictly.
func TestSecondReader(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	got := python.Run(t, `
import sys
from mitreattack.navlayers.core.layer import Layer
l = Layer(strict=True)
l.from_file(sys.argv[1])
d = l.to_dict()
print(d["domain"], d["versions"]["layer"], len(d["techniques"]))
`, []string{"mitreattack"}, python.File(t, "layer.json", out.Bytes()))
	var l layer
	if err := json.Unmarshal(out.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("enterprise-attack 4.5 %d\n", len(l.Techniques)); got != want || len(l.Techniques) == 0 {
		t.Errorf("got %s, want %s", got, want)
	}
}
