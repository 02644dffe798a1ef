package attribution

import (
	"net/netip"
	"slices"

	"triage/analyzers/presence"
	"triage/geo"
	"triage/ingest/activity"
)

// What the strangeness of a presence, in tenths, means here.
const (
	familiar = 10 // below it, the place is its owner's, and nothing is reached through it
	strange  = 20 // from here on it may be a stranger's, if it is new or reached
	usual    = 10 // up to it, what is not reached is the owner's
	unknown  = -1 // too little is known of the account
)

// graph is what can be an intruder's, and how it hangs together. What is familiar to its account is in it only to tell
// which places are contested.
type graph struct {
	*Source
	c     *activity.Case
	table *presence.Table

	at     []int32 // by presence: one more than the index of its visit; 0: it is nobody's stranger
	visits []visit // by number of presence
	places []*place
	ips    map[activity.Symbol]addressFacts // each address once

	ties
	linked                      [][2]int32 // visits that were reached from two sides
	letIn                       map[actorApp][]uint32
	works                       map[actorApp][]int32
	letters                     []int32                  // visits of intruders, of which the applications let in are looked at later
	ordinary                    map[activity.Symbol]bool // applications that people of the tenant let in; nil: not yet known
	accusedConsents             []int                    // findings
	grave                       map[spot][]int           // findings about what owners do not do, by where it was done
	many                        map[activity.Symbol]int  // accounts in which an application works
	familiar                    map[activity.Symbol]bool // sessions that are used at a familiar place, and are the owner's
	rest, restSystem, imap, pop activity.Symbol

	told     told
	made     []account
	queue    []int32
	desksFor *presence.Account // whose desks are at hand
	desks    []int32
	actsFor  *presence.Account // whose acts at desks are at hand
	acts     []deskAct
	lines    map[activity.Symbol]int // timelines by account; nil: not yet asked for
}

// visit is a presence that may be a stranger's, and what was done in it.
type visit struct {
	number  uint32
	place   *place
	tenths  int
	acts    // what was done there by rows that show their place themselves
	spans   []addressUse
	times   []int64           // of its acts, a quarter of an hour apart, the first of them
	agents  []activity.Symbol // the first of them
	app     activity.Symbol   // the first application that its records name
	apps    []activity.Symbol // that were let in meanwhile
	openly  []bool            // of each, that the record itself shows that it was here
	old     bool              // by IMAP or POP
	byApp   int               // acts of it
	all     int
	parent  int32 // one more than the visit that it was reached from; 0: it is a seed, or not reached
	how     edge
	his     bool
	lent    bool   // however familiar it looks: in a session that somebody else opened, at a line where one was, or where something grave was done
	foreign bool   // the former
	roves   bool   // at many lines within an hour, none of which is the owner's
	housed  bool   // its session was at a line of the owner's, too
	reason  Reason // of a seed
}

// addressUse is when an address was used in a visit.
type addressUse struct {
	net         netip.Prefix
	first, last int64
	row         uint32 // the first
}

// place is an account's line with all that was there.
type place struct {
	account *presence.Account
	line    uint32
	first   int64 // first success
	fresh   bool  // the account had been active on several days before
	home    bool  // something familiar was there that is the owner's
	seen    bool  // something familiar was there that began elsewhere, or shows nothing of how it began
	egress  bool  // several accounts of the tenant come from there, or it is declared
	visits  []int32
}

// addressFacts is what is asked of an address text.
type addressFacts struct {
	net   netip.Prefix // itself, or its /64
	shown bool         // somebody may be there: it is not Microsoft's own, nor private
	class geo.Class
}

// newGraph sets up the visits of the table.
func newGraph(in *Source) *graph {
	g := &graph{
		Source: in, c: in.Case, table: in.Measure.Presences(), ips: map[activity.Symbol]addressFacts{},
		letIn: map[actorApp][]uint32{}, works: map[actorApp][]int32{}, many: map[activity.Symbol]int{},
		familiar: map[activity.Symbol]bool{},
	}
	g.rest, g.restSystem = g.c.Symbols.Find("REST"), g.c.Symbols.Find("RESTSystem")
	g.imap, g.pop = g.c.Symbols.Find("IMAP4"), g.c.Symbols.Find("POP3")
	g.at = make([]int32, g.table.Len())
	readGiven(g)
	if !possible(g) {
		return g
	}
	g.grave = graveActs(g)
	for i := range g.table.Accounts {
		g.account(&g.table.Accounts[i])
	}
	return g
}

// possible says that something may be a seed at all: something is strange, said, or accused. A case of a hundred thousand accounts
// of which too little is known to say anything makes no graph.
func possible(g *graph) bool {
	if len(g.told.who) > 0 {
		return true
	}
	for i := range g.Findings {
		if rule := g.Findings[i].Rule; rule.Accuses != "" || rule.Family == "indicator" {
			return true
		}
	}
	for number := range uint32(g.table.Len()) {
		if tenths, ok := g.Measure.At(number); ok && tenths >= strange {
			return true
		}
	}
	return false
}

