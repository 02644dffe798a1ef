// Package habit says what a case shows of its client: the tenant's own domains, where people work from, and the ways out that
// many of them share. It suggests what a responder asks the client about, and never what an intruder did.
package habit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers"
	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules"
)

const (
	leastDays     = 5  // that show a habit
	leastAccounts = 3  // that make a way out the organisation's
	mostListed    = 50 // of each kind
	dayLength     = 24 * 60 * 60 * 1000
)

// Of suggests what a pack of the engagement may say. The case has one tenant, or several: then all of them are the client's.
func Of(r *analyzers.Result) (domains, countries, gateways []rules.Suggestion) {
	u := &usual{accounts: map[string]*ownerHabit{}, addresses: map[string]*address{}, domains: map[string]int{}}
	for _, one := range r.Each() {
		for _, d := range one.Domains {
			u.domains[d] = 0
		}
		u.read(one)
	}
	return u.ownDomains(), u.homes(), u.gateways()
}

// usual is what the owners' acts show.
type usual struct {
	accounts  map[string]*ownerHabit
	addresses map[string]*address
	domains   map[string]int // accounts of each
}

// ownerHabit is what one account's owner shows, by day.
type ownerHabit struct {
	days      map[int64]bool
	countries map[string]map[int64]bool
}

// address is what is seen of one address.
type address struct {
	accounts map[*ownerHabit]bool
	days     map[int64]bool
	country  string
	network  string
	foreign  bool // an act from there was not an owner's
	of       bool // its network can be an organisation's
}

func (u *usual) read(r *analyzers.Result) {
	t := &habitReader{usual: u, r: r, at: map[activity.Symbol]*address{}, box: map[activity.Symbol]*ownerHabit{}}
	for i := range r.Case.Activities {
		a := &r.Case.Activities[i]
		if a.Lane != activity.Person || a.IP == 0 || a.Flags&activity.Undated != 0 {
			continue
		}
		who := attribution.Nobody
		if r.Attribution != nil {
			who, _ = r.Attribution.Who(uint32(i))
		}
		t.act(a, who)
	}
	for i := range r.Mailboxes {
		_, domain, _ := strings.Cut(r.Mailboxes[i].Name, "@")
		if _, own := u.domains[domain]; own && r.Mailboxes[i].Lane == activity.Person {
			u.domains[domain]++
		}
	}
}

// habitReader reads one tenant's acts; each address and account is looked up once.
type habitReader struct {
	*usual
	r   *analyzers.Result
	at  map[activity.Symbol]*address // nil: not a client's
	box map[activity.Symbol]*ownerHabit
}

func (t *habitReader) act(a *activity.Activity, who attribution.Who) {
	at, known := t.at[a.IP]
	if !known {
		at = t.address(a.IP)
		t.at[a.IP] = at
	}
	switch {
	case at == nil:
		return
	case who == attribution.Attacker:
		at.foreign = true
		return
	case a.Result == activity.Failure: // nobody was there
		return
	case who == attribution.Undecided:
		at.foreign = true
		return
	}
	person := cmp.Or(a.Actor, a.Mailbox)
	box := t.box[person]
	if box == nil {
		box = t.account(t.r.Case.Text(person))
		t.box[person] = box
	}
	day := a.Time / dayLength
	at.accounts[box], at.days[day], box.days[day] = true, true, true
	if at.country != "" {
		if box.countries[at.country] == nil {
			box.countries[at.country] = map[int64]bool{}
		}
		box.countries[at.country][day] = true
	}
}

// address is what is known of an address; nil of one that is no client's.
func (t *habitReader) address(ip activity.Symbol) *address {
	if !verdict.ClientAddress(t.r.Places, ip) {
		return nil
	}
	place := func(f activity.Field) string { return t.r.Places.Field(ip, f) }
	name := cmp.Or(place(activity.FieldIP), t.r.Case.Text(ip))
	at := t.addresses[name]
	if at == nil {
		at = &address{
			accounts: map[*ownerHabit]bool{}, days: map[int64]bool{}, country: place(activity.FieldCountry),
			network: place(activity.FieldOrg), of: slices.Contains([]string{"", "eyeball", "sase"}, place(activity.FieldIPClass)),
		}
		t.addresses[name] = at
	}
	return at
}

func (u *usual) account(name string) *ownerHabit {
	box := u.accounts[name]
	if box == nil {
		box = &ownerHabit{days: map[int64]bool{}, countries: map[string]map[int64]bool{}}
		u.accounts[name] = box
	}
	return box
}

func (u *usual) ownDomains() (list []rules.Suggestion) {
	for d, n := range u.domains {
		list = append(list, rules.Suggestion{Value: d, Why: count(n, "mailbox", "mailboxes") + " of it in this case"})
	}
	slices.SortFunc(list, func(a, b rules.Suggestion) int {
		return cmp.Or(cmp.Compare(u.domains[b.Value], u.domains[a.Value]), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(len(list), mostListed)]
}

// homes are the countries from which an account works on at least half of its days: for everybody where a fifth of the
// accounts do, and more than one, else for that account alone.
func (u *usual) homes() (list []rules.Suggestion) {
	by := map[string][]string{} // accounts by country
	all := 0
	for name, box := range u.accounts {
		home := false
		for country, days := range box.countries {
			if len(days) >= leastDays && 2*len(days) >= len(box.days) {
				by[country], home = append(by[country], name), true
			}
		}
		if home {
			all++
		}
	}
	var single []rules.Suggestion
	for country, names := range by {
		if 5*len(names) >= all && (len(names) > 1 || all == 1) {
			list = append(list, rules.Suggestion{Value: country, Why: fmt.Sprintf("%d of %s, on at least half of their days", len(names), count(all, "account", "accounts"))})
			continue
		}
		for _, name := range names {
			box := u.accounts[name]
			single = append(single, rules.Suggestion{
				Mailbox: name, Value: country, Why: fmt.Sprintf("%d of its %s", len(box.countries[country]), count(len(box.days), "day", "days")),
			})
		}
	}
	order := func(a, b rules.Suggestion) int {
		return cmp.Or(cmp.Compare(len(by[b.Value]), len(by[a.Value])), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Mailbox, b.Mailbox))
	}
	slices.SortFunc(list, order)
	slices.SortFunc(single, order)
	list = append(list, single...)
	return list[:min(len(list), mostListed)]
}

// gateways are the addresses that several accounts' owners come from on several days, and nobody else.
func (u *usual) gateways() (list []rules.Suggestion) {
	for ip, at := range u.addresses {
		if at.of && !at.foreign && len(at.accounts) >= leastAccounts && len(at.days) >= leastDays && rules.IsNetwork(ip) {
			list = append(list, rules.Suggestion{Value: ip, Why: fmt.Sprintf("%d accounts on %d days; %s, %s", len(at.accounts), len(at.days), cmp.Or(at.country, "country not known"), cmp.Or(at.network, "network not known"))})
		}
	}
	slices.SortFunc(list, func(a, b rules.Suggestion) int {
		x, y := u.addresses[a.Value], u.addresses[b.Value]
		return cmp.Or(cmp.Compare(len(y.accounts), len(x.accounts)), cmp.Compare(len(y.days), len(x.days)), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(len(list), mostListed)]
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
