package campaign

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"

	"triage/analyzers/verdict"
	"triage/ingest/account"
	"triage/ingest/activity"
)

// Spread is one mailbox's messages to another of the tenant while an intruder was in the first.
type Spread struct {
	From, To  activity.Symbol
	Time      int64 // of the first of these messages, milliseconds since 1970 UTC
	Messages  int
	MessageID string // of the first; "" where the data do not say
	Subject   string
	How       string // how the way is known: message_id, recipients, or sender (a name that can be forged)
	Intruder  bool   // the sending's address or session is one that findings speak against; false: the data do not say who sent it
	Rows      []uint32
	MoreRows  int   // rows beyond those listed
	Findings  []int // speaking findings of the receiver afterwards; empty: none (yet)
	After     int64 // milliseconds from the message to the first of them

	seen     map[uint32]bool // sendings counted
	cited    map[uint32]bool // rows
	followed int             // how many findings there are afterwards
}

const (
	// afterwards: password-stealing mail is opened within days; a finding months later says nothing about it.
	afterwards    = int64(14 * 24 * time.Hour / time.Millisecond)
	maxSpread     = 100
	maxSpreadRows = 20
)

// sent is a sending from a mailbox while findings show somebody in it.
type sent struct {
	from     activity.Symbol
	row      uint32
	intruder bool
}

// spreadsOf looks for messages from taken mailboxes to others of the tenant.
func spreadsOf(s *inquiry) (list []Spread, more int) {
	edges := map[[2]activity.Symbol]*Spread{}
	byID := map[activity.Symbol]sent{}
	knows := map[activity.Symbol]bool{} // mailboxes whose own log of sendings is in the data
	for _, i := range slices.Sorted(maps.Values(s.people)) {
		box := &s.src.Mailboxes[i]
		for _, one := range sendings(s, box, knows) {
			a := &s.src.Case.Activities[one.row]
			for id := range s.src.Case.Messages(a) {
				if _, ok := byID[id]; !ok {
					byID[id] = one
				}
			}
			for _, to := range boxRecipients(s, a) {
				edge(s, edges, one, to, one.row, "recipients")
			}
		}
	}
	deliveries(s, edges, byID, knows)
	return settleSpread(s, edges)
}

// sendings are what left a mailbox in its window, but for what was sent from an address or session that no finding
// speaks against. A message trace knows no address: its rows go by what another log says of the same message.
func sendings(s *inquiry, box *verdict.Mailbox, knows map[activity.Symbol]bool) []sent {
	if box.Window == nil {
		return nil
	}
	c := s.src.Case
	var out []sent
	who := map[activity.Symbol]bool{} // by message id: the intruder's or not
	line := box.Timeline
	from := sort.Search(len(line.Rows), func(i int) bool { return line.At(i).Time >= box.Window.First })
	for i, row := range line.Rows[from:] {
		a := line.At(from + i)
		if a.Time > box.Window.Last {
			break
		}
		if a.Type != activity.Send || row.ActorCopy() || a.Result == activity.Failure {
			continue
		}
		if c.Inputs[a.File].Source != activity.SourceTrace {
			knows[box.Symbol] = true
		}
		intruder, known := intruders(s, box.Symbol, a)
		if known {
			for id := range c.Messages(a) {
				who[id] = who[id] || intruder
			}
		}
		if intruder || !known {
			out = append(out, sent{box.Symbol, row.Index(), intruder})
		}
	}
	kept := out[:0]
	for _, one := range out {
		yes, known := who[c.Get(&c.Activities[one.row], activity.FieldMessageID)]
		if known && !yes {
			continue
		}
		one.intruder = one.intruder || yes
		kept = append(kept, one)
	}
	return kept
}

// intruders says whether an activity comes from an address or session that the mailbox's findings speak against and
// that was not in use there before; known is false where the record has neither.
func intruders(s *inquiry, mailbox activity.Symbol, a *activity.Activity) (yes, known bool) {
	c := s.src.Case
	check := func(kind, value string) {
		if value == "" {
			return
		}
		known = true
		if t := s.indicators[indicatorKey{kind, value}]; t != nil {
			if box := t.by[mailbox]; box != nil && len(box.Findings) > 0 && box.DaysBefore == 0 {
				yes = true
			}
		}
	}
	if a.IP != 0 && verdict.ClientAddress(s.src.Places, a.IP) {
		check("address", s.src.Places.Field(a.IP, activity.FieldIP))
	}
	check("session", c.Text(a.Session))
	return yes, known
}

// boxRecipients are those recipients of a sending that are people's mailboxes of the case.
func boxRecipients(s *inquiry, a *activity.Activity) []activity.Symbol {
	var out []activity.Symbol
	for d := range s.src.Case.Details(a) {
		if d.Key != activity.KeyOf(activity.FieldRecipients) {
			continue
		}
		if sym := s.src.Case.Symbols.Find(account.Address(s.text(d.Value))); sym != 0 {
			if _, person := s.people[sym]; person {
				out = append(out, sym)
			}
		}
	}
	return out
}

