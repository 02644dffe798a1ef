package geo

import (
	"iter"
	"math"
	"net/netip"
	"slices"
	"time"
)

// Position is one activity that says where a user was.
type Position struct {
	Time      int64 // milliseconds since 1970, UTC
	IP        netip.Addr
	Place     *Place // never nil; many positions may share it
	Session   uint32 // symbol of the session id, 0 if there is none
	Device    uint32 // symbol of the managed device, 0 if there is none
	Row       int    // the caller's number for the activity, handed back for evidence
	Logon     bool   // else it is an act in a mailbox
	Succeeded bool   // false for what failed: it proves nobody's presence
	Ambiguous bool   // the address is one of a list that a client can forge (Addr.Ambiguous)
}

// Anchor reports whether travel can be read from the position: the user succeeded, from an address of his own whose
// place is known.
func (p *Position) Anchor() bool {
	if !p.Succeeded || p.Place.Country == "" && !p.Place.HasCoords {
		return false
	}
	switch p.Place.Class {
	case Private, MSService:
		return false
	case AzureCloud:
		// A program's traffic comes from there all day, but a person who logs on from there sits at a rented machine.
		return p.Logon
	}
	return !p.Place.Class.Anonymizer()
}

// Visit is an unbroken run of positions at one place.
type Visit struct {
	First, Last Position // of those at the visit's own place
	Positions   int      // how many there are, those at the other end of a flap included
	Ambiguous   bool     // all of them are
	until       int64    // time of the latest one
	sessions    []uint32
	devices     []uint32
}

// maxMarks bounds how many sessions and devices a visit remembers: enough for a person, and the rest cannot cost more.
const maxMarks = 256

// Visits collapses a user's positions, given oldest first, into visits. Positions that are no anchors are left out.
func Visits(positions iter.Seq[Position], s Settings) []Visit {
	s = s.withDefaults()
	var out []Visit
	for p := range positions {
		if !p.Anchor() {
			continue
		}
		if n := len(out); n > 0 && out[n-1].take(p, s) {
			continue
		}
		v := Visit{First: p, Last: p, Positions: 1, Ambiguous: p.Ambiguous, until: p.Time}
		v.mark(p)
		out = append(out, v)
	}
	return out
}

// take adds the position if it belongs to the visit.
func (v *Visit) take(p Position, s Settings) bool {
	same := samePlace(v.First.Place, p.Place)
	if !same && !v.flap(p, s) {
		return false
	}
	if same {
		v.Last = p
	}
	v.Positions++
	v.Ambiguous = v.Ambiguous && p.Ambiguous
	v.until = p.Time
	v.mark(p)
	return true
}

// flap reports whether a change of country is a database's doing: a line's IPv4 and IPv6 ranges are often located apart.
func (v *Visit) flap(p Position, s Settings) bool {
	asn := v.First.Place.ASN
	return asn != 0 && asn == p.Place.ASN && spanBetween(v.until, p.Time) <= s.FlapWindow
}

// spanBetween is the time between two instants in milliseconds; a hostile log may put them millennia apart.
func spanBetween(from, to int64) time.Duration {
	if to <= from {
		return 0
	}
	const most = uint64(math.MaxInt64 / time.Millisecond)
	return time.Duration(min(uint64(to)-uint64(from), most)) * time.Millisecond
}

func (v *Visit) mark(p Position) {
	v.sessions = with(v.sessions, p.Session)
	v.devices = with(v.devices, p.Device)
}

func with(set []uint32, x uint32) []uint32 {
	if x == 0 || len(set) >= maxMarks || slices.Contains(set, x) {
		return set
	}
	return append(set, x)
}

func shared(a, b []uint32) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}

// samePlace is the finest the data allow: two points within their radii, else the country.
func samePlace(a, b *Place) bool {
	if a == b {
		return true
	}
	if a.HasCoords && b.HasCoords {
		return haversine(*a, *b) <= radius(*a)+radius(*b)
	}
	return a.Country == b.Country
}

// Home is the country with most distinct active days (UTC) among the positions, given oldest first, on lines of people.
// It is not ok if that country has fewer than s.HomeDays days, or if two countries have equally many.
func Home(positions iter.Seq[Position], s Settings) (country string, days int, ok bool) {
	s = s.withDefaults()
	const day = 24 * 60 * 60 * 1000
	type tally struct {
		days int
		last int64
	}
	counts := map[string]*tally{}
	var here string
	var at *tally // of here: most positions repeat the country before
	for p := range positions {
		if !p.Succeeded || p.Place.Country == "" || !p.Place.Class.Home() {
			continue
		}
		today := p.Time / day
		if p.Time < 0 {
			today--
		}
		if at == nil || p.Place.Country != here {
			if here, at = p.Place.Country, counts[p.Place.Country]; at == nil {
				at = &tally{last: today - 1}
				counts[here] = at
			}
		}
		if at.last != today {
			at.days, at.last = at.days+1, today
		}
	}
	for c, t := range counts {
		switch {
		case t.days > days:
			country, days, ok = c, t.days, true
		case t.days == days:
			ok = false
		}
	}
	if !ok || days < s.HomeDays {
		return "", days, false
	}
	return country, days, true
}
