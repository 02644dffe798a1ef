//go:build unix

package exposure_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/thread"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// large is a case of n of something, made without any file. Everything that its makers add is of one minute's order.
type large struct {
	shard  *activity.Shard
	n      int64
	his    map[activity.ID]int
	target int // intruders
}

func (l *large) put(typ activity.Type, op, mailbox string, whose int, details ...string) {
	l.n++
	for i := 0; i+1 < len(details); i += 2 {
		if f, ok := activity.ParseField(details[i]); ok {
			l.shard.Put(f, []byte(details[i+1]))
		} else {
			l.shard.PutNamed([]byte(details[i]), []byte(details[i+1]))
		}
	}
	id := activity.HashID(fmt.Append(nil, l.n))
	if whose >= 0 {
		l.his[id] = whose
		l.target = max(l.target, whose+1)
	}
	box := l.shard.InternFold([]byte(mailbox))
	l.shard.Add(activity.Activity{
		Time: second(0).UnixMilli() + 1000*l.n, ID: id, Sum: uint64(l.n), Offset: l.n, Type: typ, Op: l.shard.Intern([]byte(op)), Mailbox: box, Actor: box, Result: activity.Success,
	})
}

func (l *large) deliver(mailbox, id, subject string) {
	l.put(activity.Deliver, "MessageTrace", mailbox, -1, "message_id", id, "subject", subject, "sender", "sales@fabrikam.com", "recipients", mailbox)
}

func (l *large) open(mailbox string, whose int, ids ...string) {
	details := []string{"access", "Bind", "folder", `\Inbox`}
	for _, id := range ids {
		details = append(details, "message_id", id)
	}
	l.put(activity.MailAccess, "MailItemsAccessed", mailbox, whose, details...)
}

func message(i int) string { return fmt.Sprintf("<m%d@fabrikam.com>", i) }

// axes are the ways in which a case can be large for exposure and threads.
func axes() map[string]func(l *large, n int) {
	return map[string]func(l *large, n int){
		"one message touched": func(l *large, n int) {
			l.deliver(alice, message(1), "Invoice")
			for range n {
				l.open(alice, 0, message(1))
			}
		},
		"messages": func(l *large, n int) {
			for i := range n {
				l.deliver(alice, message(i), fmt.Sprintf("Invoice %d", i))
			}
			for i := range n {
				l.open(alice, 0, message(i), message(i+1))
			}
		},
		"messages of one subject": func(l *large, n int) {
			for i := range n {
				l.deliver(alice, message(i), "Invoice")
			}
			for i := range n {
				l.open(alice, 0, message(i))
			}
		},
		"mailboxes": func(l *large, n int) {
			for i := range n {
				box := fmt.Sprintf("u%d@contoso.com", i)
				l.deliver(box, message(i), "Invoice")
				l.open(box, 0, message(i))
			}
		},
		"intruders": func(l *large, n int) {
			for i := range n {
				box := fmt.Sprintf("u%d@contoso.com", i)
				l.deliver(box, message(i), "Invoice")
				l.open(box, i, message(i))
			}
		},
		"intruders of one mailbox": func(l *large, n int) {
			for i := range n / 4 { // each has a thread of many messages
				l.deliver(alice, message(i), "Invoice")
				l.open(alice, i, message(i))
			}
		},
		"a rule with a long trace": func(l *large, n int) {
			l.put(activity.RuleChange, "New-InboxRule", alice, 0, "params.name", "x", "forward_to", "x@example.org", "params.subjectcontainswords", "invoice")
			for i := range n {
				l.deliver(alice, message(i), fmt.Sprintf("Invoice %d", i%7))
				if i%3 == 0 {
					l.put(activity.Send, "MessageTrace", alice, -1, "message_id", message(i+1e6), "subject", fmt.Sprintf("FW: Invoice %d", i%7), "sender", alice, "recipients", "x@example.org")
				}
			}
		},
		"rules": func(l *large, n int) {
			for i := range n {
				l.put(activity.RuleChange, "New-InboxRule", alice, 0, "params.name", fmt.Sprint("x", i), "forward_to", fmt.Sprintf("x%d@example.org", i))
				l.deliver(alice, message(i), "Invoice")
			}
			for i := range n {
				l.put(activity.RuleChange, "Remove-InboxRule", alice, -1, "params.identity", fmt.Sprint("x", i))
			}
		},
		"transport rules": func(l *large, n int) {
			for i := range n {
				l.put(activity.ForwardingChange, "New-TransportRule", alice, 0, "params.name", fmt.Sprint("x", i), "forward_to", "x@example.org")
				l.deliver(fmt.Sprintf("u%d@contoso.com", i), message(i), "Invoice")
			}
		},
		"folders synchronised": func(l *large, n int) {
			for i := range n {
				l.deliver(alice, message(i), "Invoice")
				l.put(activity.MailAccess, "MailItemsAccessed", alice, 0, "access", "Sync", "folder", fmt.Sprintf(`\f%d`, i))
				l.put(activity.MailAccess, "MailItemsAccessed", alice, 0, "access", "Sync", "folder", `\Inbox`)
			}
		},
		"recipients": func(l *large, n int) {
			l.put(activity.Send, "Send", alice, 0, "message_id", message(1), "subject", "Invoice")
			for i := range n {
				l.put(activity.Send, "MessageTrace", alice, -1, "message_id", message(1), "subject", "Invoice", "sender", alice, "recipients", fmt.Sprintf("p%d@fabrikam.com", i))
			}
		},
		"domains in one conversation": func(l *large, n int) {
			for i := range n {
				l.put(activity.Deliver, "MessageDelivered", alice, -1, "message_id", message(i), "subject", "Invoice", "conversation", "c", "sender", fmt.Sprintf("sales@fabrikam%d.com", i))
			}
			l.put(activity.Read, "ReadingPaneDisplayStart", alice, 0, "conversation", "c", "message_id", message(1))
		},
		"searches": func(l *large, n int) {
			for i := range n {
				l.put(activity.Search, "SearchQueryInitiatedExchange", alice, 0, "query", fmt.Sprintf("invoice %d", i))
				l.deliver(alice, message(i), fmt.Sprintf("Invoice %d", i))
				l.open(alice, 0, message(i))
			}
		},
	}
}

