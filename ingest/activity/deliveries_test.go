package activity

import (
	"cmp"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Promise: the delivery that is found for a message is the one that a look at all of them finds.
func TestDeliveries(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		b := NewBuilder()
		for _, source := range []Source{SourceActivities, SourceTrace, SourceAudit, SourceMessage} {
			s := NewShard(0, Interest{})
			rows := 1
			if source != SourceMessage {
				rows = rapid.IntRange(0, 8).Draw(t, "rows")
			}
			for i := range rows {
				if rapid.Bool().Draw(t, "named") {
					s.Put(FieldMessageID, fmt.Append(nil, rapid.IntRange(1, 2).Draw(t, "id")))
				}
				a := Activity{
					ID: HashID(fmt.Append(nil, source, i)), Time: base + rapid.Int64Range(0, 8).Draw(t, "half days")*12*3600*1000, Type: Deliver, Offset: int64(i),
					Mailbox: s.Intern(fmt.Append(nil, rapid.IntRange(1, 3).Draw(t, "mailbox"))),
				}
				if rapid.IntRange(0, 4).Draw(t, "undated") == 0 {
					a.Flags |= Undated
				}
				if source == SourceMessage && rapid.Bool().Draw(t, "owner") {
					a.Flags |= OwnerLess
				}
				s.Add(a)
			}
			b.Add(Input{Source: source, Rows: int64(rows)}, []*Shard{s}, "4")
		}
		b.layOut()
		c := &b.c
		key := copiesKey{text: 1, typ: Deliver}
		d := deliveries{c: c, lists: map[listKey]*timed{}, boxes: map[copiesKey][]Symbol{}}
		var all []*Activity
		var message *Activity
		for i := range c.Activities {
			if a := &c.Activities[i]; isCopy(c, a) {
				message = a
			} else {
				d.add(key, a)
				all = append(all, a)
			}
		}
		d.sort()
		got, want := d.of(message, key), lookAtAll(c, message, all)
		if got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if want != nil {
			found++
		}
	})
	if found == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn message has a delivery: the test shows nothing")
	}
}

// lookAtAll is deliveries.of without lists.
func lookAtAll(c *Case, a *Activity, all []*Activity) *Activity {
	var own, other *Activity
	boxes := map[Symbol]bool{}
	better := func(d, old *Activity) bool {
		log := func(x *Activity) int {
			if c.Inputs[x.File].Source == SourceActivities {
				return 0
			}
			return 1
		}
		return old == nil || cmp.Or(cmp.Compare(log(d), log(old)), cmp.Compare(apart(a, d), apart(a, old)), Compare(d, old)) < 0
	}
	for _, d := range all {
		p, q := c.Get(a, FieldMessageID), c.Get(d, FieldMessageID)
		switch {
		case !besideDelivery(a, d) || p != 0 && q != 0 && p != q:
		case d.Mailbox == a.Mailbox:
			if better(d, own) {
				own = d
			}
		default:
			boxes[d.Mailbox] = true
			if better(d, other) {
				other = d
			}
		}
	}
	if own == nil && len(boxes) == 1 && a.Flags&OwnerLess != 0 {
		return other
	}
	return own
}
