package guess

import (
	"net/netip"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// knowledge is who succeeded from the groups' lines and with their programs, and when.
type knowledge struct {
	least int // days that make something known to its user
	lines map[netip.Prefix]map[activity.Symbol]*success
	with  map[activity.Symbol]map[activity.Symbol]*success // by agent
}

// success is one user's from one line, or with one program.
type success struct {
	days []int64 // ascending
	at   []login
}

// login is one successful logon.
type login struct {
	time  int64
	index uint32
}

// known reads the successes once, of the addresses and programs of the groups only.
func (d *detector) known(groups []*group, p *detect.Tenant) *knowledge {
	k := &knowledge{
		least: d.MinDays, lines: map[netip.Prefix]map[activity.Symbol]*success{}, with: map[activity.Symbol]map[activity.Symbol]*success{},
	}
	for _, g := range groups {
		for _, t := range g.tries {
			k.lines[t.line] = map[activity.Symbol]*success{}
			if t.agent != 0 {
				k.with[t.agent] = map[activity.Symbol]*success{}
			}
		}
	}
	where := lines{p: p, known: map[activity.Symbol]netip.Prefix{}}
	for i := range p.Case.Activities {
		a := &p.Case.Activities[i]
		if a.Mailbox != a.Actor || a.Lane != activity.Person || a.IP == 0 || a.Flags&activity.Undated != 0 || !succeeded(a) {
			continue
		}
		if of := k.lines[where.of(a.IP)]; of != nil {
			addSuccess(of, a, uint32(i))
		}
		if of := k.with[a.Agent]; of != nil {
			addSuccess(of, a, uint32(i))
		}
	}
	return k
}

// succeeded says that an act shows its user let in: a logon with success, or anything else that did not fail.
func succeeded(a *activity.Activity) bool {
	return a.Result == activity.Success || a.Type != activity.Logon && a.Result != activity.Failure
}

func addSuccess(of map[activity.Symbol]*success, a *activity.Activity, index uint32) {
	s := of[a.Mailbox]
	if s == nil {
		s = &success{}
		of[a.Mailbox] = s
	}
	if day := activity.Day(a.Time); len(s.days) == 0 || s.days[len(s.days)-1] < day {
		s.days = append(s.days, day)
	}
	if a.Type == activity.Logon {
		s.at = append(s.at, login{a.Time, index})
	}
}

// before is how many days with a success a user had before the day of a time.
func (s *success) before(ms int64) int {
	if s == nil {
		return 0
	}
	n, _ := slices.BinarySearch(s.days, activity.Day(ms))
	return n
}

// home says that the line of a try is one that its user, or the tenant, knew then.
func (k *knowledge) home(t *try, p *detect.Tenant) bool {
	return k.lines[t.line][t.user].before(t.time) >= k.least || p.Context != nil && p.Context.Shared(t.index, t.time)
}

// strange are the tries of a group that come from where their user is not known; in a group by program, with a program
// that is not the user's either.
func (k *knowledge) strange(g *group, byAgent bool, p *detect.Tenant) []try {
	return slices.DeleteFunc(g.tries, func(t try) bool {
		return byAgent && k.with[t.agent][t.user].before(t.time) >= k.least || k.home(&t, p)
	})
}
