package detect

import (
	"cmp"
	"iter"
	"slices"

	"triage/ingest/activity"
)

// Days counts on which days each value of a field lived in one mailbox. Baselines count days, not rows: one mail sync
// is thousands of rows. Days are those of UTC. The zero value is ready to use.
type Days struct {
	active []int64
	values map[string][]int64

	last    string // the value added last, on lastDay: most rows repeat both
	lastDay int64
}

// Add notes that a value lived at a time in milliseconds since 1970. Times may come in any order.
func (d *Days) Add(value string, ms int64) {
	n := activity.Day(ms)
	if d.values == nil {
		d.values = map[string][]int64{}
	} else if n == d.lastDay && value == d.last {
		return
	}
	d.last, d.lastDay = value, n
	d.active = insert(d.active, n)
	d.values[value] = insert(d.values[value], n)
}

// insert keeps the list ascending and free of repeats; activities come oldest first, so it appends or does nothing.
func insert(days []int64, n int64) []int64 {
	if last := len(days) - 1; last < 0 || days[last] < n {
		return append(days, n)
	}
	at, found := slices.BinarySearch(days, n)
	if found {
		return days
	}
	return slices.Insert(days, at, n)
}

// Active is the number of days on which any value lived.
func (d *Days) Active() int { return len(d.active) }

// On is the number of days on which the value lived.
func (d *Days) On(value string) int { return len(d.values[value]) }

// Before is the number of active days before the value's first.
func (d *Days) Before(value string) int {
	days := d.values[value]
	if len(days) == 0 {
		return 0
	}
	n, _ := slices.BinarySearch(d.active, days[0])
	return n
}

// Others is the number of days on which the value lived, those of the given times left out.
func (d *Days) Others(value string, without ...int64) int {
	n := len(d.values[value])
	var seen []int64
	for _, ms := range without {
		gone := activity.Day(ms)
		if _, found := slices.BinarySearch(d.values[value], gone); found && !slices.Contains(seen, gone) {
			seen = append(seen, gone)
			n--
		}
	}
	return n
}

// Values lists the values, those of most days first.
func (d *Days) Values() []string {
	values := make([]string, 0, len(d.values))
	for v := range d.values {
		values = append(values, v)
	}
	slices.SortFunc(values, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(d.values[y]), len(d.values[x])), cmp.Compare(x, y))
	})
	return values
}

// Baseline says when a value is unusual for a mailbox.
type Baseline struct {
	Per            string  `yaml:"per" doc:"whose days count: mailbox"`
	MinDays        int     `yaml:"min_days" doc:"active days, the judged ones left out, without which nothing is said"`
	ShareDaysBelow float64 `yaml:"share_days_below" doc:"a value is rare on up to this share of the active days, and always on a single day"`
}

// Validate says what is wrong; path is where the baseline stands below the detector's word, with its dot, or empty.
func (b Baseline) Validate(path string) error {
	switch {
	case b.Per != "mailbox":
		return FieldError{path + "per", "want mailbox, got " + b.Per}
	case b.MinDays < 1:
		return FieldError{path + "min_days", "want at least 1"}
	case b.ShareDaysBelow < 0 || b.ShareDaysBelow > 1:
		return FieldError{path + "share_days_below", "want 0 to 1"}
	}
	return nil
}

// Verdict is what a baseline says of a value.
type Verdict uint8

// The verdicts. Usual is the zero value.
const (
	Usual Verdict = iota
	Novel         // first seen after enough active days, whatever its share since: intruders stay for weeks
	Rare          // on few of enough active days
	Thin          // too few other days to say anything
)

// Judge compares a value's days with all other active days of the case, before and after: an intrusion at the very
// start of the logs is found too, and never teaches the baseline that judges it.
func (b Baseline) Judge(d *Days, value string) Verdict {
	on, active := d.On(value), d.Active()
	switch {
	case d.Before(value) >= b.MinDays:
		return Novel
	case active-on >= b.MinDays && float64(on) <= max(1, b.ShareDaysBelow*float64(active)):
		return Rare
	case active <= b.MinDays:
		return Thin
	}
	return Usual
}

// Person yields what the timeline's own person did as far as a rule is about it, oldest first: the rows to judge, and,
// with judged false, those in other people's mailboxes, which only say what is usual for the person. What services and
// other people do in the mailbox is no part of it.
func Person(r *Rule, t Timeline, p *Tenant) iter.Seq2[int, bool] {
	return func(yield func(row int, judged bool) bool) {
		matched, copies := t.Matched, t.Copies
		for len(matched)+len(copies) > 0 {
			var row int
			judged := len(matched) > 0 && (len(copies) == 0 || matched[0] <= copies[0])
			if judged {
				row, matched = matched[0], matched[1:]
			}
			if len(copies) > 0 && (!judged || copies[0] == row) {
				row, copies = copies[0], copies[1:]
			}
			if !t.Own(row) || t.At(row).Lane != t.Lane || !judged && !r.Where.Holds(t.At(row), p) {
				continue
			}
			if !yield(row, judged) {
				return
			}
		}
	}
}
