package context

import (
	"slices"

	"triage/ingest/activity"
)

// vouched is what familiar presences show.
type vouched struct {
	networks  shownAt[uint32]
	countries shownAt[string]
	programs  shownAt[uint32]
	systems   shownAt[string]
	bare      shownAt[uint32] // programs, in logons without a device
	devices   shownAt[activity.Symbol]
	sessions  []began       // by number
	own       stays[uint32] // by line
	carried   stays[uint32] // likewise, of devices alone
	visited   stays[string]
}

// stays are the days on which something that is surely the owner's was at a line, or in a country.
type stays[K comparable] map[K]*days

func (s *stays[K]) add(at K, more []int32) {
	if *s == nil {
		*s = stays[K]{}
	}
	if (*s)[at] == nil {
		(*s)[at] = &days{}
	}
	(*s)[at].add(more)
}

// on says that it was there on one of the days, or the active day before or after.
func (s stays[K]) on(at K, days []int32) bool {
	own := s[at]
	return own != nil && slices.ContainsFunc(days, func(d int32) bool {
		return own.has(d) || d > 0 && own.has(d-1) || own.has(d+1)
	})
}

// shownAt says at which lines each value was shown.
type shownAt[K comparable] map[K]lines

// lines are the first line, and whether there are others.
type lines struct {
	line uint32
	more bool
}

// began is where a session was first familiar; without a line it is not.
type began struct {
	lines
	first  int64
	system string
}

func (v *shownAt[K]) add(value K, line uint32) {
	if *v == nil {
		*v = shownAt[K]{}
	}
	have, known := (*v)[value]
	if !known {
		have.line = line
	}
	have.more = have.more || have.line != line
	(*v)[value] = have
}

// elsewhere says that a value was shown at another line.
func (v shownAt[K]) elsewhere(value K, line uint32) bool {
	have, known := v[value]
	return known && (have.more || have.line != line)
}

// take lets a presence of the account, by its number there, vouch for what it shows.
func (v *vouched) take(j *judge, i int, signs sign) {
	p := &j.account.Presences[i]
	line := &j.table.Lines[p.Line]
	if signs&(signDevice|signMoved) != 0 && !line.Class.Rented() {
		days := j.account.Days(p)
		v.own.add(p.Line, days)
		if signs&signDevice != 0 {
			v.carried.add(p.Line, days)
		}
		if line.Country != "" && !locatesNothing(line) {
			v.visited.add(line.Country, days)
		}
	}
	v.networks.add(line.ASN, p.Line)
	if line.Country != "" {
		v.countries.add(line.Country, p.Line)
	}
	if p.Program != 0 {
		v.programs.add(p.Program, p.Line)
		v.systems.add(j.table.Programs[p.Program].System, p.Line)
	}
	here := j.of(i)
	if here.device != 0 {
		v.devices.add(here.device, p.Line)
	}
	if here.logons && here.device == 0 && p.Program != 0 && j.old(j.lines[p.Line]) {
		v.bare.add(p.Program, p.Line)
	}
	n := j.sessions.of[i]
	if n == 0 {
		return
	}
	s := &v.sessions[n-1]
	if s.line == 0 {
		s.line, s.first = p.Line, p.First
	}
	s.more = s.more || s.line != p.Line
	s.first = min(s.first, p.First)
	if system := j.table.Programs[p.Program].System; s.system == "" {
		s.system = system
	}
}

// elsewhere says that a session was at another line that is familiar.
func (s *began) elsewhere(line uint32) bool { return s != nil && (s.more || s.line != line) }
