package attribution

import (
	"fmt"
	"math"
	"net/netip"
	"slices"

	"triage/analyzers/presence"
	"triage/geo"
	"triage/ingest/activity"
)

// edge is what makes one visit reach another.
type edge uint8

const (
	sameSession edge = iota
	sameAddress
	samePlace
	sameClient
	sameApp
	sameMaker
)

// ties are what visits have in common: each chain holds the visits that it may reach.
type ties struct {
	sessions  map[activity.Symbol]*chain
	addresses map[netip.Prefix]*chain
	byPlace   map[*place]*chain
	clients   map[client]*chain
	apps      map[client]*chain
}

// client is a user agent, or an application, of one account.
type client struct {
	account *presence.Account
	text    activity.Symbol
}

func chainOf[K comparable](m *map[K]*chain, k K) *chain {
	if *m == nil {
		*m = map[K]*chain{}
	}
	c := (*m)[k]
	if c == nil {
		c = &chain{}
		(*m)[k] = c
	}
	return c
}

// tie puts each visit into the chains that may reach it.
func tie(g *graph) {
	for i := range g.visits {
		v, x := int32(i), &g.visits[i]
		m, p := g.Measure.Signs(x.number), g.presence(x)
		if x.tenths != unknown && x.tenths < familiar && !x.lent {
			continue
		}
		open := x.tenths >= strange || x.tenths >= familiar && x.place.fresh || x.lent
		switch {
		case p.Session == 0:
		case g.familiar[p.Session]: // the owner's, and somebody else's beside
			if x.tenths >= strange && !m.Carried && (m.Program || m.Bare || p.Alternates) {
				chainOf(&g.sessions, p.Session).add(v, p.First, p.Last)
			}
		case open || x.tenths == unknown:
			chainOf(&g.sessions, p.Session).add(v, p.First, p.Last)
		}
		if !x.place.home && !x.place.egress {
			chainOf(&g.byPlace, x.place).add(v, p.First, p.Last)
		}
		if g.single(x.place) && !g.owners(x) && (g.table.Lines[x.place.line].Class != geo.VPN || m.Program || m.Bare || m.Weak) && (open || x.tenths == unknown && (g.rented(x) || len(x.place.account.Presences) > len(x.place.visits))) {
			for _, s := range x.spans {
				chainOf(&g.addresses, s.net).add(v, s.first, s.last)
			}
		}
		if m.Program && !x.place.egress && x.tenths != unknown && (x.tenths >= strange || x.place.home) {
			for _, agent := range x.agents {
				chainOf(&g.clients, client{x.place.account, agent}).add(v, p.First, p.Last)
			}
		}
		if x.oneApp() {
			chainOf(&g.apps, client{x.place.account, x.app}).add(v, p.First, p.Last)
		}
	}
}

func (g *graph) presence(x *visit) *presence.Presence {
	return &x.place.account.Presences[x.number-x.place.account.First()]
}

func (g *graph) rented(x *visit) bool { return g.table.Lines[x.place.line].Class.Rented() }

// spread reaches from the seeds what hangs together with them, nearest first.
func (g *graph) spread() {
	tie(g)
	slices.Sort(g.queue)
	flood(g)
	letInByHim(g)
	flood(g)
	letInMeanwhile(g)
	flood(g)
}

func flood(g *graph) {
	for len(g.queue) > 0 {
		v := g.queue[0]
		g.queue = g.queue[1:]
		from(g, v)
	}
}

// from reaches what is next to a visit.
func from(g *graph, v int32) {
	x := &g.visits[v]
	p := g.presence(x)
	reach := func(how edge) func(int32) { return func(w int32) { g.reach(v, w, how) } }
	if c := g.sessions[p.Session]; c != nil {
		c.take(math.MinInt64/2, math.MaxInt64/2, reach(sameSession))
	}
	if g.single(x.place) {
		for _, s := range x.spans {
			if c := g.addresses[s.net]; c != nil {
				c.take(s.first, s.last, reach(sameAddress))
			}
		}
	}
	if c := g.byPlace[x.place]; c != nil {
		c.take(p.First, p.Last, reach(samePlace))
	}
	if !x.place.home {
		for _, agent := range x.agents {
			if c := g.clients[client{x.place.account, agent}]; c != nil {
				c.takeFrom(p.First, p.Last, func(w int32) {
					if g.presence(&g.visits[w]).First >= p.First { // what was there before him he did not bring
						g.reach(v, w, sameClient)
					}
				})
			}
		}
	}
	lets(g, v)
}

// single says that what comes from a place is one hand: it is no way out that many share.
func (g *graph) single(at *place) bool {
	if at.egress || at.line == 0 {
		return false
	}
	switch g.table.Lines[at.line].Class {
	case geo.Relay, geo.SASE, geo.Satellite, geo.MSService, geo.Private:
		return false
	}
	return true
}

func (g *graph) reach(from, to int32, how edge) {
	x := &g.visits[to]
	if x.his {
		if !g.visits[from].same(x) {
			g.linked = append(g.linked, [2]int32{from, to})
		}
		return
	}
	if g.told.who[x.number] == Owner {
		return
	}
	x.his, x.parent, x.how = true, from+1, how
	g.queue = append(g.queue, to)
}

func (x *visit) same(o *visit) bool { return x.number == o.number }

// text says how a visit was reached.
func text(g *graph, v *visit) string {
	switch v.how {
	case sameSession:
		return fmt.Sprintf("session %s, used from %s as well", g.c.Text(g.presence(v).Session), g.lineText(v.place.line))
	case sameAddress:
		return fmt.Sprintf("the same address, %s, within 14 days", g.lineText(v.place.line))
	case samePlace:
		return fmt.Sprintf("the same line, %s, at which nothing is the owner's", g.lineText(v.place.line))
	case sameClient:
		return fmt.Sprintf("the same client, which the account never used before, at %s", g.lineText(v.place.line))
	case sameMaker:
		return fmt.Sprintf("account %s, which the intruder made", g.c.Text(v.place.account.Name))
	case sameApp:
		return fmt.Sprintf("application %s, which the intruder let in, from %s", g.c.Text(v.app), g.lineText(v.place.line))
	}
	return ""
}
