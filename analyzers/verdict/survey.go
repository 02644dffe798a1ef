package verdict

import (
	"triage/ingest/activity"
)

// survey is what one look at every activity of a mailbox shows. Verdicts, entities, caveats and the evidence to fetch
// next all rest on it: a look at a million activities costs more than what is counted on the way.
type survey struct {
	activities  int // the mailbox's own, actors' copies left out, as in all but holds
	first, last int64
	joined      Joined // activities that concern a message, by how it was found
	seen        Seen
}

// Seen is what the caveats about a mailbox and the evidence to fetch next rest on.
type Seen struct {
	Signs Signs
	Holds Holds
}

// MostRecipients is how many names MessageDelivered lists at most (the 2018 post).
const MostRecipients = 128

// Signs are what a mailbox's caveats rest on.
type Signs struct {
	Days               int     // active ones of the owner
	Sync, Cut, Chained *Sample // nil: none
	Protocols          map[string]bool
}

// Holds is what a mailbox's data hold.
type Holds struct {
	Sources [activity.SourceCount]bool
	Access  bool // records of single messages being read
}

// newSurveyor begins with what findings name.
func newSurveyor(in verdictSource) *surveyor {
	v := &surveyor{
		verdictSource: in, entities: newCollector(in), legacy: map[activity.Symbol]bool{},
	}
	for _, name := range []string{"IMAP4", "POP3"} {
		if app := in.c.Symbols.Find(name); app != 0 {
			v.legacy[app] = true
		}
	}
	return v
}

type surveyor struct {
	verdictSource
	entities *collector
	legacy   map[activity.Symbol]bool // old mail protocols
}

func (v *surveyor) mailbox(line activity.Timeline) survey {
	s, lastDay := survey{}, int64(-1<<62)
	for _, row := range line.Rows {
		a := &line.Case.Activities[row.Index()]
		s.seen.Holds.Sources[line.Case.Inputs[a.File].Source] = true
		s.seen.Holds.Access = s.seen.Holds.Access || a.Type == activity.MailAccess && a.Lane == activity.Person
		if row.ActorCopy() {
			continue
		}
		if s.activities == 0 {
			s.first = a.Time
		}
		s.activities++
		s.last = a.Time
		if line.Case.Concerns(a) {
			_, how := line.Case.Message(a)
			s.joined[how]++
		}
		if day := activity.Day(a.Time); day != lastDay && a.Actor == line.Mailbox {
			s.seen.Signs.Days, lastDay = s.seen.Signs.Days+1, day
		}
		v.signs(&s.seen.Signs, a, row)
		v.entities.see(a, row.Index())
	}
	return s
}

// signs notes what caveats rest on.
func (v *surveyor) signs(s *Signs, a *activity.Activity, row activity.Row) {
	if len(v.legacy) > 0 && v.legacy[a.App] {
		if s.Protocols == nil {
			s.Protocols = map[string]bool{}
		}
		s.Protocols[v.c.Text(a.App)] = true
		s.Sync = s.Sync.with(row.Index())
	}
	if a.Type == activity.Deliver && v.recipients(a) >= MostRecipients {
		s.Cut = s.Cut.with(row.Index())
	}
	if a.Flags&activity.ChainedIP != 0 {
		s.Chained = s.Chained.with(row.Index())
	}
}

// recipients counts the recipients that a delivery lists.
func (v *surveyor) recipients(a *activity.Activity) int {
	n := 0
	for d := range v.c.Details(a) {
		if d.Key == activity.KeyOf(activity.FieldRecipients) {
			n++
		}
	}
	return n
}
