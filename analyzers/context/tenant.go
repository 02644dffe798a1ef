package context

import (
	"cmp"
	"slices"

	"triage/analyzers/presence"
	"triage/rules/detect"
)

// A line is a way out that people share from the day on which the fifth of them had been there: on three days each, with
// something (a device, a session, a program) that he shows elsewhere, too, or on most of his days. A day each is not
// enough: a café's line has as much. A phone's whole network is none, however many come from there. Where the passwords of
// five accounts failed that were never there, somebody guesses, and it is none.

// Tenant is what all accounts together show: which networks, countries and programs several of them have, and which lines
// are a way out that they share. It is made of one account after another, and parts of it merge in any order: it keeps the
// first names only, which is enough to count as far as it matters.
type Tenant struct {
	networks  map[uint32][]string
	countries map[string][]string
	programs  map[presence.Program][]string
	lines     map[presence.Line]*lineUsage
	rented    map[uint32][]string // networks of rented machines that accounts use with what is theirs
	settled   []string            // accounts that have a habit

	egress map[presence.Line]int32 // the first day on which a line had been shared long enough
}

// lineUsage is who uses a line.
type lineUsage struct {
	days  []cameOften // the first of them
	tried []string    // accounts that failed to log on from there and never did anything there
}

// cameOften says when an account had been at a line often enough.
type cameOften struct {
	day  int32
	name string
}

const (
	shareDays   = 3
	sharePeople = 5
	guessed     = 5 // accounts that failed from a line and were never there: somebody guesses
	enoughNames = 3 // the account that is judged, and two others
	enoughRent  = 4 // and three others
)

func networkKey(l *presence.Line) presence.Line {
	k := *l
	k.Address = presence.Line{}.Address
	return k
}

// add takes an account into the tenant, s are its sessions. It is added once and whole.
func (t *Tenant) add(table *presence.Table, a *presence.Account, s *sessions, name string) {
	if t.networks == nil {
		t.networks, t.countries = map[uint32][]string{}, map[string][]string{}
		t.programs, t.lines, t.rented = map[presence.Program][]string{}, map[presence.Line]*lineUsage{}, map[uint32][]string{}
	}
	if len(a.Active) < shareDays && !slices.ContainsFunc(a.Presences, func(p presence.Presence) bool { return p.Failed }) {
		return // too little to say anything of the tenant
	}
	h := newHabit(table, a, s)
	if len(a.Active) >= minDays {
		t.settled = detect.Lowest(minAccounts+1, t.settled, name)
		for value, seen := range h.networks {
			if value != 0 && h.old(seen) {
				t.networks[value] = detect.Lowest(enoughNames, t.networks[value], name)
			}
		}
		for value, seen := range h.countries {
			if value != "" && h.old(seen) {
				t.countries[value] = detect.Lowest(enoughNames, t.countries[value], name)
			}
		}
		for value, seen := range h.programs {
			if value != 0 && h.old(seen) {
				program := table.Programs[value]
				t.programs[program] = detect.Lowest(enoughNames, t.programs[program], name)
			}
		}
	}
	tied := h.tied()
	for number, seen := range h.lines {
		if line := &table.Lines[number]; line.Class.Rented() && tied[number] && seen.days.len() >= shareDays {
			t.rented[line.ASN] = detect.Lowest(enoughRent, t.rented[line.ASN], name)
		}
		lives := 2*seen.days.len() > len(a.Active)
		t.came(networkKey(&table.Lines[number]), seen, a, tied[number] || lives, name)
	}
}

// came notes how an account used a line. tied says that what it showed there it shows elsewhere, too, or that it is there
// on most days.
func (t *Tenant) came(line presence.Line, seen *sighted, a *presence.Account, tied bool, name string) {
	if !line.Net.IsValid() {
		return // a phone's network: half of the country comes out there, whoever else shares the tenant
	}
	often := tied && seen.days.len() >= shareDays
	tried := seen.failed && seen.days.len() == 0
	if !often && !tried {
		return
	}
	u := t.lines[line]
	if u == nil {
		u = &lineUsage{}
		t.lines[line] = u
	}
	if often {
		u.days = firstDays(u.days, cameOften{a.Active[seen.days.at(shareDays-1)], name})
	}
	if tried {
		u.tried = detect.Lowest(guessed, u.tried, name)
	}
}

// Merge joins two parts of a tenant that share no account; it uses the other up.
func (t *Tenant) Merge(other *Tenant) {
	t.settled = detect.Lowest(minAccounts+1, t.settled, other.settled...)
	t.networks = detect.LowestOfEach(enoughNames, t.networks, other.networks)
	t.countries = detect.LowestOfEach(enoughNames, t.countries, other.countries)
	t.programs = detect.LowestOfEach(enoughNames, t.programs, other.programs)
	t.rented = detect.LowestOfEach(enoughRent, t.rented, other.rented)
	if t.lines == nil {
		t.lines = other.lines
		return
	}
	for line, more := range other.lines {
		u := t.lines[line]
		if u == nil {
			t.lines[line] = more
			continue
		}
		u.days, u.tried = firstDays(u.days, more.days...), detect.Lowest(guessed, u.tried, more.tried...)
	}
}

// settle works out the shared ways out, once all accounts are in.
func (t *Tenant) settle() {
	t.egress = map[presence.Line]int32{}
	for line, u := range t.lines {
		if len(u.days) >= sharePeople && len(u.tried) < guessed {
			t.egress[line] = u.days[sharePeople-1].day
		}
	}
}

// shared says that a line is a way out that people of the tenant had shared before a day.
func (t *Tenant) shared(l *presence.Line, day int32) bool {
	since, ok := t.egress[networkKey(l)]
	return ok && since < day
}

// thin says that too few accounts have a habit to speak for another.
func (t *Tenant) thin(name string) bool { return others(t.settled, name) < minAccounts }

// others counts the names but for one.
func others(names []string, but string) int {
	if _, found := slices.BinarySearch(names, but); found {
		return len(names) - 1
	}
	return len(names)
}

// firstDays keeps the earliest accounts that make a line a shared one.
func firstDays(list []cameOften, more ...cameOften) []cameOften {
	for _, v := range more {
		at, found := slices.BinarySearchFunc(list, v, func(a, b cameOften) int {
			return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.name, b.name))
		})
		if !found && at < sharePeople {
			list = slices.Insert(slices.Clip(list), at, v)
		}
	}
	return list[:min(len(list), sharePeople)]
}
