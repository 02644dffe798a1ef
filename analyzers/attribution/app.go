package attribution

import (
	"fmt"
	"math"
	"slices"

	"triage/ingest/activity"
)

// consents notes which applications accounts let in.
func consents(g *graph) {
	for _, row := range g.c.OfType(activity.Consent) {
		a := &g.c.Activities[row]
		app := g.c.Get(a, activity.FieldAppID)
		if a.Result == activity.Failure || app == 0 || a.Actor == 0 {
			continue
		}
		g.letIn[actorApp{a.Actor, app}] = append(g.letIn[actorApp{a.Actor, app}], row)
	}
}

// actorApp is an application that somebody let in.
type actorApp struct{ actor, app activity.Symbol }

// badConsents makes seeds of applications that findings accuse and whose acts come from where the account never was.
func badConsents(g *graph) {
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Family != "consent" || f.Points < enough || f.Suppressed != nil || g.Given.Struck[f.Fingerprint] {
			continue
		}
		for _, row := range f.Evidence {
			a := &g.c.Activities[row]
			app := g.c.Get(a, activity.FieldAppID)
			if a.Type != activity.Consent || app == 0 || g.many[app] > 1 {
				continue
			}
			if !sends(g, g.works[actorApp{a.Actor, app}]) {
				continue
			}
			for _, v := range g.works[actorApp{a.Actor, app}] {
				g.found(v, Reason{
					Account: a.Actor, Rows: first([]uint32{row}), Findings: []int{i},
					Text: fmt.Sprintf("application %s, whose consent is accused by %s, and which works from %s", g.c.Text(app), f.Rule.ID, g.lineText(g.visits[v].place.line)),
				})
			}
		}
	}
}

// sends says that an application does more than read: synchronising a mailbox is what many are for.
func sends(g *graph, visits []int32) bool {
	return slices.ContainsFunc(visits, func(v int32) bool { return g.visits[v].kinds&^didRead != 0 })
}

// indexApps notes from where applications work, and how many accounts have each.
func indexApps(g *graph) {
	seen := map[actorApp]bool{}
	for i := range g.visits {
		x := &g.visits[i]
		if !x.oneApp() {
			continue
		}
		k := actorApp{x.place.account.Name, x.app}
		g.works[k] = append(g.works[k], int32(i))
		if !seen[k] {
			seen[k] = true
			g.many[x.app]++
		}
	}
}

// lets reaches what the applications do that were let in during a visit. Consents mostly carry no address: they belong to
// the visit by time.
func lets(g *graph, v int32) {
	x := &g.visits[v]
	for _, app := range x.apps {
		if c := g.apps[client{x.place.account, app}]; c != nil {
			c.take(math.MinInt64/2, math.MaxInt64/2, func(w int32) { g.reach(v, w, sameApp) })
		}
	}
}

// oneApp says that one application did all of a visit.
func (x *visit) oneApp() bool { return x.app != 0 && x.byApp == x.all }

// letInMeanwhile reaches applications that were let in while an intruder was in the account: consents mostly carry no address, and
// the owner's last logon may be later than his.
func letInMeanwhile(g *graph) {
	type stay struct {
		first, last int64
		visit       int32
	}
	stays := map[activity.Symbol]stay{}
	for i := range g.visits {
		x := &g.visits[i]
		if !x.his {
			continue
		}
		p, name := g.presence(x), x.place.account.Name
		s, known := stays[name]
		if !known {
			s = stay{p.First, p.Last, int32(i)}
		}
		stays[name] = stay{min(s.first, p.First), max(s.last, p.Last), s.visit}
	}
	for i := range g.visits {
		x := &g.visits[i]
		if x.his || !x.oneApp() || x.place.home || x.tenths < strange {
			continue
		}
		s, taken := stays[x.place.account.Name]
		for _, row := range g.letIn[actorApp{x.place.account.Name, x.app}] {
			if at := g.c.Activities[row].Time; taken && !x.his && at >= s.first && at <= s.last+whole {
				g.reach(s.visit, int32(i), sameApp)
			}
		}
	}
}
