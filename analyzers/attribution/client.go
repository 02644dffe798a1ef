package attribution

import (
	"strings"

	"triage/ingest/activity"
)

// used is when a client was used in an account.
type used struct {
	his, his2 int64 // by the intruder, at places that are not the owner's: first and last
	others    int64 // first by anybody else
	owners    bool  // by others with something of the owner's
	bare      bool  // by others in a session that shows no device
	fresh     bool  // the intruder came when the account's habit was known
	intruder  int16
}

const never = int64(1) << 62

// byClient decides what is behind a line that the owner and an intruder share, or from lines of no account's: a client
// (program and version) that the account never used before the intruder came with it is his, and so are the sessions that
// began with it. Of an intruder who is there from the first days nobody knows what was before: his is then a client that is
// never seen with a device, where the account mostly shows one, and that he went on with here after he was there.
func byClient(g *graph, a *Attribution) {
	taken := map[activity.Symbol]bool{}
	for i := range g.visits {
		if x := &g.visits[i]; x.his && !x.place.home {
			taken[x.place.account.Name] = true
		}
	}
	for i := range g.Lines {
		if line := &g.Lines[i]; taken[line.Mailbox] {
			if clients := clientsOf(g, a, line); len(clients) > 0 {
				decide(g, a, line, clients)
			}
		}
	}
}

// ownActs gives the acts of an account's own person, in order of time, but for logons that failed.
func ownActs(g *graph, line *activity.Timeline, take func(index, presence uint32, act *activity.Activity)) {
	for row := range line.Rows {
		act, index := line.At(row), line.Rows[row].Index()
		if number, ok := g.table.Of(index); ok && act.Actor == line.Mailbox && !failedLogon(act) {
			take(index, number, act)
		}
	}
}

// clientsOf are the clients of an account that decide.
func clientsOf(g *graph, a *Attribution, line *activity.Timeline) map[activity.Symbol]used {
	logons := map[activity.Symbol]bool{} // sessions with a logon: false where it shows no device, and there mostly is one
	ownActs(g, line, func(_, number uint32, act *activity.Activity) {
		if _, p := g.table.At(number); act.Session != 0 && p.Logons {
			logons[act.Session] = logons[act.Session] || !g.Measure.Signs(number).Bare
		}
	})
	all := map[activity.Symbol]used{}
	ownActs(g, line, func(_, number uint32, act *activity.Activity) {
		if act.Agent == 0 {
			return
		}
		u, known := all[act.Agent]
		if !known {
			u = used{his: never, others: never}
		}
		if v := g.at[number] - 1; v >= 0 && g.visits[v].his && !g.visits[v].place.home {
			if u.his == never {
				u.his, u.intruder = act.Time, a.of[number]
			}
			u.his2, u.fresh = act.Time, u.fresh || g.visits[v].place.fresh
		} else {
			device, shown := logons[act.Session]
			u.others = min(u.others, act.Time)
			u.owners, u.bare = u.owners || device || g.Measure.Signs(number).Carried, u.bare || shown && !device
		}
		all[act.Agent] = u
	})
	for agent, u := range all {
		if u.his == never || u.intruder == 0 || u.others <= u.his || (u.owners || !u.bare || u.others < u.his2) && !u.fresh || !strings.Contains(g.c.Text(agent), "Mozilla/") {
			delete(all, agent)
		}
	}
	return all
}

// decide labels the acts of clients that decide, and those of the sessions that began with them.
func decide(g *graph, a *Attribution, line *activity.Timeline, clients map[activity.Symbol]used) {
	sessions := map[activity.Symbol]int16{} // 0: somebody else's
	each := func(take func(index, number uint32, act *activity.Activity, client used, his bool)) {
		last := map[activity.Symbol]int64{} // when each client was last the intruder's
		ownActs(g, line, func(index, number uint32, act *activity.Activity) {
			u, his := clients[act.Agent]
			if his = his && act.Time >= u.his && act.Time <= max(u.his2, last[act.Agent])+near; his {
				last[act.Agent] = act.Time
			}
			take(index, number, act, u, his)
		})
	}
	each(func(_, number uint32, act *activity.Activity, u used, his bool) {
		if _, known := sessions[act.Session]; act.Session == 0 || known {
			return
		}
		switch {
		case g.Measure.Signs(number).Carried:
			sessions[act.Session] = 0
		case his:
			sessions[act.Session] = u.intruder
		case a.Labels[number] == Attacker && g.at[number] > 0 && g.visits[g.at[number]-1].how == sameClient && g.visits[g.at[number]-1].parent > 0:
			sessions[act.Session] = a.of[number]
		default:
			sessions[act.Session] = 0
		}
	})
	each(func(index, number uint32, act *activity.Activity, u used, his bool) {
		if a.Labels[number] == Attacker || g.Measure.Signs(number).Carried {
			return
		}
		switch n := sessions[act.Session]; {
		case act.Session != 0 && n > 0:
			a.rows[index] = whose{Attacker, n}
		case his && act.Session == 0:
			a.rows[index] = whose{Attacker, u.intruder}
		}
	})
}
