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
func matchCopies(c *Case) {
	var copies []int
	wanted := map[copiesKey]bool{}
	for i := range c.Activities {
		if a := &c.Activities[i]; isCopy(c, a) {
			copies = append(copies, i)
			for _, key := range copyKeys(c, a) {
				wanted[key] = true
			}
		}
	}
	if len(copies) == 0 {
		return
	}
	logged := deliveries{c: c, lists: map[listKey]*timed{}, boxes: map[copiesKey][]Symbol{}}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Type != Deliver && a.Type != Send || isCopy(c, a) {
			continue
		}
		for _, key := range copyKeys(c, a) {
			if wanted[key] {
				logged.add(key, a)
			}
		}
	}
	logged.sort()
	chosen := map[*Activity][]*Activity{}
	for _, i := range copies {
		a := &c.Activities[i]
		for _, key := range copyKeys(c, a) {
			if to := logged.of(a, key); to != nil {
				chosen[to] = append(chosen[to], a)
				break
			}
		}
	}
	for to, all := range chosen {
		settleCopies(c, to, all)
	}
}

func isCopy(c *Case, a *Activity) bool { return c.Inputs[a.File].Source == SourceMessage }

// copyKeys are the ids by which an activity's message is known: the item is the mailbox's own, so it comes first.
func copyKeys(c *Case, a *Activity) []copiesKey {
	var keys []copiesKey
	if a.Item != 0 {
		keys = append(keys, copiesKey{a.Item, true, a.Type})
	}
	if id := c.Get(a, FieldMessageID); id != 0 {
		keys = append(keys, copiesKey{id, false, a.Type})
	}
	return keys
}

// settleCopies joins a delivery's copies to it. Of copies that differ, the nearest in time is taken, with those that say
// the same or less; another one is another message that came under the same id, and must not hide behind the first.
func settleCopies(c *Case, to *Activity, all []*Activity) {
	slices.SortFunc(all, func(x, y *Activity) int {
		return cmp.Or(cmp.Compare(x.Flags&Lossy, y.Flags&Lossy), cmp.Compare(apart(x, to), apart(y, to)), Compare(x, y))
	})
	sum := all[0].Sum
	for _, a := range all {
		if a.Sum == sum || a.Flags&Lossy != 0 {
			settleCopy(c, a, to)
		}
	}
}

// settleCopy makes a message the lesser copy of its delivery.
func settleCopy(c *Case, a, to *Activity) {
	if in := &c.Inputs[a.File]; a.Mailbox != to.Mailbox && in.Mailbox != "" && in.Rows <= 1 {
		in.Mailbox, in.MailboxFrom = c.Text(to.Mailbox), "its delivery in another export"
	}
	if a.Actor == a.Mailbox {
		a.Actor = to.Actor
	}
	a.ID, a.Mailbox = to.ID, to.Mailbox
	a.Flags = a.Flags&^OwnerLess | Lossy // its mailbox is the delivery's
}

// otherItem is an item id of a message that was handed over itself, beside the one of the delivery that it completes: a
// message that is moved gets a new id, and is delivered under the first only.
type otherItem struct {
	id   ID
	item Symbol
}

// otherItems notes the item ids of messages before dropRepeats lets go of all but one copy of each.
func otherItems(c *Case) {
	for i := range c.Activities {
		if a := &c.Activities[i]; a.Item != 0 && isCopy(c, a) {
			c.moved = append(c.moved, otherItem{a.ID, a.Item})
		}
	}
}

// movedItems are the further item ids of messages that were handed over themselves.
func (c *Case) movedItems() map[ID][]Symbol {
	items := map[ID][]Symbol{}
	for _, m := range c.moved {
		items[m.id] = append(items[m.id], m.item)
	}
	c.moved = nil
	return items
}

// joinMoved lets messages of a type be found by all item ids that they were handed over with.
func (c *Case) joinMoved(items map[ID][]Symbol, t Type) {
	if len(items) == 0 {
		return
	}
	for _, i := range c.types[t] {
		for _, item := range items[c.Activities[i].ID] {
			c.joins.put(c, ByItem, item, i)
		}
	}
}
