package analyzers

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
)

// tally is an entity in the making.
type tally struct {
	entity    Entity
	mailbox   activity.Symbol          // the last one counted
	mailboxes map[activity.Symbol]bool // all
}

// tallies collects entities of one kind by name.
type tallies struct {
	c  *activity.Case
	by map[string]*tally
}

func newTallies(c *activity.Case) *tallies { return &tallies{c, map[string]*tally{}} }

func (t *tallies) at(name string, sym activity.Symbol) *tally {
	one := t.by[name]
	if one == nil {
		one = &tally{entity: Entity{Name: name, Symbol: sym}}
		t.by[name] = one
	}
	return one
}

// see counts an activity towards an entity.
func (t *tally) see(a *activity.Activity) {
	e := &t.entity
	if e.Activities == 0 || a.Time < e.First {
		e.First = a.Time
	}
	if e.Activities == 0 || a.Time > e.Last {
		e.Last = a.Time
	}
	e.Activities++
	t.concerns(a.Mailbox)
}

// concerns notes a mailbox; most calls repeat the one before.
func (t *tally) concerns(mailbox activity.Symbol) {
	if t.mailbox == mailbox && t.mailboxes != nil {
		return
	}
	if t.mailboxes == nil {
		t.mailboxes = map[activity.Symbol]bool{}
	}
	t.mailbox, t.mailboxes[mailbox] = mailbox, true
}

// blame counts a finding towards an entity.
func (t *tally) blame(finding int, mailbox activity.Symbol) {
	if n := len(t.entity.Findings); n == 0 || t.entity.Findings[n-1] != finding {
		t.entity.Findings = append(t.entity.Findings, finding)
	}
	t.concerns(mailbox)
}

// list scores the entities and puts them in order: score, then name.
func (t *tallies) list(all []Finding) []Entity {
	list := make([]Entity, 0, len(t.by))
	for _, one := range t.by {
		e := one.entity
		e.Score, _ = score(all, e.Findings)
		e.Band = Band(e.Score)
		for m := range one.mailboxes {
			e.Mailboxes = append(e.Mailboxes, t.c.Text(m))
		}
		slices.Sort(e.Mailboxes)
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// entities fills the result's addresses, sessions and messages. Every address and session that findings name is there,
// with all its activities; addresses without findings too, because "from where" is asked of the innocent as well.
func (r *Result) entities() {
	addresses, sessions, messages := newTallies(r.Case), newTallies(r.Case), newTallies(r.Case)
	name := map[activity.Symbol]*tally{}
	address := func(ip activity.Symbol) *tally {
		one, ok := name[ip]
		if !ok {
			if text := r.Places.Field(ip, activity.FieldIP); text != "" {
				one = addresses.at(text, ip)
			}
			name[ip] = one
		}
		return one
	}
	for i := range r.Findings {
		r.blame(i, address, sessions, messages)
	}
	for i := range r.Case.Activities {
		a := &r.Case.Activities[i]
		if a.Flags&activity.Undated != 0 {
			continue
		}
		if a.IP != 0 {
			if one := address(a.IP); one != nil {
				one.see(a)
			}
		}
		if a.Session != 0 && len(sessions.by) > 0 {
			if one := sessions.by[r.Case.Text(a.Session)]; one != nil {
				one.see(a)
			}
		}
	}
	r.Addresses, r.Sessions, r.Messages = addresses.list(r.Findings), sessions.list(r.Findings), messages.list(r.Findings)
}

// blame counts one finding towards the addresses, sessions and messages of its evidence rows.
func (r *Result) blame(i int, address func(activity.Symbol) *tally, sessions, messages *tallies) {
	f := &r.Findings[i]
	ofIP, ofSession := slices.Contains(f.Rule.Entities, "ip"), slices.Contains(f.Rule.Entities, "session")
	ofMessage := slices.Contains(f.Rule.Entities, "message")
	against := f.Against
	if against == nil {
		against = f.Evidence
	}
	for _, at := range against {
		a := &r.Case.Activities[at]
		if ofIP && a.IP != 0 && r.clientAddress(a.IP) {
			if one := address(a.IP); one != nil {
				one.blame(i, f.Mailbox)
			}
		}
		if ofSession && a.Session != 0 {
			sessions.at(r.Case.Text(a.Session), a.Session).blame(i, f.Mailbox)
		}
	}
	for _, at := range f.Evidence {
		if ofMessage {
			r.blameMessage(i, &r.Case.Activities[at], messages)
		}
	}
}

func (r *Result) blameMessage(i int, a *activity.Activity, messages *tallies) {
	message, _ := r.Case.Message(a)
	if message == nil {
		return
	}
	name := r.Case.Text(r.Case.Get(message, activity.FieldMessageID))
	if name == "" {
		name = r.Case.Text(message.Item)
	}
	if name == "" {
		return
	}
	one := messages.at(name, message.Item)
	if one.entity.Activities == 0 {
		one.see(message)
	}
	one.blame(i, r.Findings[i].Mailbox)
}

// clientAddress says whether an address can be an intruder's: not Microsoft's own, nor a private one.
func (r *Result) clientAddress(ip activity.Symbol) bool {
	class := r.Places.Field(ip, activity.FieldIPClass)
	return class != "ms_service" && class != "private"
}

// findingsByMailbox are the indexes of each mailbox's findings.
func findingsByMailbox(all []Finding) map[activity.Symbol][]int {
	by := map[activity.Symbol][]int{}
	for i := range all {
		by[all[i].Mailbox] = append(by[all[i].Mailbox], i)
	}
	return by
}
