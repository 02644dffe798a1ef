package geography

import (
	"net/netip"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// An address is the tenant's office, or its way out, if so many people come from it on so many days each. A rented
// machine is none: an intruder's server sees many people, too.
const (
	officePeople = 5
	officeDays   = 3
)

// offices are the tenant's, with how many people come from each.
func offices(p *detect.Tenant) map[netip.Addr]int {
	type key struct{}
	return detect.OnceInTenant(p, key{}, func() map[netip.Addr]int {
		type who struct {
			at     netip.Addr
			person activity.Symbol
		}
		type came struct {
			days int
			last int64
		}
		seen := map[who]*came{}
		addresses := map[activity.Symbol]netip.Addr{}
		count := map[netip.Addr]int{}
		for i := range p.Case.Activities {
			a := &p.Case.Activities[i]
			if a.Mailbox != a.Actor || a.Lane != activity.Person || a.Flags&activity.Undated != 0 || !shows(a) {
				continue
			}
			at, known := addresses[a.IP]
			if !known {
				if l := p.Places.At(a.IP); l.Place.Class.Home() {
					at = l.Addr.IP
				}
				addresses[a.IP] = at
			}
			if !at.IsValid() {
				continue
			}
			c := seen[who{at, a.Actor}]
			if c == nil {
				c = &came{last: -1}
				seen[who{at, a.Actor}] = c
			}
			if day := activity.Day(a.Time); day != c.last {
				if c.days, c.last = c.days+1, day; c.days == officeDays {
					count[at]++
				}
			}
		}
		for at, n := range count {
			if n < officePeople {
				delete(count, at)
			}
		}
		return count
	})
}

// office is how many people come from the addresses of the rows, at least; 0 where one of them is no office.
func office(t detect.Timeline, p *detect.Tenant, rows []int) int {
	all, spots := offices(p), newSpots(p)
	least := 0
	for _, row := range rows {
		n := all[spots.of(t.At(row).IP).Addr.IP]
		if n == 0 {
			return 0
		}
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}
