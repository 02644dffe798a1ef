package render

import (
	"fmt"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// How much of the sections across mailboxes the text shows.
const (
	topShared     = 15
	topSharedIn   = 6 // mailboxes of one thing
	topSpread     = 10
	topChecklists = 5
	topSteps      = 12
	topNext       = 15
	topCited      = 6 // finding ids of one line
)

// writeTenantView says what the mailboxes have to do with each other. With one suspect mailbox there is nothing to say that its
// verdict does not.
func writeTenantView(t *page) {
	v := &t.r.Tenant
	if len(v.Mailboxes) < 2 && len(v.Shared)+len(v.Spread) == 0 {
		return
	}
	t.head("TENANT")
	firsts := firsts(v)
	for i := range firsts[:min(len(firsts), topMailboxes)] {
		f := &firsts[i]
		t.para("  first   ", fmt.Sprintf("%s [%s]", f.Text, words.CitedLine(f.Evidence)))
		t.para("          ", fmt.Sprintf("sure: %s; %s", f.Sure, strings.Join(f.Doubts, "; ")))
		if len(f.Before) > 0 {
			t.para("          ", "attempts and deliveries before that: "+idsOf(f.Before, f.More))
		}
	}
	t.more(topMailboxes, len(firsts), "tenants ")
	for i := range v.Mailboxes[:min(len(v.Mailboxes), topMailboxes)] {
		m := &v.Mailboxes[i]
		seen := "attempts and deliveries only"
		if m.First != 0 {
			seen = "inside " + words.SpanText(m.First, m.Last)
		}
		t.para(fmt.Sprintf("  %2d.     ", i+1), fmt.Sprintf("%s  %s %.1f, %s (%s)", m.Mailbox, m.Band, m.Score, seen, ids(m.Findings)))
	}
	t.more(topMailboxes, len(v.Mailboxes), "mailboxes ")
	for i := range v.Shared[:min(len(v.Shared), topShared)] {
		t.para("  shared  ", sharedLine(&v.Shared[i]))
	}
	t.moreThan(topShared, len(v.Shared), v.MoreShared, "shared things ")
	for i := range v.Spread[:min(len(v.Spread), topSpread)] {
		t.para("  spread  ", spreadLine(&v.Spread[i]))
	}
	t.moreThan(topSpread, len(v.Spread), v.MoreSpread, "ways ")
}

// ids are some finding ids, and how many more.
func ids(list []string) string { return idsOf(list, 0) }

// idsOf is ids for a list that leaves some out.
func idsOf(list []string, beyond int) string {
	text := strings.Join(list[:min(len(list), topCited)], ", ")
	if n := max(0, len(list)-topCited) + beyond; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func sharedLine(s *report.Shared) string {
	var parts []string
	for _, m := range s.Mailboxes[:min(len(s.Mailboxes), topSharedIn)] {
		about := "no finding about it"
		if len(m.Findings) > 0 {
			about = ids(m.Findings)
			if m.DaysBefore > 0 {
				about += fmt.Sprintf(", in use on %s before", report.Counted(m.DaysBefore, "day", "days"))
			}
		} else {
			about += ", " + report.Counted(m.DaysBefore, "day", "days")
		}
		parts = append(parts, report.Short(m.Mailbox, 80)+" ("+about+")")
	}
	if n := len(s.Mailboxes) - topSharedIn + s.More; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.ReplaceAll(s.Kind, "_", " ") + " " + report.Short(s.Value, factRunes) + ": " + strings.Join(parts, ", ")
}

func spreadLine(s *report.Spread) string {
	text := fmt.Sprintf("%s to %s: %s from %s on", report.Short(s.From, 80), report.Short(s.To, 80), report.Counted(s.Messages, "message", "messages"), words.ClockTime(s.Time))
	if s.Subject != "" {
		text += fmt.Sprintf(`, "%s"`, report.Short(string(s.Subject), 80))
	}
	switch {
	case s.How == "sender":
		text += ", known by the sender's name only, which can be forged"
	case s.Intruder:
		text += ", sent by the intruder's address or session"
	default:
		text += ", and the data do not say who sent it"
	}
	if len(s.Findings) > 0 {
		text += fmt.Sprintf("; afterwards %s, the first %s later", ids(s.Findings), lasting(int64(s.After)))
	} else {
		text += "; no finding afterwards: look at this mailbox too"
	}
	return text + " [" + words.CitedLines(s.Evidence, s.More) + "]"
}

// lasting is a length of time for people.
func lasting(seconds int64) string {
	switch {
	case seconds < 120:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 2*3600:
		return fmt.Sprintf("%d min", seconds/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%d h", seconds/3600)
	default:
		return fmt.Sprintf("%d days", seconds/86400)
	}
}

// writeContainment writes the checklist. Commands stand on lines of their own, never wrapped and never cut: what is pasted must be
// what was quoted.
func writeContainment(t *page) {
	if len(t.r.Containment) == 0 {
		return
	}
	t.head("CONTAINMENT")
	t.line("  If the findings are right, in this order. Nothing here was done.")
	for i := range t.r.Containment[:min(len(t.r.Containment), topChecklists)] {
		c := &t.r.Containment[i]
		t.line("  %s", t.paint(report.Short(c.Mailbox, 80), term.Head))
		for j := range c.Steps[:min(len(c.Steps), topSteps)] {
			s := &c.Steps[j]
			t.para(fmt.Sprintf("  %2d. [ ] ", j+1), s.Text+" ("+ids(s.Findings)+")")
			writeHow(t, s.Commands, s.Refused, s.Portal, s.Cautions)
		}
		t.moreThan(topSteps, len(c.Steps), c.More, "steps ")
	}
	t.more(topChecklists, len(t.r.Containment), "mailboxes ")
}

// writeHow writes the way to do a thing.
func writeHow(t *page, commands []string, refused, portal report.Text, cautions []string) {
	const indent = "          "
	for _, c := range commands {
		t.line("%sPS> %s", indent, c)
	}
	if refused != "" {
		t.para(indent, "no command: "+string(refused))
	}
	if len(commands) == 0 && portal != "" {
		t.para(indent, string(portal))
	}
	for _, c := range cautions {
		t.para(indent+"! ", c)
	}
}

// writeNextEvidence says what is to be fetched before it is gone, and in one line each what is gone already.
func writeNextEvidence(t *page) {
	if len(t.r.NextEvidence) == 0 {
		return
	}
	t.head("NEXT EVIDENCE")
	t.para("  ", "Searches of the audit log give 5,000 rows at a time: repeat a line until it gives nothing more.")
	there, gone := words.Parted(t.r)
	for _, n := range there[:min(len(there), topNext)] {
		t.para("  - ", n.Text+", "+words.Deadline(n)+" ("+ids(n.Findings)+")")
		writeHow(t, n.Commands, n.Refused, n.Portal, nil)
	}
	t.moreThan(topNext, len(there), t.r.NextEvidenceMore, "")
	if len(gone) == 0 {
		return
	}
	t.para("  ", "Gone by standard retention. Ask for longer retention, a hold, copies in a SIEM, or a backup:")
	for _, n := range gone[:min(len(gone), topNext)] {
		t.para("  - ", n.Text+", "+words.Deadline(n)+" ("+ids(n.Findings)+")")
	}
	t.more(topNext, len(gone), "")
}
