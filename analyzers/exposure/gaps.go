package exposure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/analyzers/ledger"
	"triage/ingest/activity"
)

// Exchange stops to record openings of single messages for a day where a mailbox had more than so many of them in one. Source:
// Microsoft, "Use MailItemsAccessed to investigate compromised accounts".
const (
	mostBinds = 1000
	blackout  = int64(24 * time.Hour / time.Millisecond)
)

// maxGaps bounds the intervals of one box.
const maxGaps = 100

// accesses are what a mailbox's accesses show of how far they were recorded.
type accesses struct {
	any    bool    // there is at least one
	recent []int64 // times of the openings within a day, oldest first
	gaps   []Gap
}

// doubting is the reading of what the log cannot tell.
type doubting struct{ *reading }

// gaps says of each box when the log could not tell what was read.
func (r *doubting) gaps() {
	by := map[activity.Symbol]*accesses{}
	m := r.missingBy()
	for _, row := range r.c.OfType(activity.MailAccess) {
		a := &r.c.Activities[row]
		if a.Flags&activity.Undated != 0 || r.op(a) != "mailitemsaccessed" {
			continue
		}
		m.elsewhere = true
		if r.of[a.Mailbox] == nil {
			continue
		}
		one := by[a.Mailbox]
		if one == nil {
			one = &accesses{}
			by[a.Mailbox] = one
		}
		r.accessed(one, a, row)
	}
	for _, b := range r.boxes {
		one := by[b.Mailbox]
		if one == nil {
			one = &accesses{}
		}
		first, last := b.window()
		for _, g := range one.gaps {
			if g.First <= last && g.Last >= first {
				b.Unknown = append(b.Unknown, g)
			}
		}
		m.unrecorded(b, one.any)
		m.inside(b, m.everywhere, first, last)
		m.inside(b, m.by[r.c.Text(b.Mailbox)], first, last)
		r.bodies(b)
		slices.SortStableFunc(b.Unknown, func(x, y Gap) int {
			return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Last, y.Last), cmp.Compare(x.Text, y.Text))
		})
		b.Unknown = b.Unknown[:min(len(b.Unknown), maxGaps)]
	}
}

// accessed takes one access, in order of time.
func (r *doubting) accessed(one *accesses, a *activity.Activity, row uint32) {
	one.any = true
	if strings.EqualFold(r.param(a, r.keys.throttled), "true") {
		one.dark(a.Time, row, "the service throttled MailItemsAccessed of this mailbox and then left openings of single messages unrecorded for 24 hours")
		return
	}
	if strings.EqualFold(r.c.Text(r.c.Get(a, activity.FieldAccess)), "Sync") {
		return
	}
	for len(one.recent) > 0 && activity.Later(one.recent[0], a.Time) >= blackout {
		one.recent = one.recent[1:]
	}
	if one.recent = append(one.recent, a.Time); len(one.recent) > mostBinds {
		one.dark(a.Time, row, "more than 1,000 openings of messages were recorded within 24 hours, after which the service records none for 24 hours")
		one.recent = one.recent[:0]
	}
}

// dark notes that nothing may be recorded for a day; what overlaps is one interval.
func (o *accesses) dark(at int64, row uint32, text string) {
	if n := len(o.gaps); n > 0 && at <= o.gaps[n-1].Last {
		last := &o.gaps[n-1]
		last.Last = at + blackout
		if len(last.Rows) < MaxRows {
			last.Rows = append(last.Rows, row)
		}
		return
	}
	o.gaps = append(o.gaps, Gap{Code: "throttled", First: at, Last: at + blackout, Text: text, Rows: []uint32{row}})
}

// window is when an intruder was in a mailbox, or took from it.
func (b *box) window() (first, last int64) {
	first, last = b.First, b.Last
	for i := range b.Wholes {
		w := &b.Wholes[i]
		if first == 0 || w.First < first {
			first = w.First
		}
		if w.How != Forwarding {
			last = max(last, w.Last)
		}
	}
	return first, last
}

// missing is what the data lacks.
type missing struct {
	activities, audit bool // it has such logs
	elsewhere         bool // it has MailItemsAccessed of some mailbox
	everywhere        []*ledger.Item
	by                map[string][]*ledger.Item // by mailbox
}

func (r *doubting) missingBy() *missing {
	m := &missing{activities: r.c.From(activity.SourceActivities), audit: r.c.From(activity.SourceAudit), by: map[string][]*ledger.Item{}}
	for i := range r.in.Missing {
		it := &r.in.Missing[i]
		switch {
		case it.First == 0 || !tells(it):
		case it.Mailbox == "":
			m.everywhere = append(m.everywhere, it)
		default:
			m.by[it.Mailbox] = append(m.by[it.Mailbox], it)
		}
	}
	m.everywhere = m.everywhere[:min(len(m.everywhere), maxGaps)]
	return m
}

// unrecorded says so where no opening of a message in this mailbox was ever recorded.
func (m *missing) unrecorded(b *box, any bool) {
	if any || b.Acts == 0 || m.activities {
		return
	}
	switch {
	case !m.audit:
		b.Unknown = append(b.Unknown, Gap{Code: "no-audit-log", Text: "no Unified Audit Log: which messages were read here is in no log of the data"})
	case m.elsewhere:
		b.Unknown = append(b.Unknown, Gap{Code: "no-mail-access", Text: "the audit log has MailItemsAccessed of other mailboxes and none of this one: what was read here was not recorded"})
	default:
		b.Unknown = append(b.Unknown, Gap{Code: "no-mail-access", Text: "the audit log has other operations and no MailItemsAccessed: which messages were read here was not recorded, or not exported"})
	}
}

// inside takes what is known to be missing of the time in which the intruder was there.
func (m *missing) inside(b *box, items []*ledger.Item, first, last int64) {
	for _, it := range items {
		if it.Last >= first && it.First <= last {
			b.Unknown = append(b.Unknown, Gap{Code: it.Code, First: max(it.First, first), Last: min(it.Last, last), Text: it.Text})
		}
	}
}

// tells says that what is missing may hide what was read.
func tells(it *ledger.Item) bool {
	switch it.Code {
	case "auditing-off", "rows-skipped", "stretch-lost", "file-cut", "cap-reached", "answer-incomplete", "silent-days", "workload-stops":
		return it.Source == activity.SourceAudit || it.Source == activity.SourceActivities || it.Source == activity.SourceUnknown
	}
	return false
}

// bodies says what a rule may have sent on for what messages say.
func (r *doubting) bodies(b *box) {
	for i := range b.Wholes {
		if w := &b.Wholes[i]; w.How == Forwarding && w.Body {
			b.Unknown = append(b.Unknown, Gap{
				Code: "rule-reads-bodies", First: w.First, Last: w.Last, Rows: w.Rows,
				Text: fmt.Sprintf("the rule %q looks for words in what messages say, which no log tells: it may have sent on more than the messages whose subjects have them", w.Name),
			})
		}
	}
}
