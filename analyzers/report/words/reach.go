package words

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// ReachedHead is whose mailbox it is, when he was there, and the sums.
func ReachedHead(x *report.Exposure) string {
	text := fmt.Sprintf("intruder %s in %s", x.Intruder, cmp.Or(string(x.Mailbox), "a mailbox that the records do not name"))
	if x.Activities > 0 {
		text += ", " + SpanText(x.First, x.Last)
	}
	return text + ": " + strings.Join(sumsText(&x.Sums), "; ")
}

// sumsText is how much of everything there is, without what there is none of.
func sumsText(s *report.ExposureSums) []string {
	var parts []string
	for _, k := range []struct {
		count     report.ExposureCount
		one, many string
	}{{s.Messages, "message", "messages"}, {s.Files, "file", "files"}} {
		total := k.count.Proven + k.count.Presumed + k.count.Contested
		if total == 0 && k.one == "file" {
			continue
		}
		part := report.Counted(k.count.Proven, k.one, k.many) + " proven"
		if k.count.Presumed > 0 {
			part += ", " + report.Grouped(k.count.Presumed) + " presumed"
		}
		if k.count.Contested > 0 {
			part += ", " + report.Grouped(k.count.Contested) + " seen only from a contested place"
		}
		parts = append(parts, part)
	}
	var acts []string
	for _, a := range s.Acts {
		acts = append(acts, a.Act+" "+report.Grouped(a.Items))
	}
	if len(acts) > 0 {
		parts = append(parts, strings.Join(acts, ", "))
	}
	for _, k := range []struct {
		n         int
		one, many string
	}{
		{s.Searches, "search", "searches"},
		{s.Rules, "rule made or changed", "rules made or changed"},
		{s.Rights, "right or role changed", "rights or roles changed"},
		{s.Consents, "application let in or changed", "applications let in or changed"},
		{s.Links, "link or share", "links or shares"},
	} {
		if k.n > 0 {
			parts = append(parts, report.Counted(k.n, k.one, k.many))
		}
	}
	return parts
}

// GapText is when the log cannot tell, and why.
func GapText(g *report.ExposureGap) string {
	when := ""
	if g.First.String() != "" {
		when = SpanText(g.First, g.Last) + ": "
	}
	return "not known: " + when + report.Short(g.Text, 240)
}

// ItemText is one message or file in words, with the first of its rows.
func ItemText(x *report.ExposedItem) string {
	what := string(x.Subject)
	switch {
	case x.Kind == "file":
		what = string(x.Address)
	case what != "" && x.Guess:
		what = strconv.Quote(what) + " (the conversation's)"
	case what != "":
		what = strconv.Quote(what)
	case x.Answers != "":
		what = "an answer to " + strconv.Quote(string(x.Answers))
	default:
		what = "message " + cmp.Or(string(x.MessageID), string(x.Item), string(x.Conversation))
	}
	text := fmt.Sprintf("%s  %s: %s", ClockTime(x.First), strings.Join(x.Acts, ", "), report.Short(what, 160))
	if x.Sender != "" && !slices.Contains(x.Acts, "sent") {
		text += ", from " + report.Short(string(x.Sender), ShortRunes)
	}
	if len(x.Recipients) > 0 {
		text += ", to " + report.Short(strings.Join(x.Recipients[:min(len(x.Recipients), 3)], ", "), 160)
		if more := len(x.Recipients) - 3 + x.RecipientsMore; more > 0 {
			text += " and " + report.Grouped(more) + " more"
		}
	}
	if x.Contested > 0 {
		text += fmt.Sprintf(", %s from a contested place", report.Counted(x.Contested, "time", "times"))
	}
	return text + " " + RowRef(x.Evidence)
}

func TakenLine(x *report.Taken) string {
	text := report.Short(x.Text, 240) + ", " + SpanText(x.First, x.Last) + ": " + report.Counted(x.Messages, "known message", "known messages")
	if x.Standing {
		text += "; it still stands as far as the log goes"
	}
	if x.NotJudged {
		text += "; some of its conditions cannot be judged"
	}
	return text + " " + RowRef(x.Evidence)
}

// RowRef is where the first of some rows stands.
func RowRef(rows []report.Citation) string {
	if len(rows) == 0 {
		return ""
	}
	text := fmt.Sprintf("[%s:%d", report.ShortPath(rows[0].File), rows[0].Line)
	if len(rows) > 1 {
		text += " …"
	}
	return text + "]"
}

func ThreadHead(x *report.Thread) string {
	text := fmt.Sprintf("%s in %s", strconv.Quote(report.Short(x.Title, 160)), cmp.Or(string(x.Mailbox), "a mailbox that the records do not name"))
	if x.Likely {
		text += " (likely one conversation: by its subject)"
	}
	if len(x.Correspondents) > 0 {
		n := min(len(x.Correspondents), 3)
		text += ", with " + report.Short(strings.Join(x.Correspondents[:n], ", "), 160)
		if more := len(x.Correspondents) - n; more > 0 {
			text += " and " + report.Grouped(more) + " more"
		}
	}
	text += fmt.Sprintf(": intruder %s %s, %s", x.Intruder, strings.Join(x.Acts, ", "), SpanText(x.First, x.Last))
	if len(x.Searches) > 0 {
		text += "; found by his search for " + strconv.Quote(report.Short(x.Searches[0], ShortRunes))
	}
	return text
}

// Pretenders are the look-alikes and the changed addresses of a thread.
func Pretenders(x *report.Thread) (lines []string) {
	for i := range x.LookAlikes {
		l := &x.LookAlikes[i]
		lines = append(lines, fmt.Sprintf("look-alike: %s looks like %s, since %s (%s) %s", report.Short(l.Domain, ShortRunes), report.Short(l.LooksLike, ShortRunes), ClockTime(l.First), report.Short(strings.Join(l.Addresses, ", "), 160), RowRef(l.Evidence)))
	}
	for i := range x.Changed {
		c := &x.Changed[i]
		lines = append(lines, fmt.Sprintf("%s changed from %s to %s, %s %s", c.What, report.Short(c.Was, ShortRunes), report.Short(c.Now, ShortRunes), ClockTime(c.Time), RowRef([]report.Citation{c.Evidence})))
	}
	return lines[:min(len(lines), TopChecks)]
}

// How long a sentence's parts may be, and how many it has.
const (
	TopChecks  = 5  // look-alikes and changed addresses of a thread
	ShortRunes = 80 // of a text that a log wrote
)
