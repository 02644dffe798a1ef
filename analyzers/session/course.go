package session

import (
	"math"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// course is how a session went from side to side. Its owner moves: office, home, train, hotel, each in the time that it
// takes. A thief's goes to and fro.
type course struct {
	changes int // of side
	quick   int // returns to where it had been within an hour, or sooner than anybody travels
	hasty   int // changes of country sooner than anybody travels
}

// moves says that one person can have been everywhere, in turn.
func (c course) moves() bool { return c.quick == 0 && c.hasty == 0 }

// sideVisit is an unbroken stretch of a session's activities at one side.
type sideVisit struct {
	at          *side
	first, last int64
}

const (
	soon     = time.Hour         // within which nobody goes there and back again with a computer
	flap     = 10 * time.Minute  // within which addresses of one network, IPv4 and IPv6, are one place
	speed    = 900.0 / 3_600_000 // km/ms; an airliner's cruise
	away     = 20 * time.Hour
	week     = 7 * 24 * 3_600_000 // ms
	airports = 2 * time.Hour      // at both ends of a flight
	flight   = 500                // km
)

// courseOf follows a session's visits, oldest first.
func (d *detector) courseOf(visits []sideVisit) course {
	c := course{changes: len(visits) - 1}
	var stays []sideVisit // of one country and kind
	for _, v := range visits {
		if last := len(stays) - 1; last >= 0 && !visitsApart(&stays[last], &v) {
			stays[last].last = v.last
			continue
		}
		stays = append(stays, v)
	}
	for i := 1; i < len(stays); i++ {
		from, to := &stays[i-1], &stays[i]
		takes := d.travel(from.at, to.at)
		enough := takes
		if remains(stays, i-1) && remains(stays, i) {
			enough /= 2 // clocks and borders are rough, and who stays for days is no thief's minute
		}
		if activity.Later(from.last, to.first) < enough {
			c.hasty++
		}
		if i < 2 || !alike(stays[i-2].at, to.at) {
			continue
		}
		if gone := activity.Later(stays[i-2].last, to.first); gone <= max(soon.Milliseconds(), 2*enough) && (from.at.country != to.at.country || from.at.rented != to.at.rented) {
			c.quick++
		}
	}
	return c
}

// remains says that the session was at one place for most of a day, from the last act elsewhere to the next one; before
// its first act it may have been there for long.
func remains(stays []sideVisit, i int) bool {
	switch {
	case i == 0:
		return true
	case i == len(stays)-1:
		return activity.Later(stays[i].first, stays[i].last) >= away.Milliseconds()
	}
	return activity.Later(stays[i-1].last, stays[i+1].first) >= away.Milliseconds()
}

// visitsApart says that two visits were at places that differ in what a person cannot change at home: the country, or a rented
// machine. What is usual on both sides is no change, neither is a phone that roams.
func visitsApart(a, b *sideVisit) bool {
	if a.at.usual && b.at.usual || a.at.way || b.at.way || roams(a.at, b.at) {
		return false
	}
	if a.at.asn != 0 && a.at.asn == b.at.asn && activity.Later(a.last, b.first) <= flap.Milliseconds() {
		return false
	}
	return !alike(a.at, b.at)
}

// alike says that two sides are of one country and kind.
func alike(a, b *side) bool { return a.country == b.country && a.rented == b.rented }

// roams says that one side is a phone on its owner's mobile network, which is shown at home from wherever it is, and the
// other a line of people where the phone is.
func roams(a, b *side) bool {
	return a.phone && b.phone && (a.usual || b.usual) && !a.rented && !b.rented
}

// onlyPhones says that a session's programs are phones', as far as they are named.
func onlyPhones(all []*side) bool {
	named := false
	for _, s := range all {
		for _, system := range s.systems {
			if system != "iphone" && system != "ipad" && system != "android" {
				return false
			}
			named = true
		}
	}
	return named
}

// travel is the least time from one side to another, in milliseconds; 0 within a country and to its neighbours.
func (d *detector) travel(a, b *side) int64 {
	if a.country == b.country || a.country == "" || b.country == "" {
		return 0
	}
	km, _, ok := geo.Distance(geo.Place{Country: a.country}, geo.Place{Country: b.country})
	switch {
	case !ok:
		return airports.Milliseconds()
	case km <= float64(d.MinKM):
		return 0
	case km < flight:
		return int64(km / speed)
	}
	return int64(km/speed) + airports.Milliseconds()
}

// fewPeople are so few that nothing can be told of a way out that they share.
const fewPeople = 5

// waysOut are the rented networks that the owner's own computers go out by, as with a VPN that is on now and then: one of
// them logged on from there that is also seen elsewhere, or two sessions that began there a week apart came from a line of
// people, too. A thief has the one session that he stole.
func waysOut(t detect.Timeline, p *detect.Tenant) map[network]bool {
	type thing struct{ session, device activity.Symbol }
	rentedBy, athome := map[network]map[thing]int64{}, map[thing]bool{} // when first
	for row := range t.Rows {
		a := t.At(row)
		if a.Actor != t.Mailbox || a.IP == 0 || a.Result == activity.Failure {
			continue
		}
		at, ok := locate(a, p)
		if !ok {
			continue
		}
		things := []thing{{session: a.Session}, {device: p.Case.Get(a, activity.FieldDevice)}}
		for _, one := range things {
			if one == (thing{}) {
				continue
			}
			if !at.Place.Class.Rented() {
				athome[one] = true
				continue
			}
			n := networkOf(at)
			if rentedBy[n] == nil {
				rentedBy[n] = map[thing]int64{}
			}
			if _, known := rentedBy[n][one]; !known {
				rentedBy[n][one] = a.Time
			}
		}
	}
	ways := map[network]bool{}
	for n, things := range rentedBy {
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for one, at := range things {
			switch {
			case !athome[one]:
			case one.device != 0:
				ways[n] = true
			default:
				first, last = min(first, at), max(last, at)
			}
		}
		ways[n] = ways[n] || last > first && last-first >= week
	}
	return ways
}

// gateways are the rented networks by which people of the tenant share a way out. A case of few people cannot tell.
func gateways(p *detect.Tenant) map[network]bool {
	type key struct{}
	return detect.OnceInTenant(p, key{}, func() map[network]bool {
		shared, people := map[network]bool{}, map[activity.Symbol]bool{}
		names := map[activity.Symbol]*network{}
		for i := range p.Case.Activities {
			a := &p.Case.Activities[i]
			if a.IP == 0 || a.Lane != activity.Person || a.Mailbox != a.Actor || a.Result == activity.Failure {
				continue
			}
			people[a.Actor] = true
			n, known := names[a.IP]
			if !known {
				if at, ok := locate(a, p); ok && at.Place.Class.Rented() {
					one := networkOf(at)
					n = &one
				}
				names[a.IP] = n
			}
			if n != nil && !shared[*n] {
				shared[*n] = p.Context != nil && p.Context.Shared(uint32(i), a.Time)
			}
		}
		for n := range shared {
			shared[n] = shared[n] || len(people) < fewPeople
		}
		return shared
	})
}
