package context

import (
	"slices"

	"triage/analyzers/presence"
	"triage/geo"
)

// desk adds what the owner's own places say of a presence that is strange so far. It vouches for nothing, and is judged
// last: what is familiar is known by then. Whoever travels is at no usual place meanwhile; whoever is robbed is.
func (j *judge) desk(i int, m *measured) {
	p := &j.account.Presences[i]
	if j.copied(i, m) && j.meanwhile(p) {
		m.signs, m.tenths = m.signs&^signMoved|signDesk, int8(min(most, int(m.raw)-deviceKnown+deskBusy))
		return
	}
	if m.signs&signUnknown != 0 || m.signs&(signNetwork|signCountry) == 0 || m.tenths < familiar {
		return
	}
	line := &j.table.Lines[p.Line]
	if j.vouch.visited.on(line.Country, j.account.Days(p)) && line.Country != j.home && !line.Class.Rented() {
		m.signs, m.tenths = m.signs|signCompanion, max(0, m.tenths+companion)
		return
	}
	switch tells := j.moves || len(j.devices) > 0; {
	case !tells && j.brings(p):
		m.signs, m.tenths = m.signs|signBrought, max(0, m.tenths+programOwn)
	case line.Class == geo.VPN && !j.together(p):
		// whoever turns a VPN on at home in the evening was in the office that day, too
	case j.meanwhile(p):
		if !tells { // devices and sessions say it better
			m.signs, m.tenths = m.signs|signDesk, min(most, m.tenths+deskBusy)
		}
	case !tells:
		m.signs, m.tenths = m.signs|signTravel, max(0, m.tenths+mayTravel)
	}
}

// copied says that a session that seems to have moved to a presence may have been copied: no colleague is at home in the
// network, no device of the owner's is there, and it is no place that its owner may go to and come back from on any day. A
// phone's session goes with the phone, and a line of people in a country of his is where he lives, or a café, unless he
// shows a device elsewhere and none there.
func (j *judge) copied(i int, m *measured) bool {
	p := &j.account.Presences[i]
	line := &j.table.Lines[p.Line]
	if m.signs&signMoved == 0 || m.signs&signNetwork == 0 || j.phones(i) || !alien(j, p) || j.vouch.carried.on(p.Line, j.account.Days(p)) {
		return false
	}
	return line.Class.Rented() || m.signs&(signCountry|signNoDevice) != 0
}

// phones says that a presence is a phone's, by its program or by what else its session shows.
func (j *judge) phones(i int) bool {
	if n := j.sessions.of[i]; n > 0 && j.sessions.phone[n-1] {
		return true
	}
	return phone(j.table, &j.account.Presences[i])
}

func phone(t *presence.Table, p *presence.Presence) bool {
	system := t.Programs[p.Program].System
	return system == "ios" || system == "android"
}

// brings says that the owner's own mail program was at the line of a presence on the same days, beside another program:
// whoever is in another's mailbox reads it with one, and who travels, or turns a VPN on, has all of his there.
func (j *judge) brings(p *presence.Presence) bool {
	if j.brought == nil {
		j.brought = carriers(j)
	}
	return j.brought.on(p.Line, j.account.Days(p))
}

// carriers are the days on which a mail program of the owner's was at a line, of lines that show several programs.
func carriers(j *judge) stays[uint32] {
	programs, days := shownAt[uint32]{}, stays[uint32]{}
	for i := range j.account.Presences {
		if q := &j.account.Presences[i]; q.Program != 0 && !q.Failed {
			programs.add(q.Line, q.Program)
		}
	}
	for i := range j.account.Presences {
		q := &j.account.Presences[i]
		program := j.table.Programs[q.Program]
		if q.Line != 0 && !q.Failed && programs[q.Line].more && program.System != "" && program.Browser == "" && !j.strangeProgram(q.Program, q.Line) {
			days.add(q.Line, j.account.Days(q))
		}
	}
	return days
}

// together says that the owner was at a usual desk in one of the parts of a day in which a presence lived.
func (j *judge) together(p *presence.Presence) bool {
	return slices.ContainsFunc(j.account.Spans(p), func(span int32) bool {
		_, found := slices.BinarySearch(j.spansAtDesk(), span)
		return found
	})
}

// spansAtDesk are the parts of days in which the owner was at a usual desk, ascending. A phone is no desk: abroad, its
// provider's addresses may be those at home.
func (j *judge) spansAtDesk() []int32 {
	if j.desks == nil {
		j.desks = []int32{}
		for i := range j.account.Presences {
			at := &j.account.Presences[i]
			line := &j.table.Lines[at.Line]
			if j.listed[i] && at.Line != 0 && line.Class != geo.Mobile && !locatesNothing(line) && !j.away(at) && !j.phones(i) {
				j.desks = append(j.desks, j.account.Spans(at)...)
			}
		}
		slices.Sort(j.desks)
	}
	return j.desks
}

// meanwhile says that the owner was at a usual desk, no phone, within 12 hours before and 12 hours after some act of a
// presence. Parts of a day are compared: it may be a few hours more.
func (j *judge) meanwhile(p *presence.Presence) bool {
	const near = 12 / presence.SpanHours
	desks := j.spansAtDesk()
	return slices.ContainsFunc(j.account.Spans(p), func(span int32) bool {
		at, _ := slices.BinarySearch(desks, span)
		before := at > 0 && span-desks[at-1] <= near || at < len(desks) && desks[at] == span
		for at < len(desks) && desks[at] == span {
			at++
		}
		return before && at < len(desks) && desks[at]-span <= near
	})
}

// away says that a presence is at no usual place: its network or its country is none that the account had from the first.
func (j *judge) away(p *presence.Presence) bool {
	line := &j.table.Lines[p.Line]
	return !j.old(j.networks[line.ASN]) || !j.old(j.countries[line.Country])
}

// alien says that no other account of the tenant is at home in the network: a session that seems to have moved there, and
// goes on at its owner's desk meanwhile, was copied.
func alien(j *judge, p *presence.Presence) bool {
	line := &j.table.Lines[p.Line]
	return !j.tenant.thin(j.name) && others(j.tenant.networks[line.ASN], j.name) == 0
}
