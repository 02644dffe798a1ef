package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/words"
)

// How much of what was reached is shown; JSON and the format exposure have all of it.
const (
	topReached = 12 // mailboxes
	topItems   = 6  // messages and files of one
	topTaken   = 5
	topGaps    = 4
	topThreads = 8
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
		t.para("  ", report.Short(words.ReachedHead(x), lineRunes))
		for _, line := range reachedLines(x) {
			t.para("    ", report.Short(line, lineRunes))
		}
	}
	t.more(topReached, len(t.r.Exposure), "mailboxes ")
}

// markdownReached is the same for a ticket.
func markdownReached(t *page) {
	if len(t.r.Exposure) == 0 {
		return
	}
	t.line("\n## What was reached\n")
	for i := range t.r.Exposure[:min(len(t.r.Exposure), topReached)] {
		x := &t.r.Exposure[i]
		t.line("- %s", t.md(words.ReachedHead(x)))
		for _, line := range reachedLines(x) {
			t.line("  - %s", t.md(line))
		}
	}
	if text := words.MoreText(topReached, len(t.r.Exposure), 0, "mailboxes "); text != "" {
		t.line("- %s", text)
	}
}

func reachedLines(x *report.Exposure) []string {
	var lines []string
	if len(x.Searches) > 0 {
		var queries []string
		for i := range x.Searches {
			if q := strconv.Quote(report.Short(x.Searches[i].Query, words.ShortRunes)); !slices.Contains(queries, q) {
				queries = append(queries, q)
			}
		}
		n := min(len(queries), topItems)
		line := "searched for " + strings.Join(queries[:n], ", ")
		if more := words.MoreText(n, len(queries), 0, ""); more != "" {
			line += " " + more
		}
		lines = append(lines, line)
	}
	shown := foremost(x.Items)
	for _, item := range shown {
		lines = append(lines, words.ItemText(item))
	}
	if more := words.MoreText(len(shown), len(x.Items), x.ItemsMore, "messages and files "); more != "" {
		lines = append(lines, more)
	}
	for i := range x.Taken[:min(len(x.Taken), topTaken)] {
		lines = append(lines, "taken: "+words.TakenLine(&x.Taken[i]))
	}
	if more := words.MoreText(topTaken, len(x.Taken), x.TakenMore, ""); more != "" {
		lines = append(lines, more)
	}
	for i := range x.Unknown[:min(len(x.Unknown), topGaps)] {
		lines = append(lines, words.GapText(&x.Unknown[i]))
	}
	if more := words.MoreText(topGaps, len(x.Unknown), 0, "intervals "); more != "" {
		lines = append(lines, more)
	}
	return lines
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

// writeThreads lists the payment threads.
func writeThreads(t *page) {
	if len(t.r.Threads) == 0 {
		return
	}
	t.head("PAYMENT THREADS")
	for i := range t.r.Threads[:min(len(t.r.Threads), topThreads)] {
		x := &t.r.Threads[i]
		t.para("  ", report.Short(words.ThreadHead(x), lineRunes))
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
		t.line("- %s", t.md(words.ThreadHead(x)))
		for _, line := range threadLines(x) {
			t.line("  - %s", t.md(line))
		}
	}
	if text := words.MoreText(topThreads, len(t.r.Threads), t.r.ThreadsMore, ""); text != "" {
		t.line("- %s", text)
	}
}

func threadLines(x *report.Thread) []string {
	lines := words.Pretenders(x)
	checks := 0
	for i := range x.Messages {
		m := &x.Messages[i]
		if m.Check == "" {
			continue
		}
		if checks++; checks <= words.TopChecks {
			lines = append(lines, fmt.Sprintf("check for changed bank details: %s  %s from %s: %s %s", words.ClockTime(m.Time), strconv.Quote(report.Short(string(m.Subject), words.ShortRunes)),
				report.Short(cmp.Or(string(m.From), "unknown"), words.ShortRunes), m.Check, words.RowRef([]report.Citation{m.Evidence})))
		}
	}
	if text := words.MoreText(words.TopChecks, checks, 0, "messages to check "); text != "" {
		lines = append(lines, text)
	}
	return lines
}
