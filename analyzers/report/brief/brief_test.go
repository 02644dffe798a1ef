package brief_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/brief"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/reporttest"
)

func lines(r *report.Report) []string {
	return brief.Lines(r, brief.Options{Width: 100, Lines: brief.MostLines, Paint: func(s, _ string) string { return s }})
}

// Promise: the short text of each shipped case fits, and accounts for every finding and every act of every intruder: it names
// them, or counts them in a line that says how to see them.
func TestCasesFitAndAddUp(t *testing.T) {
	analyst := reporttest.NewAnalyst(t)
	cases, err := filepath.Glob("../../../testdata/cases/*")
	if err != nil || len(cases) < 16 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, folder := range cases {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			r := analyst.Report(t, draw.Filter{}, exports(t, folder)...)
			text := lines(r)
			if len(text) > brief.MostLines {
				t.Errorf("%d lines", len(text))
			}
			addUp(t, r, strings.Join(text, "\n"))
		})
	}
}

// exports are the files of a case that triage reads.
func exports(t *testing.T, folder string) (paths []string) {
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

var (
	named   = regexp.MustCompile(`f-[0-9a-f]{8,}(?:\s+and ([0-9,]+) more)?\s`)
	counted = regexp.MustCompile(`\(([0-9,]+)\s+findings?\)`)
	untold  = regexp.MustCompile(`… ([0-9,]+) more sentences? of ([0-9,]+) acts?`)
	beyond  = regexp.MustCompile(`and ([0-9,]+)\s+acts? that no\s+sentence\s+tells`)
	dated   = regexp.MustCompile(`(?m)^ {2}[0-9 -]{10} [0-9]{2}:[0-9]{2} {2}`)
)

func number(t *testing.T, s string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func addUp(t *testing.T, r *report.Report, text string) {
	_, findings, _ := strings.Cut(text, "\nFINDINGS\n")
	findings, _, _ = strings.Cut(findings, "\nINPUTS\n")
	got, want := 0, 0
	for _, m := range named.FindAllStringSubmatch(findings, -1) {
		if got++; m[1] != "" {
			got += number(t, m[1])
		}
	}
	for _, m := range counted.FindAllStringSubmatch(findings, -1) {
		got += number(t, m[1])
	}
	for i := range r.Findings {
		if r.Findings[i].Suppressed == nil {
			want++
		}
	}
	if got != want {
		t.Errorf("%d findings are named or counted, want %d\n%s", got, want, findings)
	}
	sentences, hidden, acts := len(dated.FindAllString(text, -1)), 0, 0
	for _, m := range untold.FindAllStringSubmatch(text, -1) {
		hidden += number(t, m[1])
		acts += number(t, m[2])
	}
	for _, m := range beyond.FindAllStringSubmatch(text, -1) {
		acts += number(t, m[1])
	}
	all, his := 0, 0
	for i := range r.Story {
		all += len(r.Story[i].Sentences)
		for k := range r.Story[i].Sentences {
			if x := &r.Story[i].Sentences[k]; x.By == "intruder" {
				his += len(x.Rows) + x.More
			}
		}
		his += r.Story[i].Untold
	}
	if sentences+hidden != all {
		t.Errorf("%d sentences and %d counted, want %d\n%s", sentences, hidden, all, text)
	}
	total := 0
	for i := range r.Intruders {
		total += r.Intruders[i].Activities
	}
	if his != total || acts > total {
		t.Errorf("the stories tell %d acts of %d; %d are counted", his, total, acts)
	}
}

// Promise: however much a report holds of everything, the text has at most its lines.
func TestLargeReportsFit(t *testing.T) {
	long := strings.Repeat("a very long text that somebody typed ", 40)
	for _, n := range []int{1, 3, 40, 2000} {
		r := &report.Report{Schema: report.SchemaName}
		for i := range n {
			box := fmt.Sprintf("person%d.%s@contoso.com", i, strings.Repeat("x", i%60))
			name := string(rune('A' + i%26))
			band := []string{"critical", "high", "medium", "low", "none"}[i%5]
			r.Mailboxes = append(r.Mailboxes, report.Mailbox{Mailbox: box, Lane: "person", Score: 99, Band: band, Window: &report.Window{First: 1, Last: 2}})
			r.Findings = append(r.Findings, report.Finding{
				ID: fmt.Sprintf("F-%04d", i+1), Short: fmt.Sprintf("f-%08x", i), Rule: long, Title: long, Level: band, Family: "search", Mailbox: box,
				Decision: &report.Decision{Verdict: "undecided", Reason: long},
			})
			r.Inputs = append(r.Inputs, report.Input{Path: long, Why: long})
			r.Ledger = append(r.Ledger, report.LedgerItem{Severity: "loss", Text: long})
			r.Caveats = append(r.Caveats, report.Caveat{Code: fmt.Sprint(i), Text: long})
			r.Exposure = append(r.Exposure, report.Exposure{
				Intruder: name, Mailbox: report.Text(box), Taken: []report.Taken{{Text: long}, {Text: long}}, Unknown: []report.ExposureGap{{Text: long}},
			})
			r.Threads = append(r.Threads, report.Thread{Intruder: name, Title: long, LookAlikes: []report.LookAlike{{Domain: long, LooksLike: long}}})
			r.Containment = append(r.Containment, report.Containment{Mailbox: box, Steps: []report.Step{
				{Action: "reset-password", Account: report.Text(box), Text: long}, {Action: "remove-rule", Text: long + box}, {Action: "warn-partners", Text: long},
			}})
			r.NextEvidence = append(r.NextEvidence, report.NextEvidence{Export: "message", Text: long, State: "standing"})
			story := report.Story{Intruder: name, Untold: 7}
			for range 25 {
				story.Sentences = append(story.Sentences, report.StorySentence{By: "intruder", Text: long, Rows: []report.Citation{{File: long, Line: 1}, {File: long, Line: 2}}})
			}
			r.Story = append(r.Story, story)
			r.Intruders = append(r.Intruders, report.Intruder{Intruder: name, First: 1, Last: 2})
		}
		for _, id := range []string{"compromised", "entry", "when", "where", "read", "sent", "persist", "spread", "money", "contained", "notify", "missing"} {
			r.Answers = append(r.Answers, report.Answer{ID: id, Sure: "proven", Answer: long})
		}
		for _, width := range []int{80, 100, 200} {
			text := brief.Lines(r, brief.Options{Width: width, Lines: brief.MostLines - 4, Paint: func(s, _ string) string { return s }})
			if len(text) > brief.MostLines-4 {
				t.Errorf("%d of everything, %d columns: %d lines\n%s", n, width, len(text), strings.Join(text, "\n"))
			}
		}
	}
}
