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

// joins finds the MessageDelivered or MessageSent of a message, in the mailbox that asks. Nearly every text is the id of
// one message in one mailbox, so the first answer for a text stands in a slice by symbol; a message that reached several
// mailboxes, or a text that is an id in two ways, has the others' in a map.
type joins struct {
	first []uint32 // by symbol: the way in the upper two bits, and one more than the activity's index; 0 = none
	more  map[joinKey]uint32
}

type joinKey struct {
	way           Match
	mailbox, text Symbol
}

// joinIndex is the bits of an entry that hold an index: enough for 100 GB of activities.
const joinIndex = 1<<30 - 1

// join builds the tables. Activities are in order and deliveries come before sendings, so that the first delivery of an
// item wins, and an item's delivery wins over its sending.
func (c *Case) join() {
	c.joins = joins{make([]uint32, c.Symbols.Len()), map[joinKey]uint32{}}
	moved := c.movedItems()
	for _, t := range [...]Type{Deliver, Send} {
		for _, i := range c.types[t] {
			a := &c.Activities[i]
			c.joins.put(c, ByItem, a.Item, i)
			for _, d := range c.run(a) {
				switch d.Key {
				case KeyOf(FieldMessageID):
					c.joins.put(c, ByMessageID, d.Value, i)
				case KeyOf(FieldConversation):
					c.joins.put(c, ByConversation, d.Value, i)
				}
			}
		}
		c.joinMoved(moved, t)
	}
}

// put keeps the first that comes of each key.
func (j *joins) put(c *Case, way Match, text Symbol, index uint32) {
	if text == 0 || index >= joinIndex {
		return
	}
	old := j.first[text]
	if old == 0 {
		j.first[text] = uint32(way)<<30 | (index + 1)
		return
	}
	mailbox := c.Activities[index].Mailbox
	if Match(old>>30) == way && c.Activities[old&joinIndex-1].Mailbox == mailbox {
		return
	}
	if key := (joinKey{way, mailbox, text}); j.more[key] == 0 {
		j.more[key] = index + 1
	}
}

// find is the delivery or sending of a text in a mailbox; nil if there is none.
func (j *joins) find(c *Case, way Match, mailbox, text Symbol) *Activity {
	if text == 0 || int(text) >= len(j.first) || j.first[text] == 0 {
		return nil
	}
	if at := j.first[text]; Match(at>>30) == way {
		if a := &c.Activities[at&joinIndex-1]; a.Mailbox == mailbox {
			return a
		}
	}
	if at := j.more[joinKey{way, mailbox, text}]; at != 0 {
		return &c.Activities[at-1]
	}
	return nil
}

// Message is the delivery or sending that an activity is about, and how it was found; nil if there is none.
func (c *Case) Message(a *Activity) (*Activity, Match) {
	if a.Type == Deliver || a.Type == Send {
		return a, Itself
	}
	if found := c.joins.find(c, ByItem, a.Mailbox, a.Item); found != nil {
		return found, ByItem
	}
	if a.Detail == 0 {
		return nil, NoMatch
	}
	if found := c.joins.find(c, ByMessageID, a.Mailbox, c.Get(a, FieldMessageID)); found != nil {
		return found, ByMessageID
	}
	if found := c.joins.find(c, ByConversation, a.Mailbox, c.Get(a, FieldConversation)); found != nil {
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
			found := c.joins.find(c, ByMessageID, a.Mailbox, d.Value)
			if !yield(d.Value, found) {
				return
			}
		}
	}
}
