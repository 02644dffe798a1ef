package activity

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// copiesExport is one input of a test case.
type copiesExport struct {
	path   string
	source Source
	rows   []row
}

func buildCopies(said string, exports []copiesExport) *Case {
	b := NewBuilder()
	for n, e := range exports {
		s := NewShard(uint32(n), Interest{})
		for i, r := range e.rows {
			s.Put(FieldSubject, []byte(r.subject))
			s.Put(FieldMessageID, []byte(r.message))
			a := Activity{
				ID: HashID(fmt.Append(nil, r.id, e.source)), Sum: contentSum(r, e.source), Time: base + r.time, Type: r.kind, Offset: int64(i),
				Item: s.Intern([]byte(r.item)), Mailbox: s.InternFold([]byte(r.mailbox)), Flags: r.flags,
			}
			if r.flags&OwnerLess != 0 {
				s.Vote(a.Mailbox)
				a.Mailbox = 0
			}
			s.Add(a)
		}
		b.Add(Input{Path: e.path, Source: e.source, Rows: int64(len(e.rows))}, []*Shard{s}, said)
	}
	return b.Case()
}

// contentSum tells records with different content apart, as readers' sums do.
func contentSum(r row, s Source) uint64 {
	id := HashID(fmt.Append(nil, r.message, r.item, r.subject, s))
	return binary.LittleEndian.Uint64(id[:])
}

// picture is everything about a case that must not depend on the order of its inputs.
func picture(c *Case) []string {
	var out []string
	for i := range c.Activities {
		a := &c.Activities[i]
		var from []string
		for o := range c.Origins(uint32(i)) {
			from = append(from, c.Inputs[o.File].Path)
		}
		slices.Sort(from)
		out = append(out, fmt.Sprint(a.Time-base, " ", a.Type, " ", c.Text(a.Mailbox), " ", c.Text(c.Get(a, FieldMessageID)), " ", from))
	}
	slices.Sort(out)
	return out
}

// However the inputs are ordered, every message is one with the same delivery, none is lost, and one in a mailbox that
// is known never goes to another.
func TestCopiesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
		var exports []copiesExport
		total := 0
		for n := range rapid.IntRange(1, 6).Draw(t, "exports") {
			e := copiesExport{path: fmt.Sprint("export-", n), source: rapid.SampledFrom([]Source{SourceActivities, SourceTrace, SourceMessage}).Draw(t, "source")}
			for i := range rapid.IntRange(1, 3).Draw(t, "rows") {
				r := row{
					id: fmt.Sprint(n, "/", i), time: int64(rapid.IntRange(1, 6).Draw(t, "day")) * 24 * 3600 * 1000, kind: Deliver,
					mailbox: pick("mailbox", "a@x", "b@x", "c@x"), message: pick("id", "<1>", "<2>", ""), item: pick("item", "", "", "i1"),
				}
				if e.source == SourceMessage && len(e.rows) == 0 && rapid.Bool().Draw(t, "guess") {
					r.flags = OwnerLess
				}
				e.rows = append(e.rows, r)
			}
			total += len(e.rows)
			exports = append(exports, e)
		}
		c := buildCopies("", exports)
		if got := len(c.Activities) + len(c.Duplicates); got != total {
			t.Fatalf("%d of %d records", got, total)
		}
		want := picture(c)
		slices.Reverse(exports)
		if got := picture(buildCopies("", exports)); !slices.Equal(got, want) {
			t.Fatalf("reversed:\n%v\nwant\n%v", got, want)
		}
	})
}

// Of several deliveries of one id the nearest in time is the message's; the log of activities goes before a trace.
func TestNearestDelivery(t *testing.T) {
	const minute = 60 * 1000
	c := buildCopies("", []copiesExport{
		{"log", SourceActivities, []row{{id: "1", time: 10 * minute, mailbox: "a@x", message: "<1>", kind: Deliver}, {id: "2", time: 90 * minute, mailbox: "a@x", message: "<1>", kind: Deliver}}},
		{"trace", SourceTrace, []row{{id: "3", time: 80 * minute, mailbox: "a@x", message: "<1>", kind: Deliver}}},
		{"mail", SourceMessage, []row{{id: "4", time: 80 * minute, mailbox: "a@x", message: "<1>", kind: Deliver, subject: "pay"}}},
		{"sent", SourceMessage, []row{{id: "5", time: 80 * minute, mailbox: "a@x", message: "<1>", kind: Send}}},
	})
	want := []string{"4800000 deliver a@x <1> [trace]", "4800000 send a@x <1> [sent]", "5400000 deliver a@x <1> [log mail]", "600000 deliver a@x <1> [log]"}
	if got := picture(c); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The folder says whose a message is that does not say so itself, if its name is an address; --assume-mailbox always does.
func TestOwnerOfMessages(t *testing.T) {
	f := func(path, said, owner, from string) {
		t.Helper()
		c := buildCopies(said, []copiesExport{{path, SourceMessage, []row{{id: "1", message: "<1>", kind: Deliver, flags: OwnerLess}}}})
		if in := c.Inputs[0]; in.Mailbox != owner || in.MailboxFrom != from || c.Text(c.Activities[0].Mailbox) != owner {
			t.Errorf("%s: %s from %s", path, in.Mailbox, in.MailboxFrom)
		}
	}
	f("case/Alice@contoso.com/inbox/1.eml", "", "alice@contoso.com", "folder name")
	f(`case\bob@contoso.com\1.eml`, "", "bob@contoso.com", "folder name")
	f("mail.zip!bob@contoso.com/1.eml", "", "bob@contoso.com", "folder name")
	f("case/phish/1.eml", "", "unknown (whoever had the message files)", "nothing")
	f("case/Alice@contoso.com/1.eml", "Carol@contoso.com", "carol@contoso.com", "--assume-mailbox")
}
