package account

import "triage/ingest/activity"

// Register is what the accounts of a case are called.
type Register struct {
	c      *activity.Case
	abroad activity.Key // of the detail that says that whoever logged on may be no member
	at     []uint32     // by symbol, of those that the case had before: one more than the index of its head; 0: none yet
	heads  []head
	shown  map[string]activity.Symbol // accounts by display name; 0: several have it
	sent   []activity.Alias           // names that mail is sent on to, with the addresses that they stand for
}

// head is what became of a name.
type head struct {
	sym    activity.Symbol // the name in its records
	name   activity.Symbol // what it is written as
	before string          // the display name that stands before the address in it
	text   string          // what it says, where that is not the text itself: the alias in a path
	why    string          // why it is that account; "" where it is its own
	kind   nameKind
	rows   uint32 // activities that had the name
	first  uint32 // the first of them
}

// Why a name is an account's.
const (
	whySpelled = "the address is written in it"
	whyLink    = "whoever has the link, which no log tells"
	whyLocal   = "one account of the case has it before the @"
	whyID      = "a sign-in of the account has it as UserKey"
	whyShown   = "a record has it beside the address"
	whyListed  = "a listing of mailboxes, or a record of the service, gives the account this address, too"
	whyBeside  = "a record names the mailbox's owner, or the user of the directory, by both"
)

func newRegister(c *activity.Case) *Register {
	return &Register{c: c, abroad: activity.DynamicKey(c.Symbols.Find(activity.Abroad)), shown: map[string]activity.Symbol{}}
}

// Spell brings names that hold an address into the form of that address, so that the tenant's own people can be told from
// strangers. Who came by a sharing link, or is nobody known, is no person of the tenant. It is a pass of Builder.Case.
func Spell(c *activity.Case) *Register {
	r := newRegister(c)
	r.at = make([]uint32, c.Symbols.Len())
	for i := range c.Activities {
		a := &c.Activities[i]
		if ownerless(a) {
			continue
		}
		own, tells := a.Mailbox == a.Actor, r.tells(a)
		switch {
		case a.Lane == activity.Person:
			switch r.spell(&a.Actor, uint32(i), tells) {
			case link, nobody:
				a.Lane, a.ActorType = activity.Guest, activity.ActorGuest
			case machine:
				a.Lane = activity.System
			}
			if own {
				a.Mailbox = a.Actor
				continue
			}
		case own:
			continue // a service's own lane
		}
		r.spell(&a.Mailbox, uint32(i), tells)
	}
	return r
}

// ownerless says that a record names nobody: its mailbox is called after its export.
func ownerless(a *activity.Activity) bool { return a.Flags&activity.OwnerLess != 0 }

// tells says whether what a record calls people may be believed: whoever fails to log on types what he likes, and guests are
// called what their own tenants call them.
func (r *Register) tells(a *activity.Activity) bool {
	if a.Lane != activity.Person || a.ActorType == activity.ActorGuest {
		return false
	}
	if a.Type != activity.Logon {
		return true
	}
	_, abroad := r.c.Lookup(a, r.abroad)
	return a.Result == activity.Success && !abroad
}

// spell writes a name of one row in its plain form, and says what it is. tells is Register.tells of the row.
func (r *Register) spell(sym *activity.Symbol, row uint32, tells bool) nameKind {
	if *sym == 0 {
		return address
	}
	h := r.head(*sym)
	if h == nil {
		return address // one that spelling made
	}
	if tells && h.before != "" {
		put(r.shown, h.before, h.name)
	}
	if h.name != *sym {
		h.count(row)
		*sym = h.name
	}
	return h.kind
}

func (h *head) count(row uint32) {
	if h.rows == 0 {
		h.first = row
	}
	h.rows++
}

// head is what a name comes to; nil for one that the case had not before.
func (r *Register) head(sym activity.Symbol) *head {
	if int(sym) >= len(r.at) {
		return nil
	}
	if at := r.at[sym]; at > 0 {
		return &r.heads[at-1]
	}
	text := r.c.Text(sym)
	n := plain(text)
	r.heads = append(r.heads, head{sym: sym, name: sym, kind: n.kind, text: n.text})
	r.at[sym] = uint32(len(r.heads))
	h := &r.heads[len(r.heads)-1]
	switch n.kind {
	case address, link, nobody, machine:
		if n.text != text {
			h.name, h.why = r.c.Symbols.InternString(n.text), whySpelled
			if n.kind == nobody {
				h.why = whyLink
			}
		}
		h.before = shownBefore(text, n.text)
	}
	return h
}
