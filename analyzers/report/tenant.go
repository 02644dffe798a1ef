package report

import (
	"triage/analyzers"
	"triage/ingest/activity"
)

// What sections across mailboxes cite.
const maxCitations = 20

// TenantView says what the mailboxes have to do with each other. Everything in it rests on findings that speak of an
// intruder: unsuppressed, at least medium and half sure, or decided malicious.
type TenantView struct {
	Mailboxes []RankedMailbox `json:"mailboxes"`     // worst first
	First     *FirstMailbox   `json:"first_mailbox"` // null: none shows an intruder inside, or filters name mailboxes
	Shared    []Shared        `json:"shared"`
	Spread    []Spread        `json:"spread"`
}

// RankedMailbox is one mailbox that findings speak of.
type RankedMailbox struct {
	Mailbox  string   `json:"mailbox"`
	Score    float64  `json:"score"`
	Band     string   `json:"band"`
	First    Time     `json:"first"` // act of somebody inside; null: only attempts and deliveries are seen
	Last     Time     `json:"last"`
	Findings []string `json:"findings"`
}

// FirstMailbox is where the earliest act of an intruder is seen.
type FirstMailbox struct {
	Mailbox  string   `json:"mailbox"`
	Time     Time     `json:"time"`
	Finding  string   `json:"finding"`
	Sure     string   `json:"sure"` // high, medium, low
	Text     string   `json:"text"`
	Doubts   []string `json:"doubts"`
	Before   []string `json:"before"` // findings of attempts and deliveries that came earlier
	Evidence Citation `json:"evidence"`
}

// Shared is one thing that findings speak against and that several mailboxes have in common.
type Shared struct {
	Kind      string          `json:"kind"`
	Value     string          `json:"value"`
	Mailboxes []SharedMailbox `json:"mailboxes"`
	More      int             `json:"more"` // mailboxes beyond those listed
}

// SharedMailbox is how one mailbox knows the shared thing.
type SharedMailbox struct {
	Mailbox    string   `json:"mailbox"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	DaysBefore int      `json:"days_before"` // days of use before the first finding about it; all days where there is none
	Findings   []string `json:"findings"`
}

// Spread is what one mailbox sent to another of the tenant while an intruder was in it.
type Spread struct {
	From      string     `json:"from"`
	To        string     `json:"to"`
	Time      Time       `json:"time"`
	Messages  int        `json:"messages"`
	MessageID Text       `json:"message_id"`
	Subject   Text       `json:"subject"`
	How       string     `json:"how"`           // how the way is known: message_id, recipients, or sender: a name that can be forged
	Intruder  bool       `json:"intruder"`      // sent from an address or session that findings speak against
	Findings  []string   `json:"findings"`      // the receiver's, afterwards
	After     Number     `json:"after_seconds"` // from the message to the first of them
	Evidence  []Citation `json:"evidence"`
}

// Citation is one row of one input, without its text.
type Citation struct {
	File     string `json:"file"`
	Line     int64  `json:"line"`
	Record   int64  `json:"record"`
	Identity string `json:"identity"`
	Time     Time   `json:"time"`
}

// crossRows calls yield for every row that the sections across mailboxes cite.
func (b *builder) crossRows(yield func(row uint32)) {
	t := &b.Result.Tenant
	if t.First != nil {
		yield(t.First.Row)
	}
	for i := range t.Spread {
		for _, row := range t.Spread[i].Rows {
			yield(row)
		}
	}
	for i := range b.Result.Containment {
		for _, step := range b.Result.Containment[i].Steps {
			for _, row := range step.Rows {
				yield(row)
			}
		}
	}
}

func (b *builder) citation(row uint32) Citation {
	a := &b.c.Activities[row]
	rec := b.cites[a.Origin()]
	out := Citation{File: b.path(a.Origin()), Line: rec.Line, Record: rec.Record, Identity: a.ID.String()}
	if a.Flags&activity.Undated == 0 {
		out.Time = Time(a.Time)
	}
	return out
}

func (b *builder) citations(rows []uint32) []Citation {
	out := make([]Citation, 0, min(len(rows), maxCitations))
	for _, row := range rows[:min(len(rows), maxCitations)] {
		out = append(out, b.citation(row))
	}
	return out
}

func (b *builder) tenant() {
	in, out := &b.Result.Tenant, &b.out.Tenant
	*out = TenantView{Mailboxes: []RankedMailbox{}, Shared: []Shared{}, Spread: []Spread{}}
	for _, one := range in.Ranked {
		box := &b.Result.Mailboxes[one.Box]
		if list := b.names(one.Findings); b.Filter.mailbox(box.Name) && len(list) > 0 {
			out.Mailboxes = append(out.Mailboxes, RankedMailbox{
				clean(box.Name), box.Score, box.Band, Time(one.First), Time(one.Last), list,
			})
		}
	}
	if f := in.First; f != nil && len(b.Filter.Mailboxes) == 0 && b.reported[f.Finding] {
		out.First = &FirstMailbox{
			Mailbox: clean(b.c.Text(f.Mailbox)), Time: Time(f.Time), Finding: b.Result.Findings[f.Finding].ID, Sure: f.Sure,
			Text: clean(f.Text), Doubts: cleanAll(f.Doubts), Before: b.names(f.Before), Evidence: b.citation(f.Row),
		}
	}
	for i := range in.Shared {
		b.shared(&in.Shared[i])
	}
	for i := range in.Spread {
		b.spread(&in.Spread[i])
	}
}

// shared lists what is common to mailboxes that are reported; what one finding alone speaks of joins nothing.
func (b *builder) shared(in *analyzers.Shared) {
	one := Shared{Kind: in.Kind, Value: clean(in.Value), Mailboxes: []SharedMailbox{}, More: in.More}
	findings := 0
	for _, box := range in.Boxes {
		name := b.c.Text(box.Mailbox)
		list := b.names(box.Findings)
		if !b.Filter.mailbox(name) || len(box.Findings) > 0 && len(list) == 0 {
			continue
		}
		findings += len(list)
		one.Mailboxes = append(one.Mailboxes, SharedMailbox{
			clean(name), box.Activities, Time(box.First), Time(box.Last), box.DaysBefore, list,
		})
	}
	if len(one.Mailboxes) > 1 && findings > 0 {
		b.out.Tenant.Shared = append(b.out.Tenant.Shared, one)
	}
}

func (b *builder) spread(in *analyzers.Spread) {
	from, to := b.c.Text(in.From), b.c.Text(in.To)
	list := b.names(in.Findings)
	if !b.Filter.mailbox(from) || !b.Filter.mailbox(to) || !b.Filter.span(in.Time, in.Time) {
		return
	}
	if len(in.Findings) > 0 && len(list) == 0 {
		return
	}
	b.out.Tenant.Spread = append(b.out.Tenant.Spread, Spread{
		From: clean(from), To: clean(to), Time: Time(in.Time), Messages: in.Messages, MessageID: Text(clean(in.MessageID)),
		Subject: Text(clean(in.Subject)), How: in.How, Intruder: in.Intruder, Findings: list, After: Number(in.After / 1000),
		Evidence: b.citations(in.Rows),
	})
}
