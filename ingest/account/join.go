package account

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// Join gives mailboxes and actors that a record names by alias, id or display name ("joey", "311b45d6-…") the user
// principal name that other records know them by, so that a person has one timeline. What stays unsettled is called
// unknown ([activity.UnknownName]). It is a pass of Builder.Case, after Spell and before messages are joined.
func (r *Register) Join() {
	known := r.learn()
	for i := range r.c.Activities {
		a := &r.c.Activities[i]
		if ownerless(a) {
			continue
		}
		own := a.Mailbox == a.Actor
		if a.Lane == activity.Service && a.ActorType <= activity.ActorAdmin && r.settle(&a.Actor, uint32(i), known, false) {
			a.Lane = activity.Person // a portal wrote a person's directory id for the name
		}
		if a.Lane == activity.Person {
			r.settle(&a.Actor, uint32(i), known, true)
		}
		if own {
			a.Mailbox = a.Actor
		} else {
			r.settle(&a.Mailbox, uint32(i), known, true)
		}
	}
	r.forwards(known)
	r.tell()
}

// settle gives a name of one row its account; must says that it is called unknown where it has none.
func (r *Register) settle(sym *activity.Symbol, row uint32, known *learned, must bool) bool {
	if *sym == 0 {
		return false
	}
	h := r.head(*sym)
	if h != nil && h.kind == address && h.why == "" {
		if full := known.proxies[h.text]; full != 0 {
			h.name, h.why = full, whyListed
		}
	}
	if h == nil || h.kind != short && h.kind != id && h.kind != display && h.why != whyListed {
		return false
	}
	if h.why == "" {
		h.name, h.why = known.account(h, r.c.Text(h.sym))
		if h.name == 0 {
			h.name, h.why = r.c.Symbols.InternString(activity.UnknownName(h.text)), whyNot
		}
	}
	if h.why == whyNot && !must {
		return false
	}
	h.count(row)
	*sym = h.name
	return h.why != whyNot
}

const whyNot = "nothing"

// learned are accounts by what else they are called; 0 where two share a name.
type learned struct {
	local, id, shown map[string]activity.Symbol
	beside           map[string]activity.Symbol // by what records call an account beside its own name: ids, distinguished names
	proxies          map[string]activity.Symbol // by further addresses that a listing gives a mailbox
}

// account is whose a name is, which stands in the log as text.
func (l *learned) account(h *head, text string) (activity.Symbol, string) {
	if full := l.beside[text]; full != 0 && strings.HasPrefix(text, legacy) {
		return full, whyBeside
	}
	by, why := l.local, whyLocal
	switch h.kind {
	case id:
		by, why = l.id, whyID
	case display:
		return l.shown[h.text], whyShown
	}
	full := by[h.text]
	if other, ok := l.beside[h.text]; ok {
		if _, both := by[h.text]; both && full != other {
			return 0, whyBeside
		}
		return other, whyBeside
	}
	if full == 0 && h.kind == short {
		return l.shown[h.text], whyShown
	}
	return full, why
}

