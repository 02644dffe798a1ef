package attribution

import (
	"slices"
	"time"

	"triage/analyzers/conduct"
	"triage/analyzers/presence"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// labelPresences gives every presence its label, and gathers the intruders.
func labelPresences(g *graph, a *Attribution) {
	a.Labels, a.of, a.rows = make([]Who, g.table.Len()), make([]int16, g.table.Len()), map[uint32]whose{}
	for number := range a.Labels {
		a.Labels[number] = labelOf(g, uint32(number))
	}
	failed(g, a)
	byTime(g, a)
	made(g, a)
	deeds := slices.Concat(letsIn(g), rights(g), unplaced(g, a))
	gatherIntruders(g, a, deeds)
	byClient(g, a)
	byApplication(g, a)
	given(g, a)
	guesses(g, a)
	traced(g, a)
	list(g, a)
	methods(g, a)
	addresses(g, a)
	a.why = g.why
}

func labelOf(g *graph, number uint32) Who {
	if g.told.who[number] == Owner {
		return Owner
	}
	if v := g.at[number]; v > 0 {
		switch x := &g.visits[v-1]; {
		case x.his:
			return Attacker
		case x.tenths != unknown && x.tenths < familiar:
			return Owner
		case x.tenths == unknown || x.tenths > usual:
			return Undecided
		}
		return Owner
	}
	if _, p := g.table.At(number); p.Failed {
		return Owner
	}
	if tenths, ok := g.Measure.At(number); !ok || tenths > usual {
		return Undecided
	}
	return Owner
}

// failed labels logons that failed: from a line that is familiar they are the owner's.
func failed(g *graph, a *Attribution) {
	for i := range g.table.Accounts {
		account := &g.table.Accounts[i]
		if !slices.ContainsFunc(account.Presences, func(p presence.Presence) bool { return p.Failed }) {
			continue
		}
		owners := map[uint32]bool{}
		for k := range account.Presences {
			if p := &account.Presences[k]; !p.Failed && a.Labels[account.First()+uint32(k)] == Owner {
				owners[p.Line] = true
			}
		}
		for k := range account.Presences {
			if p := &account.Presences[k]; p.Failed && !owners[p.Line] {
				a.Labels[account.First()+uint32(k)] = Undecided
			}
		}
	}
}

// meanwhile is how long before an act that shows no place somebody must have done something to be perhaps who did it.
const (
	meanwhile = int64(time.Hour / time.Millisecond)
	whole     = 24 * meanwhile
)

// byTime looks at acts that show no place and no session, in accounts where an intruder was: where he and the owner both
// did something in the last hour, they are undecided.
func byTime(g *graph, a *Attribution) {
	taken := map[activity.Symbol]bool{}
	for i := range g.visits {
		if x := &g.visits[i]; x.his {
			taken[x.place.account.Name] = true
		}
	}
	for _, line := range g.Lines {
		if !taken[line.Mailbox] {
			continue
		}
		last := [...]int64{Owner: -meanwhile, Attacker: -meanwhile, Undecided: -meanwhile, Service: 0}
		for row := range line.Rows {
			act, index := line.At(row), line.Rows[row].Index()
			number, ok := g.table.Of(index)
			if !ok || act.Actor != line.Mailbox {
				continue
			}
			who := a.Labels[number]
			if shows(g, act) {
				last[who] = max(last[who], act.Time)
				continue
			}
			other := Owner
			if who == Owner {
				other = Attacker
			}
			window := meanwhile
			if who == Attacker && (conduct.Of(act) == 0 || conduct.Of(act)&conduct.Mailbox != 0) {
				window = whole // the owner's programs do such things at any hour
			}
			if (who == Owner || who == Attacker) && act.Time-last[other] <= window && (who == Attacker || act.Time-last[who] <= window) {
				a.rows[index] = whose{who: Undecided}
			}
		}
	}
}

// shows says that an act itself shows where, or in which session, it was done.
func shows(g *graph, a *activity.Activity) bool {
	return a.Session != 0 || g.located(a.IP).shown || g.c.Inputs[a.File].Source == activity.SourceActivities
}

// deed is some acts that are an intruder's though their presence does not say so.
type deed struct {
	actor  activity.Symbol
	rows   []uint32
	visit  int32 // that they belong to; -1: none
	reason Reason
}

// letsIn are the consents to the applications that are an intruder's.
func letsIn(g *graph) (deeds []deed) {
	done := map[actorApp]bool{}
	for i := range g.visits {
		x := &g.visits[i]
		k := actorApp{x.place.account.Name, x.app}
		if !x.his || !x.oneApp() || done[k] {
			continue
		}
		done[k] = true
		if rows := g.letIn[k]; len(rows) > 0 {
			deeds = append(deeds, deed{k.actor, rows, int32(i), Reason{
				Account: k.actor, Rows: first(slices.Clone(rows)), Text: "consent to application " + g.c.Text(x.app) + ", all of whose acts are the intruder's",
			}})
		}
	}
	return deeds
}

// rights are what insiders did by rights that they gave themselves.
func rights(g *graph) (deeds []deed) {
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Accuses != detect.AccusesRight || !g.accusing(f) || len(f.Evidence) == 0 {
			continue
		}
		right := &g.c.Activities[f.Evidence[0]]
		actor := right.Actor
		if !lives(g, f.Mailbox, right.Time) {
			continue
		}
		deeds = append(deeds, deed{actor, f.Evidence, -1, Reason{
			Account: actor, Rows: first(slices.Clone(f.Evidence)), Findings: []int{i}, Text: g.c.Text(actor) + " gave himself the mailbox " + g.c.Text(f.Mailbox) + " and used it (" + f.Rule.ID + ")",
		}})
	}
	return deeds
}

// lives says that somebody still used a mailbox a day after a time: the mailboxes of those who leave are handed on.
func lives(g *graph, mailbox activity.Symbol, time int64) bool {
	i := slices.IndexFunc(g.table.Accounts, func(a presence.Account) bool { return a.Name == mailbox })
	return i >= 0 && slices.ContainsFunc(g.table.Accounts[i].Presences, func(p presence.Presence) bool { return !p.Failed && p.Line != 0 && p.Last > time+whole })
}

// traced gives what a message trace says of sent messages to whoever sent them, as the audit log says.
func traced(g *graph, a *Attribution) {
	his := map[activity.Symbol]int16{}
	for _, row := range g.c.OfType(activity.Send) {
		act := &g.c.Activities[row]
		if who, n := a.Who(row); who == Attacker && shows(g, act) {
			if id := g.c.Get(act, activity.FieldMessageID); id != 0 {
				his[id] = int16(n + 1)
			}
		}
	}
	for _, row := range g.c.OfType(activity.Send) {
		act := &g.c.Activities[row]
		if g.c.Inputs[act.File].Source != activity.SourceTrace {
			continue
		}
		who, _ := a.Who(row)
		if n := his[g.c.Get(act, activity.FieldMessageID)]; n > 0 {
			a.rows[row] = whose{Attacker, n}
		} else if who == Attacker {
			a.rows[row] = whose{who: Undecided}
		}
	}
}
