package m365

import (
	"context"
	"time"
)

const (
	day  = 24 * time.Hour
	tick = 100 * time.Nanosecond // the service's resolution of time

	// finest is the shortest window. The service logs milliseconds, and one act on many items is many activities of one
	// moment: more than fit into one answer are possible.
	finest = time.Millisecond

	// history is how far back the service kept activities; what is older is asked for in one window.
	history = 180 * day

	// widest is the longest window: one that turns out to be full is asked for in vain.
	widest = 32 * day

	// late is how long after an act its activity may turn up.
	late = day

	maxPasses = 8 // over the same time, until two agree
)

// sweep asks for all activities of a run, window after window, oldest first. Windows tile the time exactly: each begins
// where the one before ended. The first is a day; one that holds little is followed by one of twice as many days, one that a
// single answer does not hold is halved: only then is nothing lost when the service's order changes between two answers.
type sweep struct {
	*folder
	api      *Activities
	endpoint *Endpoint
	largest  int           // the most activities that one answer was seen to hold
	top      int           // the most rows that an answer may hold
	width    time.Duration // of the next window, at most
	progress func(Progress)
	rows     int
	doubts   doubts
}

// Progress is how far a fetch has come.
type Progress struct {
	Done, Total time.Duration // of the time that is fetched
	At          time.Time     // everything before it is there
	Rows        int           // activities so far, repeated ones included
	Requests    int           // answered
	Pass        int           // 1; more when the last days are asked for again
}

// Percent is the share of the time that is done, from 0 to 100.
func (p Progress) Percent() int {
	if p.Total <= 0 {
		return 100
	}
	return int(100 * min(p.Done, p.Total) / p.Total)
}

// zone is where the time begins in which activities may still turn up when the fetch starts; End if there is none.
func (r *Run) zone() time.Time {
	zone := r.Started.Add(-late).Truncate(day)
	if zone.Before(r.Start) {
		zone = r.Start
	}
	if zone.After(r.End) {
		return r.End
	}
	return zone
}

// run asks for what the journal does not have yet. settled is false if the last days kept changing.
func (s *sweep) run(ctx context.Context) (settled bool, err error) {
	zone := s.folder.run.zone()
	for number := 1; number <= maxPasses; number++ {
		from := s.folder.run.Start
		if number > 1 {
			from = zone
		}
		if err := s.tile(ctx, from, number); err != nil {
			return false, err
		}
		if !zone.Before(s.folder.run.End) || number > 1 && s.total(number, zone) == s.total(number-1, zone) {
			return true, nil
		}
	}
	return false, nil
}

// total is what a pass found from some moment on.
func (s *sweep) total(pass int, from time.Time) (sum struct {
	rows   int
	digest digest
},
) {
	for _, w := range s.windows {
		if w.Pass == pass && !w.From.Before(from) {
			sum.rows += w.Rows
			sum.digest += w.Digest
		}
	}
	return sum
}

// tile asks window after window, from where the journal stands in this pass to the end.
func (s *sweep) tile(ctx context.Context, from time.Time, pass int) error {
	at, end := from, s.folder.run.End
	for _, w := range s.windows {
		if w.Pass == pass {
			at = w.To
		}
	}
	s.width = day
	for at.Before(end) {
		to := s.edge(at)
		for {
			s.tell(at, pass)
			w, full, err := s.window(ctx, at, to, pass)
			if err != nil {
				return err
			}
			if full {
				to = middle(at, to)
				s.width = max(finest, to.Sub(at))
				continue
			}
			if err := s.doubts.window(&w, s.top); err != nil {
				return err
			}
			if err := s.note(line{Window: &w}); err != nil {
				return err
			}
			if w.Rows < s.top/4 {
				s.width = min(2*s.width, widest)
			}
			at = to
			break
		}
	}
	s.tell(end, pass)
	return nil
}

// edge is where the window that begins at a moment must end: as far as little is expected, at a midnight if it is longer
// than a day, before the days that are asked for again, or where the run ends. Unless the user says where to begin, what
// is older than the service's memory is one window.
func (s *sweep) edge(at time.Time) time.Time {
	to := at.Truncate(day).Add(s.width.Truncate(day))
	if s.width < day {
		to = at.Add(s.width)
		if midnight := at.Truncate(day).Add(day); to.After(midnight) {
			to = midnight
		}
	}
	if zone := s.folder.run.zone(); at.Before(zone) && to.After(zone) {
		to = zone
	}
	if old := s.folder.run.End.Add(-history).Truncate(day); s.folder.run.Start.IsZero() && to.Before(old) {
		to = old
	}
	if end := s.folder.run.End; to.After(end) {
		return end
	}
	return to
}

// middle halves a window; both halves are whole milliseconds where that is possible.
func middle(from, to time.Time) time.Time {
	// time.Duration holds 292 years; nothing was logged before this.
	if oldest := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); from.Before(oldest) && oldest.Before(to) {
		return oldest
	}
	half := from.Add(to.Sub(from) / 2)
	if whole := half.Truncate(finest); whole.After(from) {
		return whole
	}
	return half.Truncate(tick)
}

