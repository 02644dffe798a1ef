package exposure_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"triage/analyzers/exposure"

	"pgregory.net/rapid"
)

// drawn is a log of any acts of an owner, an intruder and somebody of the two.
func drawn(t *rapid.T) *log {
	l := &log{}
	l.reads(owner, 0, `\Inbox`, "<known@fabrikam.com>")    // accesses of this mailbox are recorded
	l.reads(owner, 2000, `\Inbox`, "<known@fabrikam.com>") // and this is how far the log goes
	n := rapid.IntRange(1, 12).Draw(t, "messages")
	id := func(i int) string { return fmt.Sprintf("<m%d@fabrikam.com>", i) }
	for i := range n {
		if rapid.IntRange(0, 3).Draw(t, "traced") > 0 {
			l.comes(10*i, id(i), partner, rapid.SampledFrom([]string{alice, bob}).Draw(t, "to"), fmt.Sprintf("Invoice %d", i))
		}
	}
	for k := range rapid.IntRange(0, 25).Draw(t, "acts") {
		at, whose := 40+7*k, rapid.IntRange(owner, undecided).Draw(t, "whose")
		some := []string{id(rapid.IntRange(0, n-1).Draw(t, "message"))}
		if rapid.Bool().Draw(t, "several") {
			some = append(some, id(rapid.IntRange(0, n-1).Draw(t, "another")))
		}
		switch rapid.IntRange(0, 7).Draw(t, "act") {
		default:
			l.reads(whose, at, `\Inbox`, some...)
		case 0:
			l.add(whose, at, "HardDelete", map[string]any{"RecordType": 3, "AffectedItems": []any{map[string]any{"Id": "i" + some[0], "InternetMessageId": some[0], "Subject": "Invoice"}}, "Folder": map[string]any{"Path": `\Inbox`}})
		case 1:
			l.syncs(whose, at, rapid.SampledFrom([]string{`\Inbox`, `\Sent Items`, `\Archive`}).Draw(t, "folder"), "Client=MSExchangeRPC")
		case 2:
			l.cmdlet(whose, at, "New-InboxRule", `alice\x`, "Name", "x", "ForwardTo", "x@example.org", "SubjectContainsWords", fmt.Sprintf("invoice %d", k%3))
		case 3:
			l.add(whose, at, "SearchQueryInitiatedExchange", map[string]any{"QueryText": "invoice"})
		}
	}
	return l
}

// Promise: the order in which rows are handed over changes nothing.
func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := drawn(rt)
		c, e := l.reach(t, nil)
		want := tell(c, e)
		c, e = l.reach(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 1)))
		if got := tell(c, e); !slices.Equal(got, want) {
			rt.Fatalf("in another order:\n%q\nwant\n%q", got, want)
		}
	})
}

// Promise: an owner's read more adds nothing, whatever it names.
func TestOwnersReadAddsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := drawn(rt)
		c, e := l.reach(t, nil)
		want := tell(c, e)
		l.reads(owner, rapid.IntRange(0, 300).Draw(rt, "at"), `\Inbox`, fmt.Sprintf("<m%d@fabrikam.com>", rapid.IntRange(0, 20).Draw(rt, "message")), "<other@fabrikam.com>")
		c, e = l.reach(t, nil)
		if got := tell(c, e); !slices.Equal(got, want) {
			rt.Fatalf("with an owner's read:\n%q\nwant\n%q", got, want)
		}
	})
}

// Promise: the only read of a message taken away takes the message away, unless it is in something that he took whole, and
// nothing else.
func TestReadTakenAwayTakesItsMessage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := drawn(rt)
		c, e := l.reach(t, nil)
		want := states(c, e, alice)
		l.reads(intruder, rapid.IntRange(0, 300).Draw(rt, "at"), `\Inbox`, "<only@fabrikam.com>")
		c, e = l.reach(t, nil)
		got := states(c, e, alice)
		if got["<only@fabrikam.com>"] != "proven read" {
			rt.Fatalf("the message that only this read names is %q", got["<only@fabrikam.com>"])
		}
		delete(got, "<only@fabrikam.com>")
		for id, state := range got { // where this was his only act, what is contested is so only beside it
			if want[id] == "" && state == "contested" {
				delete(got, id)
			}
		}
		if !maps.Equal(got, want) {
			rt.Fatalf("without the read %v, with it %v", want, got)
		}
	})
}

// Promise: every item has a row, its sums are true, and each item is there once.
func TestItemsAreWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, e := drawn(rt).reach(t, nil)
		for i := range e.Boxes {
			b := &e.Boxes[i]
			seen := map[string]bool{}
			var sums exposure.Count
			for k := range b.Items {
				x := &b.Items[k]
				key := fmt.Sprint(x.By, c.Text(x.ID))
				if seen[key] || len(x.Rows) == 0 || len(x.Rows) > exposure.MaxRows || !slices.IsSorted(x.Rows) || x.First == 0 || x.First > x.Last {
					rt.Fatalf("%+v", x)
				}
				seen[key] = true
				switch x.State {
				case exposure.Proven:
					sums.Proven++
				case exposure.Presumed:
					sums.Presumed++
				default:
					sums.Contested++
				}
			}
			if sums != b.Sums.Messages {
				rt.Fatalf("sums %+v, want %+v", b.Sums.Messages, sums)
			}
		}
	})
}
