package activity

import "iter"

// Match says how an activity was joined to its message.
type Match uint8

// The ways of joining, best first. NoMatch is the zero value.
const (
	NoMatch        Match = iota
	ByItem               // ActivityItemId
	ByMessageID          // InternetMessageId: the item id changes when a message is moved
	ByConversation       // ConversationId: the nearest delivery of the conversation, hence a guess
	Itself               // the activity is the delivery or the sending
)

// String is the word for reports.
func (m Match) String() string {
	switch m {
	case ByItem:
		return "item"
	case ByMessageID:
		return "message_id"
	case ByConversation:
		return "conversation"
	case Itself:
		return "itself"
	default:
		return "none"
	}
}

// joins finds the MessageDelivered or MessageSent of a message, in the mailbox that asks.
type joins struct{ item, message, conversation joinTable }

// joinTable maps a mailbox's text (an item id) to an activity. Nearly every text belongs to one mailbox, so the first
// mailbox's answer stands in a slice by symbol; a message that reached several mailboxes has the others' in a map.
type joinTable struct {
	first []uint32 // by symbol: one more than the activity's index, 0 = none
	more  map[joinKey]uint32
}

type joinKey struct{ mailbox, text Symbol }

// join builds the tables. Activities are in order, so that the first delivery of an item wins, and an item's delivery
// wins over its sending.
func (c *Case) join() {
	c.joins = joins{newJoinTable(c), newJoinTable(c), newJoinTable(c)}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Type != Deliver && a.Type != Send {
			continue
		}
		c.joins.item.put(c, a.Item, i)
		for _, d := range c.run(a) {
			switch d.Key {
			case KeyOf(FieldMessageID):
				c.joins.message.put(c, d.Value, i)
			case KeyOf(FieldConversation):
				c.joins.conversation.put(c, d.Value, i)
			}
		}
	}
	c.joinMoved()
}

func newJoinTable(c *Case) joinTable {
	return joinTable{make([]uint32, c.Symbols.Len()), map[joinKey]uint32{}}
}

func (t *joinTable) put(c *Case, text Symbol, index int) {
	if text == 0 {
		return
	}
	a := &c.Activities[index]
	better := func(old uint32) bool { return a.Type == Deliver && c.Activities[old].Type == Send }
	switch old := t.first[text]; {
	case old == 0:
		t.first[text] = uint32(index) + 1
	case c.Activities[old-1].Mailbox == a.Mailbox:
		if better(old - 1) {
			t.first[text] = uint32(index) + 1
		}
	default:
		key := joinKey{a.Mailbox, text}
		if old, ok := t.more[key]; !ok || better(old) {
			t.more[key] = uint32(index)
		}
	}
}

// find is the delivery or sending of a text in a mailbox; nil if there is none.
func (t *joinTable) find(c *Case, mailbox, text Symbol) *Activity {
	if text == 0 || int(text) >= len(t.first) || t.first[text] == 0 {
		return nil
	}
	if a := &c.Activities[t.first[text]-1]; a.Mailbox == mailbox {
		return a
	}
	if i, ok := t.more[joinKey{mailbox, text}]; ok {
		return &c.Activities[i]
	}
	return nil
}

// Message is the delivery or sending that an activity is about, and how it was found; nil if there is none.
func (c *Case) Message(a *Activity) (*Activity, Match) {
	if a.Type == Deliver || a.Type == Send {
		return a, Itself
	}
	if found := c.joins.item.find(c, a.Mailbox, a.Item); found != nil {
		return found, ByItem
	}
	if a.Detail == 0 {
		return nil, NoMatch
	}
	if found := c.joins.message.find(c, a.Mailbox, c.Get(a, FieldMessageID)); found != nil {
		return found, ByMessageID
	}
	if found := c.joins.conversation.find(c, a.Mailbox, c.Get(a, FieldConversation)); found != nil {
		return found, ByConversation
	}
	return nil, NoMatch
}

// Concerns says whether an activity names a message at all: those that do and have no Message are the unmatched.
func (c *Case) Concerns(a *Activity) bool {
	return a.Item != 0 || c.Get(a, FieldMessageID) != 0 || c.Get(a, FieldConversation) != 0
}

// Messages yields every message id that an activity names, in the order of the log, with the delivery or sending of
// that message in the same mailbox; nil where there is none. MailItemsAccessed names several messages in one record,
// of which Message tells only the first.
func (c *Case) Messages(a *Activity) iter.Seq2[Symbol, *Activity] {
	return func(yield func(Symbol, *Activity) bool) {
		for _, d := range c.run(a) {
			if d.Key != KeyOf(FieldMessageID) {
				continue
			}
			found := c.joins.message.find(c, a.Mailbox, d.Value)
			if !yield(d.Value, found) {
				return
			}
		}
	}
}
