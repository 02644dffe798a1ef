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
	counts := map[Symbol]int{}
	each := func(visit func(Symbol, Row)) {
		for i := range c.Activities {
			a := &c.Activities[i]
			if a.Flags&Undated != 0 {
				continue
			}
			visit(a.Mailbox, Row(i))
			if a.Actor != a.Mailbox && a.Lane == Person {
				visit(a.Actor, Row(i)|actorCopy)
			}
		}
	}
	total := 0
	each(func(m Symbol, _ Row) { counts[m]++; total++ })
	rows := make([]Row, 0, total)
	at := make(map[Symbol]*Timeline, len(counts))
	lines := make([]Timeline, 0, len(counts))
	for m := range counts {
		lines = append(lines, Timeline{Case: c, Mailbox: m})
	}
	slices.SortFunc(lines, func(x, y Timeline) int { return cmp.Compare(c.Text(x.Mailbox), c.Text(y.Mailbox)) })
	for i := range lines {
		n := len(rows)
		rows = rows[:n+counts[lines[i].Mailbox]]
		lines[i].Rows = rows[n:n:len(rows)]
		lines[i].Lane = System
		at[lines[i].Mailbox] = &lines[i]
	}
	each(func(m Symbol, r Row) { at[m].Rows = append(at[m].Rows, r) })
	for i := range lines {
		lines[i].Lane = lines[i].lane()
	}
	return lines
}

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
