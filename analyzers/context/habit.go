package context

import (
	"triage/analyzers/presence"
	"triage/ingest/activity"
)

// habit is on which days an account showed each value, from all lines.
type habit struct {
	account   *presence.Account
	networks  map[uint32]*sighted
	countries map[string]*sighted
	programs  map[uint32]*sighted
	lines     map[uint32]*sighted
	devices   map[activity.Symbol]*sighted
	sessions  *sessions
	logons    sighted // logons that say of devices
	device    sighted // those with one
	strong    sighted // logons with several factors
}

// sighted is where and when a value was shown.
type sighted struct {
	days   days
	line   uint32 // the first one
	more   bool   // others, too
	failed bool   // by a failed logon
}

func newHabit(t *presence.Table, a *presence.Account, s *sessions) *habit {
	h := &habit{
		account: a, networks: map[uint32]*sighted{}, countries: map[string]*sighted{}, programs: map[uint32]*sighted{},
		lines: map[uint32]*sighted{}, devices: map[activity.Symbol]*sighted{}, sessions: s,
	}
	for i := range a.Presences {
		p := &a.Presences[i]
		if p.Line == 0 {
			continue
		}
		if p.Failed {
			at(h.lines, p.Line).failed = true
			continue
		}
		h.see(t, p)
	}
	return h
}

func (h *habit) see(t *presence.Table, p *presence.Presence) {
	line, days := &t.Lines[p.Line], h.account.Days(p)
	at(h.networks, line.ASN).see(p.Line, days)
	at(h.countries, line.Country).see(p.Line, days)
	at(h.lines, p.Line).see(p.Line, days)
	if p.Program != 0 {
		at(h.programs, p.Program).see(p.Line, days)
	}
	if p.Device != 0 {
		at(h.devices, p.Device).see(p.Line, days)
	}
	if p.Logons {
		h.logons.see(p.Line, days)
		if p.Device != 0 {
			h.device.see(p.Line, days)
		}
		if p.Strong {
			h.strong.see(p.Line, days)
		}
	}
}

func at[K comparable](m map[K]*sighted, k K) *sighted {
	s := m[k]
	if s == nil {
		s = &sighted{}
		m[k] = s
	}
	return s
}

func (s *sighted) see(line uint32, days []int32) {
	if s.line == 0 {
		s.line = line
	}
	s.more = s.more || s.line != line
	s.days.add(days)
}

// old says that a value was there before the account had a habit, and on more than a few of its days.
func (h *habit) old(s *sighted) bool {
	if s == nil || s.days.len() == 0 {
		return false
	}
	return s.days.at(0) < minDays && float64(s.days.len()) > max(1, 0.1*float64(len(h.account.Active)))
}

// tied are the lines where the account shows a device, a session or a program that it shows elsewhere, too.
func (h *habit) tied() map[uint32]bool {
	tied := map[uint32]bool{}
	for i := range h.account.Presences {
		p := &h.account.Presences[i]
		if p.Line == 0 || p.Failed {
			continue
		}
		d, g := h.devices[p.Device], h.programs[p.Program]
		if d != nil && d.more || g != nil && g.more || h.sessions.travels(i) {
			tied[p.Line] = true
		}
	}
	return tied
}

// mostly says that something was so on at least half of the days.
func mostly(s, of *sighted) bool { return of.days.len() >= minDays && 2*s.days.len() >= of.days.len() }
