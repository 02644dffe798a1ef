package activity

import (
	"cmp"
	"slices"
)

// nearCopy is how far apart in time a message and its delivery may stand, in milliseconds: two days, since a trace says
// when the service took a message and the message says when its last server did. A sender may use an id again.
const nearCopy = 2 * 24 * 3600 * 1000

// copiesKey is what a message and its delivery share: a message id or an item id.
type copiesKey struct {
	text Symbol
	item bool
	typ  Type
}

// matchCopies gives a message that was handed over itself (a file, or an object of an API) the identity of the delivery
// that a log recorded of it, so that dropRepeats makes one activity of both: the delivery stands, and takes what only
// the message says. A message in nobody's certain mailbox goes where its only delivery is.
func (b *Builder) matchCopies() {
	var copies []int
	wanted := map[copiesKey]bool{}
	for i := range b.c.Activities {
		if a := &b.c.Activities[i]; b.isCopy(a) {
			copies = append(copies, i)
			for _, key := range b.copyKeys(a) {
				wanted[key] = true
			}
		}
	}
	if len(copies) == 0 {
		return
	}
	logged := map[copiesKey][]int{}
	for i := range b.c.Activities {
		a := &b.c.Activities[i]
		if a.Type != Deliver && a.Type != Send || b.isCopy(a) {
			continue
		}
		for _, key := range b.copyKeys(a) {
			if wanted[key] {
				logged[key] = append(logged[key], i)
			}
		}
	}
	chosen := map[*Activity][]*Activity{}
	for _, i := range copies {
		a := &b.c.Activities[i]
		for _, key := range b.copyKeys(a) {
			if to := b.deliveryOf(a, logged[key]); to != nil {
				chosen[to] = append(chosen[to], a)
				break
			}
		}
	}
	for to, all := range chosen {
		b.settleCopies(to, all)
	}
}

func (b *Builder) isCopy(a *Activity) bool { return b.c.Inputs[a.File].Source == SourceMessage }

// copyKeys are the ids by which an activity's message is known: the item is the mailbox's own, so it comes first.
func (b *Builder) copyKeys(a *Activity) []copiesKey {
	var keys []copiesKey
	if a.Item != 0 {
		keys = append(keys, copiesKey{a.Item, true, a.Type})
	}
	if id := b.c.Get(a, FieldMessageID); id != 0 {
		keys = append(keys, copiesKey{id, false, a.Type})
	}
	return keys
}

// deliveryOf is the delivery that a message is a copy of: the nearest in time in its own mailbox, the fuller account of
// two that are equally near; in another mailbox only if the message does not know its own and no second one has it.
func (b *Builder) deliveryOf(a *Activity, logged []int) *Activity {
	var own, other *Activity
	strangers := 0
	for _, i := range logged {
		d := &b.c.Activities[i]
		if !near(a, d) || b.otherMessage(a, d) {
			continue
		}
		if d.Mailbox == a.Mailbox {
			own = b.nearer(a, own, d)
			continue
		}
		if other == nil || other.Mailbox != d.Mailbox {
			strangers++
		}
		other = b.nearer(a, other, d)
	}
	if own == nil && strangers == 1 && a.Flags&OwnerLess != 0 {
		return other
	}
	return own
}

// otherMessage says that two records name different message ids.
func (b *Builder) otherMessage(a, d *Activity) bool {
	p, q := b.c.Get(a, FieldMessageID), b.c.Get(d, FieldMessageID)
	return p != 0 && q != 0 && p != q
}

func near(a, d *Activity) bool {
	if (a.Flags|d.Flags)&Undated != 0 {
		return true
	}
	return apart(a, d) <= nearCopy
}

// apart is how far two activities stand apart, in milliseconds.
func apart(a, b *Activity) int64 { return max(Later(a.Time, b.Time), Later(b.Time, a.Time)) }

// nearer is the better of two deliveries for a message, whatever order they come in: the one of Outlook
// Activities, then the nearer in time.
func (b *Builder) nearer(a, old, d *Activity) *Activity {
	if old == nil {
		return d
	}
	rank := func(x *Activity) int {
		if b.c.Inputs[x.File].Source == SourceActivities {
			return 0
		}
		return 1
	}
	if cmp.Or(
		cmp.Compare(rank(d), rank(old)), cmp.Compare(apart(a, d), apart(a, old)),
		Compare(d, old), compareOrigins(d.Origin(), old.Origin()),
	) < 0 {
		return d
	}
	return old
}

// settleCopies joins a delivery's copies to it. Of copies that differ, the nearest in time is taken, with those that say
// the same or less; another one is another message that came under the same id, and must not hide behind the first.
func (b *Builder) settleCopies(to *Activity, all []*Activity) {
	slices.SortFunc(all, func(x, y *Activity) int {
		return cmp.Or(cmp.Compare(x.Flags&Lossy, y.Flags&Lossy), cmp.Compare(apart(x, to), apart(y, to)), Compare(x, y))
	})
	sum := all[0].Sum
	for _, a := range all {
		if a.Sum == sum || a.Flags&Lossy != 0 {
			b.settleCopy(a, to)
		}
	}
}

// settleCopy makes a message the lesser copy of its delivery.
func (b *Builder) settleCopy(a, to *Activity) {
	if in := &b.c.Inputs[a.File]; a.Mailbox != to.Mailbox && in.Mailbox != "" && in.Rows <= 1 {
		in.Mailbox, in.MailboxFrom = b.c.Text(to.Mailbox), "its delivery in another export"
	}
	if a.Actor == a.Mailbox {
		a.Actor = to.Actor
	}
	a.ID, a.Mailbox = to.ID, to.Mailbox
	a.Flags = a.Flags&^OwnerLess | Lossy // its mailbox is the delivery's
}
