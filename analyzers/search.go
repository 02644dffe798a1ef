package analyzers

import (
	"cmp"
	"slices"

	"triage/analyzers/terms"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// allSearches lists every search of every mailbox, matched by a rule or not: what an intruder looked for is read by
// people, not by rules alone.
func allSearches(c *activity.Case, lines []activity.Timeline, findings []verdict.Finding) (list []Search) {
	finding := searchFindings(c, findings)
	for _, line := range lines {
		rows := terms.SearchRows(line)
		own := slices.DeleteFunc(rows, func(row int) bool { return line.Rows[row].ActorCopy() })
		for _, s := range terms.JoinTyped(line, own, terms.Gap) {
			one := Search{Mailbox: line.Mailbox, Time: s.First, Query: s.Query, Rows: len(s.Rows), Finding: -1}
			for _, row := range s.Rows {
				if at, ok := finding[line.Rows[row].Index()]; ok {
					one.Finding = at
					one.Terms, _ = findings[at].Fact("terms").([]string)
					break
				}
			}
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b Search) int {
		return cmp.Or(cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.Time, b.Time), cmp.Compare(a.Query, b.Query))
	})
	return list
}

// searchFindings is, for each search activity that findings of the family search rest on, the strongest of them.
func searchFindings(c *activity.Case, findings []verdict.Finding) map[uint32]int {
	at := map[uint32]int{}
	for i := range findings {
		f := &findings[i]
		if f.Rule.Family != "search" {
			continue
		}
		for _, row := range f.Evidence {
			if _, ok := at[row]; !ok && c.Activities[row].Type == activity.Search {
				at[row] = i
			}
		}
	}
	return at
}
