package collect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"triage/ingest/fetched"
)

// Bounds of the stretches of time that a list is asked for by.
const (
	narrowest = time.Minute
	roomy     = 8       // answers: a stretch with more is followed by a shorter one, since long lists are the less steady
	late      = day     // how long after an act its row may turn up
	wideAgain = 4 * day // an empty stretch doubles the next one up to this
)

// sweep asks for a list by stretches of time, oldest first. They tile the time exactly. A stretch that brings many answers
// makes the next one shorter, one that brings few makes it longer.
type sweep struct {
	*collecting
	of      whole
	list    *List
	version string
	width   time.Duration
	late    map[rowID]bool // rows of the last day, which is asked for several times
}

// all asks for the whole time of the run, then for its last day again until nothing new turns up.
func (s *sweep) all(ctx context.Context) error {
	until := s.run.Until
	from, err := s.within(s.run.Since)
	if err != nil {
		return err
	}
	zone := s.run.Started.Add(-late)
	before := -1
	for pass := 1; pass <= maxPasses; pass++ {
		if pass > 1 {
			from = latest(from, zone)
		}
		rows, err := s.pass(ctx, pass, from, until)
		if err != nil {
			return err
		}
		if !zone.Before(until) || rows == before {
			return nil
		}
		before = s.rowsSince(pass, zone)
	}
	return nil
}

// within cuts what the service no longer has, and says so.
func (s *sweep) within(from time.Time) (time.Time, error) {
	oldest := s.run.Started.Add(-s.list.Kept)
	if s.list.Kept == 0 || !from.Before(oldest) {
		return from, nil
	}
	if s.run.Asked[0] == "" {
		return oldest, nil // nobody asked for more
	}
	gap := fetched.Gap{
		List: s.of.List, Mailbox: s.of.Mailbox, From: from, To: earliest(oldest, s.run.Until), Lost: true,
		Reason: "the service keeps " + lengthWords(s.list.Kept) + ": what is older cannot be had from it",
		Remedy: "ask for copies in Microsoft Sentinel, a SIEM or a backup",
	}
	return oldest, s.noteOnce(journalLine{Gap: &gap})
}

// pass asks from where the journal stands in this pass to the end. rows are those of the whole pass.
func (s *sweep) pass(ctx context.Context, pass int, from, until time.Time) (rows int, err error) {
	at := from
	s.each(func(e journalLine) {
		if c := e.Coverage; c != nil && e.Pass == pass && c.List == s.of.List && c.Mailbox == s.of.Mailbox {
			at = c.To
			rows += c.Rows
		}
	})
	s.width = s.list.Widest
	for at.Before(until) {
		to := s.edge(at, until)
		kept, err := s.kept(at)
		if err != nil {
			return 0, err
		}
		f, err := s.steady(ctx, s.of, s.list, s.list.address(s.version, s.of.Mailbox, at, to), kept)
		if err != nil {
			return 0, err
		}
		rows += len(f.rows)
		done := fetched.Coverage{
			List: s.of.List, Mailbox: s.of.Mailbox, Version: s.version, From: at, To: to,
			Rows: len(f.rows), Asked: f.asked, Wavered: f.wavered,
		}
		if err := s.note(journalLine{Coverage: &done, Pass: pass}); err != nil {
			return 0, err
		}
		s.adapt(f.pages)
		at = to
	}
	return rows, nil
}

// kept are the rows that the disk may have of the stretch that begins at a moment.
func (s *sweep) kept(at time.Time) (map[rowID]bool, error) {
	if s.late != nil {
		return s.late, nil
	}
	kept, err := s.begun(s.of, s.list)
	if !at.Before(s.run.Started.Add(-late)) {
		s.late = kept
	}
	return kept, err
}

// edge is where the stretch that begins at a moment ends: what is asked for several times is a stretch of its own.
func (s *sweep) edge(at, until time.Time) time.Time {
	to := earliest(at.Add(s.width), until)
	if zone := s.run.Started.Add(-late); at.Before(zone) {
		return earliest(to, zone)
	}
	return to
}

// adapt chooses the length of the next stretch by the answers of the last.
func (s *sweep) adapt(pages int) {
	switch {
	case pages > roomy:
		s.width = max(narrowest, s.width/2)
	case pages == 0:
		s.width = min(2*s.width, max(wideAgain, s.list.Widest))
	case pages == 1:
		s.width = max(s.width, min(2*s.width, s.list.Widest))
	}
	if s.list.Widest > wideAgain {
		s.width = min(s.width, s.list.Widest) // the service allows no more
	}
}

// rowsSince are those that a pass found from some moment on.
func (s *sweep) rowsSince(pass int, from time.Time) (rows int) {
	s.each(func(e journalLine) {
		if c := e.Coverage; c != nil && e.Pass == pass && c.List == s.of.List && c.Mailbox == s.of.Mailbox && !c.From.Before(from) {
			rows += c.Rows
		}
	})
	return rows
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// once asks for a list without times.
func (c *collecting) once(ctx context.Context, of whole, l *List, version string) error {
	done := false
	c.each(func(e journalLine) {
		done = done || e.Coverage != nil && e.Coverage.List == of.List && e.Coverage.Mailbox == of.Mailbox
	})
	if done {
		return nil
	}
	kept, err := c.begun(of, l)
	if err != nil {
		return err
	}
	f, err := c.steady(ctx, of, l, l.address(version, of.Mailbox, time.Time{}, time.Time{}), kept)
	if err != nil {
		return err
	}
	return c.note(journalLine{Pass: 1, Coverage: &fetched.Coverage{
		List: of.List, Mailbox: of.Mailbox, Version: version, Rows: len(f.rows), Asked: f.asked, Wavered: f.wavered,
	}})
}

// sortGaps orders gaps by list, mailbox and time.
func sortGaps(gaps []fetched.Gap) {
	slices.SortStableFunc(gaps, func(a, b fetched.Gap) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Mailbox, b.Mailbox), a.From.Compare(b.From))
	})
}
