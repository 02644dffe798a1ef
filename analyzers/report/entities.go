package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers"
	"triage/ingest/activity"
)

func (b *builder) mailboxes() {
	b.out.Mailboxes = []Mailbox{}
	for i := range b.Result.Mailboxes {
		m := &b.Result.Mailboxes[i]
		if !b.Filter.mailbox(m.Name) {
			continue
		}
		b.out.Mailboxes = append(b.out.Mailboxes, Mailbox{
			Mailbox: clean(m.Name), Score: m.Score, Band: m.Band, Activities: m.Activities,
			Lane: m.Lane.String(), First: Time(m.First), Last: Time(m.Last), Window: window(m.Window), Shares: b.shares(m.Shares),
			Stacks: stacks(m.Stacks), Joined: b.joined(m),
		})
	}
}

func (b *builder) services() {
	b.out.Services = []Service{}
	for i := range b.Result.Services {
		if s := &b.Result.Services[i]; b.Filter.mailbox(s.Name) {
			b.out.Services = append(b.out.Services, Service{Name: clean(s.Name), Activities: s.Activities, First: Time(s.First), Last: Time(s.Last)})
		}
	}
}

func window(w *analyzers.Window) *Window {
	if w == nil {
		return nil
	}
	return &Window{Time(w.First), Time(w.Last)}
}

func (b *builder) shares(shares []analyzers.Share) []Share {
	out := []Share{}
	for _, s := range shares {
		if b.reported[s.Finding] {
			f := &b.Result.Findings[s.Finding]
			out = append(out, Share{f.ID, f.Rule.Family, s.Points, s.Share})
		}
	}
	return out
}

func stacks(in []analyzers.Stack) Stacks {
	by := func(field string) []StackValue {
		out := []StackValue{}
		for _, s := range in {
			if s.Field != field {
				continue
			}
			for _, v := range s.Values {
				out = append(out, StackValue{Text(clean(v.Value)), v.Days, v.Activities, Time(v.First), Time(v.Last)})
			}
		}
		return out
	}
	return Stacks{App: by("app"), Country: by("country"), ASN: by("asn"), Agent: by("agent")}
}

func (b *builder) joined(m *analyzers.Mailbox) Joined {
	j := Joined{
		Item: m.Joined[activity.ByItem], MessageID: m.Joined[activity.ByMessageID],
		Conversation: m.Joined[activity.ByConversation], Unmatched: m.Joined[activity.NoMatch],
	}
	j.Messages, j.MessagesMore = b.unmatched(m)
	if all := j.Item + j.MessageID + j.Conversation + j.Unmatched; all > 0 {
		j.Share = float64(j.Unmatched) / float64(all)
	}
	return j
}

func (b *builder) entities() {
	b.out.Addresses = make([]Address, 0, len(b.Result.Addresses))
	b.out.Sessions = make([]Session, 0, len(b.Result.Sessions))
	b.out.Messages = make([]Message, 0, len(b.Result.Messages))
	for i := range b.Result.Addresses {
		if e := &b.Result.Addresses[i]; b.keeps(e) {
			b.out.Addresses = append(b.out.Addresses, b.address(e))
		}
	}
	ips := b.sessionAddresses()
	for i := range b.Result.Sessions {
		e := &b.Result.Sessions[i]
		if !b.keeps(e) {
			continue
		}
		b.out.Sessions = append(b.out.Sessions, Session{
			Session: clean(e.Name), Score: e.Score, Band: e.Band, IPs: ips[e.Symbol], Mailbox: only(e.Mailboxes),
			Mailboxes: cleanAll(e.Mailboxes), Activities: e.Activities, First: Time(e.First), Last: Time(e.Last),
			Findings: b.names(e.Findings),
		})
	}
	for i := range b.Result.Messages {
		if e := &b.Result.Messages[i]; b.keeps(e) {
			b.out.Messages = append(b.out.Messages, b.message(e))
		}
	}
}

// keeps says whether the filter lets an entity through.
func (b *builder) keeps(e *analyzers.Entity) bool {
	return b.Filter.span(e.First, e.Last) &&
		(len(b.Filter.Mailboxes) == 0 || slices.ContainsFunc(e.Mailboxes, b.Filter.mailbox))
}

