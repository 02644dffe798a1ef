package attribution

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/conduct"
	"triage/analyzers/presence"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// accusing says that a finding accuses somebody, and nobody decided otherwise.
func (g *graph) accusing(f *verdict.Finding) bool {
	return f.Rule.Accuses != "" && f.Points >= detect.AccusingPoints && f.Suppressed == nil && !g.Given.Struck[f.Fingerprint]
}

// accusesPlace says that it is the place that a rule's findings accuse.
func accusesPlace(r *detect.Rule) bool {
	switch r.Accuses {
	case detect.AccusesPlace, detect.AccusesTravel, detect.AccusesLogon, detect.AccusesStranger:
		return true
	}
	return false
}

// accused are the findings that accuse each place.
func accused(g *graph) map[*place][]int {
	by := map[*place][]int{}
	for i := range g.Findings {
		f := &g.Findings[i]
		if !accusesPlace(f.Rule) || !g.accusing(f) {
			continue
		}
		rows := f.Against
		if rows == nil {
			rows = f.Evidence
		}
		for _, row := range rows {
			if a := &g.c.Activities[row]; a.Type == activity.Logon && a.Result == activity.Failure {
				continue
			}
			v := g.visitOf(row)
			if v < 0 || g.visits[v].tenths < strange && (g.visits[v].tenths < familiar || g.owners(&g.visits[v]) || !g.entered(i)) {
				continue
			}
			if at := g.visits[v].place; len(by[at]) == 0 || by[at][len(by[at])-1] != i {
				by[at] = append(by[at], i)
			}
		}
	}
	return by
}

// accusedThere says that findings accuse an act done at a place, as a search for money or a deletion: not that somebody was there.
func accusedThere(g *graph, at *place) bool {
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Mailbox != at.account.Name || f.Level < detect.Medium || f.Rule.Family == "location" || f.Suppressed != nil || g.Given.Struck[f.Fingerprint] {
			continue
		}
		for _, row := range f.Evidence {
			if v := g.visitOf(row); v >= 0 && g.visits[v].place == at && conduct.Of(&g.c.Activities[row])&(conduct.Strong|conduct.Search|conduct.Delete|conduct.Sync) != 0 {
				return true
			}
		}
	}
	return false
}

// contradicts says that findings leave no room for the owner: the place guessed his password, or he was elsewhere when
// something was done there that travellers do not do.
func contradicts(g *graph, findings []int, kinds conduct.Kind) bool {
	return slices.ContainsFunc(findings, func(f int) bool {
		return g.entered(f) || g.Findings[f].Rule.Accuses == detect.AccusesPlace && kinds&conduct.Strong != 0
	})
}

// entered says that a finding tells how somebody came in who is not the owner.
func (g *graph) entered(finding int) bool {
	by := g.Findings[finding].Rule.Accuses
	return by == detect.AccusesLogon || by == detect.AccusesStranger
}

// struck are the places that a responder decided to be benign: by any finding about who was there.
func struck(g *graph) map[*place]bool {
	places := map[*place]bool{}
	for i := range g.Findings {
		if f := &g.Findings[i]; f.Rule.Family == "location" && g.Given.Struck[f.Fingerprint] {
			for _, row := range f.Evidence {
				if v := g.visitOf(row); v >= 0 && g.visits[v].tenths >= strange {
					places[g.visits[v].place] = true
				}
			}
		}
	}
	return places
}

// travels says that findings say no more than that somebody is abroad, which owners are, too.
func travels(g *graph, findings []int) bool {
	return !slices.ContainsFunc(findings, func(f int) bool { return g.Findings[f].Rule.Accuses != detect.AccusesTravel })
}

// visitOf is the visit of a row that shows itself that it belongs there; -1 for none.
func (g *graph) visitOf(row uint32) int32 {
	a := &g.c.Activities[row]
	number, ok := g.table.Of(row)
	if !ok || a.Session == 0 && !g.located(a.IP).shown && g.c.Inputs[a.File].Source != activity.SourceActivities {
		return -1
	}
	return g.at[number] - 1
}

// spot is where something was done: an account's line, or its session at one.
type spot struct {
	account *presence.Account
	line    uint32
	session activity.Symbol // 0: any
}

// graveActs are findings about what no owner does, by where it was done: from a rented machine, or in a session that was at no
// other line and shows no device.
func graveActs(g *graph) map[spot][]int {
	by := map[spot][]int{}
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Accuses != detect.AccusesAct || f.Level < detect.High || !g.accusing(f) {
			continue
		}
		for _, row := range f.Evidence {
			act := &g.c.Activities[row]
			number, ok := g.table.Of(row)
			if !ok || conduct.Of(act)&conduct.Strong == 0 || !shows(g, act) {
				continue
			}
			account, p := g.table.At(number)
			at := spot{account: account, line: p.Line}
			if !g.table.Lines[p.Line].Class.Rented() {
				if at.session = p.Session; len(by[at]) == 0 && !keepsStill(account, p) {
					continue
				}
			}
			if len(by[at]) == 0 || by[at][len(by[at])-1] != i {
				by[at] = append(by[at], i)
			}
		}
	}
	return by
}

// keepsStill says that a session was at no other line, and shows no device.
func keepsStill(a *presence.Account, p *presence.Presence) bool {
	return p.Line != 0 && p.Session != 0 && !slices.ContainsFunc(a.Presences, func(o presence.Presence) bool {
		return o.Session == p.Session && !o.Failed && (o.Device != 0 || o.Line != p.Line)
	})
}

// graveAt are the findings about what was done at a presence's place, or in its session there.
func (g *graph) graveAt(a *presence.Account, p *presence.Presence) []int {
	if len(g.grave) == 0 {
		return nil
	}
	if findings := g.grave[spot{account: a, line: p.Line}]; len(findings) > 0 {
		return findings
	}
	return g.grave[spot{a, p.Line, p.Session}]
}

// seedGrave makes seeds of where something grave was done; of a line of people only if the owner was at his desk elsewhere
// before and after, and could not have been there.
func seedGrave(g *graph, struck map[*place]bool) {
	for v := range g.visits {
		x := &g.visits[v]
		findings := g.graveAt(x.place.account, g.presence(x))
		if len(findings) == 0 || struck[x.place] || x.place.line == 0 || !g.rented(x) && g.gap(x) > errand {
			continue
		}
		text := "%s: what no owner does was done there, by %s, in a session that was nowhere else, while he was at a usual desk"
		if g.rented(x) {
			text = "%s: a rented machine, from which was done what no owner does, by %s"
		}
		g.found(int32(v), Reason{
			Account: x.place.account.Name, Rows: proofsOf(g, findings), Findings: findings, Text: fmt.Sprintf(text, g.lineText(x.place.line), rulesOf(g, findings)),
		})
	}
}

// rulesOf names the rules of findings.
func rulesOf(g *graph, findings []int) string {
	var names []string
	for _, f := range findings {
		if id := g.Findings[f].Rule.ID; !slices.Contains(names, id) {
			names = append(names, id)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// proofsOf are the first rows of findings.
func proofsOf(g *graph, findings []int) []uint32 {
	var rows []uint32
	for _, f := range findings {
		rows = append(rows, g.Findings[f].Evidence[:min(len(g.Findings[f].Evidence), mostRows)]...)
	}
	return first(rows)
}
