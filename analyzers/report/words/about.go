// Package words names the parts of a report in plain English: a time, some rows, what was reached, what is missing. Every format that
// people read takes its sentences from here.
package words

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// AboutItem is the item's sentence, with what it is about before it.
func AboutItem(it *report.LedgerItem) string {
	switch {
	case it.File != "":
		return fmt.Sprintf("%s: %s", report.ShortPath(string(it.File)), it.Text)
	case it.Mailbox != "":
		return fmt.Sprintf("%s: %s", it.Mailbox, it.Text)
	case it.Tenant != "":
		return fmt.Sprintf("tenant %s: %s", it.Tenant, it.Text)
	default:
		return it.Text
	}
}

// Parted is the evidence that the services still have, in part at least, and what they no longer have.
func Parted(r *report.Report) (there, gone []*report.NextEvidence) {
	for i := range r.NextEvidence {
		if n := &r.NextEvidence[i]; n.State == "gone" {
			gone = append(gone, n)
		} else {
			there = append(there, n)
		}
	}
	return there, gone
}

// Deadline is the span wanted and how long it is there.
func Deadline(n *report.NextEvidence) string {
	span := fmt.Sprintf("%s to %s", report.Plain(string(n.From)), report.Plain(string(n.To)))
	switch n.State {
	case "open":
		return fmt.Sprintf("%s, kept %d days: the first of it goes on %s", span, n.Kept, n.Before)
	case "going":
		return fmt.Sprintf("%s, kept %d days: the beginning is gone, and more goes every day", span, n.Kept)
	case "gone":
		return fmt.Sprintf("%s, kept %d days", span, n.Kept)
	default:
		return "kept until somebody changes it"
	}
}

// SeenIn says what is seen in a mailbox: an intruder, findings of access, or attempts only.
func SeenIn(r *report.Report, m *report.Mailbox) phrase.Text {
	for i := range r.Intruders {
		x := &r.Intruders[i]
		if x.Tenant == m.Tenant && slices.ContainsFunc(x.Accounts, func(a string) bool { return isMailbox(m.Mailbox, a) }) {
			first, last := x.First, x.Last
			for k := range r.Exposure { // what he did in this one
				if e := &r.Exposure[k]; e.Intruder == x.Intruder && e.Tenant == m.Tenant && isMailbox(m.Mailbox, string(e.Mailbox)) && e.First != 0 {
					first, last = e.First, e.Last
				}
			}
			return phrase.Say("intruder {1} active from {2}", phrase.Of(phrase.Fixed, x.Intruder), SpanPhrase(first, last))
		}
	}
	if m.Window != nil {
		return phrase.Say("findings speak of access from {1}; no act is attributed to an intruder", SpanPhrase(m.Window.First, m.Window.Last))
	}
	return phrase.Say("targeted, no sign of access")
}

// isMailbox says that a mailbox, which may be called by its tenant as well, is that of a name.
func isMailbox(mailbox, name string) bool {
	return name != "" && (mailbox == name || strings.HasPrefix(mailbox, name+" ["))
}

// AccountChange is one change in words: when, what, on what, through which group, by whom.
func AccountChange(x *report.AccountAct) string {
	text := strings.TrimSuffix(string(x.Op), ".")
	if x.What != "" {
		text += " " + string(x.What)
	}
	if x.On != "" {
		text += " on " + string(x.On)
	}
	if x.Group != "" {
		text += " through " + string(x.Group)
	}
	e := &x.Evidence
	return fmt.Sprintf("%s  %s, by %s [%s:%d]", ClockTime(e.Time), report.Short(text, 200), report.Short(cmp.Or(string(x.By), "unknown"), 80), report.ShortPath(e.File), e.Line)
}

// TellCaveats says once what holds in several tenants in the same words. What cites rows stays by itself.
func TellCaveats(all []report.Caveat) []report.Caveat {
	var told []report.Caveat
	at := map[[2]string]int{}
	for _, c := range all {
		if c.Mailbox != "" {
			c.Mailboxes = []string{string(c.Mailbox)}
		}
		key := [2]string{c.Code, c.Text}
		i, ok := at[key]
		if ok && len(c.Evidence) == 0 && len(c.Mailboxes) > 0 {
			told[i].Mailboxes = append(told[i].Mailboxes, c.Mailboxes...)
			continue
		}
		if len(c.Evidence) == 0 && len(c.Mailboxes) > 0 {
			c.Mailboxes, at[key] = slices.Clone(c.Mailboxes), len(told)
		}
		told = append(told, c)
	}
	return told
}

// About is a caveat with whom it is about.
func About(c *report.Caveat) string {
	const shown = 8
	if len(c.Mailboxes) == 0 {
		return c.Text
	}
	names := c.Mailboxes[:min(len(c.Mailboxes), shown)]
	who := strings.Join(names, ", ")
	if n := len(c.Mailboxes) - len(names); n > 0 {
		who += fmt.Sprintf(" and %s more (see JSON)", report.Grouped(n))
	}
	return who + ": " + c.Text
}

// LedgerSummary is how much the ledger holds, for beside a verdict; nothing if nothing is missing.
func LedgerSummary(r *report.Report, tenant report.TenantOf) phrase.Text {
	lost, limits := 0, 0
	for i := range r.Ledger {
		switch it := &r.Ledger[i]; {
		case it.Tenant != "" && it.Tenant != tenant:
		case it.Lost():
			lost++
		default:
			limits++
		}
	}
	switch {
	case lost > 0:
		return phrase.Count(lost, "evidence known to be lost ({n} entry, see WHAT IS MISSING)|evidence known to be lost ({n} entries, see WHAT IS MISSING)")
	case limits > 0:
		return phrase.Say("see WHAT IS MISSING")
	default:
		return phrase.Text{}
	}
}
