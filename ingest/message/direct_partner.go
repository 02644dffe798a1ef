package message

import (
	"slices"
	"strings"

	"triage/ingest/activity"
)

// A trace that was asked for one partner has that partner at one end of every message, and the tenant at the other one of
// nearly every message: counting ends would take the partner for the tenant.

// rivals are the two domains at the ends of most messages, where the second is at half as many as the first at least.
func (m *messagesLeft) rivals() (first, second domain, close bool) {
	for _, d := range m.domains[min(1, len(m.domains)):] {
		switch {
		case d.left > first.left || d.left == first.left && d.name < first.name:
			first, second = d, first
		case d.left > second.left || d.left == second.left && d.name < second.name:
			second = d
		}
	}
	return first, second, second.left > 0 && 2*second.left >= first.left
}

// between decides whose trace it is of two domains at the ends of most messages. Settled and none says that nothing tells;
// not settled, that it is no question of the two.
func between(c *activity.Case, traced []int, known map[string]bool) (own []string, settled bool) {
	left := unknownOf(c, traced, known)
	first, second, close := left.rivals()
	if !close {
		return nil, false
	}
	b := ballot{c: c, first: first.name, second: second.name, votes: map[string]int{}}
	b.count(traced, known)
	x, y := b.votes[first.name], b.votes[second.name]
	switch {
	case x == 0 && y == 0:
		return nil, true // every message of the one is the other's as well
	case x > y && first.left > second.left, x == y:
		return nil, false // the count of ends says the same
	case x > y:
		return []string{first.name}, true
	}
	own = append(own, second.name)
	for name, n := range b.votes {
		if n > 0 && name != first.name && name != second.name {
			own = append(own, name)
		}
	}
	slices.Sort(own)
	return own, true
}

// ballot counts what only the tenant's own domain can show.
type ballot struct {
	c             *activity.Case
	first, second string
	votes         map[string]int // by domain
}

func (b *ballot) count(traced []int, known map[string]bool) {
	c := b.c
	shared := map[activity.Symbol]bool{} // messages that have the one at one end and the other at the other
	for _, i := range traced {
		if e := endsOf(c, i); e.has(b.first) && e.has(b.second) {
			shared[c.Get(&c.Activities[i], activity.FieldMessageID)] = true
		}
	}
	status, toIP := c.Symbols.Find("params.status"), c.Symbols.Find("params.toip")
	for _, i := range traced {
		a, e := &c.Activities[i], endsOf(c, i)
		if known[e[0]] || known[e[1]] {
			continue
		}
		// A list is expanded, an address resolved and a message redirected where its recipient is.
		switch word, _ := c.Lookup(a, activity.DynamicKey(status)); strings.ToLower(c.Text(word)) {
		case "expanded", "resolved", "redirected":
			b.vote(e[0])
		}
		// ToIP is blank for what comes in (Get-MessageTraceV2). What is redirected has a stranger's sender.
		if ip, ok := c.Lookup(a, activity.DynamicKey(toIP)); ok && c.Text(ip) != "" && e.has(b.first) && e.has(b.second) {
			b.vote(e[1])
		}
		switch {
		case e[0] == e[1]:
			if e.has(b.first) || e.has(b.second) {
				b.vote(e[0])
			}
		case e.has(b.first) == e.has(b.second):
		case e[0] == b.first || e[0] == b.second:
			b.vote(e[0]) // from somebody else: a trace of the other's would not show it
		case !shared[c.Get(a, activity.FieldMessageID)]:
			b.vote(e[1]) // nor to somebody else, but for what a rule redirects
		}
	}
	b.logons()
}

func (b *ballot) vote(name string) {
	if strings.Contains(name, ".") && !activity.PublicMail(name) {
		b.votes[name]++
	}
}

// logons votes once for each of the two whose people logged on.
func (b *ballot) logons() {
	seen := map[string]bool{}
	abroad := activity.DynamicKey(b.c.Symbols.Find(activity.Abroad))
	for i := range b.c.Activities {
		a := &b.c.Activities[i]
		if a.Type != activity.Logon || a.Result != activity.Success || a.Lane != activity.Person || a.ActorType == activity.ActorGuest {
			continue
		}
		name := domainOf(b.c.Text(a.Actor))
		if _, other := b.c.Lookup(a, abroad); other {
			continue
		}
		if (name == b.first || name == b.second) && !seen[name] {
			seen[name] = true
			b.vote(name)
		}
	}
}

func (e ends) has(name string) bool { return e[0] == name || e[1] == name }
