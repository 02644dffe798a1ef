package thread_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers"
	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/thread"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// planted reads a case's files, and gives the rows that its want.json names as one intruder's.
func planted(t *testing.T, name string, acts ...string) (*activity.Case, []uint32) {
	t.Helper()
	dir := filepath.Join("..", "..", "testdata", "cases", name)
	text, err := os.ReadFile(filepath.Join(dir, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Planted map[string]struct {
			File  string
			Lines []int
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	files, err := ingest.Open(t.Context(), []string{filepath.Join(dir, "activities.csv")}, ingest.Options{Interest: exposure.Want(activity.Interest{Params: map[string]bool{}})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	c := files.Case
	all, err := os.ReadFile(filepath.Join(dir, "activities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []uint32
	for i := range c.Activities {
		line := bytes.Count(all[:c.Activities[i].Offset], []byte("\n")) + 1
		for _, act := range acts {
			if slices.Contains(want.Planted[act].Lines, line) {
				rows = append(rows, uint32(i))
			}
		}
	}
	return c, rows
}

// of reads exposure and threads with these rows as one intruder's.
func of(t *testing.T, c *activity.Case, rows []uint32) (*exposure.Exposure, *thread.Threads) {
	t.Helper()
	set, err := rules.Load(analyzers.Kinds(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	his := map[uint32]bool{}
	for _, row := range rows {
		his[row] = true
	}
	domains := detect.NewDomains(c, nil)
	intruders := []attribution.Intruder{{Name: "A", Rows: rows}}
	e := exposure.Of(t.Context(), exposure.Source{
		Case: c, Lines: c.Timelines(), Domains: domains, Intruders: intruders,
		Who: func(row uint32) (attribution.Who, int) {
			if his[row] {
				return attribution.Attacker, 0
			}
			return attribution.Owner, -1
		},
	})
	return e, thread.Of(t.Context(), thread.Source{Case: c, Intruders: intruders, Exposure: e, Domains: domains, Money: set.Lists["finance_terms"]})
}

// Promise: of wire-fraud, the supplier's thread is the one that is named: read, answered and deleted from, found by the
// searches, with the answer to be checked.
func TestWireFraud(t *testing.T) {
	c, rows := planted(t, "wire-fraud", "logon", "page", "search-wire", "search-invoice", "search-iban", "read", "reply", "delete")
	e, threads := of(t, c, rows)
	var got []string
	for i := range threads.List {
		x := &threads.List[i]
		got = append(got, fmt.Sprintf("%s (%s): %s; searched %d; check %d", x.Title, x.How, strings.Join(x.Acts.Words(), ", "), len(x.Searches), len(x.Check)))
	}
	want := []string{
		"Bank details for the wire transfer (conversation): read, replied, sent; searched 1; check 1",
		"Reminder: invoice 4698 (conversation): read, deleted; searched 1; check 0",
		"Invoice 4711 (conversation): read; searched 1; check 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("threads:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := e.Sums; s.Messages.Proven != 4 || s.Did(exposure.Read) != 3 || s.Did(exposure.Sent) != 1 || s.Did(exposure.Deleted) != 1 || s.Searches != 3 {
		t.Errorf("sums %+v", s)
	}
}
