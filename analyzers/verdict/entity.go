package verdict

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// tally is an entity in the making.
type tally struct {
	entity    Entity
	row       uint32            // of the spelling that the entity's symbol is
	mailboxes []activity.Symbol // as they came, a few twice
}

// tallies collects entities of one kind by name.
type tallies struct {
	by  map[string]*tally
	all []*tally
}

func newTallies() *tallies { return &tallies{by: map[string]*tally{}} }

func (t *tallies) at(name string, sym activity.Symbol, row uint32) *tally {
	one := t.by[name]
	if one == nil {
		one = &tally{entity: Entity{Name: name, Symbol: sym}, row: row}
		t.by[name] = one
		t.all = append(t.all, one)
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

// concerns notes a mailbox; most calls repeat the one before, since activities come mailbox by mailbox.
func (t *tally) concerns(mailbox activity.Symbol) {
	if n := len(t.mailboxes); n == 0 || t.mailboxes[n-1] != mailbox {
		t.mailboxes = append(t.mailboxes, mailbox)
	}
}

// blame counts a finding towards an entity.
func (t *tally) blame(finding int, mailbox activity.Symbol) {
	if n := len(t.entity.Findings); n == 0 || t.entity.Findings[n-1] != finding {
		t.entity.Findings = append(t.entity.Findings, finding)
	}
	t.concerns(mailbox)
}

// entities scores what was tallied and puts it in order: score, then name.
func (e *collector) entities(all []*tally) []Entity {
	for _, one := range all {
		x := &one.entity
		if len(x.Findings) > 0 {
			x.Score, _ = score(e.findings, x.Findings)
		}
		x.Band = Band(x.Score)
		for _, m := range one.mailboxes {
			x.Mailboxes = append(x.Mailboxes, e.c.Text(m))
		}
		slices.Sort(x.Mailboxes)
		x.Mailboxes = slices.Compact(x.Mailboxes)
	}
	slices.SortFunc(all, func(a, b *tally) int {
		return cmp.Or(cmp.Compare(b.entity.Score, a.entity.Score), cmp.Compare(a.entity.Name, b.entity.Name))
	})
	list := make([]Entity, len(all))
	for i, one := range all {
		list[i] = one.entity
	}
	return list
}

// collector collects the case's addresses, sessions and messages. Every address and session that findings name is there,
// with all its activities; addresses without findings too, because "from where" is asked of the innocent as well.
type collector struct {
	verdictSource
	addresses, messages *tallies
	address             map[activity.Symbol]*tally // nil: it cannot be read
	sessions            []*tally
	session             []uint32 // by symbol: one more than the index in sessions, 0 = not there

	lastIP activity.Symbol // most activities repeat that of the one before
	atIP   *tally
}

// newCollector begins with what findings name.
func newCollector(in verdictSource) *collector {
	e := &collector{
		verdictSource: in, addresses: newTallies(), messages: newTallies(),
		address: map[activity.Symbol]*tally{}, session: make([]uint32, in.c.Symbols.Len()),
	}
	for i := range in.findings {
		e.blame(i)
	}
	return e
}

// at is the tally of an address; nil if it cannot be read. Of several spellings, the one that a finding names first or
// else the first in the case stands for the address in the result.
func (e *collector) at(ip activity.Symbol, row uint32) *tally {
	one, ok := e.address[ip]
	if !ok {
		if text := e.places.Field(ip, activity.FieldIP); text != "" {
			one = e.addresses.at(text, ip, row)
		}
		e.address[ip] = one
	}
	return one
}

// inSession is the tally of a session that a finding names.
func (e *collector) inSession(id activity.Symbol) *tally {
	if e.session[id] == 0 {
		e.sessions = append(e.sessions, &tally{entity: Entity{Name: e.c.Text(id), Symbol: id}})
		e.session[id] = uint32(len(e.sessions))
	}
	return e.sessions[e.session[id]-1]
}

// see counts an activity that has a time.
func (e *collector) see(a *activity.Activity, row uint32) {
	if a.IP != e.lastIP {
		e.lastIP, e.atIP = a.IP, nil
		if a.IP != 0 {
			e.atIP = e.at(a.IP, row)
		}
	}
	if e.atIP != nil {
		if row < e.atIP.row {
			e.atIP.row, e.atIP.entity.Symbol = row, a.IP
		}
		e.atIP.see(a)
	}
	if n := e.session[a.Session]; n != 0 {
		e.sessions[n-1].see(a)
	}
}

// blame counts one finding towards the addresses, sessions and messages of its evidence rows.
func (e *collector) blame(i int) {
	f := &e.findings[i]
	ofIP, ofSession := slices.Contains(f.Rule.Entities, "ip"), slices.Contains(f.Rule.Entities, "session")
	ofMessage := slices.Contains(f.Rule.Entities, "message")
	against := f.Against
	if against == nil {
		against = f.Evidence
	}
	for _, at := range against {
		a := &e.c.Activities[at]
		if ofIP && a.IP != 0 && ClientAddress(e.places, a.IP) {
			if one := e.at(a.IP, 0); one != nil {
				one.blame(i, f.Mailbox)
			}
		}
		if ofSession && a.Session != 0 {
			e.inSession(a.Session).blame(i, f.Mailbox)
		}
	}
	for _, at := range f.Evidence {
		if ofMessage {
			e.blameMessage(i, &e.c.Activities[at])
		}
	}
}

func (e *collector) blameMessage(i int, a *activity.Activity) {
	message, _ := e.c.Message(a)
	if message == nil {
		return
	}
	name := e.c.Text(e.c.Get(message, activity.FieldMessageID))
	if name == "" {
		name = e.c.Text(message.Item)
	}
	if name == "" {
		return
	}
	one := e.messages.at(name, message.Item, 0)
	if one.entity.Activities == 0 {
		one.see(message)
	}
	one.blame(i, e.findings[i].Mailbox)
}

// ClientAddress says whether an address can be an intruder's: not Microsoft's own, nor a private one.
func ClientAddress(places detect.Places, ip activity.Symbol) bool {
	class := places.Field(ip, activity.FieldIPClass)
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
