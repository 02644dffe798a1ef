package attribution

import (
	"strings"

	"triage/ingest/activity"
)

// used is when a client was used in an account.
type used struct {
	his, his2 int64 // by the intruder, at places that are not the owner's: first and last
	others    int64 // first by anybody else
	intruder  int16
}

const never = int64(1) << 62

// byClient decides what is behind a line that the owner and an intruder share, or from lines of no account's: a client
// (program and version) that the account never used before the intruder came with it is his, and so are the sessions that
// began with it.
func byClient(g *graph, a *Attribution) {
	taken := map[activity.Symbol]bool{}
	for i := range g.visits {
		if x := &g.visits[i]; x.his && x.place.fresh && !x.place.home {
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

// clientsOf are the clients of an account that decide.
func clientsOf(g *graph, a *Attribution, line *activity.Timeline) map[activity.Symbol]used {
	all := map[activity.Symbol]used{}
	for row := range line.Rows {
		act := line.At(row)
		number, ok := g.table.Of(line.Rows[row].Index())
		if !ok || act.Actor != line.Mailbox || act.Agent == 0 || failedLogon(act) {
			continue
		}
		u, known := all[act.Agent]
		if !known {
			u = used{his: never, others: never}
		}
		if v := g.at[number] - 1; v >= 0 && g.visits[v].his && !g.visits[v].place.home {
			if u.his == never {
				u.his, u.intruder = act.Time, a.of[number]
			}
			u.his2 = act.Time
		} else if u.others == never {
			u.others = act.Time
		}
		all[act.Agent] = u
	}
	for agent, u := range all {
		if u.his == never || u.others <= u.his || u.intruder == 0 || !strings.Contains(g.c.Text(agent), "Mozilla/") {
			delete(all, agent)
		}
	}
	return all
}

// decide labels the acts of clients that decide, and those of the sessions that began with them.
func decide(g *graph, a *Attribution, line *activity.Timeline, clients map[activity.Symbol]used) {
	sessions := map[activity.Symbol]int16{} // 0: somebody else's
	each := func(take func(index uint32, act *activity.Activity, client used, his bool)) {
		for row := range line.Rows {
			act, index := line.At(row), line.Rows[row].Index()
			number, ok := g.table.Of(index)
			if !ok || act.Actor != line.Mailbox || failedLogon(act) {
				continue
			}
			if a.Labels[number] == Attacker || g.Measure.Signs(number).Carried {
				continue
			}
			u, his := clients[act.Agent]
			take(index, act, u, his && act.Time <= u.his2+near)
		}
	}
	each(func(_ uint32, act *activity.Activity, u used, his bool) {
		if _, known := sessions[act.Session]; act.Session != 0 && !known {
			sessions[act.Session] = 0
			if his {
				sessions[act.Session] = u.intruder
			}
		}
	})
	each(func(index uint32, act *activity.Activity, u used, his bool) {
		n, known := sessions[act.Session]
		switch {
		case known && act.Session != 0 && n > 0:
			a.rows[index] = whose{Attacker, n}
		case his && act.Session == 0:
			a.rows[index] = whose{Attacker, u.intruder}
		}
	})
}
