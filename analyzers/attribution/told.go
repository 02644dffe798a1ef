package attribution

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// told is what a responder says of presences, by number, and why.
type told struct {
	who    map[uint32]Who
	why    map[uint32]string
	rows   map[uint32][]uint32 // the first that he speaks of
	asked  map[activity.Symbol]Who
	lowers map[activity.Symbol]string
}

// readGiven finds the presences that a responder speaks of: of which one act has what he names. What is an intruder's by one
// word is his, whatever another says.
func readGiven(g *graph) {
	g.told = told{who: map[uint32]Who{}, why: map[uint32]string{}, rows: map[uint32][]uint32{}, asked: map[activity.Symbol]Who{}, lowers: map[activity.Symbol]string{}}
	if said := &g.Given; len(said.AttackerIPs)+len(said.OwnerIPs)+len(said.AttackerAgents)+len(said.OwnerAgents)+len(said.AttackerSessions)+len(said.AttackerApps) == 0 {
		return
	}
	for i := range g.c.Activities {
		number, ok := g.table.Of(uint32(i))
		if !ok {
			continue
		}
		who, why := g.saidOf(&g.c.Activities[i])
		if who == Nobody || g.told.who[number] == Attacker && who == Owner {
			continue
		}
		if g.told.who[number] != who {
			g.told.who[number], g.told.why[number], g.told.rows[number] = who, why, nil
		}
		if rows := g.told.rows[number]; len(rows) < mostRows {
			g.told.rows[number] = append(rows, uint32(i))
		}
	}
}

// saidOf is what the responder says of an act; Nobody where he says nothing.
func (g *graph) saidOf(a *activity.Activity) (Who, string) {
	said := &g.Given
	whoAt := saidOfIP(g, a.IP)
	switch {
	case whoAt == Attacker:
		return Attacker, fmt.Sprintf("it is said that %s is an intruder's", g.c.Text(a.IP))
	case a.Session != 0 && slices.Contains(said.AttackerSessions, g.lower(a.Session)):
		return Attacker, fmt.Sprintf("it is said that session %s is an intruder's", g.c.Text(a.Session))
	case a.Agent != 0 && holds(g, a.Agent, said.AttackerAgents):
		return Attacker, fmt.Sprintf("it is said that the client %q is an intruder's", g.c.Text(a.Agent))
	}
	if len(said.AttackerApps) > 0 {
		for _, app := range [...]activity.Symbol{g.c.Get(a, activity.FieldAppID), a.App} {
			if app != 0 && slices.Contains(said.AttackerApps, g.lower(app)) {
				return Attacker, fmt.Sprintf("it is said that application %s is an intruder's", g.c.Text(app))
			}
		}
	}
	switch {
	case whoAt == Owner:
		return Owner, fmt.Sprintf("it is said that %s is the owner's", g.c.Text(a.IP))
	case a.Agent != 0 && holds(g, a.Agent, said.OwnerAgents):
		return Owner, fmt.Sprintf("it is said that the client %q is the owner's", g.c.Text(a.Agent))
	}
	return Nobody, ""
}

// saidOfIP asks once for each address.
func saidOfIP(g *graph, ip activity.Symbol) Who {
	if ip == 0 {
		return Nobody
	}
	who, known := g.told.asked[ip]
	if known {
		return who
	}
	at := geo.ParseAddr(g.c.Text(ip)).IP
	in := func(nets []netip.Prefix) bool {
		return at.IsValid() && slices.ContainsFunc(nets, func(n netip.Prefix) bool { return n.Contains(at) })
	}
	switch {
	case in(g.Given.AttackerIPs):
		who = Attacker
	case in(g.Given.OwnerIPs):
		who = Owner
	}
	g.told.asked[ip] = who
	return who
}

// holds says that a text, whatever the case of its letters, holds one of these, which are in lower case.
func holds(g *graph, text activity.Symbol, parts []string) bool {
	return len(parts) > 0 && slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(g.lower(text), p) })
}

func (g *graph) lower(s activity.Symbol) string {
	text, known := g.told.lowers[s]
	if !known {
		text = strings.ToLower(g.c.Text(s))
		g.told.lowers[s] = text
	}
	return text
}

// seedTold makes seeds of what the responder says is an intruder's, and of what an indicator names.
func (g *graph) seedTold() {
	for v := range g.visits {
		if x := &g.visits[v]; g.told.who[x.number] == Attacker {
			g.found(int32(v), Reason{Account: x.place.account.Name, Text: g.told.why[x.number], Rows: first(slices.Clone(g.told.rows[x.number]))})
		}
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Family != "indicator" || f.Suppressed != nil || g.Given.Struck[f.Fingerprint] || f.Fact("common") != nil || f.Fact("tried") != nil {
			continue
		}
		for _, row := range f.Evidence {
			if v := g.visitOf(row); v >= 0 {
				g.found(v, Reason{
					Account: g.visits[v].place.account.Name, Rows: []uint32{row}, Findings: []int{i},
					Text: fmt.Sprintf("%s, which is not usual for the account, and which rule %s found in a list of indicators", g.lineText(g.visits[v].place.line), f.Rule.ID),
				})
			}
		}
	}
}

// seedThin makes seeds of places of which too little is known to call them strange, and of which a finding says that somebody
// guessed his way in, or came with a program made for attacks: that needs no habit.
func (g *graph) seedThin() {
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Accuses != detect.AccusesStranger || f.Level < detect.High || !g.accusing(f) {
			continue
		}
		for _, row := range f.Evidence {
			if g.c.Activities[row].Result == activity.Failure {
				continue
			}
			if v := g.visitOf(row); v >= 0 && g.visits[v].tenths == unknown {
				g.found(v, Reason{
					Account: g.visits[v].place.account.Name, Rows: []uint32{row}, Findings: []int{i},
					Text: fmt.Sprintf("%s, accused by %s; what is usual for the account is not known", g.lineText(g.visits[v].place.line), f.Rule.ID),
				})
			}
		}
	}
}
