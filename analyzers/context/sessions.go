package context

import (
	"cmp"
	"slices"

	"triage/analyzers/presence"
	"triage/ingest/activity"
)

// sessions number the sessions of one account, and what one logon opens at one line. There may be as many as visits: a map
// of them costs more than all else that is measured.
type sessions struct {
	order []int32 // the presences at a line that have a session: by session, line, and as they are
	of    []int32 // by presence: one more than the number of its session; 0: none
	moves []bool  // by session: it was at several lines; failed logons are nowhere
	phone []bool  // by session: a phone's system shows in it
}

func sessionsOf(t *presence.Table, a *presence.Account) *sessions {
	s := &sessions{of: make([]int32, len(a.Presences))}
	n := 0
	for i := range a.Presences {
		n = max(n, a.Presences[i].Visit()+1)
	}
	s.moves, s.phone = make([]bool, n), make([]bool, n)
	next := make([]int32, n+1) // where in the order the next presence of a session goes
	for i := range a.Presences {
		if p := &a.Presences[i]; p.Session != 0 && p.Line != 0 {
			s.of[i] = int32(p.Visit()) + 1
			s.phone[p.Visit()] = s.phone[p.Visit()] || phone(t, p)
			next[p.Visit()+1]++
		}
	}
	for v := range n {
		next[v+1] += next[v]
	}
	s.order = make([]int32, next[n])
	for i, v := range s.of {
		if v > 0 {
			s.order[next[v-1]] = int32(i)
			next[v-1]++
		}
	}
	from := int32(0)
	for v := range n { // next is where each ends now
		s.moves[v] = arrangeSession(a, s.order[from:next[v]])
		from = next[v]
	}
	return s
}

// arrangeSession puts the presences of a session in order of line, and says whether it was at several. Failed logons are nowhere.
func arrangeSession(a *presence.Account, session []int32) (moves bool) {
	if len(session) < 2 {
		return false
	}
	slices.SortStableFunc(session, func(x, y int32) int { return cmp.Compare(a.Presences[x].Line, a.Presences[y].Line) })
	line := uint32(0)
	for _, i := range session {
		p := &a.Presences[i]
		if p.Failed {
			continue
		}
		moves = moves || line != 0 && line != p.Line
		line = p.Line
	}
	return moves
}

// travels says that the session of a presence was at several lines.
func (s *sessions) travels(presence int) bool { return s.of[presence] > 0 && s.moves[s.of[presence]-1] }

// shown is what one logon opens at one line: what the logon shows is true of all of it.
type shown struct {
	device       activity.Symbol
	programs     []uint32
	logons       bool
	weak, strong bool
	first        int64
}

// units are what each logon of an account shows at each line, and by presence one more than the number of its unit; 0: it
// has no session, or nobody was there.
func (s *sessions) units(a *presence.Account) ([]shown, []int32) {
	of := make([]int32, len(a.Presences))
	list, programs := make([]shown, 0, len(s.moves)), make([]uint32, 0, len(s.order))
	var last *presence.Presence
	for _, i := range s.order {
		p := &a.Presences[i]
		if p.Failed {
			continue
		}
		if last == nil || last.Session != p.Session || last.Line != p.Line {
			list = append(list, shown{first: p.First, programs: programs[len(programs):]})
		}
		last, of[i] = p, int32(len(list))
		u := &list[len(list)-1]
		if u.device == 0 {
			u.device = p.Device
		}
		if p.Program != 0 && !slices.Contains(u.programs, p.Program) {
			programs = append(programs, p.Program)
			u.programs = programs[len(programs)-len(u.programs)-1:]
		}
		u.logons, u.weak, u.strong = u.logons || p.Logons, u.weak || p.Weak, u.strong || p.Strong
		u.first = min(u.first, p.First)
	}
	return list, of
}
