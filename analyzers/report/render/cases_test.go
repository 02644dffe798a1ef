package render

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// Promises about the reports of whole investigations; each is told at its function.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "cases", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			exports, err := filepath.Glob(filepath.Join(folder, "*.csv"))
			if err != nil || len(exports) == 0 {
				t.Skip("no CSV in this case")
			}
			r := reporttest.Analyzed(t, exports...)
			t.Run("document", func(t *testing.T) { documentHolds(t, r) })
			t.Run("arithmetic", func(t *testing.T) { arithmeticIsTheScores(t, r) })
			t.Run("citations", func(t *testing.T) { citationsLeadToRows(t, r) })
		})
	}
}

// Promise: the report of a whole investigation is valid by the schema, reads back, and every format can be drawn from it.
func documentHolds(t *testing.T, r *report.Report) {
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	reporttest.Validate(t, out.Bytes())
	validV1(t, r)
	back, err := report.Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Formats() {
		var one, two bytes.Buffer
		if err := Write(&one, r, name, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Write(&two, back, name, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if one.String() != two.String() {
			t.Errorf("%s differs when it is drawn from the document", name)
		}
	}
	for i := range r.Findings {
		if err := Explain(io.Discard, r, r.Findings[i].ID, detect.Slips, TextOptions{}); err != nil {
			t.Error(err)
		}
	}
}

// Promise: the sum that explain shows is the one that gave the score: same total, same shares.
func arithmeticIsTheScores(t *testing.T, r *report.Report) {
	for i := range r.Mailboxes {
		m := &r.Mailboxes[i]
		sum := arithmeticOf(r, m.Mailbox)
		if got := sum.score(); math.Abs(got-m.Score) > 1e-9 && m.Score != 39.9 && m.Score != 64.9 {
			t.Errorf("%s: the sum is %v, the score %v", m.Mailbox, got, m.Score)
		}
		all := 0.0
		for _, s := range m.Shares {
			all += s.Share
		}
		if m.Score > 0 && math.Abs(all-1) > 1e-9 {
			t.Errorf("%s: shares add up to %v", m.Mailbox, all)
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if got := arithmeticOf(r, f.Mailbox).share(f); math.Abs(got-f.Share) > 1e-9 {
			t.Errorf("%s: share %v, want %v", f.ID, got, f.Share)
		}
	}
}

// Promise: a citation leads to the row: the line of the file that evidence names is where its raw text begins.
func citationsLeadToRows(t *testing.T, r *report.Report) {
	lines := map[string][]string{}
	for _, f := range r.Findings {
		for _, e := range f.Evidence {
			if lines[e.File] == nil {
				text, err := os.ReadFile(e.File)
				if err != nil {
					t.Fatal(err)
				}
				lines[e.File] = strings.Split(strings.ToValidUTF8(string(text), "\uFFFD"), "\n")
			}
			line := strings.TrimRight(lines[e.File][e.Line-1], "\r")
			begin, _, _ := strings.Cut(e.Raw, "\n")
			if begin = strings.TrimRight(begin, "\r"); begin == "" || !strings.HasPrefix(line, begin) {
				t.Errorf("%s: %s:%d is %.80q, evidence says %.80q", f.ID, e.File, e.Line, line, begin)
			}
		}
	}
}
