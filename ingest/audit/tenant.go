package audit

import (
	"slices"
	"strings"

	"triage/ingest/activity"
)

// TenantDomains are the domains of the tenant's own people, in lower case and order: those of the owners of Exchange
// mailboxes and of whoever ran an Exchange cmdlet. Sign-ins and file activities do not count, because guests have them
// too; failed logons could name anybody. Nor do partners and guests.
func TenantDomains(c *activity.Case) []string {
	if !c.From(activity.SourceAudit) {
		return nil
	}
	seen := map[string]bool{}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Lane != activity.Person || a.ActorType == activity.ActorPartnerTechnician || a.ActorType == activity.ActorGuest ||
			c.Text(c.Get(a, activity.FieldWorkload)) != "Exchange" {
			continue
		}
		for _, name := range [2]activity.Symbol{a.Mailbox, a.Actor} {
			if _, domain, ok := strings.Cut(c.Text(name), "@"); ok && domain != "" && !strings.Contains(domain, "@") {
				seen[domain] = true
			}
		}
	}
	domains := make([]string, 0, len(seen))
	for d := range seen {
		domains = append(domains, d)
	}
	slices.Sort(domains)
	return domains
}

// ResolveNames gives mailboxes and actors that one record names by alias or directory id ("joey", "311b45d6-…") the
// user principal name that other records know them by, so that a person has one timeline. An alias is settled by the
// local part of exactly one known name, a directory id by the UserKey of that person's sign-ins. What stays unknown
// stays as it is. It is a pass of Builder.Case, before messages are joined; it returns how many names it settled.
func ResolveNames(c *activity.Case) int {
	known := knownNames(c)
	if len(known) == 0 {
		return 0
	}
	settled := 0
	resolve := func(name *activity.Symbol) bool {
		full := known[*name]
		if full == 0 {
			return false
		}
		*name = full
		settled++
		return true
	}
	for i := range c.Activities {
		a := &c.Activities[i]
		resolve(&a.Mailbox)
		if a.Lane == activity.Service && a.ActorType <= activity.ActorAdmin && resolve(&a.Actor) {
			a.Lane = activity.Person // a portal wrote a person's directory id for the name
		}
	}
	return settled
}

// knownNames are full names by alias and by directory id, of those that the case's activities hold.
func knownNames(c *activity.Case) map[activity.Symbol]activity.Symbol {
	l := learner{c: c, full: map[string]activity.Symbol{}, people: map[activity.Symbol]bool{}}
	key := activity.DynamicKey(c.Symbols.Find("raw.userkey"))
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Lane != activity.Person || a.Type == activity.Logon && a.Result != activity.Success {
			continue // a failed logon may name anybody
		}
		l.person(a.Mailbox)
		l.person(a.Actor)
		if a.Type == activity.Logon && strings.Contains(c.Text(a.Actor), "@") {
			if id, ok := c.Lookup(a, key); ok {
				l.learn(strings.ToLower(c.Text(id)), a.Actor)
			}
		}
	}
	known := map[activity.Symbol]activity.Symbol{}
	for short, full := range l.full {
		if sym := c.Symbols.Find(short); sym != 0 && full != 0 {
			known[sym] = full
		}
	}
	return known
}

// learner collects full names by what else they are called; 0 where two people share a name.
type learner struct {
	c      *activity.Case
	full   map[string]activity.Symbol
	people map[activity.Symbol]bool // names seen
	last   activity.Symbol          // most activities repeat the name before
}

func (l *learner) person(name activity.Symbol) {
	if name == l.last || l.people[name] {
		return
	}
	l.last, l.people[name] = name, true
	if local, _, ok := strings.Cut(l.c.Text(name), "@"); ok {
		l.learn(local, name)
	}
}

func (l *learner) learn(short string, full activity.Symbol) {
	if old, ok := l.full[short]; ok && old != full {
		full = 0
	}
	if short != "" && !strings.Contains(short, "@") {
		l.full[short] = full
	}
}
