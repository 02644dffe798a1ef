package attribution

import (
	"net/netip"

	"triage/ingest/activity"
)

// hostile is where an intruder was, and when.
type hostile struct {
	intruder    int16
	first, last int64
}

// guesses gives intruders the logons that failed from their addresses and lines, and those that a finding about guessing
// cites together with them.
func guesses(g *graph, a *Attribution) {
	addresses, lines := map[netip.Prefix]hostile{}, map[uint32]hostile{}
	for i := range g.visits {
		x := &g.visits[i]
		n := a.of[x.number]
		if !x.his || n == 0 || !g.single(x.place) || x.place.home {
			continue
		}
		for _, s := range x.spans {
			widen(addresses, s.net, n, s.first, s.last)
		}
		p := g.presence(x)
		widen(lines, x.place.line, n, p.First, p.Last)
	}
	if len(lines) == 0 {
		return
	}
	for _, row := range g.c.OfType(activity.Logon) {
		act := &g.c.Activities[row]
		if !failedLogon(act) {
			continue
		}
		if h, ok := addresses[g.located(act.IP).net]; ok {
			a.rows[row] = whose{Attacker, h.intruder}
			continue
		}
		number, ok := g.table.Of(row)
		if !ok || a.Labels[number] == Owner {
			continue
		}
		_, p := g.table.At(number)
		if h, ok := lines[p.Line]; ok && p.Line != 0 && act.Time > h.first-whole && act.Time < h.last+whole {
			a.rows[row] = whose{Attacker, h.intruder}
		}
	}
	guessed(g, a)
}

func failedLogon(a *activity.Activity) bool {
	return a.Type == activity.Logon && a.Result == activity.Failure && a.Lane == activity.Person
}

func widen[K comparable](m map[K]hostile, k K, n int16, first, last int64) {
	h, known := m[k]
	if !known {
		h = hostile{n, first, last}
	}
	m[k] = hostile{min(h.intruder, n), min(h.first, first), max(h.last, last)}
}

// guessed gives an intruder all that a finding about guessing cites, if part of it is his.
func guessed(g *graph, a *Attribution) {
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Suppressed != nil || f.Rule.Kind != "guess" && f.Rule.Entry != "guessed password" && f.Rule.Entry != "sprayed password" {
			continue
		}
		var n int16
		for _, row := range f.Evidence {
			if who, k := a.Who(row); who == Attacker && k >= 0 {
				n = int16(k + 1)
				break
			}
		}
		if n == 0 {
			continue
		}
		for _, row := range f.Evidence {
			if number, ok := g.table.Of(row); ok && failedLogon(&g.c.Activities[row]) && a.Labels[number] != Owner {
				if who, _ := a.Who(row); who != Attacker {
					a.rows[row] = whose{Attacker, n}
				}
			}
		}
	}
}
