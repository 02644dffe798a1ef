package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/cmd/triage/exit"
)

// examineShared runs doctor over a folder of real exports, which not every checkout has.
func examineShared(t *testing.T, folder string) *report.Examination {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", folder)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	var out, errs bytes.Buffer
	args := []string{"triage", "doctor", path, "--format", "json", "--as-of", "2026-11-21"}
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errs, nil); code != exit.Done {
		t.Fatalf("exits with %d: %s", code, errs.String())
	}
	x := &report.Examination{}
	if err := json.Unmarshal(out.Bytes(), x); err != nil {
		t.Fatal(err)
	}
	return x
}

// codes are the codes of a list of items, each once.
func codes(list []report.LedgerItem) []string {
	var names []string
	for _, it := range list {
		names = append(names, it.Code)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Promise: what doctor says of a real tenant's export is true. Counted by hand: of the six answers with 77 rows two lack
// number 7, of the two with 89 rows both lack number 72; nothing else is missing from a numbering, in either wrapping.
// The log reaches back 90 days; nobody searched, and no sign-in log, trace or rule listing was handed over.
func TestDoctorOnARealExport(t *testing.T) {
	x := examineShared(t, "summit")
	if len(x.Files) != 2 {
		t.Fatalf("%d files, want 2", len(x.Files))
	}
	for _, f := range x.Files {
		if f.Rows != 8130 || f.Format != "audit-search-csv" || f.Encoding != "UTF-8" || f.Skipped != 0 {
			t.Errorf("%s: %+v", f.Path, f)
		}
		if got := codes(f.Missing); !slices.Equal(got, []string{"answer-incomplete"}) {
			t.Errorf("%s: got %v, want answer-incomplete", f.Path, got)
		} else if text := f.Missing[0].Text; !strings.Contains(text, "at least 4 (of answers with 77 rows number 7 (2 times); of answers with 89 rows number 72 (2 times))") {
			t.Errorf("%s: %s", f.Path, text)
		}
	}
	want := []string{"no-message-trace", "no-rule-listing", "no-search-records", "no-sign-ins", "retention-edge"}
	if got := codes(x.Missing); !slices.Equal(got, want) {
		t.Errorf("the case: got %v, want %v", got, want)
	}
}

// Promise: exports that hold one technique each are what they are: cut out of longer answers, with the log turned off in
// one and an account exempted in another.
func TestDoctorOnCutOutExports(t *testing.T) {
	x := examineShared(t, "det-eng")
	off := 0
	for _, it := range x.Missing {
		if it.Code == "auditing-off" {
			off++
		}
	}
	if off != 2 {
		t.Errorf("%d items say that auditing was off, want 2 (the log, one account): %+v", off, x.Missing)
	}
	for _, f := range x.Files {
		if f.Format != "" && f.Rows != f.Activities+f.Duplicates+f.Skipped {
			t.Errorf("%s: %+v", f.Path, f)
		}
	}
}
