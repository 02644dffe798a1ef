package account

import (
	"slices"
	"strings"

	"triage/ingest/activity"
)

const whyContact = "a contact of the directory sends its mail there"

// contacts are the mail contacts and mail users that a log shows being made or changed: where what is sent to them goes, by
// what they are called. One that is changed has its old address, too: a rule stood while it did.
type contacts map[string][]activity.Symbol

// forwards gives what sends mail on to a name its address: that of a contact, which lies outside, or of the one account of
// the case that is called so. What nobody can name stays as it is written. Mail to a mail user's own address goes outside.
func (r *Register) forwards(known *learned) {
	c := r.c
	outside := r.contacts()
	told := map[[2]activity.Symbol]int{} // by name and address: one more than the index in r.sent
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Type != activity.RuleChange && a.Type != activity.ForwardingChange {
			continue
		}
		to, changed := r.targets(a, known, outside)
		if !changed {
			continue
		}
		var domains []activity.Symbol
		for _, t := range to {
			if text := c.Text(t.to); isAddress(text) {
				domains = append(domains, c.Symbols.InternString(text[strings.LastIndexByte(text, '@')+1:]))
			}
		}
		all := make([]activity.Symbol, len(to))
		for k, t := range to {
			all[k] = t.to
			if t.why == "" {
				continue
			}
			key := [2]activity.Symbol{t.name, t.to}
			if at := told[key]; at > 0 {
				r.sent[at-1].Rows++
				continue
			}
			r.sent = append(r.sent, activity.Alias{Name: t.name, Account: t.to, Why: t.why, Rows: 1, First: uint32(i)})
			told[key] = len(r.sent)
		}
		c.SetValues(a, activity.FieldForwardTo, all)
		c.SetValues(a, activity.FieldForwardDomain, domains)
	}
}

// target is where mail is sent on to, and the name that says so.
type target struct {
	name, to activity.Symbol
	why      string // why it is that address; "" where the record has it
}

// targets are where a record sends mail on to; changed says that it is more than the record says.
func (r *Register) targets(a *activity.Activity, known *learned, outside contacts) (to []target, changed bool) {
	for d := range r.c.Details(a) {
		if d.Key != activity.KeyOf(activity.FieldForwardTo) {
			continue
		}
		text := r.c.Text(d.Value)
		n := plain(strings.ToLower(text))
		if _, is := outside[n.text]; !is && strings.Contains(text, "/cn=") {
			if head, alias, ok := strings.Cut(n.text, "-"); ok && isHex(head) {
				n = bare(alias) // an id of another length
			}
		}
		found := outside[n.text]
		for _, address := range found {
			to = append(to, target{d.Value, address, whyContact})
		}
		why := ""
		account := activity.Symbol(0)
		if n.kind != address && text != activity.NoRecipient {
			account, why = known.account(&head{kind: n.kind, text: n.text}, strings.ToLower(text))
		}
		switch {
		case account != 0:
			to = append(to, target{d.Value, account, why})
		case len(found) == 0 || n.kind == address:
			to = append(to, target{name: d.Value, to: d.Value})
		}
		changed = changed || account != 0 || len(found) > 0
	}
	return to, changed
}

// contacts are those of the case, by each name that a record gives them.
func (r *Register) contacts() contacts {
	c := r.c
	name, at := c.Symbols.Find(activity.ContactName), c.Symbols.Find(activity.ContactAddress)
	all := contacts{}
	if name == 0 || at == 0 {
		return all
	}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Type != activity.AccountChange || a.Result == activity.Failure {
			continue
		}
		var to, names []activity.Symbol
		for d := range c.Details(a) {
			switch d.Key {
			case activity.DynamicKey(name):
				names = append(names, d.Value)
			case activity.DynamicKey(at):
				to = append(to, d.Value)
			}
		}
		for _, called := range names {
			key := plain(c.Text(called)).text
			for _, address := range to {
				if key != c.Text(address) && !slices.Contains(all[key], address) {
					all[key] = append(all[key], address)
				}
			}
		}
	}
	return all
}
