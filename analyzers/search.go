package analyzers

import (
	"cmp"
	"slices"

	"triage/analyzers/terms"
	"triage/ingest/activity"
)

// searches lists every search of every mailbox, matched by a rule or not: what an intruder looked for is read by
// people, not by rules alone.
func (r *run) searches() {
	finding := r.searchFindings()
	for _, line := range r.lines {
		rows := terms.SearchRows(line)
		own := slices.DeleteFunc(rows, func(row int) bool { return line.Rows[row].ActorCopy() })
		for _, s := range terms.Fold(line, own, terms.Gap) {
			one := Search{Mailbox: line.Mailbox, Time: s.First, Query: s.Query, Rows: len(s.Rows), Finding: -1}
			for _, row := range s.Rows {
				if at, ok := finding[line.Rows[row].Index()]; ok {
					one.Finding = at
					one.Terms, _ = r.result.Findings[at].Fact("terms").([]string)
					break
				}
			}
			r.result.Searches = append(r.result.Searches, one)
		}
	}
	c := r.result.Case
	slices.SortStableFunc(r.result.Searches, func(a, b Search) int {
		return cmp.Or(cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.Time, b.Time), cmp.Compare(a.Query, b.Query))
	})
}

// searchFindings is, for each search activity that findings of the family search rest on, the strongest of them.
func (r *run) searchFindings() map[uint32]int {
	at := map[uint32]int{}
	for i := range r.result.Findings {
		f := &r.result.Findings[i]
		if f.Rule.Family != "search" {
			continue
		}
		for _, row := range f.Evidence {
			if _, ok := at[row]; !ok && r.result.Case.Activities[row].Type == activity.Search {
				at[row] = i
			}
		}
	}
	return at
}
