package guess

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
)

// sprayers are lines and programs that sprayed, and since when: keys are a netip.Prefix or the activity.Symbol of an agent.
type sprayers map[any]int64

// sprayersOf are those of all runs.
func sprayersOf(groups []*group, k *knowledge) sprayers {
	s := sprayers{}
	note := func(key any, ms int64) {
		if at, ok := s[key]; !ok || ms < at {
			s[key] = ms
		}
	}
	for _, g := range groups {
		for _, e := range g.runs {
			end := g.tries[e.to].time
			for i := range g.tries[e.from : e.to+1] {
				t := &g.tries[e.from+i]
				note(t.line, end)
				if k.rare(t.agent) {
					note(t.agent, end)
				}
			}
		}
	}
	return s
}

// before says that a try's line or program had sprayed before it.
func (s sprayers) before(t *try) bool {
	for _, key := range []any{t.line, t.agent} {
		if at, ok := s[key]; ok && at < t.time {
			return true
		}
	}
	return false
}

// rare says that a program is none that the tenant's users have; one or two may have let it in, or run a script with it.
func (k *knowledge) rare(agent activity.Symbol) bool { return agent != 0 && len(k.with[agent]) < 3 }

// campaign is what one sprayer did, as far as can be told: runs from one address or with one program that nobody else has,
// each within a week of the one before.
type campaign struct {
	values []string // of its first run
	tries  []try    // oldest first
	end    int64
	again  bool // all of it took the lower rungs of whoever sprayed before
	into   *campaign
}

// week is how long a sprayer may rest within a campaign, in milliseconds.
const week = 7 * 24 * 3_600_000

// campaigns joins the runs of all groups, in order of their first try.
func campaigns(groups []*group, k *knowledge) []*campaign {
	type part struct {
		*group
		rungStretch
	}
	var parts []part
	for _, g := range groups {
		for _, e := range g.runs {
			parts = append(parts, part{g, e})
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.tries[a.from].index, b.tries[b.from].index) })
	var all []*campaign
	open := map[any]*campaign{}
	for _, x := range parts {
		tries := x.tries[x.from : x.to+1]
		keys := map[any]bool{x.group: true}
		for i := range tries {
			if k.rare(tries[i].agent) {
				keys[tries[i].agent] = true
			}
		}
		one := &campaign{values: x.values, again: true}
		for key := range keys {
			if c := open[key].root(); c != nil && c != one && tries[0].time-c.end <= week {
				one = one.join(c)
			}
		}
		if len(one.tries) == 0 {
			all = append(all, one)
		}
		one.tries = append(one.tries, tries...)
		one.end, one.again = max(one.end, tries[len(tries)-1].time), one.again && x.again
		for key := range keys {
			open[key] = one
		}
	}
	all = slices.DeleteFunc(all, func(c *campaign) bool { return c.into != nil })
	for _, c := range all {
		slices.SortFunc(c.tries, func(a, b try) int { return cmp.Compare(a.index, b.index) })
	}
	return all
}

// root is the campaign that this one was joined to, at last.
func (c *campaign) root() *campaign {
	for c != nil && c.into != nil {
		c = c.into
	}
	return c
}

// join makes one of two campaigns: the one that began first.
func (c *campaign) join(other *campaign) *campaign {
	if len(c.tries) == 0 {
		return other
	}
	if other.tries[0].index < c.tries[0].index {
		c, other = other, c
	}
	c.tries = append(c.tries, other.tries...)
	c.end, c.again, other.into = max(c.end, other.end), c.again && other.again, c
	return c
}
