package ledger

import (
	"fmt"
	"time"

	"triage/ingest/activity"
)

// retention says where a log begins just where the service's memory ends: the story may have begun before.
func (l *ledger) retention() {
	for _, s := range logs() {
		d := l.survey.sources[s]
		if d == nil || d.count == 0 {
			continue
		}
		reach := activity.Day(d.last) - activity.Day(d.first)
		for _, kept := range s.Reaches() {
			if reach != int64(kept) && reach != int64(kept)-1 {
				continue
			}
			l.add(Item{
				Code: "retention-edge", Source: s, First: d.first, Last: d.first,
				Text: fmt.Sprintf("%s begins on %s, %d days before its end, which is as long as the service keeps it: what happened before is not in it, so this is not the start of the story",
					s.Name(), date(d.first), reach),
				Ask: "whether the log was kept elsewhere (Microsoft Sentinel, a SIEM, storage, a backup, an earlier export), from before " + date(d.first),
			})
		}
	}
}

const elsewhere = "copies in Microsoft Sentinel, a SIEM or a backup"

// asked is how to ask the service for a stretch of a log, as far as it has not deleted it by now; gone says that by
// standard retention it has deleted all of it.
func (l *ledger) asked(s activity.Source, first, last int64, how string) (ask string, gone bool) {
	recorded := time.UnixMilli(last)
	days := s.Kept(recorded)
	if first == 0 || days == 0 || l.opts.AsOf.IsZero() {
		return how, false
	}
	but := ""
	if s == activity.SourceAudit {
		but = ", a year with Audit Premium"
	}
	oldest := l.opts.AsOf.AddDate(0, 0, -days)
	switch {
	case recorded.Before(oldest):
		return fmt.Sprintf("%s: the service deletes after %d days%s, so by now it is all gone there; only where it was kept longer: %s",
			elsewhere, days, but, how), true
	case time.UnixMilli(first).Before(oldest):
		return fmt.Sprintf("%s (the service deletes after %d days%s: for what is older, %s)", how, days, but, elsewhere), false
	}
	return how, false
}
