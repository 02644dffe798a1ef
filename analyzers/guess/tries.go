package guess

import (
	"net/netip"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// try is one failed logon.
type try struct {
	index uint32 // in Case.Activities
	time  int64
	user  activity.Symbol
	agent activity.Symbol
	line  netip.Prefix
	none  bool // there is no such user
	turn  bool // the one before it was at another user
}

// group is all tries from one address, or with one program.
type group struct {
	values []string
	tries  []try // oldest first
	runs   []rungStretch
	last   map[triedBy]int64
}

// noSuchUser is Entra's code for a name that does not exist.
const noSuchUser = "50034"

// groups are the tries of each address or program at enough users for the least rung, in order of their first try. A try that
// two logs tell of is one.
func (d *detector) groups(list detect.Gathered, p *detect.Tenant) []*group {
	app := detect.ValueOf(activity.FieldAppID)
	code := detect.ValueOf(activity.FieldError)
	lines := lines{p: p, known: map[activity.Symbol]netip.Prefix{}}
	by := map[string]*group{}
	var order []*group
	for _, index := range list {
		a := &p.Case.Activities[index]
		at := lines.of(a.IP)
		if !at.IsValid() || a.Mailbox == 0 {
			continue
		}
		values := []string{lines.address(a.IP)}
		if d.By == byAgent {
			if values = []string{p.Case.Text(a.Agent), app.Text(a, p)}; values[0] == "" {
				continue
			}
		}
		key := strings.Join(values, "\x00")
		if by[key] == nil {
			by[key] = &group{values: values, last: map[triedBy]int64{}}
			order = append(order, by[key])
		}
		by[key].add(try{
			index: index, time: a.Time, user: a.Mailbox, agent: a.Agent, line: at, none: code.Text(a, p) == noSuchUser,
		})
	}
	least := 1 << 30
	for _, r := range d.Rungs {
		least = min(least, less(r.Users))
	}
	return slices.DeleteFunc(order, func(g *group) bool { return g.users() < least })
}

// add takes one more try, unless another log told it a moment ago: logs have a resolution of a second.
func (g *group) add(t try) {
	key := triedBy{t.user, t.line}
	if at, ok := g.last[key]; ok && t.time-at < 1000 {
		return
	}
	g.last[key] = t.time
	g.tries = append(g.tries, t)
}

// triedBy is what two records of one try have in common.
type triedBy struct {
	user activity.Symbol
	line netip.Prefix
}

func (g *group) users() int {
	seen := map[activity.Symbol]bool{}
	for i := range g.tries {
		seen[g.tries[i].user] = true
	}
	return len(seen)
}

// lines remembers which line an address is of.
type lines struct {
	p     *detect.Tenant
	known map[activity.Symbol]netip.Prefix
}

// address is one line's: of IPv6 its /64, within which addresses change by themselves.
func (l *lines) address(ip activity.Symbol) string {
	text := detect.ValueOf(activity.FieldIP).Text(&activity.Activity{IP: ip}, l.p)
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return text
}

// of is the /24 or /48 of an address; invalid where it is none, or private.
func (l *lines) of(ip activity.Symbol) netip.Prefix {
	at, ok := l.known[ip]
	if ok || ip == 0 {
		return at
	}
	addr, err := netip.ParseAddr(detect.ValueOf(activity.FieldIP).Text(&activity.Activity{IP: ip}, l.p))
	if err == nil && !addr.IsPrivate() && !addr.IsLoopback() {
		bits := 24
		if addr.Is6() {
			bits = 48
		}
		at = netip.PrefixFrom(addr, bits).Masked()
	}
	l.known[ip] = at
	return at
}
