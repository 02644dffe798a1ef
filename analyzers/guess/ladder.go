package guess

import (
	"cmp"
	"net/netip"
	"slices"

	"triage/ingest/activity"
)

// rungStretch is an unbroken stretch of tries on a rung.
type rungStretch struct {
	from, to int  // in group.tries
	again    bool // it took the lower rungs of whoever sprayed before
}

// less is how many users are enough of who sprayed before.
func less(users int) int { return max(2, (users+1)/2) }

// runs are the stretches of a group's tries that reach a rung; stretches that share a try are one. Of tries that mark says
// are of somebody who sprayed before, half the users are enough.
func (d *detector) runs(g *group, mark func(*try) bool) []rungStretch {
	var all, marked []int
	for i := range g.tries {
		g.tries[i].turn = i == 0 || g.tries[i-1].user != g.tries[i].user
		all = append(all, i)
		if mark(&g.tries[i]) {
			marked = append(marked, i)
		}
	}
	var found []rungStretch
	for _, r := range d.Rungs {
		found = append(found, g.climb(r, all, r.Users)...)
		for _, e := range g.climb(r, marked, less(r.Users)) {
			e.again = true
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b rungStretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var runs []rungStretch
	for _, e := range found {
		if last := len(runs) - 1; last >= 0 && e.from <= runs[last].to {
			runs[last].to, runs[last].again = max(runs[last].to, e.to), runs[last].again && e.again
			continue
		}
		runs = append(runs, e)
	}
	return runs
}

// strangers are the runs that are no office, in which others are let in beside, and come from enough lines.
func (d *detector) strangers(g *group, runs []rungStretch, k *knowledge) []rungStretch {
	return slices.DeleteFunc(runs, func(e rungStretch) bool {
		tries := g.tries[e.from : e.to+1]
		users := firstTries(tries)
		lines := len(linesOf(tries))
		if d.By == byAgent && (lines < d.MinLines || 2*lines < len(users)) {
			return true
		}
		_, others := k.letIn(tries, users, d.By == byAgent)
		return len(users) < d.Ratio*others
	})
}

// firstTries says when each user was tried first.
func firstTries(tries []try) map[activity.Symbol]int64 {
	users := map[activity.Symbol]int64{}
	for _, t := range tries {
		if at, ok := users[t.user]; !ok || t.time < at {
			users[t.user] = t.time
		}
	}
	return users
}

// climb finds the stretches of some tries whose windows reach a rung with so many users.
func (g *group) climb(r Rung, tries []int, users int) []rungStretch {
	var runs []rungStretch
	counts, full := map[activity.Symbol]int{}, 0
	need := max(1, r.Tries, r.Rounds)
	counted := func(i int) bool { return r.Rounds < 2 || g.tries[i].turn }
	start := 0
	for _, i := range tries {
		if user := g.tries[i].user; counted(i) {
			if counts[user]++; counts[user] == need {
				full++
			}
		}
		for ; activity.Later(g.tries[tries[start]].time, g.tries[i].time) > r.Within.Milliseconds(); start++ {
			j := tries[start]
			if user := g.tries[j].user; counted(j) {
				if counts[user]--; counts[user] == need-1 {
					full--
				}
			}
		}
		if full < users {
			continue
		}
		if last := len(runs) - 1; last >= 0 && tries[start] <= runs[last].to {
			runs[last].to = i
			continue
		}
		runs = append(runs, rungStretch{from: tries[start], to: i})
	}
	return runs
}

// linesOf are the lines that tries came from.
func linesOf(tries []try) map[netip.Prefix]bool {
	seen := map[netip.Prefix]bool{}
	for _, t := range tries {
		seen[t.line] = true
	}
	return seen
}

// rounds is how often the least tried of a run's users were tried with others between.
func rounds(tries []try) int {
	turns := map[activity.Symbol]int{}
	for _, t := range tries {
		if t.turn {
			turns[t.user]++
		}
	}
	var all []int
	for _, n := range turns {
		all = append(all, n)
	}
	slices.Sort(all)
	return all[len(all)/2]
}
