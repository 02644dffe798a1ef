package attribution

import (
	"slices"
	"strings"

	"triage/analyzers/conduct"
	"triage/ingest/activity"
)

// made follows accounts that an intruder made: whoever uses them is he. It knows whose the acts are that show no place, so
// that what an administrator does in an hour in which both were there is nobody's.
func made(g *graph, a *Attribution) {
	first := map[activity.Symbol]int32{} // by account in the graph: its first visit
	for _, row := range g.c.OfType(activity.AccountChange) {
		act := &g.c.Activities[row]
		v := doneBy(g, a, row)
		if v < 0 || act.Result == activity.Failure || !strings.HasPrefix(g.lower(act.Op), "add user") {
			continue
		}
		if len(first) == 0 {
			for i := len(g.visits) - 1; i >= 0; i-- {
				first[g.visits[i].place.account.Name] = int32(i)
			}
		}
		for _, name := range targetsOf(g, act) {
			g.made = append(g.made, account{name, act.Time, v})
			at, known := first[name]
			for w := at; known && int(w) < len(g.visits) && g.visits[w].place.account.Name == name; w++ {
				if g.presence(&g.visits[w]).First >= act.Time {
					g.reach(v, w, sameMaker)
				}
			}
		}
	}
	if len(g.queue) == 0 {
		return
	}
	flood(g)
	for i := range g.visits {
		if x := &g.visits[i]; x.his {
			a.Labels[x.number] = Attacker
		}
	}
}

// account is one that an intruder made.
type account struct {
	name  activity.Symbol
	since int64
	visit int32 // in which he did
}

// doneBy is the visit of an intruder in which an act was done; -1: nobody knows that it was his.
func doneBy(g *graph, a *Attribution, row uint32) int32 {
	number, ok := g.table.Of(row)
	if _, said := a.rows[row]; said || !ok || a.Labels[number] != Attacker {
		return -1
	}
	return g.at[number] - 1
}

// targetsOf are the accounts and things that an act is about, as the case names them.
func targetsOf(g *graph, act *activity.Activity) (list []activity.Symbol) {
	for d := range g.c.Details(act) {
		if d.Key == activity.KeyOf(activity.FieldTarget) {
			if s := g.c.Symbols.Find(g.lower(d.Value)); s != 0 {
				list = append(list, s)
			}
		}
	}
	return list
}

// given gives intruders what is done by means of what they gave: by an application with a secret that one of them added, if it did
// nothing before; and in a mailbox by whom one of them gave a right, where nothing else tells whose it is.
func given(g *graph, a *Attribution) {
	secrets := map[activity.Symbol]hostile{}
	for _, row := range g.c.OfType(activity.AppChange) {
		act := &g.c.Activities[row]
		who, n := a.Who(row)
		app := g.c.Get(act, activity.FieldAppID)
		op := g.lower(act.Op)
		if who == Attacker && n >= 0 && app != 0 && act.Result != activity.Failure && (strings.Contains(op, "credential") || strings.Contains(op, "secret")) {
			widen(secrets, app, int16(n+1), act.Time, act.Time)
		}
	}
	if len(secrets) > 0 {
		bySecret(g, a, secrets)
	}
	for _, x := range g.made {
		line := g.lineOf(x.name)
		ownActs(g, &line, func(index, number uint32, act *activity.Activity) {
			if act.Time >= x.since && a.Labels[number] != Attacker {
				a.rows[index] = whose{Attacker, a.of[g.visits[x.visit].number]}
			}
		})
	}
	byRight(g, a)
	byRole(g, a)
}

// byRole gives intruders what an account does that one of them gave a role, as far as nobody knows whose it is and it is what roles are
// for: changes of rules, rights, accounts, applications and policies.
func byRole(g *graph, a *Attribution) {
	type given struct {
		name     activity.Symbol
		since    int64
		intruder int16
	}
	var list []given
	for _, row := range g.c.OfType(activity.RoleChange) {
		act := &g.c.Activities[row]
		who, n := a.Who(row)
		if who != Attacker || n < 0 || act.Result == activity.Failure || strings.Contains(g.lower(act.Op), "remove") {
			continue
		}
		for _, name := range targetsOf(g, act) {
			list = append(list, given{name, act.Time, int16(n + 1)})
		}
	}
	for _, x := range list {
		line := g.lineOf(x.name)
		ownActs(g, &line, func(index, _ uint32, act *activity.Activity) {
			if who, _ := a.Who(index); who == Undecided && act.Time >= x.since && conduct.Of(act)&conduct.Strong != 0 {
				a.rows[index] = whose{Attacker, x.intruder}
			}
		})
	}
}

// bySecret gives intruders the acts of applications with a secret of theirs, from then on.
func bySecret(g *graph, a *Attribution, secrets map[activity.Symbol]hostile) {
	var rows []uint32
	for i := range g.c.Activities {
		act := &g.c.Activities[i]
		app := g.c.Get(act, activity.FieldAppID)
		h, his := secrets[app]
		switch {
		case !his || act.Type == activity.AppChange || act.Type == activity.Consent:
		case act.Time < h.first: // it has other work
			delete(secrets, app)
		default:
			rows = append(rows, uint32(i))
		}
	}
	for _, row := range rows {
		if h, his := secrets[g.c.Get(&g.c.Activities[row], activity.FieldAppID)]; his {
			a.rows[row] = whose{Attacker, h.intruder}
		}
	}
}

// byRight gives intruders what is done in a mailbox by whom they gave a right over it, as far as nobody knows whose it is.
func byRight(g *graph, a *Attribution) {
	type holder struct{ mailbox, name activity.Symbol }
	holders, mailboxes := map[holder]hostile{}, []activity.Symbol(nil)
	for _, row := range g.c.OfType(activity.PermissionChange) {
		act := &g.c.Activities[row]
		who, n := a.Who(row)
		if who != Attacker || n < 0 || act.Result == activity.Failure {
			continue
		}
		for _, name := range targetsOf(g, act) {
			widen(holders, holder{act.Mailbox, name}, int16(n+1), act.Time, act.Time)
			mailboxes = append(mailboxes, act.Mailbox)
		}
	}
	slices.Sort(mailboxes)
	for _, mailbox := range slices.Compact(mailboxes) {
		line := g.lineOf(mailbox)
		for row := range line.Rows {
			act, index := line.At(row), line.Rows[row].Index()
			h, held := holders[holder{mailbox, act.Actor}]
			if !held || act.Time < h.first || act.Actor == mailbox || act.Type == activity.PermissionChange {
				continue
			}
			if who, _ := a.Who(index); who == Undecided {
				a.rows[index] = whose{Attacker, h.intruder}
			}
		}
	}
}
