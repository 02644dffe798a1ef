package activity

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// The shape that memory depends on (the package's comment).
func TestActivityIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Activity{}); size > 96 {
		t.Errorf("an Activity has %d bytes, want at most 96", size)
	}
}

// row is one record of a test export.
type row struct {
	id      string
	time    int64
	mailbox string
	actor   string
	kind    Type
	item    string
	subject string
	message string
	flags   Flags
	lane    Lane
}

// base is when the rows of these tests begin: 2018-01-01.
const base = 1_514_764_800_000

// build makes a case of exports; each is one input of two shards.
func build(source Source, exports ...[]row) *Case {
	b := NewBuilder()
	for n, rows := range exports {
		shards := []*Shard{NewShard(uint32(n), Interest{}), NewShard(uint32(n), Interest{})}
		for i, r := range rows {
			s := shards[i%2]
			s.Put(FieldSubject, []byte(r.subject))
			s.Put(FieldMessageID, []byte(r.message))
			s.Add(Activity{
				ID: HashID([]byte(r.id)), Sum: uint64(len(r.subject)), Time: base + r.time, Type: r.kind, Offset: int64(i * 10),
				Mailbox: s.InternFold([]byte(r.mailbox)), Actor: s.InternFold([]byte(r.actor)), Item: s.Intern([]byte(r.item)),
				Flags: r.flags, Lane: r.lane,
			})
		}
		b.Add(Input{Path: fmt.Sprintf("export-%d.csv", n), Source: source, Rows: int64(len(rows))}, shards, "")
	}
	return b.Case()
}

func ids(c *Case) []string {
	var list []string
	for i := range c.Activities {
		list = append(list, c.Activities[i].ID.String())
	}
	return list
}

