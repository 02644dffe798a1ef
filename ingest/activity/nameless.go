package activity

import (
	"cmp"
	"slices"
)

// fromFile is the MailboxFrom of an export that is called after its file.
const fromFile = "file name"

// Guessed says that nothing tells whose mailbox the export is from, so that it is called after its file. A folder of
// messages that is called by an address does tell.
func (in *Input) Guessed() bool { return in.MailboxFrom == fromFile }

// scopeOf is mixed into the identities of an export that names no mailbox.
func scopeOf(mailbox string) ID { return HashID([]byte("mailbox\x00" + mailbox)) }

// guessed says that an activity's mailbox is called after its file, and by nothing else.
func (c *Case) guessed(a *Activity) bool {
	return a.Flags&OwnerLess != 0 && c.Inputs[a.File].Guessed()
}

// Content is the identity of an activity of an export that names no mailbox, without the mailbox: the same whatever the
// mailbox is called. ok is false for activities that say whose they are.
func (c *Case) Content(a *Activity) (id ID, ok bool) {
	switch {
	case a.Flags&OwnerLess == 0:
		return ID{}, false
	case c.Inputs[a.File].Guessed():
		return a.ID, true
	}
	return a.ID.Mixed(scopeOf(c.Inputs[a.File].Mailbox)), true
}

// Nameless says that all of the rows are of mailboxes that are called after their files, and gives the first of them.
func (c *Case) Nameless(rows []uint32) (first *Activity, ok bool) {
	if len(rows) == 0 {
		return nil, false
	}
	for _, i := range rows {
		if !c.guessed(&c.Activities[i]) {
			return nil, false
		}
	}
	return &c.Activities[slices.Min(rows)], true
}

// SharedRows are rows that two mailboxes have, at least one of which is called after its file. Both count.
type SharedRows struct {
	Input uint32 // its mailbox is called after its file
	Other uint32
	Rows  int64
}

// knownOwner makes a kept activity one of a known mailbox if the copy that it stands for is: then it does not matter which of
// the two was read first. A message knows its mailbox from the delivery that it is a copy of, hence no better.
func knownOwner(c *Case, kept, copied uint32) {
	a, o := &c.Activities[kept], &c.Activities[copied]
	if c.guessed(a) && !c.guessed(o) && c.Inputs[o.File].Source != SourceMessage {
		a.Flags &^= OwnerLess
	}
}

// forgetNames takes the names of files out of identities again. Until then they keep the rows of two people apart that
// are equal; afterwards the case is the same whatever its files are called.
func forgetNames(c *Case) {
	scopes := map[uint32]ID{}
	for i := range c.Inputs {
		if in := &c.Inputs[i]; in.Guessed() {
			scopes[uint32(i)] = scopeOf(in.Mailbox)
		}
	}
	if len(scopes) == 0 {
		return
	}
	was := map[ID]ID{}
	for i := range c.Activities {
		a := &c.Activities[i]
		if !c.guessed(a) {
			continue
		}
		id := a.ID.Mixed(scopes[a.File])
		if len(c.moved) > 0 {
			was[a.ID] = id
		}
		a.ID = id
	}
	for i := range c.moved {
		if id, ok := was[c.moved[i].id]; ok {
			c.moved[i].id = id
		}
	}
}

// findShared marks what two mailboxes have that are called after their files, and counts such rows. Messages do not
// count: one may well reach two people. The activities are in order.
func findShared(c *Case) {
	if !slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.Guessed() }) {
		return
	}
	s := sharing{c: c, scopes: map[Symbol]ID{}, seen: map[ID]int{}, counts: map[[2]uint32]int64{}}
	for start := 0; start < len(c.Activities); {
		end, some := start, false
		for end < len(c.Activities) && c.Activities[end].Time == c.Activities[start].Time {
			some = some || c.guessed(&c.Activities[end])
			end++
		}
		if some && end-start > 1 {
			s.moment(start, end)
		}
		start = end
	}
	for files, n := range s.counts {
		c.Shared = append(c.Shared, SharedRows{files[0], files[1], n})
	}
	slices.SortFunc(c.Shared, func(x, y SharedRows) int {
		return cmp.Or(cmp.Compare(x.Input, y.Input), cmp.Compare(x.Other, y.Other))
	})
}

// sharing looks for rows that two mailboxes have.
type sharing struct {
	c      *Case
	scopes map[Symbol]ID
	seen   map[ID]int          // of one moment: the first activity of each content
	counts map[[2]uint32]int64 // by the nameless input and the other one
}

// moment looks at the activities of one moment.
func (s *sharing) moment(start, end int) {
	if len(s.seen) > 64 { // clearing a map takes as long as it once was large
		s.seen = map[ID]int{}
	}
	clear(s.seen)
	for i := start; i < end; i++ {
		a := &s.c.Activities[i]
		id, ok := s.content(a)
		if !ok {
			continue
		}
		first, again := s.seen[id]
		if !again {
			s.seen[id] = i
			continue
		}
		o := &s.c.Activities[first]
		if o.Mailbox == a.Mailbox || o.Sum != a.Sum || o.Created != a.Created {
			continue
		}
		mine, others := s.c.guessed(a), s.c.guessed(o)
		if mine && others {
			a.Flags |= Shared
			o.Flags |= Shared
		}
		switch {
		case s.c.Inputs[a.File].Source != SourceActivities || s.c.Inputs[o.File].Source != SourceActivities:
		case others:
			s.counts[[2]uint32{o.File, a.File}]++
		case mine:
			s.counts[[2]uint32{a.File, o.File}]++
		}
	}
}

// content is an activity's identity without its mailbox, where that is not the service's own.
func (s *sharing) content(a *Activity) (ID, bool) {
	if id, ok := s.c.Content(a); ok {
		return id, true
	}
	if s.c.Inputs[a.File].Source != SourceActivities {
		return ID{}, false
	}
	scope, ok := s.scopes[a.Mailbox]
	if !ok {
		scope = scopeOf(s.c.Text(a.Mailbox))
		s.scopes[a.Mailbox] = scope
	}
	return a.ID.Mixed(scope), true
}
