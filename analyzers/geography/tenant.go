package geography

import (
	"net/netip"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// tenant is what all mailboxes together show of the tenant's ways out and countries. It grows with addresses and
// countries, not with rows or people. Of an empty part nothing is made: there may be a million.
type tenant struct {
	// ways are the first people, by name, who came from an address on sharedDays days: enough to say that it is shared.
	// A mailbox is profiled whole, so that no part knows only some of a person's days.
	ways map[netip.Addr][]string
	// countries are the first two users of a country by name: whether somebody else was there needs no more.
	countries map[string][]string
	users     []string // the first two of all, likewise
}

// A way out of the tenant is an address that several people use on several days.
const (
	sharedPeople = 3
	sharedDays   = 3
)

// Profile says which addresses the mailbox's person used on several days, and which countries at all.
func (d *travel) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	name := p.Case.Text(t.Mailbox)
	seen := journalOf(t, p)
	came := make([]int, len(seen.spots)) // days, as far as they matter
	last := make([]int64, len(seen.spots))
	for at := range seen.about(d.rule, t, p) {
		spot := seen.same[at.spot]
		if day := activity.Day(at.time); came[spot] == 0 || last[spot] != day {
			came[spot], last[spot] = came[spot]+1, day
		}
	}
	var out *tenant
	for i, days := range came {
		if days == 0 {
			continue // no activity that the rule is about
		}
		if out == nil {
			out = &tenant{users: []string{name}}
		}
		out.saw(&seen.spots[i], days, name)
	}
	if out == nil {
		return nil
	}
	return out
}

// saw notes that one person came from an address on so many days.
func (t *tenant) saw(at *geo.Located, days int, name string) {
	if days >= sharedDays {
		if t.ways == nil {
			t.ways = map[netip.Addr][]string{}
		}
		t.ways[at.Addr.IP] = []string{name}
	}
	if at.Place.Country != "" {
		if t.countries == nil {
			t.countries = map[string][]string{}
		}
		t.countries[at.Place.Country] = []string{name}
	}
}

// Merge joins what two parts of the tenant know, in one of them: a copy of both would cost more than what is new.
func (d *travel) Merge(a, b detect.Partial) detect.Partial {
	to, _ := a.(*tenant)
	from, _ := b.(*tenant)
	if to == nil || from == nil {
		return to.or(from)
	}
	to.ways = detect.LowestOfEach(sharedPeople, to.ways, from.ways)
	to.countries = detect.LowestOfEach(2, to.countries, from.countries)
	to.users = detect.Lowest(2, to.users, from.users...)
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
	return t != nil && len(t.ways[ip]) >= sharedPeople
}

// only says that nobody but this user was in a country, in a tenant that has other users.
func (t *tenant) only(country, name string) bool {
	if t == nil || len(t.users) < 2 {
		return false
	}
	names := t.countries[country]
	return len(names) == 0 || len(names) == 1 && names[0] == name
}
