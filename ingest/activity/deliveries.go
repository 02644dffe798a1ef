package activity

import (
	"cmp"
	"slices"
	"sort"
)

// deliveries are what logs have of messages that were handed over, for finding the nearest one in time. A sender may use
// one id for thousands of messages, so that no message may look at all that share its id.
type deliveries struct {
	c     *Case
	lists map[listKey]*timed
	boxes map[copiesKey][]Symbol // mailboxes, each once
}

// listKey is what the deliveries of one list share.
type listKey struct {
	copiesKey
	mailbox Symbol
	log     bool   // of Outlook Activities, the fullest account
	id      Symbol // message id; 0 for none
	every   bool   // of every message id
}

// timed are deliveries in order of time.
type timed struct{ dated, undated []*Activity }

// add takes one more delivery under a key.
func (d *deliveries) add(key copiesKey, a *Activity) {
	one := listKey{copiesKey: key, mailbox: a.Mailbox, log: d.c.Inputs[a.File].Source == SourceActivities, id: d.c.Get(a, FieldMessageID)}
	every := one
	every.id, every.every = 0, true
	if d.lists[every] == nil {
		other := every
		if other.log = !every.log; d.lists[other] == nil {
			d.boxes[key] = append(d.boxes[key], a.Mailbox)
		}
	}
	for _, k := range [2]listKey{one, every} {
		list := d.lists[k]
		if list == nil {
			list = &timed{}
			d.lists[k] = list
		}
		if a.Flags&Undated != 0 {
			list.undated = append(list.undated, a)
		} else {
			list.dated = append(list.dated, a)
		}
	}
}

// sort ends the adding.
func (d *deliveries) sort() {
	for _, list := range d.lists {
		slices.SortFunc(list.dated, Compare)
		slices.SortFunc(list.undated, Compare)
	}
}

// of is the delivery that a message is a copy of: the nearest in time in its own mailbox, the fuller account of two that
// are equally near; in another mailbox only if the message does not know its own and no second one has it.
func (d *deliveries) of(a *Activity, key copiesKey) *Activity {
	if own := d.in(a.Mailbox, a, key); own != nil || a.Flags&OwnerLess == 0 {
		return own
	}
	var other *Activity
	for _, mailbox := range d.boxes[key] {
		switch found := d.in(mailbox, a, key); {
		case found == nil:
		case other != nil:
			return nil
		default:
			other = found
		}
	}
	return other
}

// in is the delivery in a mailbox: that of Outlook Activities, then the nearer in time. It does not name another message
// id than the copy.
func (d *deliveries) in(mailbox Symbol, a *Activity, key copiesKey) *Activity {
	ids := []listKey{{every: true}}
	if id := d.c.Get(a, FieldMessageID); id != 0 {
		ids = []listKey{{id: id}, {}}
	}
	for _, log := range [2]bool{true, false} {
		var best *Activity
		for _, k := range ids {
			k.copiesKey, k.mailbox, k.log = key, mailbox, log
			best = nearer(a, best, d.lists[k].nearest(a))
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// nearest is the one nearest to an activity in time, if any is near enough.
func (t *timed) nearest(a *Activity) *Activity {
	if t == nil {
		return nil
	}
	return nearer(a, nearestOf(t.dated, a), nearestOf(t.undated, a))
}

func nearestOf(list []*Activity, a *Activity) *Activity {
	at := sort.Search(len(list), func(i int) bool { return list[i].Time >= a.Time })
	var best *Activity
	if at < len(list) && besideDelivery(a, list[at]) {
		best = list[at]
	}
	if at > 0 && besideDelivery(a, list[at-1]) { // the first of those that are as early
		before := list[at-1].Time
		first := sort.Search(at, func(i int) bool { return list[i].Time >= before })
		best = nearer(a, best, list[first])
	}
	return best
}

// nearer is the one of two that is nearer to an activity in time, whatever order they come in; either may be nil.
func nearer(a, x, y *Activity) *Activity {
	if x == nil || y != nil && cmp.Or(cmp.Compare(apart(a, y), apart(a, x)), Compare(y, x)) < 0 {
		return y
	}
	return x
}

func besideDelivery(a, d *Activity) bool {
	if (a.Flags|d.Flags)&Undated != 0 {
		return true
	}
	return apart(a, d) <= nearCopy
}

// apart is how far two activities stand apart, in milliseconds.
func apart(a, b *Activity) int64 { return max(Later(a.Time, b.Time), Later(b.Time, a.Time)) }
