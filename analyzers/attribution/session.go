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
	roves   map[int32]bool           // presences at many lines within an hour, none of which is the owner's
	housed  map[activity.Symbol]bool // strange, but at a line of the owner's, too
	lent    map[uint32]bool          // lines of people where those were, and that are not the owner's
}

// sessionsOf tells an account's sessions apart. An account with nothing strange, that was not here and there within the hour,
// has none that are foreign.
func sessionsOf(g *graph, a *presence.Account) *sessions {
	s := &sessions{g: g, account: a}
	s.strangers()
	s.roving()
	for i := range a.Presences {
		if p := &a.Presences[i]; s.foreign[p.Session] && !p.Failed && s.lines[p.Line] { // of another computer at home, as it seems
			delete(s.foreign, p.Session)
			s.housed[p.Session] = true
		}
	}
	for i := range a.Presences {
		if p := &a.Presences[i]; (s.foreign[p.Session] || s.roves[int32(i)]) && !p.Failed && !s.lines[p.Line] {
			s.lent[p.Line] = true
		}
	}
	return s
}

// strangers notes the sessions that began at a strange place and went on elsewhere.
func (s *sessions) strangers() {
	a := s.account
	type course struct {
		first int32 // one more than the first presence with a place
		moves bool
	}
	var courses []course // by session
	for i := range a.Presences {
		if p := &a.Presences[i]; p.Session != 0 && s.strange(i) {
			courses = make([]course, len(a.Presences))
			break
		}
	}
	if courses == nil {
		return
	}
	for i := range a.Presences {
		p := &a.Presences[i]
		if p.Failed || p.Line == 0 || p.Session == 0 {
			continue
		}
		c := &courses[p.Visit()]
		if c.first == 0 {
			c.first = int32(i + 1)
			continue
		}
		c.moves = c.moves || a.Presences[c.first-1].Line != p.Line
		if p.First < a.Presences[c.first-1].First {
			c.first = int32(i + 1)
		}
	}
	for _, c := range courses {
		if i := int(c.first) - 1; c.moves && s.strange(i) && !s.g.Measure.Signs(a.First()+uint32(i)).Carried {
			s.opens(a.Presences[i].Session)
		}
	}
}

// Somebody is at home, at work and on the phone within an hour, and not at many lines where he never was. One provider may change
// a phone's line now and then.
const (
	manyLines    = 4
	manyNetworks = 2
	mostLines    = 6 // of one network
)

// roving notes where somebody was who was at many lines of people within an hour, none of which is the owner's.
func (s *sessions) roving() {
	if len(s.account.Presences) < manyLines || !s.rush(func(int) bool { return true }, func([]int32) {}) {
		return
	}
	s.settle()
	s.rush(func(i int) bool {
		p := &s.account.Presences[i]
		return p.Device == 0 && !s.lines[p.Line] && !s.owned[p.Session]
	}, func(stops []int32) {
		if s.roves == nil {
			s.roves = map[int32]bool{}
		}
		for _, i := range stops {
			s.roves[i] = true
			if session := s.account.Presences[i].Session; session != 0 {
				s.foreign[session] = true
			}
		}
	})
}

// rush finds hours in which the account was at many lines of people, as far as presences count, and gives the first presence at
// each of them.
func (s *sessions) rush(counts func(i int) bool, give func(stops []int32)) (found bool) {
	a := s.account
	var stops []int32
	for i := range a.Presences {
		p := &a.Presences[i]
		if p.Failed || p.Line == 0 || !counts(i) {
			continue
		}
		if class := s.g.table.Lines[p.Line].Class; class == geo.Mobile || class.Rented() || class.Anonymizer() {
			continue
		}
		stops = slices.DeleteFunc(stops, func(k int32) bool {
			return a.Presences[k].First < p.First-meanwhile || a.Presences[k].Line == p.Line
		})
		stops = append(stops[max(0, len(stops)-2*mostLines):], int32(i))
		if len(stops) >= manyLines && (len(stops) >= mostLines || s.networks(stops) >= manyNetworks) {
			found = true
			give(stops)
		}
	}
	return found
}

// networks is of how many networks the lines of some presences are.
func (s *sessions) networks(stops []int32) int {
	var networks []uint32
	for _, i := range stops {
		if asn := s.g.table.Lines[s.account.Presences[i].Line].ASN; !slices.Contains(networks, asn) {
			networks = append(networks, asn)
		}
	}
	return len(networks)
}

// opens notes a session that is no owner's, if it never is at a line of his.
func (s *sessions) opens(session activity.Symbol) {
	if s.settle(); !s.owned[session] {
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
	if s.owned != nil {
		return
	}
	s.foreign, s.housed, s.lent = map[activity.Symbol]bool{}, map[activity.Symbol]bool{}, map[uint32]bool{}
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
