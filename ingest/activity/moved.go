package activity

// otherItem is an item id of a message that was handed over itself, beside the one of the delivery that it completes: a
// message that is moved gets a new id, and is delivered under the first only.
type otherItem struct {
	id   ID
	item Symbol
}

// otherItems notes the item ids of messages before dropRepeats lets go of all but one copy of each.
func (b *Builder) otherItems() {
	for i := range b.c.Activities {
		if a := &b.c.Activities[i]; a.Item != 0 && b.isCopy(a) {
			b.c.moved = append(b.c.moved, otherItem{a.ID, a.Item})
		}
	}
}

// joinMoved lets a message be found by all item ids that it was handed over with.
func (c *Case) joinMoved() {
	items := map[ID][]Symbol{}
	for _, m := range c.moved {
		items[m.id] = append(items[m.id], m.item)
	}
	if len(items) > 0 {
		for i := range c.Activities {
			for _, item := range items[c.Activities[i].ID] {
				c.joins.item.put(c, item, i)
			}
		}
	}
	c.moved = nil
}
