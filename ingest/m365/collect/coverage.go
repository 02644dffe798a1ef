package collect

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"triage/ingest/fetched"
)

// coverage is what was asked for to the end. Of a time that was asked for several times, the last counts, once the list is
// complete.
func (c *collecting) coverage() []fetched.Coverage {
	zone := c.run.Started.Add(-late)
	last := map[whole]int{}
	c.each(func(e journalLine) {
		if e.Coverage != nil {
			of := whole{e.Coverage.List, e.Coverage.Mailbox}
			last[of] = max(last[of], e.Pass)
		}
	})
	all := []fetched.Coverage{}
	c.each(func(e journalLine) {
		if e.Coverage == nil {
			return
		}
		of := whole{e.Coverage.List, e.Coverage.Mailbox}
		newest := 1
		if c.isWhole(of) && !e.Coverage.From.Before(zone) {
			newest = last[of]
		}
		if e.Pass == newest {
			all = append(all, *e.Coverage)
		}
	})
	slices.SortStableFunc(all, func(a, b fetched.Coverage) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Mailbox, b.Mailbox), a.From.Compare(b.From))
	})
	return all
}

// lengthWords is a length of time in words.
func lengthWords(d time.Duration) string { return fmt.Sprintf("%d days", d/day) }
