package attribution

import (
	"cmp"
	"math"
	"slices"

	"triage/ingest/activity"
)

// mostIntruders is how many a case can have: beyond them nobody could tell them apart.
const mostIntruders = math.MaxInt16 - 1

// suspect is an intruder in the making.
type suspect struct {
	Intruder
	deeds []int
}

// gatherIntruders makes intruders of what hangs together: visits that reached each other, those of one account, and deeds with
// the visit that they belong to.
func gatherIntruders(g *graph, a *Attribution, deeds []deed) {
	group := groupDeeds(g, deeds)
	by := map[int32]*suspect{}
	var list []*suspect
	of := func(node int32, first int64) *suspect {
		root := group.find(node)
		x := by[root]
		if x == nil {
			x = &suspect{Intruder: Intruder{First: first, Last: first}}
			by[root] = x
			list = append(list, x)
		}
		x.First = min(x.First, first)
		return x
	}
	for i := range g.visits {
		v := &g.visits[i]
		if !v.his {
			continue
		}
		p := g.presence(v)
		x := of(int32(i), p.First)
		x.Last = max(x.Last, p.Last)
		x.Presences = append(x.Presences, v.number)
		x.Reasons = append(x.Reasons, visitReason(g, v))
	}
	for i := range deeds {
		rows := deeds[i].rows
		x := of(int32(len(g.visits)+i), g.c.Activities[rows[0]].Time)
		x.Last = max(x.Last, g.c.Activities[rows[len(rows)-1]].Time)
		x.deeds = append(x.deeds, i)
		x.Reasons = append(x.Reasons, deeds[i].reason)
	}
	slices.SortStableFunc(list, func(x, y *suspect) int { return cmp.Compare(x.First, y.First) })
	for i, x := range list[:min(len(list), mostIntruders)] {
		x.Name = nameOf(i)
		for _, number := range x.Presences {
			a.of[number] = int16(i + 1)
		}
		for _, d := range x.deeds {
			for _, row := range deeds[d].rows {
				a.rows[row] = whose{Attacker, int16(i + 1)}
			}
		}
		a.Intruders = append(a.Intruders, x.Intruder)
	}
}

// groupDeeds joins visits and deeds that are one intruder's.
func groupDeeds(g *graph, deeds []deed) groups {
	group := newGroups(len(g.visits) + len(deeds))
	for _, pair := range g.linked {
		group.join(pair[0], pair[1])
	}
	last := map[activity.Symbol]int32{}
	join := func(name activity.Symbol, node int32) {
		if before, known := last[name]; known {
			group.join(before, node)
		}
		last[name] = node
	}
	for i := range g.visits {
		v := &g.visits[i]
		if !v.his {
			continue
		}
		if v.parent > 0 {
			group.join(int32(i), v.parent-1)
		}
		join(v.place.account.Name, int32(i))
	}
	for i := range deeds {
		node := int32(len(g.visits) + i)
		if deeds[i].visit >= 0 {
			group.join(deeds[i].visit, node)
		}
		join(deeds[i].actor, node)
	}
	return group
}

// list gathers what each intruder did and is known by.
func list(g *graph, a *Attribution) {
	seen := make([]known, len(a.Intruders))
	for i := range g.c.Activities {
		if who, n := a.Who(uint32(i)); who == Attacker && n >= 0 {
			act := &g.c.Activities[i]
			x, s := &a.Intruders[n], &seen[n]
			x.Rows = append(x.Rows, uint32(i))
			if act.Lane == activity.Person && (act.Type != activity.Logon || act.Result != activity.Failure) {
				s.accounts.add(&x.Accounts, act.Actor)
				s.agents.add(&x.Agents, act.Agent)
			}
			s.sessions.add(&x.Sessions, act.Session)
			if g.located(act.IP).shown {
				s.addresses.add(&x.Addresses, act.IP)
			}
		}
	}
}

// known is what an intruder's lists have already.
type known struct{ accounts, addresses, sessions, agents once }

type once map[activity.Symbol]bool

func (o *once) add(list *[]activity.Symbol, s activity.Symbol) {
	if s == 0 || (*o)[s] {
		return
	}
	if *o == nil {
		*o = once{}
	}
	(*o)[s] = true
	*list = append(*list, s)
}

// nameOf is A, B … Z, AA, AB …
func nameOf(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return nameOf(i/26-1) + string(rune('A'+i%26))
}

// visitReason is why a visit is an intruder's.
func visitReason(g *graph, v *visit) Reason {
	if v.parent == 0 {
		return v.reason
	}
	return Reason{Account: v.place.account.Name, Text: text(g, v), Rows: first(slices.Clone(v.rows))}
}

// why is the chain of reasons of a presence.
func (g *graph) why(number uint32) []Reason {
	v := g.at[number] - 1
	if v < 0 || !g.visits[v].his {
		return nil
	}
	var chain []Reason
	for ; g.visits[v].parent > 0; v = g.visits[v].parent - 1 {
		chain = append(chain, visitReason(g, &g.visits[v]))
	}
	return append(chain, g.visits[v].reason)
}

// groups are nodes that belong together.
type groups []int32

func newGroups(n int) groups {
	all := make(groups, n)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

func (g groups) find(i int32) int32 {
	for g[i] != i {
		g[i] = g[g[i]]
		i = g[i]
	}
	return i
}

func (g groups) join(a, b int32) {
	x, y := g.find(a), g.find(b)
	g[max(x, y)] = min(x, y)
}
