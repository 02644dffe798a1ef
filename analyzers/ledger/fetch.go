package ledger

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// fetches says what triage fetch could not have, in its own words.
func (l *ledger) fetches() {
	for i := range l.c.Fetches {
		f := &l.c.Fetches[i]
		again := "triage fetch " + f.Name + " with the flags of before: it goes on where it stopped"
		if !f.Complete {
			l.add(Item{Code: "fetch-stopped", Path: f.Evidence, Source: f.Source, Ask: again, Text: "triage fetch " + f.Name + " was stopped before everything was there"})
		}
		if f.Wavered {
			l.add(Item{Code: "fetch-gap", Path: f.Evidence, Source: f.Source, Text: "the service's answers to triage fetch " + f.Name + " never agreed with each other: records may be missing"})
		}
		l.gaps(f)
		if f.Complete && f.Rows == 0 && f.Source != activity.SourceUnknown && !slices.ContainsFunc(f.Gaps, func(g activity.Gap) bool { return g.Lost }) {
			l.add(Item{Code: "fetched-empty", Path: f.Evidence, Source: f.Source, Text: f.Source.Name() + " was fetched and holds nothing" + fetchedTime(f)})
		}
	}
}

// fetchedTime says of which time a fetch brought all there was.
func fetchedTime(f *activity.FetchRecord) string {
	if len(f.Covered) == 0 {
		return ""
	}
	first, last := f.Covered[0].First, f.Covered[0].Last
	for _, s := range f.Covered {
		first, last = min(first, s.First), max(last, s.Last)
	}
	return " from " + date(first) + " to " + date(last)
}

// gaps names the gaps of a fetch; those of several mailboxes that differ in nothing else are one item.
func (l *ledger) gaps(f *activity.FetchRecord) {
	type kind struct {
		list, reason string
		first, last  int64
		lost         bool
	}
	var order []kind
	first := map[kind]activity.Gap{}
	boxes := map[kind][]string{}
	for _, g := range f.Gaps {
		k := kind{g.List, g.Reason, g.First, g.Last, g.Lost}
		if _, seen := first[k]; !seen {
			order = append(order, k)
			first[k] = g
		}
		if g.Mailbox != "" {
			boxes[k] = append(boxes[k], g.Mailbox)
		}
	}
	for _, k := range order {
		g := first[k]
		it := Item{Code: "not-fetched", Path: f.Evidence, Source: f.Source, First: g.First, Last: g.Last, Ask: g.Remedy}
		if g.Lost {
			it.Code = "fetch-gap"
		}
		if g.File != "" {
			it.Ask += " > " + g.File
		}
		switch list := boxes[k]; len(list) {
		case 0:
			it.Text = fmt.Sprintf("triage fetch %s: %s: %s", f.Name, g.List, g.Reason)
		case 1:
			it.Mailbox = list[0]
			it.Text = fmt.Sprintf("triage fetch %s: %s: %s", f.Name, g.List, g.Reason)
		default:
			it.Text = fmt.Sprintf("triage fetch %s: %s of %d mailboxes (%s, …): %s", f.Name, g.List, len(list), list[0], g.Reason)
			if it.Ask != "" {
				it.Ask += "; the same for each of them"
			}
		}
		l.add(it)
	}
}

// fetchedAs is the fetch that an input was brought by; nil if by none.
func (l *ledger) fetchedAs(in *activity.Input) *activity.FetchRecord {
	for i := range l.c.Fetches {
		if f := &l.c.Fetches[i]; strings.HasPrefix(in.Path, f.Evidence+string(filepath.Separator)) {
			return f
		}
	}
	return nil
}

// covered says that a fetch brought all that a log has of a time: nothing there is nothing, and no export is missing.
func (l *ledger) covered(s activity.Source, first, last int64) bool {
	for i := range l.c.Fetches {
		f := &l.c.Fetches[i]
		if f.Source != s || !f.Complete {
			continue
		}
		if len(f.Covered) == 0 && len(f.Gaps) == 0 {
			return true // a list without times
		}
		for _, span := range f.Covered {
			if span.First <= first && last <= span.Last {
				return true
			}
		}
	}
	return false
}

// isFetched says that a log was asked for to the end, whatever it holds.
func (l *ledger) isFetched(s activity.Source) bool {
	for i := range l.c.Fetches {
		if f := &l.c.Fetches[i]; f.Source == s && f.Complete && (f.Rows > 0 || len(f.Covered) > 0) {
			return true
		}
	}
	return false
}