// cost is the processor time of exposure and threads over a case.
func cost(t *testing.T, fill func(l *large, n int), n int) float64 {
	t.Helper()
	l := &large{shard: activity.NewShard(0, activity.Interest{}), his: map[activity.ID]int{}}
	fill(l, n)
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: "x", Source: activity.SourceAudit}, []*activity.Shard{l.shard}, "")
	c := b.Case()
	intruders := slices.Repeat([]attribution.Intruder{{}}, l.target)
	of := map[uint32]int{}
	for i := range c.Activities {
		if n, ok := l.his[c.Activities[i].ID]; ok {
			intruders[n].Rows = append(intruders[n].Rows, uint32(i))
			of[uint32(i)] = n
		}
	}
	in := exposure.Source{Case: c, Lines: c.Timelines(), Domains: detect.NewDomains(c, nil), Intruders: intruders, Who: func(row uint32) (attribution.Who, int) {
		if n, ok := of[row]; ok {
			return attribution.Attacker, n
		}
		return attribution.Owner, -1
	}}
	var all []float64
	for range 3 {
		before := used(t)
		e := exposure.Of(t.Context(), in)
		thread.Of(t.Context(), thread.Source{Case: c, Intruders: intruders, Exposure: e, Domains: in.Domains, Money: []string{"invoice"}})
		all = append(all, used(t)-before)
		if len(e.Boxes) == 0 {
			t.Fatal("nothing was reached")
		}
	}
	slices.Sort(all)
	return all[0]
}

func used(t *testing.T) float64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(use.Utime) + seconds(use.Stime)
}

// Promise: what is four times as large takes no more than eight times as long, along each axis. What grows with the square
// takes sixteen times.
func TestGrowth(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector's own cost is not the case's")
	}
	for name, axis := range axes() {
		t.Run(name, func(t *testing.T) {
			const n = 700
			ratio := 0.0
			for range 3 { // another program on the machine may spoil a measurement
				small, four := cost(t, axis, n), cost(t, axis, 4*n)
				if ratio = four / max(small, 0.004); ratio <= 8 {
					t.Logf("%.3f s, %.3f s: %.1f", small, four, ratio)
					return
				}
				t.Logf("once more: %.3f s, %.3f s: %.1f", small, four, ratio)
			}
			t.Errorf("four times as large takes %.1f times as long", ratio)
		})
	}
}
