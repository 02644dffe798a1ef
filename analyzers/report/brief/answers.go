package brief

import (
	"fmt"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

const (
	paraRunes   = 1000
	mostAnswer  = 8  // lines of an answer
	mostTenants = 10 // that are answered for
	mostStories = 3
)

// answers answers the questions of every engagement: one screen. Of several tenants each has one line: which accounts were taken.
func (p *briefing) answers() part {
	out := part{title: p.Lang.Say("ANSWERS"), turns: 2, top: mostAnswer - 1}
	several := p.r.Several()
	out.draw = func(level int) []string {
		var lines []string
		shown, tenants := 0, map[report.TenantOf]bool{}
		for i := range p.r.Answers {
			a := &p.r.Answers[i]
			tenants[a.Tenant] = true
			if !several {
				lines = append(lines, p.answer(a, level+1)...)
			} else if a.ID == "compromised" && shown < mostTenants {
				shown++
				lines = append(lines, p.plain("  ", p.atMost(level+1, 2, report.Short(p.r.TenantNames()[a.Tenant], 60)+": "+p.said(a)))...)
			}
		}
		if several {
			lines = append(lines, p.plain("  ", p.Lang.Count(len(p.r.Tenants), "{n} tenant, each judged by its own logs alone. All answers about one: --tenant ID; about all: --full|{n} tenants, each judged by its own logs alone. All answers about one: --tenant ID; about all: --full"))...)
		}
		if len(lines) == 0 && p.r.Filters != nil && len(p.r.Filters.Mailboxes) > 0 {
			lines = p.plain("  ", p.Lang.Say("The answers are about the whole case: they stand in a report without a filter on mailboxes."))
		}
		return lines
	}
	return out
}

// answer is one answer in so many lines.
func (p *briefing) answer(a *report.Answer, lines int) []string {
	const indent = 26
	switch a.ID {
	case "compromised": // what is said of other accounts is never left out
		lines = max(lines, 5)
	case "persist": // nor is what findings accuse though nobody is blamed for it
		lines = max(lines, 4)
	}
	head := fmt.Sprintf("  %-12s", report.Short(a.ID, 12)) + p.Paint(fmt.Sprintf("%-11s", report.Short(p.Lang.Say(a.Sure), 11)), term.OfSure(a.Sure)) + " "
	return p.para(head, indent, p.atMost(lines, indent, p.said(a)))
}

// said is an answer in the language of the page.
func (p *briefing) said(a *report.Answer) string {
	text, _, _ := a.In(p.Lang)
	return text
}

// stories tells what the intruders did, a dated sentence each. A level is a sentence more, of all of them in turn.
func (p *briefing) stories() part {
	list := p.r.Story[:min(len(p.r.Story), mostStories)]
	all := 0
	for i := range list {
		all += len(list[i].Sentences)
	}
	out := part{title: p.Lang.Say("WHAT THE INTRUDERS DID"), turns: 5, top: max(all-len(list), 0)}
	if len(p.r.Story) == 1 && p.r.StoryMore == 0 {
		out.title = p.Lang.Say("WHAT INTRUDER {1} DID", fixed(report.Short(p.r.Story[0].Intruder, 8)))
	}
	out.draw = func(level int) []string {
		var lines []string
		quotas := shares(list, level+len(list))
		for i := range list {
			lines = append(lines, p.story(&list[i], quotas[i])...)
		}
		if n := len(p.r.Story) - len(list) + p.r.StoryMore; n > 0 {
			lines = append(lines, "  "+p.Lang.Count(n, "… and {n} intruder more (--full)|… and {n} intruders more (--full)"))
		}
		return lines
	}
	return out
}

// shares deals so many sentences out among stories, one each in turn.
func shares(list []report.Story, n int) []int {
	out := make([]int, len(list))
	for dealt := true; dealt && n > 0; {
		dealt = false
		for i := range list {
			if out[i] < len(list[i].Sentences) && n > 0 {
				out[i]++
				n--
				dealt = true
			}
		}
	}
	return out
}

// story is one story in so many sentences: how it began, and of three or more how it ended.
func (p *briefing) story(s *report.Story, n int) []string {
	var lines []string
	if len(p.r.Story)+p.r.StoryMore > 1 {
		of := ""
		if s.Tenant != "" {
			of = ", " + report.Short(p.r.TenantNames()[s.Tenant], 60)
		}
		lines = append(lines, p.Paint("  "+p.Lang.Say("intruder {1}", fixed(report.Short(s.Intruder, 8)))+of, term.Head))
	}
	last := n / 3
	first, hidden := n-last, len(s.Sentences)-n
	day := ""
	for k := range s.Sentences {
		if hidden > 0 && k >= first && k < first+hidden {
			if k == first {
				lines = append(lines, "                    "+p.Lang.Count(hidden, "… {n} more sentence of {1} (--full) …|… {n} more sentences of {1} (--full) …", countActs(s.Sentences[k:k+hidden])))
			}
			continue
		}
		lines = append(lines, p.sentence(&s.Sentences[k], &day)...)
	}
	if s.Untold > 0 {
		lines = append(lines, p.plain("  ", p.Lang.Count(s.Untold, "… and {n} act that no sentence tells (--format activities)|… and {n} acts that no sentence tells (--format activities)"))...)
	}
	return lines
}

// countActs counts the rows of sentences.
func countActs(list []report.StorySentence) phrase.Text {
	n := 0
	for i := range list {
		n += len(list[i].Rows) + list[i].More
	}
	return phrase.Count(n, "{n} act|{n} acts")
}

// sentence is one dated sentence with its rows; with its day where that is another one than before.
func (p *briefing) sentence(s *report.StorySentence, before *string) []string {
	on, at := words.Day(s.Time), "     "
	if s.Time.String() != "" {
		at = words.ClockTime(s.Time)[len(report.DayLayout)+1:][:len("15:04")]
	}
	head := strings.Repeat(" ", len(report.DayLayout)+2)
	if on != *before {
		head = "  " + fmt.Sprintf("%-10s", on)
	}
	*before = on
	text := s.In(p.Lang)
	if s.By != "intruder" {
		text = "(" + p.Lang.Say(s.By) + ") " + text
	}
	const indent = 20
	rows := " · " + words.StoryRows(p.r, s)
	return p.plain(head+" "+at+"  ", p.atMost(3, indent+term.Width(rows)/3, text)+rows)
}

// verdicts is a line for each mailbox of which there is something to say, and the others in one table.
func (p *briefing) verdicts() part {
	var told []*report.Mailbox
	quiet := map[string][]string{}
	var tenant report.TenantOf
	for i := range p.r.Mailboxes {
		m := &p.r.Mailboxes[i]
		if m.Band == "low" || m.Band == "none" {
			quiet[m.Band], tenant = append(quiet[m.Band], m.Mailbox), m.Tenant
		} else {
			told = append(told, m)
		}
	}
	least := min(len(told), 3)
	out := part{title: p.Lang.Say("VERDICT"), turns: 3, top: len(told) - least}
	out.draw = func(level int) []string {
		if len(p.r.Mailboxes) == 0 {
			return p.plain("  ", p.Lang.Say("No mailbox: no person's activity was read, so nothing can be said."))
		}
		var lines []string
		for _, m := range told[:least+level] {
			lines = append(lines, p.verdict(m)...)
		}
		if rest := told[least+level:]; len(rest) > 0 {
			lines = append(lines, p.plain("  ", p.Lang.Count(len(rest), "… and {n} mailbox more: {1} (--full)|… and {n} mailboxes more: {1} (--full)", bands(rest)))...)
		}
		for _, band := range []string{"low", "none"} {
			if list := quiet[band]; len(list) > 0 {
				lines = append(lines, p.plain(fmt.Sprintf("  %-8s        ", strings.ToUpper(p.Lang.Say(band))), p.atMost(2, 18, p.Lang.Count(len(list), "{n} mailbox|{n} mailboxes")+p.note(band, tenant)+": "+nameList(list, 5).In(p.Lang)))...)
			}
		}
		return lines
	}
	return out
}

func (p *briefing) verdict(m *report.Mailbox) []string {
	band := p.Paint(fmt.Sprintf("%-8s %5.1f", strings.ToUpper(report.Short(p.Lang.Say(m.Band), 8)), m.Score), term.BandColor(m.Band))
	return p.para("  "+band+"  ", 18, p.atMost(2, 18, report.Short(m.Mailbox, 80)+": "+words.SeenIn(p.r, m).In(p.Lang)))
}

// note is what stands behind mailboxes in which nothing was found: that alone never is a verdict.
func (p *briefing) note(band string, tenant report.TenantOf) string {
	if band != "none" {
		return ""
	}
	missing := words.LedgerSummary(p.r, tenant)
	if missing.None() {
		missing = phrase.Say("what no log records")
	}
	return ", " + p.Lang.Say("no evidence found, which is not the same as clean (missing: {1})", missing)
}

// bands counts mailboxes by their band: "2 critical, 1 medium".
func bands(list []*report.Mailbox) phrase.Text {
	var parts []phrase.Text
	for _, band := range []string{"critical", "high", "medium", "low", "none"} {
		n := 0
		for _, m := range list {
			if m.Band == band {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, phrase.Say("{1} {2}", phrase.Number(n), phrase.Say(band)))
		}
	}
	return phrase.Listed(parts)
}

func fixed(text string) phrase.Text { return phrase.Of(phrase.Fixed, text) }

// nameList is some names of a list: "a, b and 3 more"; all of a short one without "and".
func nameList(names []string, most int) phrase.Text {
	var list []phrase.Text
	for _, name := range names {
		list = append(list, phrase.Of(phrase.Name, name))
	}
	if len(list) <= most {
		return phrase.Listed(list)
	}
	return phrase.Some(list, most)
}
