package main

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Promise: what the table of rules/README.md says of each kind is what is found; a kind that falls fails. After a gain:
//
//	go test ./testdata/quality -args -update
func TestQuality(t *testing.T) {
	results, err := measure(t.Context(), "behaviours", "", "")
	if err != nil {
		t.Fatal(err)
	}
	const path, begins, ends = "../../rules/README.md", "<!-- quality -->\n", "<!-- end of quality -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begins)
	stored, after, closed := strings.Cut(rest, ends)
	if !ok || !closed {
		t.Fatalf("%s has no table of quality", path)
	}
	got := markdown(results)
	if flag.Lookup("update") != nil && flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(before+begins+got+ends+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i, r := range fallen(stored, got) {
		if i == 0 {
			var b strings.Builder
			printEach(&b, results, false)
			t.Errorf("%s says more than is found now:\n%s", path, b.String())
		}
		t.Error(r)
	}
}

// fallen are the rows of a table in which a figure is smaller than in the stored one, or that are gone.
func fallen(stored, got string) (faults []string) {
	now := map[string][]string{}
	for row := range strings.Lines(got) {
		cells := strings.Split(strings.Trim(row, "|\n "), " | ")
		now[cells[0]] = cells
	}
	for row := range strings.Lines(stored) {
		cells := strings.Split(strings.Trim(row, "|\n "), " | ")
		if len(cells) < 7 || cells[0] == "kind" {
			continue
		}
		mine := now[cells[0]]
		for i := 1; i < len(cells); i++ {
			if heads()[i] == "by the general net alone" {
				continue
			}
			if mine == nil || leading(mine[i]) < leading(cells[i]) {
				faults = append(faults, cells[0]+": "+heads()[i]+": "+cells[i]+" is committed")
			}
		}
	}
	return faults
}

// leading is the number that a cell begins with.
func leading(cell string) int {
	n, _ := strconv.Atoi(strings.Fields(cell)[0])
	return n
}

// A figure that falls is seen, one that rises is none, and so is a row that is gone.
func TestFallen(t *testing.T) {
	const stored = "| kind | b |\n|---|---|\n| a | 3 | 1 | 2 | 2 | 0 | 3 of 3 |\n| b | 3 | 1 | 2 | 2 | 0 | 3 of 3 |\n"
	const now = "| a | 4 | 1 | 2 | 3 | 1 | 2 of 4 |\n"
	if got := fallen(stored, now); len(got) != 6 || got[0] != "a: twins quiet: 3 of 3 is committed" {
		t.Errorf("%q", got)
	}
}

// Promise: every kind has at least two behaviours that nobody listed, and every behaviour an honest twin.
func TestTableIsWhole(t *testing.T) {
	table, err := readTable("behaviours")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range table {
		beyond := 0
		for i := range k.Behaviours {
			b := &k.Behaviours[i]
			if b.Beyond {
				beyond++
			}
			if b.Twin == nil {
				t.Errorf("%s: %q has no twin", k.Name, b.Says)
			}
		}
		if beyond < 2 {
			t.Errorf("%s: %d behaviours beyond the list, want two", k.Name, beyond)
		}
	}
}

var _ = flag.Bool("update", false, "write the table")