// account adds the visits of one account, and its places as far as they have some.
func (g *graph) account(a *presence.Account) {
	sessions, first := sessionsOf(g, a), len(g.visits)
	for i := range a.Presences {
		p, number := &a.Presences[i], a.First()+uint32(i)
		tenths, ok := g.Measure.At(number)
		foreign := sessions.foreign[p.Session]
		roves := sessions.roves[int32(i)]
		lent := foreign || roves || sessions.lent[p.Line] && !sessions.owned[p.Session] || len(g.graveAt(a, p)) > 0
		if !p.Failed && ok && tenths < familiar && p.Session != 0 && !foreign {
			g.familiar[p.Session] = true
		}
		if p.Failed || ok && tenths < familiar && !lent && g.told.who[number] != Attacker {
			continue
		}
		if !ok {
			tenths = unknown
		}
		g.visits = append(g.visits, visit{number: number, tenths: tenths, lent: lent, foreign: foreign, roves: roves, housed: sessions.housed[p.Session]})
		g.at[number] = int32(len(g.visits))
	}
	if len(g.visits) > first {
		g.placesOf(a)
	}
}

// placesOf adds the places of an account that have visits.
func (g *graph) placesOf(a *presence.Account) {
	places, order := map[uint32]*place{}, []*place{}
	for i := range a.Presences {
		p, number := &a.Presences[i], a.First()+uint32(i)
		if p.Failed {
			continue
		}
		at := places[p.Line]
		if at == nil {
			at = &place{account: a, line: p.Line, first: p.First}
			places[p.Line] = at
			order = append(order, at)
		}
		at.egress = at.egress || g.Measure.Signs(number).Shared
		at.first = min(at.first, p.First)
		v := g.at[number] - 1
		if v < 0 {
			at.home, at.seen = true, true
			continue
		}
		x := &g.visits[v]
		plain := 0 <= x.tenths && x.tenths < familiar
		at.home, at.seen = at.home || plain && !x.lent, at.seen || plain && !x.foreign
		x.place = at
		at.visits = append(at.visits, v)
	}
	for _, at := range order {
		if len(at.visits) > 0 {
			at.home = at.home || slices.ContainsFunc(at.visits, func(v int32) bool { return g.owners(&g.visits[v]) })
			at.seen = at.seen || at.home
			before, _ := slices.BinarySearch(a.Active, int32(activity.Day(at.first)))
			at.fresh = before >= minDays
			g.places = append(g.places, at)
		}
	}
}

// minDays are the active days before its first success that make a place new.
const minDays = 5

// located is what is known of an address text.
func (g *graph) located(ip activity.Symbol) addressFacts {
	if at, known := g.ips[ip]; known || ip == 0 || g.Places == nil {
		return at
	}
	var at addressFacts
	if l := g.Places.At(ip); l.Addr.IP.IsValid() && !l.Addr.Ambiguous {
		at.net = netOf(l.Addr.IP)
		at.class = l.Place.Class
		at.shown = presence.Somewhere(&l)
	}
	g.ips[ip] = at
	return at
}

// gather notes what was done in each visit, and from which addresses.
func (g *graph) gather() {
	for i := range g.c.Activities {
		number, ok := g.table.Of(uint32(i))
		if !ok || g.at[number] == 0 {
			continue
		}
		g.visits[g.at[number]-1].take(g, uint32(i), &g.c.Activities[i])
	}
	consents(g)
	indexApps(g)
}

const (
	mostAgents = 20
	mostTimes  = 64
	quarter    = meanwhile / 4
)

func (v *visit) take(g *graph, index uint32, a *activity.Activity) {
	at := g.located(a.IP)
	here := at.shown && v.place.line != 0
	if here {
		v.from(at.net, index, a.Time)
	}
	if a.Agent != 0 && len(v.agents) < mostAgents && !slices.Contains(v.agents, a.Agent) {
		v.agents = append(v.agents, a.Agent)
	}
	shown := here || a.Session != 0 || g.c.Inputs[a.File].Source == activity.SourceActivities
	if shown {
		v.acts.take(index, a, byApp(g, a))
		v.all++
		if n := len(v.times); n == 0 || n < mostTimes && a.Time-v.times[n-1] >= quarter {
			v.times = append(v.times, a.Time)
		}
	}
	v.old = v.old || a.App != 0 && (a.App == g.imap || a.App == g.pop)
	app := g.c.Get(a, activity.FieldAppID)
	switch {
	case app == 0:
	case a.Type == activity.Consent:
		if a.Result != activity.Failure && len(v.apps) < mostAgents {
			v.apps, v.openly = append(v.apps, app), append(v.openly, shown)
		}
	case shown && (v.app == 0 || v.app == app):
		v.app = app
		v.byApp++
	}
}

// byApp says that an application of somebody's did it on the person's behalf, from wherever it stands.
func byApp(g *graph, a *activity.Activity) bool {
	return a.App != 0 && (a.App == g.rest || a.App == g.restSystem)
}

// from notes that an address was used.
func (v *visit) from(net netip.Prefix, row uint32, time int64) {
	for i := len(v.spans) - 1; i >= 0 && i >= len(v.spans)-mostSpans; i-- {
		if s := &v.spans[i]; s.net == net {
			s.last = max(s.last, time)
			return
		}
	}
	v.spans = append(v.spans, addressUse{net, time, time, row})
}

// mostSpans bounds how many addresses back a visit remembers what it used: a phone's address comes back soon or never.
const mostSpans = 8
