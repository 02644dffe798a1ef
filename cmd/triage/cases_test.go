package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/rules/detect"
)

// want is testdata/cases/*/want.json (triage.want/v1); testdata/README.md says what each field means.
type want struct {
	Runs []struct {
		Name   string
		Inputs []string
		Flags  []string
	}
	Files     map[string]struct{ Rows, Activities, Duplicates, Skipped int64 }
	Mailboxes map[string]struct {
		AtLeast *string `json:"band_at_least"`
		Below   *string `json:"band_below"`
	}
	Findings []wantFinding
	Quiet    []struct{ Rule, Mailbox, Above string }
}

type wantFinding struct {
	Rule, Mailbox string
	AtLeast       string `json:"level_at_least"`
	Facts         map[string]any
	Evidence      []struct {
		File string
		Line int64
	} `json:"evidence_lines"`
}

// Promise: each shipped investigation is told as its STORY.md tells it, and every way of handing it over gives the same
// canonical output.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*", "want.json"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) { checkCase(t, folder) })
	}
}

func checkCase(t *testing.T, folder string) {
	data, err := os.ReadFile(filepath.Join(folder, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	var w want
	if err := json.Unmarshal(data, &w); err != nil {
		t.Fatal(err)
	}
	var first []byte
	for i, r := range w.Runs {
		args := slices.Clone(r.Flags)
		for _, in := range r.Inputs {
			args = append(args, filepath.Join(folder, in))
		}
		if i == 0 {
			w.check(t, folder, analyzed(t, args...))
		}
		canonical := output(t, append(args, "--format", "canonical")...)
		if first == nil {
			first = canonical
		} else if !bytes.Equal(first, canonical) {
			t.Errorf("run %s: canonical output differs from that of run %s: %s", r.Name, w.Runs[0].Name, difference(first, canonical))
		}
	}
}

// output is what `triage analyze` prints, which must end well.
func output(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"triage", "analyze", "--as-of", "2026-11-21", "--quiet"}, args...)
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, nil); code != 0 {
		t.Fatalf("%s: exit %d: %s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.Bytes()
}

// analyzed is the report of `triage analyze --format json`.
func analyzed(t *testing.T, args ...string) *report.Report {
	t.Helper()
	r, err := report.Read(bytes.NewReader(output(t, append(args, "--format", "json")...)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// difference is the first line that two outputs do not share.
func difference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %.300s\nbecame %.300s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

func (w *want) check(t *testing.T, folder string, r *report.Report) {
	for _, in := range r.Inputs {
		name, _ := filepath.Rel(folder, in.Path)
		counts, ok := w.Files[filepath.ToSlash(name)]
		if in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("%s: %d rows, but %d + %d + %d", in.Path, in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
		if ok && (in.Rows != counts.Rows || in.Activities != counts.Activities || in.Duplicates != counts.Duplicates || in.Skipped != counts.Skipped) {
			t.Errorf("%s: %d rows = %d activities + %d duplicates + %d skipped, want %+v", name, in.Rows, in.Activities, in.Duplicates, in.Skipped, counts)
		}
	}
	for name, limits := range w.Mailboxes {
		i := slices.IndexFunc(r.Mailboxes, func(m report.Mailbox) bool { return m.Mailbox == name })
		if i < 0 {
			t.Errorf("no verdict on %s", name)
			continue
		}
		rank := bandRank(r.Mailboxes[i].Band)
		if limits.AtLeast != nil && rank < bandRank(*limits.AtLeast) || limits.Below != nil && rank >= bandRank(*limits.Below) {
			t.Errorf("%s: band %s (%.1f), want at least %s, below %s", name, r.Mailboxes[i].Band, r.Mailboxes[i].Score, word(limits.AtLeast), word(limits.Below))
		}
	}
	for _, f := range w.Findings {
		f.check(t, folder, r)
	}
	for _, q := range w.Quiet {
		above, _ := detect.ParseLevel(q.Above)
		for _, f := range r.Findings {
			level, _ := detect.ParseLevel(f.Level)
			if glob(q.Rule, f.Rule) && f.Mailbox == q.Mailbox && f.Suppressed == nil && level > above {
				t.Errorf("%s %s for %s at %s: %s", f.ID, f.Rule, f.Mailbox, f.Level, f.Text)
			}
		}
	}
}

func bandRank(band string) int { return slices.Index(verdict.Bands(), band) }

func word(s *string) string {
	if s == nil {
		return "anything"
	}
	return *s
}

func glob(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// check looks for one finding that is all that was wanted.
func (w wantFinding) check(t *testing.T, folder string, r *report.Report) {
	least, _ := detect.ParseLevel(w.AtLeast)
	var near []string
	for _, f := range r.Findings {
		level, _ := detect.ParseLevel(f.Level)
		if !glob(w.Rule, f.Rule) || f.Mailbox != w.Mailbox {
			continue
		}
		miss := w.missing(folder, &f)
		if level < least {
			miss = append(miss, "level "+f.Level)
		}
		if f.Suppressed != nil {
			miss = append(miss, "suppressed")
		}
		if len(miss) == 0 {
			return
		}
		near = append(near, fmt.Sprintf("%s %s: %s", f.ID, f.Rule, strings.Join(miss, ", ")))
	}
	t.Errorf("no finding %s for %s %v at %s or above; near: %s", w.Rule, w.Mailbox, w.Facts, w.AtLeast, strings.Join(near, "; "))
}

// missing lists what a finding lacks of what was wanted.
func (w wantFinding) missing(folder string, f *report.Finding) []string {
	var miss []string
	facts := map[string]any{}
	if data, err := json.Marshal(f.Facts); err == nil {
		_ = json.Unmarshal(data, &facts)
	}
	for name, value := range w.Facts {
		list, _ := facts[name].([]any) // which holds the value
		if !slices.ContainsFunc(list, func(got any) bool { return fmt.Sprint(got) == fmt.Sprint(value) }) {
			miss = append(miss, fmt.Sprintf("%s is %v, not %v", name, list, value))
		}
	}
	for _, e := range w.Evidence {
		cited := slices.ContainsFunc(f.Evidence, func(g report.Evidence) bool {
			return g.Line == e.Line && g.File == filepath.Join(folder, e.File)
		})
		if !cited {
			miss = append(miss, fmt.Sprintf("%s:%d not cited", e.File, e.Line))
		}
	}
	return miss
}
