// Package thread finds the conversations that an intruder could turn into a payment: those about money that he searched
// for, read, answered or deleted from. In each it names look-alike domains beside the mailbox's own correspondents, senders
// and reply addresses that changed on the way, and the messages in which bank details are to be checked.
//
// What is one conversation says its ConversationId; where there is none, Message-ID and References of headers; else a
// subject without the prefixes of answers and forwards, among the same correspondents and without a pause of 60 days, which
// is likely and no more.
package thread

import (
	"cmp"
	"context"
	"slices"
	"time"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/terms"
	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Source is what threads are read from.
type Source struct {
	Case      *activity.Case
	Intruders []attribution.Intruder
	Exposure  *exposure.Exposure
	Domains   *detect.Domains
	Money     []string // words of money, as lists of rules have them
}

// Threads are the payment threads that intruders touched, by intruder, the gravest first.
type Threads struct {
	List []Thread
	More int // threads beyond those listed
}

// What is kept of threads. MaxThreads bounds those of one intruder and mailbox, MaxMessages those of one thread.
const (
	MaxThreads  = 50
	MaxMessages = 200
	maxNames    = 20
)

// Way says how the messages of a thread are known to be one conversation.
type Way uint8

// The ways, the best one first.
const (
	ByConversation Way = iota
	ByReferences
	BySubject // likely
)

// String is the way's word in reports.
func (w Way) String() string { return [...]string{"conversation", "references", "subject"}[w] }

// Thread is one conversation about money in one mailbox.
type Thread struct {
	Intruder       int // index into Source.Intruders
	Mailbox        activity.Symbol
	Box            int // index into Exposure.Boxes
	How            Way
	Subject        string        // without prefixes, in lower case
	Title          string        // without prefixes, as it was written first
	Words          []string      // words of money that make it a payment thread; none: what he did makes it one
	Acts           exposure.Acts // what he did in it
	Searches       []int         // indexes into the box's Searches whose words are in its subject
	First          int64         // of his acts in it, in milliseconds since 1970 UTC
	Last           int64
	Messages       []Message // by time; of very many those that he touched, then the latest
	More           int       // messages beyond those
	Correspondents []string  // addresses outside of the mailbox, sorted, at most maxNames
	LookAlikes     []LookAlike
	Changed        []Changed
	Check          []int // indexes into Messages: check these for changed bank details
}

// Message is one message of a thread.
type Message struct {
	Item    int    // index into the box's Items; -1: he did not touch it
	Row     uint32 // its delivery or sending, or the first of his acts that names it
	Time    int64
	From    string
	Subject string
	Sent    bool   // it left the mailbox
	Why     string // why it is to be checked; "" where it is not
}

// LookAlike is a domain in a thread that looks like another one of it, or like the tenant's own.
type LookAlike struct {
	Domain string
	Like   string
	From   []string // its addresses
	First  int64
	Rows   []uint32
}

// Changed is somebody in a thread who writes from, or wants answers at, another address than before.
type Changed struct {
	What string // sender or reply-to
	Was  string
	Now  string
	Time int64
	Row  uint32
}

// pause ends a conversation that only its subject holds together.
const pause = int64(60 * 24 * time.Hour / time.Millisecond)

// Of finds the payment threads. It costs nothing where there is no intruder.
func Of(ctx context.Context, in Source) *Threads {
	out := &Threads{}
	if len(in.Intruders) == 0 || in.Exposure == nil || len(in.Exposure.Boxes) == 0 {
		return out
	}
	r := newReading(&in)
	r.seeds()
	r.gather()
	by := make([][]Thread, len(in.Exposure.Boxes))
	for _, b := range r.bundles() {
		if ctx.Err() != nil {
			return out
		}
		for _, part := range r.parts(b) {
			r.threads(b, part, by)
		}
	}
	for _, list := range by {
		slices.SortStableFunc(list, compare)
		out.More += max(0, len(list)-MaxThreads)
		out.List = append(out.List, list[:min(len(list), MaxThreads)]...)
	}
	return out
}

// compare orders the threads of one box, the gravest first.
func compare(x, y Thread) int {
	return cmp.Or(cmp.Compare(y.weight(), x.weight()), cmp.Compare(x.First, y.First), cmp.Compare(x.Subject, y.Subject))
}

// threadReading is threads in the making.
type threadReading struct {
	in    *Source
	c     *activity.Case
	money *terms.List
	holds map[string][]string // words of money by subject without prefixes
	of    map[activity.Symbol]bool
	all   map[bundleKey]*bundle
	refs  activity.Key
	reply activity.Key
	bases map[activity.Symbol]string
}

// bundleKey is a conversation of a mailbox, by its id or else by its subject.
type bundleKey struct {
	mailbox, conversation activity.Symbol
	subject               string
}

// bundle is messages that may be one conversation: of one ConversationId, or of one subject.
type bundle struct {
	bundleKey
	list  []mail
	seen  map[activity.Symbol]int // by message id: index of list
	rows  map[uint32]int          // by row: index of list
	items []touchedItem           // what intruders touched of it, by box
}

// touchedItem is an item that an intruder touched.
type touchedItem struct{ box, item, at int } // at: index of list

// mail is a message of a mailbox.
type mail struct {
	row  uint32
	at   int64
	id   activity.Symbol
	from string
	with []string // who it is with: its sender, or whom it was sent to, outside of the mailbox
	sent bool
	text activity.Symbol // subject
	refs []activity.Symbol
	to   string        // where answers are wanted
	by   []touchedItem // whoever touched it
}

func newReading(in *Source) *threadReading {
	c := in.Case
	r := &threadReading{
		in: in, c: c, money: terms.NewList(in.Money), holds: map[string][]string{}, of: map[activity.Symbol]bool{}, all: map[bundleKey]*bundle{},
		refs: activity.DynamicKey(c.Symbols.Find("params.references")), reply: activity.DynamicKey(c.Symbols.Find("params.reply_to")),
		bases: map[activity.Symbol]string{},
	}
	for i := range in.Exposure.Boxes {
		r.of[in.Exposure.Boxes[i].Mailbox] = true
	}
	return r
}

// base is a subject without its prefixes.
func (r *threadReading) base(s activity.Symbol) string {
	text, ok := r.bases[s]
	if !ok {
		text = exposure.BaseSubject(r.c.Text(s))
		r.bases[s] = text
	}
	return text
}

// words are the words of money in a subject.
func (r *threadReading) words(subject string) []string {
	found, ok := r.holds[subject]
	if !ok {
		found = r.money.In(subject)
		r.holds[subject] = found
	}
	return found
}

// bundle is the bundle of a conversation, or else of a subject; nil where neither is known.
func (r *threadReading) bundle(mailbox, conversation activity.Symbol, subject string) *bundle {
	k := bundleKey{mailbox: mailbox, conversation: conversation}
	if conversation == 0 {
		if k.subject = subject; subject == "" {
			return nil
		}
	}
	b := r.all[k]
	if b == nil {
		b = &bundle{bundleKey: k, seen: map[activity.Symbol]int{}, rows: map[uint32]int{}}
		r.all[k] = b
	}
	return b
}

// seeds makes a bundle of each conversation that an intruder touched. What he sent without a known subject is in the
// conversation of what it answers.
func (r *threadReading) seeds() {
	for i := range r.in.Exposure.Boxes {
		x := &r.in.Exposure.Boxes[i]
		of := map[activity.Symbol]*bundle{} // by the item's id
		for k := range x.Items {
			one := &x.Items[k]
			if one.Kind != exposure.Message || one.State != exposure.Proven {
				continue
			}
			if to := r.bundle(x.Mailbox, one.Conversation, r.base(one.Subject)); to != nil {
				to.items = append(to.items, touchedItem{i, k, 0})
				of[one.ID] = to
			}
		}
		for k := range x.Items {
			one := &x.Items[k]
			if to := of[one.Answers]; one.Answers != 0 && to != nil && of[one.ID] == nil {
				to.items = append(to.items, touchedItem{i, k, 0})
			}
		}
	}
}

// gather looks once at every delivery and sending of the mailboxes, for those of the bundles, and then adds what only an
// intruder's act names.
func (r *threadReading) gather() {
	for _, t := range [...]activity.Type{activity.Deliver, activity.Send} {
		for _, row := range r.c.OfType(t) {
			a := &r.c.Activities[row]
			if !r.of[a.Mailbox] || a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
				continue
			}
			to := r.all[bundleKey{mailbox: a.Mailbox, conversation: r.c.Get(a, activity.FieldConversation)}]
			if to == nil || to.conversation == 0 {
				to = r.all[bundleKey{mailbox: a.Mailbox, subject: r.base(r.c.Get(a, activity.FieldSubject))}]
			}
			if to != nil {
				to.put(r.mail(a, row))
			}
		}
	}
	for _, b := range r.all {
		for i := range b.items {
			b.touch(r, &b.items[i])
		}
	}
}

