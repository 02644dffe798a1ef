package attribution

import (
	"fmt"
	"math"
	"slices"

	"triage/analyzers/conduct"
	"triage/ingest/activity"
	"triage/rules/detect"
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
		if by := f.Rule.Accuses; by != detect.AccusesApplication && by != detect.AccusesImpostor || !g.accusing(f) {
			continue
		}
		g.accusedConsents = append(g.accusedConsents, i)
		for _, row := range f.Evidence {
			a := &g.c.Activities[row]
			app := g.c.Get(a, activity.FieldAppID)
			if a.Type != activity.Consent || app == 0 || g.many[app] > 1 {
				continue
			}
			if f.Rule.Accuses != detect.AccusesImpostor && !sends(g, g.works[actorApp{a.Actor, app}]) {
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
	return slices.ContainsFunc(visits, func(v int32) bool { return g.visits[v].kinds&^conduct.Read != 0 })
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
	if g.ordinary == nil {
		g.letters = append(g.letters, v)
		return
	}
	x := &g.visits[v]
	for i, app := range x.apps {
		if g.ordinary[app] && !x.openly[i] {
			continue
		}
		if c := g.apps[client{x.place.account, app}]; c != nil {
			c.take(math.MinInt64/2, math.MaxInt64/2, func(w int32) { g.reach(v, w, sameApp) })
		}
	}
}

// letInByHim reaches the applications that were let in during the visits of intruders, once it is known which are ordinary ones.
func letInByHim(g *graph) {
	g.ordinary = ordinaryApps(g)
	for _, v := range g.letters {
		lets(g, v)
	}
	g.letters = nil
}

// ordinaryApps are the applications that somebody of the tenant let in while no intruder was in his account: another who lets in
// one of them while an intruder is in his does what his colleagues do.
func ordinaryApps(g *graph) map[activity.Symbol]bool {
	stays, apps := staysOf(g), map[activity.Symbol]bool{}
	for k, rows := range g.letIn {
		s, taken := stays[k.actor]
		his := slices.ContainsFunc(g.works[k], func(v int32) bool { return g.visits[v].his })
		apps[k.app] = apps[k.app] || !his && slices.ContainsFunc(rows, func(row uint32) bool { return !taken || !s.holds(g.c.Activities[row].Time) })
	}
	return apps
}

// oneApp says that one application did all of a visit.
func (x *visit) oneApp() bool { return x.app != 0 && x.byApp == x.all }

// stay is when an intruder was in an account.
type stay struct {
	first, last int64
	visit       int32
}

// staysOf are the stays of intruders, by account.
func staysOf(g *graph) map[activity.Symbol]stay {
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
	return stays
}

// holds says that something was done while he was there, or within a day after his last act.
func (s stay) holds(time int64) bool { return time >= s.first && time <= s.last+whole }

// letInMeanwhile reaches applications that were let in while an intruder was in the account: consents mostly carry no address, and
// the owner's last logon may be later than his.
func letInMeanwhile(g *graph) {
	stays := staysOf(g)
	for i := range g.visits {
		x := &g.visits[i]
		if x.his || !x.oneApp() || x.place.home || x.tenths < strange || g.ordinary[x.app] {
			continue
		}
		s, taken := stays[x.place.account.Name]
		for _, row := range g.letIn[actorApp{x.place.account.Name, x.app}] {
			if taken && !x.his && s.holds(g.c.Activities[row].Time) {
				g.reach(s.visit, int32(i), sameApp)
			}
		}
	}
}

// byApplication gives intruders what the applications do that they let in, wherever those stand: what was consented to in a
// visit of his, or while he was there if a finding accuses it and nobody else of the tenant has it.
func byApplication(g *graph, a *Attribution) {
	apps := map[actorApp]int16{}
	for i := range g.visits {
		if x := &g.visits[i]; x.his && a.of[x.number] > 0 {
			for n, app := range x.apps {
				if x.openly[n] || !g.ordinary[app] {
					apps[actorApp{x.place.account.Name, app}] = a.of[x.number]
				}
			}
		}
	}
	stays, holders := staysOf(g), map[activity.Symbol]int{}
	if len(stays) == 0 {
		return
	}
	for k := range g.letIn {
		holders[k.app]++
	}
	for _, i := range g.accusedConsents {
		for _, row := range g.Findings[i].Evidence {
			act := &g.c.Activities[row]
			k := actorApp{act.Actor, g.c.Get(act, activity.FieldAppID)}
			if s, taken := stays[act.Actor]; taken && act.Type == activity.Consent && k.app != 0 && holders[k.app] == 1 && s.holds(act.Time) {
				apps[k] = a.of[g.visits[s.visit].number]
				a.rows[row] = whose{Attacker, apps[k]}
			}
		}
	}
	for k, rows := range g.letIn {
		for _, row := range rows {
			if number, ok := g.table.Of(row); ok && apps[k] == 0 && g.ordinary[k.app] && a.Labels[number] == Attacker && !shows(g, &g.c.Activities[row]) {
				a.rows[row] = whose{who: Undecided}
			}
		}
	}
	if len(apps) == 0 {
		return
	}
	for i := range g.Lines {
		line := &g.Lines[i]
		if _, taken := stays[line.Mailbox]; !taken {
			continue
		}
		ownActs(g, line, func(index, number uint32, act *activity.Activity) {
			if n := apps[actorApp{act.Actor, g.c.Get(act, activity.FieldAppID)}]; n > 0 && a.Labels[number] != Attacker {
				a.rows[index] = whose{Attacker, n}
			}
		})
	}
}
