package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// How much of what was reached is shown; JSON and the format exposure have all of it.
const (
	topReached = 12 // mailboxes
	topItems   = 6  // messages and files of one
	topTaken   = 5
	topGaps    = 4
	topThreads = 8
	topChecks  = 5
	shortRunes = 80
	lineRunes  = 400
)

// writeReached says what intruders reached: sums, what they did most with, what they took whole, and what nobody can know.
func writeReached(t *page) {
	if len(t.r.Exposure) == 0 {
		return
	}
	t.head("WHAT WAS REACHED")
	for i := range t.r.Exposure[:min(len(t.r.Exposure), topReached)] {
		x := &t.r.Exposure[i]
		t.para("  ", report.Short(reachedHead(x), lineRunes))
		for _, line := range reachedLines(x) {
			t.para("    ", report.Short(line, lineRunes))
		}
	}
	t.more(topReached, len(t.r.Exposure), "mailboxes ")
}

// How much of it the short text shows.
const (
	shortReach = 5 // mailboxes
	shortTaken = 2 // of one mailbox, as of what is not known
	shortMoney = 3 // threads with somebody who pretends
)

// shortReached is a line for each mailbox that was reached, with what was taken whole and what nobody can know; and the payment
// threads in which somebody pretends to be somebody else.
func shortReached(t *page) {
	if len(t.r.Exposure) == 0 {
		return
	}
	t.head("WHAT WAS REACHED")
	for i := range t.r.Exposure[:min(len(t.r.Exposure), shortReach)] {
		x := &t.r.Exposure[i]
		t.para("  ", report.Short(reachedHead(x), lineRunes))
		for k := range x.Taken[:min(len(x.Taken), shortTaken)] {
			t.para("    ", report.Short("taken: "+takenLine(&x.Taken[k]), lineRunes))
		}
		for k := range x.Unknown[:min(len(x.Unknown), shortTaken)] {
			t.para("    ", report.Short(gapText(&x.Unknown[k]), lineRunes))
		}
	}
	t.more(shortReach, len(t.r.Exposure), "mailboxes ")
	shown := 0
	for i := range t.r.Threads {
		x := &t.r.Threads[i]
		if len(x.LookAlikes)+len(x.Changed) == 0 || shown == shortMoney {
			continue
		}
		shown++
		t.para("  ", report.Short("payment thread "+threadHead(x), lineRunes))
		for _, line := range pretenders(x) {
			t.para("    ", report.Short(line, lineRunes))
		}
	}
}

// markdownReached is the same for a ticket.
func markdownReached(t *page) {
	if len(t.r.Exposure) == 0 {
		return
	}
	t.line("\n## What was reached\n")
	for i := range t.r.Exposure[:min(len(t.r.Exposure), topReached)] {
		x := &t.r.Exposure[i]
		t.line("- %s", md(reachedHead(x)))
		for _, line := range reachedLines(x) {
			t.line("  - %s", md(line))
		}
	}
	if text := moreText(topReached, len(t.r.Exposure), 0, "mailboxes "); text != "" {
		t.line("- %s", text)
	}
}

