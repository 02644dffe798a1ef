package figure

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// mark is one place of somebody.
type mark struct {
	who       string // attacker, undecided, owner
	intruder  string
	tenant    report.TenantOf
	accounts  []string // whose place it is, or where the intruder or undecided visitor was
	code      string
	city      string
	where     string // in words
	spot      spot
	known     bool // where on the map it is
	country   bool // only that is known of it
	near      bool // it is an end of a journey, or of an account that an intruder was in
	addresses int
	upTo      bool // accounts may have shared some of the addresses
	acts      int
	classes   []string
}

// whose is who was there, in words.
func (m *mark) whose() string {
	switch m.who {
	case "attacker":
		return "intruder " + m.intruder + ", in " + report.NameList(m.accounts, 3)
	case "undecided":
		return "undecided, in " + report.NameList(m.accounts, 3)
	default:
		return report.NameList(m.accounts, 3)
	}
}

// many is how many addresses there are.
func (m *mark) many() string {
	s := report.Counted(m.addresses, "address", "addresses")
	if m.upTo {
		return "up to " + s
	}
	return s
}

// seldom is the share of an owner's acts below which a place of his is left out.
const seldom = 0.05

// gather makes marks of the places of all accounts: one for each intruder and place, one for each place of owners.
func (g *atlas) gather(r *report.Report) {
	type key struct {
		who, intruder, code, city string
		tenant                    report.TenantOf
	}
	at := map[key]int{}
	for i := range r.Lanes {
		x := &r.Lanes[i]
		all := 0
		for k := range x.Places {
			if x.Places[k].Who == "owner" {
				all += x.Places[k].Activities
			}
		}
		g.more += x.PlacesMore
		usual := 0
		for k := range x.Places {
			p := &x.Places[k]
			if p.Who == "owner" {
				if usual > 0 && float64(p.Activities) < seldom*float64(all) && !g.abroad(r, x, p) {
					g.rare++
					continue
				}
				usual++
			}
			id := key{p.Who, string(p.Intruder), p.Country, string(p.City), x.Tenant}
			n, known := at[id]
			if !known {
				n = len(g.marks)
				at[id] = n
				g.marks = append(g.marks, g.mark(p))
				g.marks[n].tenant = x.Tenant
			}
			m := &g.marks[n]
			m.addresses += p.Addresses
			m.acts += p.Activities
			if name := g.o.name(x.Account); !slices.Contains(m.accounts, name) && len(m.accounts) < 1000 {
				m.accounts = append(m.accounts, name)
			}
			if class := string(p.Class); class != "" && !slices.Contains(m.classes, class) && len(m.classes) < 3 {
				m.classes = append(m.classes, class)
			}
			m.near = m.near || p.Who == "attacker" || x.Hostile != 0 && usual == 1
		}
	}
	for i := range g.marks {
		g.marks[i].count(r)
	}
	turn := func(m *mark) int { return slices.Index([]string{"attacker", "undecided", "owner"}, m.who) }
	slices.SortStableFunc(g.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(turn(&a), turn(&b)), cmp.Compare(b.acts, a.acts), cmp.Compare(a.code, b.code), cmp.Compare(a.city, b.city))
	})
}

// count counts an intruder's addresses once, however many accounts he used them in: accounts count their own.
func (m *mark) count(r *report.Report) {
	m.upTo = len(m.accounts) > 1
	if m.who != "attacker" || m.city != "" {
		return
	}
	for i := range r.Intruders {
		x := &r.Intruders[i]
		if x.Intruder != m.intruder || x.Tenant != m.tenant || x.AddressesMore > 0 {
			continue
		}
		n := 0
		for k := range x.Addresses {
			if string(x.Addresses[k].Country) == m.code {
				n++
			}
		}
		if n > 0 && n <= m.addresses {
			m.addresses, m.upTo = n, false
		}
		return
	}
}

// abroad says that a place is an end of a proven journey.
func (g *atlas) abroad(r *report.Report, x *report.AccountLanes, p *report.LanePlace) bool {
	for _, j := range journeys(r) {
		if j.finding.Mailbox == x.Account && (placeOf(j.from) == wordOf(p.Country, string(p.City)) || placeOf(j.to) == wordOf(p.Country, string(p.City))) {
			return true
		}
	}
	return false
}

func (g *atlas) mark(p *report.LanePlace) mark {
	m := mark{who: p.Who, intruder: string(p.Intruder), code: p.Country, city: string(p.City)}
	c := g.names[p.Country]
	name := countryName(g.names, p.Country)
	m.where = report.Short(name, 60)
	if m.city != "" {
		m.where = report.Short(m.city+", "+name, 60)
	}
	switch {
	case p.Latitude != nil && p.Longitude != nil && *p.Latitude >= -90 && *p.Latitude <= 90 && *p.Longitude >= -180 && *p.Longitude <= 180 && (m.city != "" || c == nil):
		m.spot, m.known = project(*p.Latitude, *p.Longitude), true
	case c != nil:
		m.spot, m.known, m.country = c.middle, true, true
	}
	return m
}

// wordOf is how findings write a place: "NL Amsterdam".
func wordOf(country, city string) string { return strings.TrimSpace(country + " " + city) }

// placeOf is the place of an end of a journey: "NL (203.0.113.4, AS64500 …)".
func placeOf(end string) string {
	place, _, _ := strings.Cut(end, " (")
	return place
}

// arc is a journey between two marks.
type arc struct {
	journey
	a, b  int // marks
	lines []string
}

// arcs finds the marks that proven journeys lead between; of several between the same marks the first is drawn.
func (g *atlas) arcs(r *report.Report) {
	seen := map[[2]int]bool{}
	for _, j := range journeys(r) {
		a, b := g.end(&j, j.from), g.end(&j, j.to)
		if a < 0 || b < 0 || a == b || seen[[2]int{min(a, b), max(a, b)}] {
			continue
		}
		seen[[2]int{min(a, b), max(a, b)}] = true
		if len(g.ways) == maxArcs {
			g.far++
			continue
		}
		w := arc{journey: j, a: a, b: b, lines: []string{}}
		gap, km, _ := strings.Cut(j.words(), " · ")
		w.from, w.to = g.marks[a].where, g.marks[b].where
		w.lines = append(w.lines, gap)
		var cites []string
		for i := range j.finding.Evidence {
			e := &j.finding.Evidence[i]
			if t := e.Time / 1000; e.Time != 0 && (t == j.left/1000 || t == j.arrived/1000) && len(cites) < 2 {
				cites = append(cites, g.o.cite(e.File, e.Line, 0))
			}
		}
		if line := strings.TrimSuffix(km+" · "+strings.Join(cites, ", "), " · "); line != "" {
			w.lines = append(w.lines, line)
		}
		g.marks[a].near, g.marks[b].near = true, true
		g.ways = append(g.ways, w)
	}
}

// end is the mark that an end of a journey is at: an intruder's before the account's own.
func (g *atlas) end(j *journey, text string) int {
	name, best := g.o.name(j.finding.Mailbox), -1
	for i := range g.marks {
		m := &g.marks[i]
		if m.known && m.tenant == j.finding.Tenant && wordOf(m.code, m.city) == placeOf(text) && slices.Contains(m.accounts, name) && (best < 0 || m.who == "attacker") {
			best = i
		}
	}
	return best
}
