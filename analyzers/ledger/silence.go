package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"triage/ingest/activity"
)

// Thresholds of silence. A log that is quiet at weekends and over a long one is no broken log; a log that is seldom
// written at all says nothing by being quiet.
const (
	quietDays    = 3   // working days without any activity, in a row, that are worth a word
	busyShare    = 0.6 // of the working days outside the silence that must have activities
	leastDays    = 10  // active days before silence means anything
	leastRecords = 20  // activities of a workload before its end means anything
	tailFactor   = 2   // a workload has stopped if it is silent this many times longer than ever before
	leastTail    = 5   // and at least so many working days
)

// logs are the sources that are logs in time, in the order of reports.
func logs() []activity.Source {
	return slices.DeleteFunc(activity.Sources(), func(s activity.Source) bool { return !s.Log() })
}

// silence says where a log, or one workload of it, falls silent.
func (l *ledger) silence() {
	for _, s := range logs() {
		if d := l.survey.sources[s]; d != nil && d.count > 0 {
			l.silentDays(s, d)
			l.short(s, d)
		}
	}
	whole := l.survey.sources[activity.SourceAudit]
	if whole == nil {
		return
	}
	names := slices.SortedFunc(maps.Keys(l.workloads), func(x, y activity.Symbol) int { return cmp.Compare(l.c.Text(x), l.c.Text(y)) })
	for _, name := range names {
		l.stopped(l.c.Text(name), l.workloads[name], whole)
	}
}

// silentDays names stretches of working days on which a log that is else busy holds nothing at all.
func (l *ledger) silentDays(s activity.Source, d *days) {
	if len(d.days) < leastDays {
		return
	}
	busy := 0
	for _, day := range d.days {
		busy += working(day, day)
	}
	all := working(d.days[0], d.days[len(d.days)-1])
	for i := 1; i < len(d.days); i++ {
		first, last := d.days[i-1]+1, d.days[i]-1
		quiet := working(first, last)
		if quiet < quietDays || float64(busy) < busyShare*float64(all-quiet) {
			continue
		}
		from, to := first*dayMillis, (last+1)*dayMillis-1
		if l.covered(s, from, to) {
			continue
		}
		l.add(Item{
			Code: "silent-days", Source: s, First: from, Last: to, Ask: l.ask(s, from, to),
			Text: fmt.Sprintf("%s holds nothing at all from %s to %s (%d days, %d of them working days), though it is busy before and after: that part was probably not exported",
				s.Name(), date(from), date(to), last-first+1, quiet),
		})
	}
}

// short says that a log begins later, or ends earlier, than the case.
func (l *ledger) short(s activity.Source, d *days) {
	part := func(from, to int64, words string) {
		if working(from, to) < quietDays {
			return
		}
		first, last := from*dayMillis, (to+1)*dayMillis-1
		l.add(Item{
			Code: "source-short", Source: s, First: first, Last: last, Ask: l.ask(s, first, last),
			Text: fmt.Sprintf("%s holds nothing %s, though other logs do: nothing found there says nothing of that time", s.Name(), words),
		})
	}
	// What came before may be what the service no longer keeps, though it was asked for.
	part(activity.Day(l.all.first), activity.Day(d.first)-1, "before "+date(d.first))
	if end := (activity.Day(d.last) + 1) * dayMillis; !l.covered(s, end, l.all.last) {
		part(activity.Day(d.last)+1, activity.Day(l.all.last), "after "+date(d.last))
	}
}

// stopped says that a workload ends while the log goes on.
func (l *ledger) stopped(name string, d, whole *days) {
	if len(d.days) < leastDays || d.count < leastRecords {
		return
	}
	longest := 0
	for i := 1; i < len(d.days); i++ {
		longest = max(longest, working(d.days[i-1]+1, d.days[i]-1))
	}
	end := d.days[len(d.days)-1]
	tail := 0 // working days since then on which the log has anything
	for i := len(whole.days) - 1; i >= 0 && whole.days[i] > end; i-- {
		tail += working(whole.days[i], whole.days[i])
	}
	if tail < leastTail || tail <= tailFactor*longest {
		return
	}
	from, to := (end+1)*dayMillis, whole.last
	l.add(Item{
		Code: "workload-stops", Source: activity.SourceAudit, First: from, Last: to, Ask: l.ask(activity.SourceAudit, from, to),
		Text: fmt.Sprintf("the workload %s ends on %s, while the audit log goes on to %s: it was not exported, or no longer recorded", name, date(d.last), date(to)),
	})
}

// working counts the days from Monday to Friday, both ends included.
func working(from, to int64) int {
	n := 0
	if weeks := (to - from + 1) / 7; weeks > 0 {
		n, from = int(weeks)*5, from+weeks*7
	}
	for day := from; day <= to; day++ {
		// 1970-01-01 was a Thursday.
		if weekday := time.Weekday(((day+4)%7 + 7) % 7); weekday != time.Saturday && weekday != time.Sunday {
			n++
		}
	}
	return n
}

// date is the day of a time.
func date(t int64) string { return time.UnixMilli(t).UTC().Format(time.DateOnly) }