// reachedHead is whose mailbox it is, when he was there, and the sums.
func reachedHead(x *report.Exposure) string {
	text := fmt.Sprintf("intruder %s in %s", x.Intruder, cmp.Or(string(x.Mailbox), "a mailbox that the records do not name"))
	if x.Activities > 0 {
		text += ", " + spanText(x.First, x.Last)
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

func reachedLines(x *report.Exposure) []string {
	var lines []string
	if len(x.Searches) > 0 {
		var queries []string
		for i := range x.Searches {
			if q := strconv.Quote(report.Short(x.Searches[i].Query, shortRunes)); !slices.Contains(queries, q) {
				queries = append(queries, q)
			}
		}
		n := min(len(queries), topItems)
		line := "searched for " + strings.Join(queries[:n], ", ")
		if more := moreText(n, len(queries), 0, ""); more != "" {
			line += " " + more
		}
		lines = append(lines, line)
	}
	shown := foremost(x.Items)
	for _, item := range shown {
		lines = append(lines, itemText(item))
	}
	if more := moreText(len(shown), len(x.Items), x.ItemsMore, "messages and files "); more != "" {
		lines = append(lines, more)
	}
	for i := range x.Taken[:min(len(x.Taken), topTaken)] {
		lines = append(lines, "taken: "+takenLine(&x.Taken[i]))
	}
	if more := moreText(topTaken, len(x.Taken), x.TakenMore, ""); more != "" {
		lines = append(lines, more)
	}
	for i := range x.Unknown[:min(len(x.Unknown), topGaps)] {
		lines = append(lines, gapText(&x.Unknown[i]))
	}
	if more := moreText(topGaps, len(x.Unknown), 0, "intervals "); more != "" {
		lines = append(lines, more)
	}
	return lines
}

// gapText is when the log cannot tell, and why.
func gapText(g *report.ExposureGap) string {
	when := ""
	if g.First.String() != "" {
		when = spanText(g.First, g.Last) + ": "
	}
	return "not known: " + when + report.Short(g.Text, 240)
}

// foremost are the items that are shown, in the order of the report: what he sent, answered or deleted before what he read.
func foremost(all []report.ExposedItem) []*report.ExposedItem {
	weight := func(x *report.ExposedItem) int {
		for i, act := range []string{"sent", "replied", "forwarded", "deleted", "shared", "downloaded", "opened attachment", "moved"} {
			if slices.Contains(x.Acts, act) {
				return i
			}
		}
		return 20
	}
	var list []*report.ExposedItem
	for i := range all {
		if all[i].State == "proven" {
			list = append(list, &all[i])
		}
	}
	slices.SortStableFunc(list, func(x, y *report.ExposedItem) int { return cmp.Compare(weight(x), weight(y)) })
	list = list[:min(len(list), topItems)]
	slices.SortStableFunc(list, func(x, y *report.ExposedItem) int { return cmp.Compare(x.First, y.First) })
	return list
}

// itemText is one message or file in words, with the first of its rows.
func itemText(x *report.ExposedItem) string {
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
	text := fmt.Sprintf("%s  %s: %s", clock(x.First), strings.Join(x.Acts, ", "), report.Short(what, 160))
	if x.Sender != "" && !slices.Contains(x.Acts, "sent") {
		text += ", from " + report.Short(string(x.Sender), shortRunes)
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
	return text + " " + rowRef(x.Evidence)
}

func takenLine(x *report.Taken) string {
	text := report.Short(x.Text, 240) + ", " + spanText(x.First, x.Last) + ": " + report.Counted(x.Messages, "known message", "known messages")
	if x.Standing {
		text += "; it still stands as far as the log goes"
	}
	if x.NotJudged {
		text += "; some of its conditions cannot be judged"
	}
	return text + " " + rowRef(x.Evidence)
}

// rowRef is where the first of some rows stands.
func rowRef(rows []report.Citation) string {
	if len(rows) == 0 {
		return ""
	}
	text := fmt.Sprintf("[%s:%d", report.ShortPath(rows[0].File), rows[0].Line)
	if len(rows) > 1 {
		text += " …"
	}
	return text + "]"
}

// writeThreads lists the payment threads.
func writeThreads(t *page) {
	if len(t.r.Threads) == 0 {
		return
	}
	t.head("PAYMENT THREADS")
	for i := range t.r.Threads[:min(len(t.r.Threads), topThreads)] {
		x := &t.r.Threads[i]
		t.para("  ", report.Short(threadHead(x), lineRunes))
		for _, line := range threadLines(x) {
			t.para("    ", report.Short(line, lineRunes))
		}
	}
	t.moreThan(topThreads, len(t.r.Threads), t.r.ThreadsMore, "")
}

// markdownThreads is the same for a ticket.
func markdownThreads(t *page) {
	if len(t.r.Threads) == 0 {
		return
	}
	t.line("\n## Payment threads\n")
	for i := range t.r.Threads[:min(len(t.r.Threads), topThreads)] {
		x := &t.r.Threads[i]
		t.line("- %s", md(threadHead(x)))
		for _, line := range threadLines(x) {
			t.line("  - %s", md(line))
		}
	}
	if text := moreText(topThreads, len(t.r.Threads), t.r.ThreadsMore, ""); text != "" {
		t.line("- %s", text)
	}
}

func threadHead(x *report.Thread) string {
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
	text += fmt.Sprintf(": intruder %s %s, %s", x.Intruder, strings.Join(x.Acts, ", "), spanText(x.First, x.Last))
	if len(x.Searches) > 0 {
		text += "; found by his search for " + strconv.Quote(report.Short(x.Searches[0], shortRunes))
	}
	return text
}

// pretenders are the look-alikes and the changed addresses of a thread.
func pretenders(x *report.Thread) (lines []string) {
	for i := range x.LookAlikes {
		l := &x.LookAlikes[i]
		lines = append(lines, fmt.Sprintf("look-alike: %s looks like %s, since %s (%s) %s", report.Short(l.Domain, shortRunes), report.Short(l.LooksLike, shortRunes), clock(l.First), report.Short(strings.Join(l.Addresses, ", "), 160), rowRef(l.Evidence)))
	}
	for i := range x.Changed {
		c := &x.Changed[i]
		lines = append(lines, fmt.Sprintf("%s changed from %s to %s, %s %s", c.What, report.Short(c.Was, shortRunes), report.Short(c.Now, shortRunes), clock(c.Time), rowRef([]report.Citation{c.Evidence})))
	}
	return lines[:min(len(lines), topChecks)]
}

func threadLines(x *report.Thread) []string {
	lines := pretenders(x)
	checks := 0
	for i := range x.Messages {
		m := &x.Messages[i]
		if m.Check == "" {
			continue
		}
		if checks++; checks <= topChecks {
			lines = append(lines, fmt.Sprintf("check for changed bank details: %s  %s from %s: %s %s", clock(m.Time), strconv.Quote(report.Short(string(m.Subject), shortRunes)),
				report.Short(cmp.Or(string(m.From), "unknown"), shortRunes), m.Check, rowRef([]report.Citation{m.Evidence})))
		}
	}
	if text := moreText(topChecks, checks, 0, "messages to check "); text != "" {
		lines = append(lines, text)
	}
	return lines
}