func (b *builder) address(e *analyzers.Entity) Address {
	place := func(f activity.Field) Text { return Text(b.place(e.Symbol, f)) }
	at := b.Result.Places.At(e.Symbol).Place
	return Address{
		IP: clean(e.Name), Country: place(activity.FieldCountry), City: Text(clean(at.City)),
		ASN: asnOf(b.place(e.Symbol, activity.FieldASN)),
		Org: place(activity.FieldOrg), Class: place(activity.FieldIPClass),
		ClassSource: Text(clean(at.ClassSource)), Score: e.Score, Band: e.Band,
		Mailboxes: cleanAll(e.Mailboxes), Activities: e.Activities, First: Time(e.First), Last: Time(e.Last),
		Findings: b.names(e.Findings),
	}
}

// asnOf is the number in "AS64500" or "64500"; unknown for any other text.
func asnOf(text string) Number {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(text), "AS"), 10, 32)
	if err != nil {
		return 0
	}
	return Number(n)
}

// only is the one mailbox of a list; unknown if there are several.
func only(mailboxes []string) Text {
	if len(mailboxes) != 1 {
		return ""
	}
	return Text(clean(mailboxes[0]))
}

// sessionAddresses are the addresses of each session that has a score, in order of text.
func (b *builder) sessionAddresses() map[activity.Symbol][]string {
	out := map[activity.Symbol][]string{}
	if len(b.Result.Sessions) == 0 {
		return out
	}
	scored := make([]bool, b.c.Symbols.Len()) // most sessions of a case are not
	for i := range b.Result.Sessions {
		symbol := b.Result.Sessions[i].Symbol
		out[symbol], scored[symbol] = []string{}, true
	}
	seen := map[[2]activity.Symbol]bool{}
	for i := range b.c.Activities {
		a := &b.c.Activities[i]
		if a.Session == 0 || a.IP == 0 || !scored[a.Session] {
			continue
		}
		if key := [2]activity.Symbol{a.Session, a.IP}; !seen[key] {
			seen[key] = true
			out[a.Session] = append(out[a.Session], cmp.Or(b.place(a.IP, activity.FieldIP), clean(b.c.Text(a.IP))))
		}
	}
	for session, list := range out {
		slices.Sort(list)
		out[session] = slices.Compact(list)
	}
	return out
}

// message says which message an entity is. What a finding cites may be an act on it: the delivery is looked up.
func (b *builder) message(e *analyzers.Entity) Message {
	out := Message{
		Score: e.Score, Band: e.Band, Mailbox: only(e.Mailboxes), Mailboxes: cleanAll(e.Mailboxes),
		Findings: b.names(e.Findings),
	}
	m := b.messageOf(e)
	if m == nil {
		if strings.HasPrefix(e.Name, "<") {
			out.MessageID = Text(clean(e.Name))
		} else {
			out.Item = Text(clean(e.Name))
		}
		return out
	}
	text := func(f activity.Field) Text { return Text(clean(b.c.Text(b.c.Get(m, f)))) }
	out.MessageID, out.Subject = text(activity.FieldMessageID), text(activity.FieldSubject)
	out.Sender = text(activity.FieldSender)
	out.Item = Text(clean(b.c.Text(m.Item)))
	if m.Type == activity.Deliver && m.Flags&activity.Undated == 0 {
		out.Received = Time(m.Time)
	}
	return out
}

// messageOf is the delivery or sending of the message that an entity is, else an activity on it; nil if its findings
// cite neither.
func (b *builder) messageOf(e *analyzers.Entity) *activity.Activity {
	for _, i := range e.Findings {
		for _, row := range b.Result.Findings[i].Evidence {
			a := &b.c.Activities[row]
			m, _ := b.c.Message(a)
			for _, x := range [2]*activity.Activity{m, a} {
				if x != nil && (b.c.Text(b.c.Get(x, activity.FieldMessageID)) == e.Name || b.c.Text(x.Item) == e.Name) {
					return x
				}
			}
		}
	}
	return nil
}
