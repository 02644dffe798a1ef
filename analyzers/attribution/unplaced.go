package attribution

import (
	"math"
	"slices"

	"triage/analyzers/presence"
	"triage/ingest/activity"
)

// appUse is when an application of an account last did something of which is known whose it is.
type appUse struct {
	at       [Service + 1]int64 // by label
	presence uint32             // in which it last did
}

func newUse() *appUse {
	u := &appUse{}
	for i := range u.at {
		u.at[i] = math.MinInt64 / 2
	}
	return u
}

func (u *appUse) note(who Who, presence uint32, at int64) { u.at[who], u.presence = at, presence }

// within says that somebody of a label did something within a day before.
func (u *appUse) within(who Who, at int64) bool { return at-u.at[who] <= whole }

// unplaced looks at acts of Outlook Activities that show neither address nor session, and that no logon holds because its application
// was silent for an hour. They are whose the application's last logon was, within a day, if nobody else used it meanwhile; or the
// owner's, if nobody else was in the account. Acts that are placed so inherit a label; they make none. What is the intruder's so is given.
func unplaced(g *graph, a *Attribution) (deeds []deed) {
	if !g.c.From(activity.SourceActivities) {
		return nil
	}
	for i := range g.table.Accounts {
		account := &g.table.Accounts[i]
		if !slices.ContainsFunc(account.Presences, func(p presence.Presence) bool { return p.Line == 0 && !p.Failed }) {
			continue
		}
		deeds = append(deeds, unplacedOf(g, a, account)...)
	}
	return deeds
}

func unplacedOf(g *graph, a *Attribution, account *presence.Account) (deeds []deed) {
	line, apps, all, his := g.lineOf(account.Name), map[activity.Symbol]*appUse{}, newUse(), map[uint32]int{}
	ownActs(g, &line, func(index, number uint32, act *activity.Activity) {
		app := apps[act.App]
		if app == nil {
			app = newUse()
			apps[act.App] = app
		}
		who := a.Labels[number]
		if account.Presences[number-account.First()].Line != 0 {
			if _, doubted := a.rows[index]; !doubted {
				app.note(who, number, act.Time)
				all.note(who, number, act.Time)
			}
			return
		}
		if who != Undecided || g.c.Inputs[act.File].Source != activity.SourceActivities {
			return
		}
		switch inherited(app, all, act.Time) {
		case Owner:
			a.rows[index] = whose{who: Owner}
		case Attacker:
			n, known := his[app.presence]
			if v := g.at[app.presence] - 1; !known && v >= 0 {
				n = len(deeds)
				his[app.presence] = n
				deeds = append(deeds, deed{actor: account.Name, visit: v, reason: Reason{
					Account: account.Name, Text: "acts of " + g.c.Text(act.App) + " that show no place, after its last logon, which was the intruder's",
				}})
			}
			deeds[n].rows = append(deeds[n].rows, index)
			deeds[n].reason.Rows = first(append(deeds[n].reason.Rows, index))
		}
	})
	return deeds
}

// inherited is whose an act is by the logons before it; Undecided: they do not say.
func inherited(app, all *appUse, at int64) Who {
	switch {
	case app.within(Undecided, at), app.within(Owner, at) && app.within(Attacker, at):
		return Undecided
	case app.within(Attacker, at):
		return Attacker
	case app.within(Owner, at), all.within(Owner, at) && !all.within(Attacker, at) && !all.within(Undecided, at):
		return Owner
	}
	return Undecided
}
