package attribution

import (
	"cmp"
	"slices"

	"triage/analyzers/presence"
	"triage/geo"
	"triage/ingest/activity"
)

// busy says that the owner was at a usual desk in the hours of a place.
func (g *graph) busy(at *place) bool {
	desks := desksOf(g, at)
	for _, v := range at.visits {
		x := &g.visits[v]
		if x.tenths < strange {
			continue
		}
		for _, span := range at.account.Spans(&at.account.Presences[x.number-at.account.First()]) {
			if _, found := slices.BinarySearch(desks, span); found {
				return true
			}
		}
	}
	return false
}

// desksOf are the parts of days in which the account was at a usual place that is no phone's.
func desksOf(g *graph, at *place) []int32 {
	if g.desksFor == at.account {
		return g.desks
	}
	g.desksFor, g.desks = at.account, g.desks[:0]
	for i := range at.account.Presences {
		if isDesk(g, at.account, at.account.First()+uint32(i)) {
			g.desks = append(g.desks, at.account.Spans(&at.account.Presences[i])...)
		}
	}
	slices.Sort(g.desks)
	return g.desks
}

// isDesk says that a presence is at a usual place that is no phone's, and no VPN's or relay's.
func isDesk(g *graph, a *presence.Account, number uint32) bool {
	p := &a.Presences[number-a.First()]
	if p.Failed || p.Line == 0 || g.at[number] > 0 {
		return false
	}
	if class := g.table.Lines[p.Line].Class; class == geo.Mobile || class.Anonymizer() {
		return false
	}
	m := g.Measure.Signs(number)
	return !m.Network && !m.Country
}

// deskAct is when the owner did something at a usual desk, and at which line.
type deskAct struct {
	at   int64
	line uint32
}

// gap is the shortest time between two acts of the owner's at usual desks elsewhere, with an act of a visit between them: whoever
// travels there and back, or works elsewhere for a day, needs more of it than an hour or two.
func (g *graph) gap(x *visit) int64 {
	acts, shortest := deskActs(g, x.place.account), never
	for _, time := range x.times {
		i, _ := slices.BinarySearchFunc(acts, time, func(d deskAct, at int64) int { return cmp.Compare(d.at, at) })
		before, after := i-1, i
		for n := 0; before >= 0 && acts[before].line == x.place.line && n < mostSteps; n++ {
			before--
		}
		for n := 0; after < len(acts) && acts[after].line == x.place.line && n < mostSteps; n++ {
			after++
		}
		if before >= 0 && after < len(acts) && acts[before].line != x.place.line && acts[after].line != x.place.line {
			shortest = min(shortest, acts[after].at-acts[before].at)
		}
	}
	return shortest
}

// How long somebody needs at least to go somewhere else and to come back, to another place of the country and to another
// country; and how many acts at a line are passed over to find one elsewhere.
const (
	errand    = 3 * meanwhile
	journey   = 6 * meanwhile
	overnight = 16 * meanwhile // from one working day to the next
	mostSteps = 64
)

// deskActs are what an account did at its usual desks, in order of time.
func deskActs(g *graph, a *presence.Account) []deskAct {
	if g.actsFor == a {
		return g.acts
	}
	g.actsFor, g.acts = a, g.acts[:0]
	line := g.lineOf(a.Name)
	for row := range line.Rows {
		act := line.At(row)
		number, ok := g.table.Of(line.Rows[row].Index())
		if ok && act.Actor == a.Name && g.located(act.IP).shown && isDesk(g, a, number) {
			g.acts = append(g.acts, deskAct{act.Time, a.Presences[number-a.First()].Line})
		}
	}
	return g.acts
}

// lineOf is the timeline of an account.
func (g *graph) lineOf(name activity.Symbol) activity.Timeline {
	if g.lines == nil {
		g.lines = make(map[activity.Symbol]int, len(g.Lines))
		for i := range g.Lines {
			g.lines[g.Lines[i].Mailbox] = i
		}
	}
	if i, ok := g.lines[name]; ok {
		return g.Lines[i]
	}
	return activity.Timeline{Case: g.c}
}