// deliveries finds the same messages, by their ids, in other mailboxes; and, from mailboxes whose own sendings are not
// in the data, messages under their name.
func deliveries(s *inquiry, edges map[[2]activity.Symbol]*Spread, byID map[activity.Symbol]sent, knows map[activity.Symbol]bool) {
	c := s.src.Case
	silent := silent(s, knows)
	if len(byID) == 0 && silent == nil {
		return
	}
	for _, i := range c.OfType(activity.Deliver) {
		a := &c.Activities[i]
		if a.Result == activity.Failure {
			continue
		}
		if _, person := s.people[a.Mailbox]; !person {
			continue
		}
		if one, ok := byID[c.Get(a, activity.FieldMessageID)]; ok {
			edge(s, edges, one, a.Mailbox, i, "message_id")
			continue
		}
		if silent == nil || a.Time < silent.First || a.Time > silent.Last {
			continue
		}
		from := c.Symbols.Find(account.Address(c.Text(c.Get(a, activity.FieldSender))))
		at, person := s.people[from]
		if from == 0 || !person || knows[from] {
			continue
		}
		if w := s.src.Mailboxes[at].Window; w != nil && a.Time >= w.First && a.Time <= w.Last {
			edge(s, edges, sent{from: from, row: i}, a.Mailbox, i, "sender")
		}
	}
}

// silent is the span of the windows of those mailboxes whose own sendings are not in the data; nil: there are none.
func silent(s *inquiry, knows map[activity.Symbol]bool) *verdict.Window {
	var all *verdict.Window
	for sym, i := range s.people {
		w := s.src.Mailboxes[i].Window
		switch {
		case w == nil || knows[sym]:
		case all == nil:
			all = &verdict.Window{First: w.First, Last: w.Last}
		default:
			all.First, all.Last = min(all.First, w.First), max(all.Last, w.Last)
		}
	}
	return all
}

// edge notes one message on its way. What is best known of a way describes it: the same message id before a list of
// recipients before a name.
func edge(s *inquiry, edges map[[2]activity.Symbol]*Spread, one sent, to activity.Symbol, row uint32, how string) {
	if to == one.from {
		return
	}
	c := s.src.Case
	e := edges[[2]activity.Symbol{one.from, to}]
	if e == nil {
		a := &c.Activities[one.row]
		e = &Spread{
			From: one.from, To: to, Time: a.Time, MessageID: c.Text(c.Get(a, activity.FieldMessageID)),
			Subject: c.Text(c.Get(a, activity.FieldSubject)), How: how, seen: map[uint32]bool{}, cited: map[uint32]bool{},
		}
		edges[[2]activity.Symbol{one.from, to}] = e
	}
	if how == "message_id" {
		e.How = how
	}
	e.Intruder = e.Intruder || one.intruder
	if !e.seen[one.row] {
		e.seen[one.row] = true
		e.Messages++
	}
	for _, r := range []uint32{one.row, row} {
		switch {
		case e.cited[r]:
			continue
		case len(e.Rows) < maxSpreadRows:
			e.Rows = append(e.Rows, r)
		default:
			e.MoreRows++
		}
		e.cited[r] = true
	}
}

// settleSpread says of each way what the receiver shows afterwards. Of those that show nothing, only an intruder's own
// messages are worth a line.
func settleSpread(s *inquiry, edges map[[2]activity.Symbol]*Spread) (list []Spread, more int) {
	var out []Spread
	after := map[activity.Symbol][]stayed{}
	for _, e := range edges {
		if _, known := after[e.To]; !known {
			after[e.To] = stays(s, e.To)
		}
		all := after[e.To]
		if len(all) > 0 && all[0].at < e.Time { // taken already: not by this message
			continue
		}
		n := sort.Search(len(all), func(i int) bool { return activity.Later(e.Time, all[i].at) > afterwards })
		if n > 0 {
			e.After = all[0].at - e.Time
		}
		if n > 0 || e.Intruder {
			e.followed = n
			out = append(out, *e)
		}
	}
	slices.SortFunc(out, func(x, y Spread) int {
		return cmp.Or(
			cmp.Compare(min(y.followed, 1), min(x.followed, 1)), cmp.Compare(s.text(x.From), s.text(y.From)),
			cmp.Compare(x.Time, y.Time), cmp.Compare(s.text(x.To), s.text(y.To)),
		)
	})
	more = max(0, len(out)-maxSpread)
	out = out[:min(len(out), maxSpread)]
	for i := range out {
		e := &out[i]
		for _, one := range after[e.To][:e.followed] {
			e.Findings = append(e.Findings, one.finding)
		}
		slices.Sort(e.Findings)
		slices.Sort(e.Rows)
	}
	return out, more
}

// stayed is when a finding first shows somebody inside.
type stayed struct {
	at      int64
	finding int
}

// stays are a mailbox's findings that show somebody inside, by when they do.
func stays(s *inquiry, mailbox activity.Symbol) []stayed {
	var all []stayed
	for _, f := range s.by[mailbox] {
		if s.inside[f] != 0 {
			all = append(all, stayed{s.inside[f], f})
		}
	}
	slices.SortFunc(all, func(x, y stayed) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.finding, y.finding)) })
	return all
}
