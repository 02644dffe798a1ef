package render

import (
	"fmt"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// writeAnswers answers the questions of every engagement first: one screen. Of several tenants, each has its own answers.
func writeAnswers(t *page) {
	for _, list := range byTenant(t.r.Answers, func(x *report.Answer) report.TenantOf { return x.Tenant }) {
		t.head(t.opts.Lang.Say("ANSWERS") + t.ofTenant(list[0].Tenant))
		for i := range list {
			writeAnswer(t, &list[i])
		}
	}
	if len(t.r.Answers) == 0 && t.r.Filters != nil && len(t.r.Filters.Mailboxes) > 0 {
		t.head(t.opts.Lang.Say("ANSWERS"))
		t.line("  %s", t.opts.Lang.Say("The answers are about the whole case: they stand in a report without a filter on mailboxes."))
	}
}

// byTenant splits a list where its tenant changes.
func byTenant[T any](list []T, of func(*T) report.TenantOf) [][]T {
	var out [][]T
	for len(list) > 0 {
		n := 1
		for n < len(list) && of(&list[n]) == of(&list[0]) {
			n++
		}
		out, list = append(out, list[:n]), list[n:]
	}
	return out
}

// ofTenant is the tenant's name behind a title; nothing where there is one tenant.
func (t *page) ofTenant(of report.TenantOf) string {
	if of == "" {
		return ""
	}
	return ": " + report.Short(t.r.TenantNames()[of], 60)
}

func writeAnswer(t *page, a *report.Answer) {
	indent := strings.Repeat(" ", 26)
	answer, unknown, next := a.In(t.opts.Lang)
	head := fmt.Sprintf("  %-12s", report.Short(a.ID, 12)) + t.paint(fmt.Sprintf("%-11s", report.Short(t.opts.Lang.Say(a.Sure), 11)), term.OfSure(a.Sure)) + " "
	for i, part := range term.Wrap(report.Short(answer, paraRunes), max(t.width-len(indent), 20)) {
		if i > 0 {
			head = indent
		}
		t.line("%s%s", head, part)
	}
	if rows := words.CitedLines(a.Because.Rows, a.Because.More); rows != "" {
		t.para(indent+"rows  ", rows)
	}
	if len(a.Because.Findings) > 0 {
		t.para(indent+"from  ", idsOf(a.Because.Findings, a.Because.MoreFindings))
	}
	if a.ID == "missing" { // the sections on what is missing and what to fetch have it
		return
	}
	for _, text := range unknown {
		t.para(indent+"?     ", text)
	}
	for _, text := range next {
		t.para(indent+"next  ", text)
	}
}

// writeStory tells what each intruder did.
func writeStory(t *page) {
	for i := range t.r.Story {
		s := &t.r.Story[i]
		t.head(t.opts.Lang.Say("WHAT INTRUDER {1} DID", phrase.Of(phrase.Fixed, report.Short(s.Intruder, 8))) + t.ofTenant(s.Tenant))
		day := ""
		for k := range s.Sentences {
			day = writeSentence(t, &s.Sentences[k], day)
		}
		if s.Untold > 0 {
			t.line("  %s", t.opts.Lang.Count(s.Untold, "… and {n} act that no sentence tells|… and {n} acts that no sentence tells"))
		}
	}
	if n := t.r.StoryMore; n > 0 {
		t.line("  %s", t.opts.Lang.Count(n, "… and {n} intruder more|… and {n} intruders more"))
	}
}

// writeSentence writes one dated sentence with its rows; the day where it is another one.
func writeSentence(t *page, s *report.StorySentence, before string) string {
	on, at := words.Day(s.Time), "     "
	if s.Time.String() != "" {
		at = words.ClockTime(s.Time)[len(report.DayLayout)+1:][:len("15:04")]
	}
	if on != before {
		t.line("  %s", t.paint(on, term.Head))
	}
	text := s.In(t.opts.Lang)
	if s.By != "intruder" {
		text = "(" + t.opts.Lang.Say(s.By) + ") " + text
	}
	t.para("    "+at+"  ", text+" · "+words.StoryRows(t.r, s))
	return on
}

// markdownAnswers answers the questions.
func markdownAnswers(t *page) {
	for _, list := range byTenant(t.r.Answers, func(x *report.Answer) report.TenantOf { return x.Tenant }) {
		t.line("\n## %s%s\n", t.opts.Lang.Say("Answers"), t.md(t.ofTenant(list[0].Tenant)))
		for i := range list {
			a := &list[i]
			answer, _, next := a.In(t.opts.Lang)
			t.line("- **%s** (%s): %s", t.md(a.ID), t.md(t.opts.Lang.Say(a.Sure)), t.md(answer))
			if rows := words.CitedLines(a.Because.Rows, a.Because.More); rows != "" {
				t.line("  - rows %s", t.md(rows))
			}
			if a.ID == "missing" {
				continue
			}
			for _, text := range next {
				t.line("  - %s: %s", t.opts.Lang.Say("next"), t.md(text))
			}
		}
	}
}

// markdownStory tells what each intruder did.
func markdownStory(t *page) {
	for i := range t.r.Story {
		s := &t.r.Story[i]
		t.line("\n## %s%s\n", t.md(t.opts.Lang.Say("What intruder {1} did", phrase.Of(phrase.Fixed, s.Intruder))), t.md(t.ofTenant(s.Tenant)))
		for k := range s.Sentences {
			x := &s.Sentences[k]
			text := x.In(t.opts.Lang)
			if x.By != "intruder" {
				text = "(" + t.opts.Lang.Say(x.By) + ") " + text
			}
			t.line("- %s %s (%s)", t.md(words.ClockTime(x.Time)), t.md(text), t.md(words.StoryRows(t.r, x)))
		}
		if s.Untold > 0 {
			t.line("- %s", t.opts.Lang.Count(s.Untold, "… and {n} act more|… and {n} acts more"))
		}
	}
	if t.r.StoryMore > 0 {
		t.line("\n%s", t.opts.Lang.Count(t.r.StoryMore, "… and {n} intruder more|… and {n} intruders more"))
	}
}
