package activity

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