// splittable says whether halves of a window make sense.
func splittable(from, to time.Time) bool {
	return from.IsZero() && to.Year() > 2000 || !from.IsZero() && to.Sub(from) > finest
}

// window asks for the activities of [from, to) until what came is everything: one answer that holds all, or pages that
// agree with the pages before. full means that there are more than one answer holds: halves must be asked for.
func (s *sweep) window(ctx context.Context, from, to time.Time, pass int) (w Window, full bool, err error) {
	w = Window{From: from, To: to, Pass: pass}
	known := map[string]bool{}
	for n := 1; n <= maxPasses; n++ {
		l := listing{sweep: s, from: from, to: to}
		if err := l.ask(ctx); err != nil {
			return w, false, err
		}
		if l.full {
			return w, true, nil
		}
		news := 0
		for id := range l.ids { // in any order: they are added up
			if !known[id] {
				known[id] = true
				w.Rows++
				w.Digest.add(id)
				news++
			}
		}
		w.Asked, s.doubts.ids = l.asked, known
		if !l.doubled && (!l.paged || n > 1 && news == 0) {
			return w, false, nil
		}
	}
	w.Wavered = true
	return w, false, nil
}

func (s *sweep) tell(at time.Time, pass int) {
	if s.progress == nil {
		return
	}
	run := &s.folder.run
	start := run.Start
	if start.IsZero() {
		start = run.End.Add(-history)
	}
	s.progress(Progress{
		Done: max(0, at.Sub(start)), Total: run.End.Sub(start), At: at, Rows: s.rows, Requests: len(s.pages), Pass: pass,
	})
}

// listing is one walk through the pages of a window.
type listing struct {
	*sweep
	from, to time.Time
	ids      map[string]bool // in the window
	paged    bool            // more than one answer had activities, or the service named a next page
	doubled  bool            // an activity came twice: the pages shifted
	full     bool            // not walked to the end: halves must be asked for
	asked    time.Time
}

func (l *listing) ask(ctx context.Context) error {
	query := Query{From: l.from, To: l.to.Add(-tick), Types: l.folder.run.Types, Top: l.top}
	address := l.api.Address(query)
	seen := map[string]bool{}
	l.ids = map[string]bool{}
	total, barren := 0, 0
	for n := 0; ; n++ {
		page, err := l.api.Page(ctx, l.endpoint, address)
		if err != nil {
			return err
		}
		if err := l.doubts.answer(len(page.Body), l.stretch()); err != nil {
			return err
		}
		known := len(l.ids)
		if err := l.keepPage(page); err != nil {
			return err
		}
		l.asked = page.Received.UTC()
		distinct, err := l.takeRows(page)
		if err != nil {
			return err
		}
		rows := len(page.Rows)
		total += rows
		l.rows += rows
		if barren++; len(l.ids) > known {
			barren = 0
		}
		l.paged = l.paged || n > 0 && rows > 0 || page.Next != ""
		switch {
		case page.Next != "":
			address = page.Next
		case rows == 0 || n == 0 && distinct < min(l.top, l.largest):
			return nil
		default:
			// A service may put less into an answer than it is asked for. One that has put more into another does not:
			// else, only an empty page is the end.
			l.largest = max(l.largest, distinct)
			query.Skip = total
			address = l.api.Address(query)
		}
		// A service that does not heed $skip repeats its answers, but halves of the window will fit into one. One that
		// names next pages which repeat is walked on, until there are too many of them.
		if total >= l.top && (barren == 0 || page.Next == "") && splittable(l.from, l.to) {
			l.full = true
			return nil
		}
		if seen[address] {
			return &Error{Message: "the service's pages lead in a circle, at " + clip(address)}
		}
		if barren > maxBarren {
			return contradiction("%s: %d answers in a row bring nothing new, and each says that more follow", l.stretch(), barren)
		}
		seen[address] = true
	}
}

// slack is how far outside of a window an activity may lie: services round.
const slack = 2 * time.Second

// takeRows notes which activities of the window a page has. It counts each of the page's once.
func (l *listing) takeRows(p *Page) (distinct int, err error) {
	here := make(map[string]bool, len(p.Rows))
	for _, text := range p.Rows {
		r, err := readRow(text)
		if err != nil {
			return 0, err
		}
		here[r.id] = true
		switch {
		case r.at.IsZero():
		case r.at.Before(l.from.Add(-slack)) || r.at.After(l.to.Add(slack)):
			return 0, &Error{
				Message: "the service answers with activities outside of the time asked for: its $filter does not work",
				Remedy:  "nothing can be said about completeness there: check --base-url and --api",
			}
		case r.at.Before(l.from) || !r.at.Before(l.to):
			continue
		}
		l.doubled = l.doubled || l.ids[r.id]
		l.ids[r.id] = true
	}
	return len(here), nil
}