// bundles are all of them, in a total order.
func (r *threadReading) bundles() []*bundle {
	var list []*bundle
	for _, one := range r.all {
		if len(one.items) > 0 {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(x, y *bundle) int {
		return cmp.Or(
			cmp.Compare(x.items[0].box, y.items[0].box), cmp.Compare(x.items[0].item, y.items[0].item), cmp.Compare(x.subject, y.subject),
			cmp.Compare(r.c.Text(x.conversation), r.c.Text(y.conversation)),
		)
	})
	return list
}

// maxBundle bounds the messages that are looked at for one conversation.
const maxBundle = 5000

// put adds a message, and gives its place; a second row of it adds whom it was sent to. -1: there are too many.
func (b *bundle) put(m mail) int {
	if m.id != 0 {
		if i, ok := b.seen[m.id]; ok {
			one := &b.list[i]
			for _, with := range m.with {
				if len(one.with) < maxNames && !slices.Contains(one.with, with) {
					one.with = append(one.with, with)
				}
			}
			if one.to == "" {
				one.to = m.to
			}
			return i
		}
	}
	if len(b.list) == maxBundle {
		return -1
	}
	if m.id != 0 {
		b.seen[m.id] = len(b.list)
	}
	b.rows[m.row] = len(b.list)
	b.list = append(b.list, m)
	return len(b.list) - 1
}

// touch finds the message that an intruder touched, or adds it.
func (b *bundle) touch(r *threadReading, t *touchedItem) {
	one := &r.in.Exposure.Boxes[t.box].Items[t.item]
	var known bool
	if one.MessageID != 0 {
		t.at, known = b.seen[one.MessageID]
	}
	if !known && one.Told > 0 {
		t.at, known = b.rows[one.Told-1]
	}
	if !known {
		m := mail{row: one.Rows[0], at: cmp.Or(one.Received, one.First), id: one.MessageID, text: one.Subject, sent: one.Acts&exposure.Sent != 0}
		m.from = account.Address(r.c.Text(one.Sender))
		switch {
		case m.sent:
			for _, to := range one.Recipients[:min(len(one.Recipients), maxNames)] {
				m.with = append(m.with, account.Address(r.c.Text(to)))
			}
		case m.from != "":
			m.with = []string{m.from}
		}
		t.at = b.put(m)
	}
	if t.at >= 0 {
		b.list[t.at].by = append(b.list[t.at].by, *t)
	}
}
