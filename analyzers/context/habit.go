package context

import (
	"slices"

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
	sessions  map[activity.Symbol]*sighted
	logons    sighted // logons that say of devices
	device    sighted // those with one
	strong    sighted // logons with several factors
}

// sighted is where and when a value was shown.
type sighted struct {
	days   []int32 // ascending
	line   uint32  // the first one
	more   bool    // others, too
	failed bool    // by a failed logon
}

func newHabit(t *presence.Table, a *presence.Account) *habit {
	h := &habit{
		account: a, networks: map[uint32]*sighted{}, countries: map[string]*sighted{}, programs: map[uint32]*sighted{},
		lines: map[uint32]*sighted{}, devices: map[activity.Symbol]*sighted{}, sessions: map[activity.Symbol]*sighted{},
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
	if p.Session != 0 {
		at(h.sessions, p.Session).see(p.Line, days)
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
	if len(s.days) == 0 {
		s.line = line
	}
	s.more = s.more || s.line != line
	s.days = union(s.days, days)
}

// union merges two ascending lists.
func union(a, b []int32) []int32 {
	if len(a) == 0 {
		return slices.Clip(b)
	}
	if len(b) == 0 {
		return a
	}
	if a[len(a)-1] < b[0] {
		return append(slices.Clip(a), b...)
	}
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// old says that a value was there before the account had a habit, and on more than a few of its days.
func (h *habit) old(s *sighted) bool {
	if s == nil || len(s.days) == 0 {
		return false
	}
	before, _ := slices.BinarySearch(h.account.Active, s.days[0])
	active := len(h.account.Active)
	return before < minDays && float64(len(s.days)) > max(1, 0.1*float64(active))
}

// tied are the lines where the account shows a device, a session or a program that it shows elsewhere, too.
func (h *habit) tied() map[uint32]bool {
	tied := map[uint32]bool{}
	for i := range h.account.Presences {
		p := &h.account.Presences[i]
		if p.Line == 0 || p.Failed {
			continue
		}
		d, s, g := h.devices[p.Device], h.sessions[p.Session], h.programs[p.Program]
		if d != nil && d.more || s != nil && s.more || g != nil && g.more {
			tied[p.Line] = true
		}
	}
	return tied
}

// mostly says that something was so on at least half of the days.
func mostly(s, of *sighted) bool { return len(of.days) >= minDays && 2*len(s.days) >= len(of.days) }
