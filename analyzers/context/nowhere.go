package context

import (
	"slices"

	"triage/analyzers/presence"
)

// nowhere measures what shows no place: it is as strange as the strangest place that it can be of, if all of those are
// usual. It can be of any of the account's; what is of one day only of those within a day before and after, as nobody does
// anything without a logon not long before: in Outlook Activities each client's row may have a session of its own.
func (j *judge) nowhere(out []measured) {
	lost := func(p *presence.Presence) bool { return p.Line == 0 && !p.Failed }
	if !slices.ContainsFunc(j.account.Presences, func(p presence.Presence) bool { return lost(&p) }) {
		return
	}
	var all strangest
	by := map[int32]strangest{} // by part of a day
	for i := range out {
		p := &j.account.Presences[i]
		if p.Line == 0 || p.Failed {
			continue
		}
		here := strangest{some: true, unknown: out[i].signs&signUnknown != 0, tenths: out[i].tenths}
		all = all.and(here)
		for _, span := range j.account.Spans(p) {
			by[span] = by[span].and(here)
		}
	}
	for i := range out {
		p := &j.account.Presences[i]
		if !lost(p) {
			continue
		}
		of := all
		if !of.usual() && len(j.account.Days(p)) == 1 {
			of = j.around(p, by)
		}
		if of.usual() {
			out[i] = measured{tenths: of.tenths, raw: of.tenths}
		}
	}
}

// around is the strangest place within a day before and after a presence.
func (j *judge) around(p *presence.Presence, by map[int32]strangest) (all strangest) {
	const near = 24 / presence.SpanHours
	for _, span := range j.account.Spans(p) {
		for at := span - near; at <= span+near; at++ {
			all = all.and(by[at])
		}
	}
	return all
}

// strangest is the strangest of some places.
type strangest struct {
	some    bool // there are places
	unknown bool // of one of them it is not known
	tenths  int8
}

func (s strangest) and(other strangest) strangest {
	return strangest{s.some || other.some, s.unknown || other.unknown, max(s.tenths, other.tenths)}
}

func (s strangest) usual() bool { return s.some && !s.unknown && s.tenths <= usual }
