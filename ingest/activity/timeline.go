package activity

import (
	"cmp"
	"slices"
)

// Row is one activity's place in a timeline: its index in Case.Activities, and a bit that says that this is the
// actor's copy of what was done to somebody else's mailbox.
type Row uint32

const actorCopy Row = 1 << 31

// Index is the activity's index in Case.Activities.
func (r Row) Index() uint32 { return uint32(r &^ actorCopy) }

// ActorCopy says that the activity touched another mailbox: it serves this person's baselines and sessions, and is
// judged and counted over there.
func (r Row) ActorCopy() bool { return r&actorCopy != 0 }

// Timeline is one mailbox's activities, oldest first.
type Timeline struct {
	Case    *Case
	Mailbox Symbol
	Lane    Lane // of the mailbox's name itself: a service has a lane of its own
	Rows    []Row
}

// At is the activity of row i.
func (t Timeline) At(i int) *Activity { return &t.Case.Activities[t.Rows[i].Index()] }

// Own says whether row i is something that the mailbox's own name did, at home or elsewhere: what baselines rest on.
func (t Timeline) Own(i int) bool { return t.At(i).Actor == t.Mailbox }

// Timelines splits the case by mailbox, in order of name. Undated activities are in none.
func (c *Case) Timelines() []Timeline {
	at := make([]uint32, c.Symbols.Len()) // by symbol: one more than the index of the name's timeline, 0 = none
	var lines []Timeline
	var counts []int
	total := 0
	count := func(name Symbol) {
		if at[name] == 0 {
			lines = append(lines, Timeline{Case: c, Mailbox: name})
			counts = append(counts, 0)
			at[name] = uint32(len(lines))
		}
		counts[at[name]-1]++
		total++
	}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Flags&Undated != 0 {
			continue
		}
		count(a.Mailbox)
		if a.copied() {
			count(a.Actor)
		}
	}
	rows := make([]Row, total)
	for i, n := range counts {
		lines[i].Rows, rows = rows[:0:n], rows[n:]
	}
	put := func(name Symbol, r Row) {
		line := &lines[at[name]-1]
		line.Rows = append(line.Rows, r)
	}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Flags&Undated != 0 {
			continue
		}
		put(a.Mailbox, Row(i))
		if a.copied() {
			put(a.Actor, Row(i)|actorCopy)
		}
	}
	for i := range lines {
		lines[i].Lane = lines[i].lane()
	}
	slices.SortFunc(lines, func(x, y Timeline) int { return cmp.Compare(c.Text(x.Mailbox), c.Text(y.Mailbox)) })
	return lines
}

// States are what stands without a time in each mailbox, in order of name: the rows of listings. The order of rows in one
// is the case's.
func (c *Case) States() []Timeline {
	at := map[Symbol]int{}
	var lines []Timeline
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Flags&Undated == 0 {
			break // undated ones stand first
		}
		n, known := at[a.Mailbox]
		if !known {
			n = len(lines)
			at[a.Mailbox], lines = n, append(lines, Timeline{Case: c, Mailbox: a.Mailbox, Lane: a.Lane})
		}
		lines[n].Lane = min(lines[n].Lane, a.Lane) // a person's, if any of it is
		lines[n].Rows = append(lines[n].Rows, Row(i))
	}
	slices.SortFunc(lines, func(x, y Timeline) int { return cmp.Compare(c.Text(x.Mailbox), c.Text(y.Mailbox)) })
	return lines
}

// copied says that the activity stands in its actor's timeline, too.
func (a *Activity) copied() bool { return a.Actor != a.Mailbox && a.Lane == Person }

// lane is a person's unless everything the name itself did was a service's or the system's.
func (t Timeline) lane() Lane {
	lane, own := Person, false
	for i := range t.Rows {
		if !t.Own(i) {
			continue
		}
		if t.At(i).Lane == Person {
			return Person
		}
		lane, own = t.At(i).Lane, true
	}
	if !own {
		return Person
	}
	return lane
}
