package geography

import (
	"net/netip"
	"slices"

	"triage/analyzers/detect"
)

// tenant is what all mailboxes together show of the tenant's ways out and countries. Nothing in it grows with the rows.
type tenant struct {
	// ways are the earliest days on which each user came from an address, at most sharedDays of them.
	ways map[netip.Addr]map[string][]int64
	// countries are the first two users of a country by name: whether somebody else was there needs no more.
	countries map[string][]string
	users     []string // the first two of all, likewise
}

// A way out of the tenant is an address that several people use on several days: GEO.md, step 6.
const (
	sharedPeople = 3
	sharedDays   = 3
)

// Profile says which addresses and countries the mailbox's person used, and on which days.
func (d *travel) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	out := &tenant{ways: map[netip.Addr]map[string][]int64{}, countries: map[string][]string{}}
	name := p.Case.Text(t.Mailbox)
	seen := journalOf(t, p)
	came := make([][]int64, len(seen.spots)) // the earliest days
	for at := range seen.about(d.rule, t, p) {
		day, days := dayOf(at.time), came[at.spot]
		if n := len(days); n == 0 || n < sharedDays && days[n-1] != day {
			came[at.spot] = append(days, day)
		}
	}
	for i, first := range came {
		if len(first) == 0 {
			continue // no activity that the rule is about
		}
		at := &seen.spots[i]
		if out.ways[at.Addr.IP] == nil {
			out.ways[at.Addr.IP] = map[string][]int64{}
		}
		days := out.ways[at.Addr.IP]
		days[name] = earliest(sharedDays, days[name], first...)
		if at.Place.Country != "" {
			out.countries[at.Place.Country] = []string{name}
		}
		out.users = []string{name}
	}
	return out
}

// earliest keeps the n lowest values, each once: whatever is merged in whatever order, the same ones stay.
func earliest[T int64 | string](n int, values []T, more ...T) []T {
	for _, v := range more {
		if at, found := slices.BinarySearch(values, v); !found {
			values = slices.Insert(slices.Clip(values), at, v)
		}
	}
	return values[:min(len(values), n)]
}

// Merge joins what two parts of the tenant know, in the first of them: a copy for each mailbox would cost more than
// the tenant has addresses.
func (d *travel) Merge(a, b detect.Partial) detect.Partial {
	to, _ := a.(*tenant)
	from, _ := b.(*tenant)
	if to == nil || from == nil {
		return to.or(from)
	}
	for ip, people := range from.ways {
		if to.ways[ip] == nil {
			to.ways[ip] = make(map[string][]int64, len(people))
		}
		for name, days := range people {
			to.ways[ip][name] = earliest(sharedDays, to.ways[ip][name], days...)
		}
	}
	for country, names := range from.countries {
		to.countries[country] = earliest(2, to.countries[country], names...)
	}
	to.users = earliest(2, to.users, from.users...)
	return to
}

func (t *tenant) or(other *tenant) *tenant {
	if t != nil {
		return t
	}
	return other
}

// shared says whether enough people used an address on enough days each.
func (t *tenant) shared(ip netip.Addr) bool {
	if t == nil {
		return false
	}
	people := 0
	for _, days := range t.ways[ip] {
		if len(days) >= sharedDays {
			people++
		}
	}
	return people >= sharedPeople
}

// only says that nobody but this user was in a country, in a tenant that has other users.
func (t *tenant) only(country, name string) bool {
	if t == nil || len(t.users) < 2 {
		return false
	}
	names := t.countries[country]
	return len(names) == 0 || len(names) == 1 && names[0] == name
}