// learn collects what the people of the case are called.
func (r *Register) learn() *learned {
	c := r.c
	l := &learned{local: map[string]activity.Symbol{}, id: map[string]activity.Symbol{}, shown: r.shown, beside: map[string]activity.Symbol{}}
	l.besides(c)
	l.addresses(c)
	key := activity.DynamicKey(c.Symbols.Find("raw.userkey"))
	seen := make([]bool, c.Symbols.Len())
	person := func(name activity.Symbol) {
		if seen[name] {
			return
		}
		seen[name] = true
		if text := c.Text(name); isAddress(text) {
			local, _, _ := strings.Cut(text, "@")
			put(l.local, local, name)
		}
	}
	for i := range c.Activities {
		a := &c.Activities[i]
		if !r.tells(a) {
			continue
		}
		person(a.Mailbox)
		person(a.Actor)
		if !isAddress(c.Text(a.Actor)) {
			continue
		}
		switch a.Type {
		case activity.Logon:
			if value, ok := c.Lookup(a, key); ok {
				put(l.id, bare(strings.ToLower(c.Text(value))).text, a.Actor)
			}
		case activity.RuleChange:
			// One's own rule is called after oneself, `Anna Able\Invoices`: by the service where it is made, later by whoever asks.
			if a.Mailbox == a.Actor && strings.EqualFold(c.Text(a.Op), "New-InboxRule") {
				if owner, _, ok := strings.Cut(strings.ToLower(c.Text(c.Get(a, activity.FieldObject))), `\`); ok && !isAddress(owner) {
					put(l.shown, bare(owner).text, a.Actor)
				}
			}
		}
	}
	return l
}

// legacy begins a legacy distinguished name.
const legacy = "/o="

// besides takes what single records call accounts: first what stands beside an address, then what stands beside a name that
// is settled so, until no more is.
func (l *learned) besides(c *activity.Case) {
	for {
		found := map[string]activity.Symbol{}
		for _, one := range c.Called {
			account := one.Account
			if text := c.Text(account); !isAddress(text) {
				account = l.beside[bare(text).text]
			} else if len(l.beside) > 0 {
				continue // the first time
			}
			if account == 0 {
				continue
			}
			for _, key := range lookupForms(c.Text(one.Name)) {
				if _, known := l.beside[key]; !known {
					put(found, key, account)
				}
			}
		}
		if len(found) == 0 {
			return
		}
		maps.Copy(l.beside, found)
	}
}

// addresses takes the further addresses of mailboxes. One that is itself a mailbox of the listing, or of two, is nobody's other
// name.
func (l *learned) addresses(c *activity.Case) {
	own := map[string]bool{}
	for _, one := range c.Called {
		name := c.Text(one.Name)
		if own[c.Text(one.Account)] = true; !isAddress(name) || !isAddress(c.Text(one.Account)) {
			continue
		}
		if l.proxies == nil {
			l.proxies = map[string]activity.Symbol{}
		}
		put(l.proxies, name, one.Account)
	}
	maps.DeleteFunc(l.proxies, func(name string, _ activity.Symbol) bool { return own[name] })
}

// lookupForms are the forms in which a name is looked for that stands beside another one. A display name settles nothing.
func lookupForms(text string) []string {
	switch n := bare(text); {
	case n.kind == short && strings.HasPrefix(text, legacy):
		return []string{n.text, text}
	case n.kind == short || n.kind == id:
		return []string{n.text}
	}
	return nil
}

// put notes an account under a name; 0 where another has it.
func put(by map[string]activity.Symbol, name string, account activity.Symbol) {
	if old, ok := by[name]; ok && old != account {
		account = 0
	}
	if name != "" {
		by[name] = account
	}
}

// shownBefore is the display name in "Anna Able <anna@contoso.com>".
func shownBefore(text, address string) string {
	if i := strings.LastIndexByte(text, '<'); i > 0 && strings.HasSuffix(text, ">") {
		if name := unquoted(text[:i]); name != address {
			return name
		}
	}
	return ""
}

// tell leaves in the case which names were joined, and why.
func (r *Register) tell() {
	all := r.sent
	for i := range r.heads {
		if h := &r.heads[i]; h.rows > 0 && h.why != whyNot {
			all = append(all, activity.Alias{Name: h.sym, Account: h.name, Why: h.why, Rows: int(h.rows), First: h.first})
		}
	}
	text := r.c.Text
	slices.SortFunc(all, func(x, y activity.Alias) int {
		return cmp.Or(cmp.Compare(text(x.Account), text(y.Account)), cmp.Compare(text(x.Name), text(y.Name)), cmp.Compare(x.First, y.First))
	})
	for _, x := range all {
		last := len(r.c.Aliases) - 1
		if last >= 0 && r.c.Aliases[last].Account == x.Account && r.c.Aliases[last].Name == x.Name {
			r.c.Aliases[last].Rows += x.Rows // one that acts, and that mail is sent on to
			continue
		}
		r.c.Aliases = append(r.c.Aliases, x)
	}
}
