package attribution

import (
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// methods say how each intruder came in, and which applications are his.
func methods(g *graph, a *Attribution) {
	how := make([]map[string]bool, len(a.Intruders))
	say := func(n int, method string) {
		if n < 0 {
			return
		}
		if how[n] == nil {
			how[n] = map[string]bool{}
		}
		how[n][method] = true
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Suppressed != nil {
			continue
		}
		if method := f.Rule.Entry; method != "" {
			for _, row := range f.Evidence {
				act := &g.c.Activities[row]
				if who, n := a.Who(row); who == Attacker && (f.Rule.Accuses == detect.AccusesRight || act.Type == activity.Logon && act.Result != activity.Failure || act.Type == activity.Consent) {
					say(n, method)
					break
				}
			}
		}
	}
	apps := make([]once, len(a.Intruders))
	for i := range g.visits {
		x := &g.visits[i]
		n := int(a.of[x.number]) - 1
		if !x.his || n < 0 {
			continue
		}
		p := g.presence(x)
		switch {
		case p.Session != 0 && g.familiar[p.Session]:
			say(n, "token replay")
		case x.parent > 0 && x.how == sameSession && handed(g, x):
			say(n, "adversary in the middle")
		}
		if x.oneApp() && len(g.letIn[actorApp{x.place.account.Name, x.app}]) > 0 {
			say(n, "consent")
			apps[n].add(&a.Intruders[n].Apps, x.app)
		}
		if x.old {
			say(n, "legacy protocol")
		}
	}
	for n := range a.Intruders {
		for method := range how[n] {
			a.Intruders[n].Methods = append(a.Intruders[n].Methods, method)
		}
		slices.Sort(a.Intruders[n].Methods)
	}
}

// handed says that a session began at one network and went on at another: somebody between the owner and the service had it.
func handed(g *graph, x *visit) bool {
	from := &g.visits[x.parent-1]
	return g.presence(from).Session == g.presence(x).Session && g.table.Lines[from.place.line].ASN != g.table.Lines[x.place.line].ASN
}
