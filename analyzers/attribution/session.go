package attribution

import (
	"cmp"
	"slices"

	"triage/analyzers/presence"
	"triage/geo"
	"triage/ingest/activity"
)

// sessions says which sessions of an account are its owner's, and which are somebody else's from their first act on.
//
// A line is the owner's if he was there from the first days on and on a tenth of his days or more, or with a device of his.
// A session is his if it was at such a line, and then the lines are his to which it goes and which are not strange. A session
// that begins at a strange place and never is at a line of his was opened by somebody else: whatever it does is his, from
// lines that look like the owner's, too, as those are that residential proxies lend.
type sessions struct {
	g       *graph
	account *presence.Account
	lines   map[uint32]bool          // the owner's
	owned   map[activity.Symbol]bool // likewise
	foreign map[activity.Symbol]bool // opened by somebody else
	roves   map[activity.Symbol]bool // of them, those that were at many lines within an hour
	lent    map[uint32]bool          // lines of people where those were, and that are not the owner's
}

// sessionsOf tells an account's sessions apart. An account with nothing strange, and of which no session is here and there
// within the hour, has none that are foreign.
func (g *graph) sessionsOf(a *presence.Account) *sessions {
	s := &sessions{g: g, account: a}
	if slices.ContainsFunc(a.Presences, func(p presence.Presence) bool { return p.Session != 0 }) {
		s.strangers()
		s.roving()
	}
	for i := range a.Presences {
		if p := &a.Presences[i]; s.foreign[p.Session] && !p.Failed && !s.lines[p.Line] {
			s.lent[p.Line] = true
		}
	}
	return s
}

// strangers notes the sessions that began at a strange place.
func (s *sessions) strangers() {
	a := s.account
	opened := []int32(nil) // by session: one more than the first presence with a place
	for i := range a.Presences {
		if p := &a.Presences[i]; p.Session != 0 && s.strange(i) {
			opened = make([]int32, len(a.Presences))
			break
		}
	}
	if opened == nil {
		return
	}
	for i := range a.Presences {
		p := &a.Presences[i]
		if p.Failed || p.Line == 0 || p.Session == 0 {
			continue
		}
		if first := opened[p.Visit()]; first == 0 || p.First < a.Presences[first-1].First {
			opened[p.Visit()] = int32(i + 1)
		}
	}
	for _, first := range opened {
		if i := int(first) - 1; i >= 0 && s.strange(i) && !s.g.Measure.Signs(a.First()+uint32(i)).Carried {
			s.opens(a.Presences[i].Session)
		}
	}
}

// Somebody is at home, at work and on the phone within an hour, and not at many lines where he never was. One provider may change
// a phone's line now and then.
const (
	manyLines    = 4
	manyNetworks = 2
	mostLines    = 6 // of one network, if they are strange
)

// roving notes the sessions that were at many lines of people within an hour, and never at one of the owner's.
func (s *sessions) roving() {
	a := s.account
	number := make([]int32, len(a.Presences))
	for i := range a.Presences {
		number[a.Presences[i].Visit()]++
	}
	stops := map[int][]int32{} // by session: the presences of the last hour
	for i := range a.Presences {
		p := &a.Presences[i]
		if p.Session == 0 || p.Failed || p.Line == 0 || number[p.Visit()] < manyLines || s.g.table.Lines[p.Line].Class == geo.Mobile {
			continue
		}
		recent := slices.DeleteFunc(stops[p.Visit()], func(k int32) bool {
			return a.Presences[k].First < p.First-meanwhile || a.Presences[k].Line == p.Line
		})
		recent = append(recent[max(0, len(recent)-2*manyLines):], int32(i))
		if stops[p.Visit()] = recent; len(recent) < manyLines || s.roves[p.Session] {
			continue
		}
		networks, strangers := map[uint32]bool{}, false
		for _, k := range recent {
			networks[s.g.table.Lines[a.Presences[k].Line].ASN] = true
			strangers = strangers || s.strange(int(k))
		}
		if len(networks) < manyNetworks && (len(recent) < mostLines || !strangers) {
			continue
		}
		if s.opens(p.Session); s.foreign[p.Session] {
			if s.roves == nil {
				s.roves = map[activity.Symbol]bool{}
			}
			s.roves[p.Session] = true
		}
	}
}

// opens notes a session that is no owner's, if it never is at a line of his.
func (s *sessions) opens(session activity.Symbol) {
	if s.owned == nil {
		s.settle()
		s.foreign, s.lent = map[activity.Symbol]bool{}, map[uint32]bool{}
	}
	if !s.owned[session] {
		s.foreign[session] = true
	}
}

// strange says that somebody was at a presence's place that is strange to the account.
func (s *sessions) strange(i int) bool {
	p := &s.account.Presences[i]
	tenths, ok := s.g.Measure.At(s.account.First() + uint32(i))
	return ok && tenths >= strange && !p.Failed && p.Line != 0
}

// settle tells which lines and sessions are the owner's.
func (s *sessions) settle() {
	s.lines, s.owned = s.old(), map[activity.Symbol]bool{}
	byLine, bySession := map[uint32][]int32{}, map[activity.Symbol][]int32{}
	var queue []int32
	for i := range s.account.Presences {
		p := &s.account.Presences[i]
		if !s.usual(i) {
			continue
		}
		byLine[p.Line] = append(byLine[p.Line], int32(i))
		if p.Session != 0 {
			bySession[p.Session] = append(bySession[p.Session], int32(i))
		}
		if p.Device != 0 || s.lines[p.Line] {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		p := &s.account.Presences[queue[0]]
		queue = queue[1:]
		s.lines[p.Line] = true
		queue, byLine[p.Line] = append(queue, byLine[p.Line]...), nil
		if p.Session != 0 && !s.owned[p.Session] {
			s.owned[p.Session] = true
			queue = append(queue, bySession[p.Session]...)
		}
	}
}

// usual says that a presence is at a line of people that is not strange to the account.
func (s *sessions) usual(i int) bool {
	p := &s.account.Presences[i]
	if p.Failed || p.Line == 0 || s.g.table.Lines[p.Line].Class.Rented() {
		return false
	}
	tenths, ok := s.g.Measure.At(s.account.First() + uint32(i))
	return ok && tenths < familiar
}

// old are the lines where the account was before it had been active on minDays days, and on a tenth of them or more.
func (s *sessions) old() map[uint32]bool {
	type stay struct {
		line uint32
		day  int32
	}
	var stays []stay
	for i := range s.account.Presences {
		if p := &s.account.Presences[i]; s.usual(i) {
			for _, day := range s.account.Days(p) {
				stays = append(stays, stay{p.Line, day})
			}
		}
	}
	slices.SortFunc(stays, func(a, b stay) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.day, b.day)) })
	stays = slices.Compact(stays)
	lines := map[uint32]bool{}
	for len(stays) > 0 {
		n := 1
		for n < len(stays) && stays[n].line == stays[0].line {
			n++
		}
		if stays[0].day < minDays && n > 1 && 10*n > len(s.account.Active) {
			lines[stays[0].line] = true
		}
		stays = stays[n:]
	}
	return lines
}
