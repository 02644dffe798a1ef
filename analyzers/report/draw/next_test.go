package draw_test

import (
	"os"
	"path/filepath"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/reporttest"
)

// Promise: what is to be fetched next is not in the data already: no export of a log is asked for days that this log covers, but
// for those on which it is silent.
func TestNothingIsAskedForThatIsThere(t *testing.T) {
	source := map[string]string{"audit-log": "audit", "sign-ins": "signin", "message-trace": "trace"}
	analyst := reporttest.NewAnalyst(t)
	cases, err := filepath.Glob("../../../testdata/cases/*")
	if err != nil || len(cases) < 16 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	asked := 0
	for _, folder := range cases {
		r := analyst.Report(t, draw.Filter{}, exports(t, folder)...)
		logs := map[[2]string]*report.Coverage{}
		for i := range r.Coverage {
			c := &r.Coverage[i]
			logs[[2]string{c.Source, c.Mailbox}] = c
		}
		for i := range r.NextEvidence {
			n := &r.NextEvidence[i]
			c := logs[[2]string{source[n.Export], string(n.Mailbox)}]
			if c == nil || n.From == "" {
				continue
			}
			asked++
			if from, to := string(n.From), string(n.To); from > c.First.String()[:10] && to < c.Last.String()[:10] && !silent(c, from, to) {
				t.Errorf("%s: %s from %s to %s is asked for: the log of %s has %s to %s", filepath.Base(folder), n.Text, from, to, c.Mailbox, c.First, c.Last)
			}
		}
	}
	if asked < 20 {
		t.Errorf("%d exports of logs that the data has in part: too few to tell", asked)
	}
}

// silent says that a gap of the log has to do with these days.
func silent(c *report.Coverage, from, to string) bool {
	for _, gap := range c.Gaps {
		if gap.First <= to && gap.Last >= from {
			return true
		}
	}
	return c.GapsMore > 0
}

// exports are the files of a case that triage reads.
func exports(t *testing.T, folder string) (paths []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && name != "STORY.md" && name != "truth.jsonl" && name != "want.json" {
			paths = append(paths, filepath.Join(folder, name))
		}
	}
	return paths
}
