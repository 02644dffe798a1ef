package activity

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

// joins finds the MessageDelivered or MessageSent of a message. Keys are mailbox and text: the same message has one
// InternetMessageId in every mailbox that got it.
type joins struct {
	item, message, conversation map[joinKey]uint32
}

type joinKey struct{ mailbox, text Symbol }

// join builds the tables. Activities are in order, so that the first delivery of an item wins, and an item's delivery
// wins over its sending.
func (c *Case) join() {
	c.joins = joins{map[joinKey]uint32{}, map[joinKey]uint32{}, map[joinKey]uint32{}}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Type != Deliver && a.Type != Send {
			continue
		}
		c.joins.put(c.joins.item, a, a.Item, i, c)
		c.joins.put(c.joins.message, a, c.Get(a, FieldMessageID), i, c)
		c.joins.put(c.joins.conversation, a, c.Get(a, FieldConversation), i, c)
	}
}

func (joins) put(table map[joinKey]uint32, a *Activity, text Symbol, index int, c *Case) {
	if text == 0 {
		return
	}
	key := joinKey{a.Mailbox, text}
	if old, ok := table[key]; !ok || a.Type == Deliver && c.Activities[old].Type == Send {
		table[key] = uint32(index)
	}
}

// Message is the delivery or sending that an activity is about, and how it was found; nil if there is none.
func (c *Case) Message(a *Activity) (*Activity, Match) {
	if a.Type == Deliver || a.Type == Send {
		return a, Itself
	}
	if a.Item != 0 {
		if i, ok := c.joins.item[joinKey{a.Mailbox, a.Item}]; ok {
			return &c.Activities[i], ByItem
		}
	}
	if a.Detail == 0 {
		return nil, NoMatch
	}
	if id := c.Get(a, FieldMessageID); id != 0 {
		if i, ok := c.joins.message[joinKey{a.Mailbox, id}]; ok {
			return &c.Activities[i], ByMessageID
		}
	}
	if id := c.Get(a, FieldConversation); id != 0 {
		if i, ok := c.joins.conversation[joinKey{a.Mailbox, id}]; ok {
			return &c.Activities[i], ByConversation
		}
	}
	return nil, NoMatch
}

// Concerns says whether an activity names a message at all: those that do and have no Message are the unmatched.
func (c *Case) Concerns(a *Activity) bool {
	return a.Item != 0 || c.Get(a, FieldMessageID) != 0 || c.Get(a, FieldConversation) != 0
}
