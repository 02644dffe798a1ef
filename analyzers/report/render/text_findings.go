package render

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// writeFindings shows the first findings in full. What an exception covers stands at the end of the list, so it is named in
// a line of its own.
func writeFindings(t *page) {
	t.head("FINDINGS")
	if len(t.r.Findings) == 0 {
		t.line("  No rule found anything. Look at what is rare below, and at what could not be judged.")
		return
	}
	before := ""
	for i := range t.r.Findings[:min(len(t.r.Findings), topFindings)] {
		f := &t.r.Findings[i]
		writeFinding(t, f)
		if f.Rule != before { // the same advice again would bury the next finding
			writeAdvice(t, f)
		}
		before = f.Rule
	}
	t.more(topFindings, len(t.r.Findings), "")
	suppressed := 0
	for i := range t.r.Findings {
		if t.r.Findings[i].Suppressed != nil {
			suppressed++
		}
	}
	if suppressed > 0 {
		t.line("  %s suppressed by exceptions, at 0 points.", report.Counted(suppressed, "finding is", "findings are"))
	}
}

func writeFinding(t *page, f *report.Finding) {
	worth := fmt.Sprintf("%s × %d %% = %.1f points", f.Level, f.Confidence, f.Points)
	if f.Suppressed != nil {
		worth = f.Level + ", suppressed: 0 points"
	}
	t.line("  %s  %s  %s  %s", t.paint(report.Plain(f.ID), term.Head), t.paint(worth, term.BandColor(f.Level)), report.Short(f.Rule, 60),
		report.Short(f.Mailbox, 60))
	const indent = "          "
	t.para(indent, report.Short(f.Text, sentenceRunes))
	if s := f.Suppressed; s != nil {
		t.para(indent, "suppressed by exception "+s.Exception+": "+report.SaidBy(s.Reason, s.By))
	}
	if d := openDecision(f); d != nil {
		t.para(indent, "decided "+d.Verdict+": "+report.SaidBy(d.Reason, string(d.By)))
	}
	t.para(indent, words.SpanText(f.First, f.Last)+", "+report.Counted(f.Count, "activity", "activities"))
	if how := levelled(f); how != "" {
		t.para(indent+"level  ", how)
	}
	if facts := unsaid(f); facts != "" {
		t.para(indent+"facts  ", facts)
	}
	t.para(indent+"rows   ", words.Citations(f.Evidence, f.Count, topRows))
	if f.Author != "" {
		t.para(indent+"author ", string(f.Author))
	}
}

// openDecision is the decision that its suppression does not tell already; nil if there is none.
func openDecision(f *report.Finding) *report.Decision {
	if f.Decision != nil && f.Suppressed != nil && f.Decision.Verdict == report.Benign {
		return nil
	}
	return f.Decision
}

// writeAdvice writes what a finding's rule says, whatever the finding.
func writeAdvice(t *page, f *report.Finding) {
	const indent = "          "
	if len(f.Attack) > 0 {
		t.para(indent+"attack ", strings.Join(f.Attack, ", "))
	}
	if f.Next != "" {
		t.para(indent+"next   ", string(f.Next))
	}
}

// levelled says what raised and lowered the finding's level: it must not be among the facts that are cut.
func levelled(f *report.Finding) string {
	var parts []string
	for _, fact := range f.Facts {
		if changesLevel(fact.Name) {
			parts = append(parts, fact.Name+" "+report.Short(f.FactText(fact), factRunes))
		}
	}
	return strings.Join(parts, ", then ")
}

func changesLevel(fact string) bool { return fact == "escalated" || fact == "softened" }

// unsaid are the facts that the sentence does not hold already.
func unsaid(f *report.Finding) string {
	var parts []string
	for _, fact := range f.Facts {
		value := f.FactText(fact)
		if changesLevel(fact.Name) || saysAlready(f.Text, fact.Value) || strings.Contains(f.Text, fact.Name+" "+value) {
			continue
		}
		parts = append(parts, report.Short(fact.Name, 40)+" "+report.Short(value, factRunes))
	}
	if n := len(parts) - topFacts; n > 0 {
		parts = append(parts[:topFacts], fmt.Sprintf("… and %d more (see JSON)", n))
	}
	return strings.Join(parts, " · ")
}

// saysAlready says whether a sentence holds a text, or every text of a list.
func saysAlready(sentence string, value any) bool {
	switch v := value.(type) {
	case string:
		return v != "" && strings.Contains(sentence, v)
	case []string:
		return len(v) > 0 && !slices.ContainsFunc(v, func(s string) bool { return !saysAlready(sentence, s) })
	}
	return false
}