// A repeat is dropped and its origin kept; the counts of each input add up.
func TestRepeatsAreCountedNotKept(t *testing.T) {
	a := row{id: "a", time: 5, mailbox: "alice@contoso.com", subject: "one"}
	b := row{id: "b", time: 3, mailbox: "Alice@contoso.com", subject: "two"}
	c := build(SourceAudit, []row{a, b, a}, []row{b, a})
	if len(c.Activities) != 2 || len(c.Duplicates) != 3 {
		t.Fatalf("%d activities, %d duplicates", len(c.Activities), len(c.Duplicates))
	}
	if got := slices.Collect(c.Origins(1)); !slices.Equal(got, []Origin{{0, 0}, {0, 20}, {1, 10}}) {
		t.Errorf("origins of the later one: %v", got)
	}
	for _, in := range c.Inputs {
		if in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("%s: %d rows, %d + %d + %d", in.Path, in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
	}
	if c.Activities[0].Mailbox != c.Activities[1].Mailbox {
		t.Error("user names that differ in case are two mailboxes")
	}
}

// Two records under one id that differ are both evidence.
func TestSameIDDifferentContentKeepsBoth(t *testing.T) {
	c := build(SourceAudit, []row{{id: "a", subject: "one"}, {id: "a", subject: "another"}, {id: "a", subject: "one"}})
	if len(c.Activities) != 2 || len(c.Duplicates) != 1 || len(c.Conflicts) != 1 || c.Conflicts[0].Merged {
		t.Errorf("%d activities, %d duplicates, conflicts %v", len(c.Activities), len(c.Duplicates), c.Conflicts)
	}
}

// A cut copy gives way to the whole one and only fills what that lacks.
func TestLesserCopyFillsGaps(t *testing.T) {
	whole := row{id: "a", mailbox: "alice@contoso.com", subject: "whole"}
	cut := row{id: "a", item: "item-1", subject: "cu", message: "<1@contoso.com>", flags: Salvaged}
	for _, rows := range [][]row{{whole, cut}, {cut, whole}} {
		c := build(SourceAudit, rows)
		if len(c.Activities) != 1 {
			t.Fatalf("%d activities", len(c.Activities))
		}
		a := &c.Activities[0]
		if c.Text(c.Get(a, FieldSubject)) != "whole" || c.Text(c.Get(a, FieldMessageID)) != "<1@contoso.com>" || c.Text(a.Item) != "item-1" {
			t.Errorf("subject %q, message %q, item %q", c.Text(c.Get(a, FieldSubject)), c.Text(c.Get(a, FieldMessageID)), c.Text(a.Item))
		}
		if len(c.Conflicts) != 1 || !c.Conflicts[0].Merged {
			t.Errorf("conflicts %v", c.Conflicts)
		}
	}
}

// The case does not depend on the order of rows, nor on how they are spread over exports.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		rows := make([]row, n)
		for i := range rows {
			id := rapid.IntRange(0, 12).Draw(t, "id")
			rows[i] = row{id: fmt.Sprint(id), time: int64(id % 3), mailbox: fmt.Sprintf("m%d@contoso.com", id%2), subject: fmt.Sprint(id % 5)}
		}
		want := ids(build(SourceAudit, rows))
		random := rand.New(rand.NewPCG(uint64(n), rapid.Uint64().Draw(t, "seed")))
		random.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		cut := random.IntN(n)
		if got := ids(build(SourceAudit, rows[:cut], rows[cut:], rows)); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// An export without a mailbox column belongs to whom the user says, else to whom its logons name, else to its file name.
func TestOwnerOfExport(t *testing.T) {
	f := func(path, said string, votes []string, want, from string) {
		t.Helper()
		s := NewShard(0, Interest{})
		s.Add(Activity{ID: HashID([]byte("x")), Flags: OwnerLess})
		for _, v := range votes {
			s.Vote(s.InternFold([]byte(v)))
		}
		b := NewBuilder()
		b.Add(Input{Path: path}, []*Shard{s}, said)
		c := b.Case()
		if in := c.Inputs[0]; in.Mailbox != want || in.MailboxFrom != from || c.Text(c.Activities[0].Actor) != want {
			t.Errorf("%s: %q from %s, actor %q", path, in.Mailbox, in.MailboxFrom, c.Text(c.Activities[0].Actor))
		}
	}
	f("x/alice.csv", "Bob@Contoso.com", []string{"c@contoso.com"}, "bob@contoso.com", "--assume-mailbox")
	f("x/alice.csv", "", []string{"C@contoso.com", "b@contoso.com", "c@contoso.com"}, "c@contoso.com", "ServerLogon.UserName")
	f("x/alice.csv", "", []string{"c@contoso.com", "b@contoso.com"}, "b@contoso.com", "ServerLogon.UserName") // a tie is settled by name
	f(`C:\case\Alice@contoso.com.csv.gz`, "", nil, "alice@contoso.com", "file name")
	f("all.zip!mail/Alice@contoso.com.json", "", nil, "alice@contoso.com", "file name")
}

// A delegate's act stands in the owner's timeline and, as a copy, in the delegate's; a service's only in the owner's.
func TestTimelines(t *testing.T) {
	c := build(SourceAudit, []row{
		{id: "1", time: 1, mailbox: "alice@contoso.com", actor: "alice@contoso.com"},
		{id: "2", time: 2, mailbox: "alice@contoso.com", actor: "bob@contoso.com"},
		{id: "3", time: 3, mailbox: "alice@contoso.com", actor: "nt authority\\system", lane: System},
		{id: "4", time: 4, mailbox: "", actor: "nt authority\\system", lane: System},
		{id: "5", mailbox: "alice@contoso.com", flags: Undated},
	})
	lines := c.Timelines()
	var got []string
	for _, l := range lines {
		text := c.Text(l.Mailbox) + " " + l.Lane.String()
		for i, r := range l.Rows {
			text += fmt.Sprintf(" %d", l.At(i).Time-base)
			if r.ActorCopy() {
				text += "c"
			}
		}
		got = append(got, text)
	}
	want := []string{"alice@contoso.com person 1 2 3", "bob@contoso.com person 2c", `nt authority\system system 4`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// A move changes the item id: the InternetMessageId still finds the delivery, in the same mailbox only.
func TestMessageJoin(t *testing.T) {
	c := build(SourceActivities, []row{
		{id: "1", time: 1, mailbox: "alice", kind: Deliver, item: "i1", message: "<m1>", subject: "s"},
		{id: "2", time: 2, mailbox: "alice", kind: Read, item: "i1"},
		{id: "3", time: 3, mailbox: "alice", kind: Move, item: "i2", message: "<m1>"},
		{id: "4", time: 4, mailbox: "alice", kind: Read, item: "i2"},
		{id: "5", time: 5, mailbox: "bob", kind: Read, item: "i1"},
		{id: "6", time: 6, mailbox: "bob", kind: Send, item: "b1", message: "<m1>", subject: "sent"},
		{id: "7", time: 7, mailbox: "bob", kind: Deliver, item: "b2", message: "<m1>", subject: "to himself"},
		{id: "8", time: 8, mailbox: "bob", kind: Read, item: "b3", message: "<m1>"},
	})
	want := []Match{Itself, ByItem, ByMessageID, NoMatch, NoMatch, Itself, Itself, ByMessageID}
	for i := range c.Activities {
		if _, got := c.Message(&c.Activities[i]); got != want[i] {
			t.Errorf("activity %d joined by %v, want %v", i+1, got, want[i])
		}
	}
	if m, _ := c.Message(&c.Activities[7]); c.Text(c.Get(m, FieldSubject)) != "to himself" {
		t.Error("a delivery does not win over the sending")
	}
}

func TestGUID(t *testing.T) {
	f := func(text string, want string) {
		t.Helper()
		id, ok := GUID([]byte(text))
		if ok != (want != "") || ok && id.String() != want {
			t.Errorf("GUID(%q) = %v, %v", text, id, ok)
		}
	}
	f("832172e1-0000-4ABC-9def-0123456789ab", "832172e100004abc9def0123456789ab")
	f("832172e1-0000-4ABC-9def-0123456789a", "")
	f("832172e1-0000-4ABC-9def-0123456789ag", "")
	f("832172e1000004ABC-9def-0123456789abc", "")
	f("832172e1-0000-4ABC-9def-012345-789ab", "") // as long as one, with a hyphen too many: once the end of the program
	f("83-172e1-0000-4ABC-9def-0123456789ab", "")
	f("", "")
}

// OfType lists each activity once, under its type, in the case's order.
func TestOfType(t *testing.T) {
	c := build(SourceAudit, []row{{id: "1", time: 3, kind: Send}, {id: "2", time: 1, kind: Send}, {id: "3", time: 2}})
	if got := c.OfType(Send); !slices.Equal(got, []uint32{0, 2}) {
		t.Errorf("sends: %v", got)
	}
	if got := c.OfType(Other); !slices.Equal(got, []uint32{1}) {
		t.Errorf("others: %v", got)
	}
	if got := c.OfType(typeCount); got != nil {
		t.Errorf("no type: %v", got)
	}
}
