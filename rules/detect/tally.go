package detect

import (
	"math"
	"slices"
	"time"

	"triage/ingest/activity"
)

// Tally counts one value of a [Days]. Most activities repeat a value and a day that were there before: a tally tells
// that without looking the value up.
type Tally struct {
	days        *Days
	value       string
	from, until int64 // the day that was noted last, in milliseconds; empty at first
}

// Tally is the count of a value. A value that is never added has not lived.
func (d *Days) Tally(value string) *Tally { return &Tally{days: d, value: value} }

// Add notes that the value lived at a time in milliseconds since 1970, as [Days.Add] does.
func (t *Tally) Add(ms int64) {
	if t.from <= ms && ms < t.until {
		return
	}
	const perDay = int64(24 * time.Hour / time.Millisecond)
	t.from, t.until = 0, 0
	if day := activity.Day(ms); day > math.MinInt64/perDay && day < math.MaxInt64/perDay {
		t.from, t.until = day*perDay, (day+1)*perDay
	}
	t.days.Add(t.value, ms)
}

// Span is the first and the last of the rows in which something was seen. The zero value has seen nothing.
type Span struct {
	First, Last int
	Any         bool
}

// Add notes a row. Rows come in order.
func (s *Span) Add(row int) {
	if !s.Any {
		s.First, s.Any = row, true
	}
	s.Last = row
}

// Within is the timeline with those rows only, of the ones that the rule judges, that lie in a span: what lives on few
// days need not be looked for in all of them.
func (t Timeline) Within(s Span) Timeline {
	from, _ := slices.BinarySearch(t.Matched, s.First)
	until, _ := slices.BinarySearch(t.Matched, s.Last+1)
	t.Matched, t.Copies = t.Matched[from:max(from, until)], nil
	return t
}
