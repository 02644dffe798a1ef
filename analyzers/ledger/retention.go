package ledger

import (
	"fmt"
	"time"

	"triage/ingest/activity"
)

// Kept is how long the service keeps what a log recorded at a time, in days, by its standard retention; 0 for what it
// does not delete by age.
//
// Sources: Microsoft Purview, "Audit log retention policies" (180 days of what was recorded since 2023-10-17, 90 of what
// was before; a year with Audit Premium); Microsoft Entra, "data retention" (sign-ins 30 days with P1 or P2, 7 without);
// Exchange Online, "Message trace" (90).
func Kept(s activity.Source, recorded time.Time) int {
	switch s {
	case activity.SourceAudit:
		if recorded.Before(time.Date(2023, 10, 17, 0, 0, 0, 0, time.UTC)) {
			return 90
		}
		return 180
	case activity.SourceSignin:
		return 30
	case activity.SourceTrace:
		return 90
	default:
		return 0
	}
}

// reaches are the days that a log reaches back where nothing older is kept, whatever the licence: see Kept.
func reaches(s activity.Source) []int64 {
	switch s {
	case activity.SourceAudit:
		return []int64{90, 180, 365}
	case activity.SourceSignin:
		return []int64{7, 30}
	case activity.SourceTrace:
		return []int64{90}
	default:
		return nil
	}
}

// retention says where a log begins just where the service's memory ends: the story may have begun before.
func (l *ledger) retention() {
	for _, s := range logs() {
		d := l.survey.sources[s]
		if d == nil || d.count == 0 {
			continue
		}
		reach := activity.Day(d.last) - activity.Day(d.first)
		for _, kept := range reaches(s) {
			if reach != kept && reach != kept-1 {
				continue
			}
			l.add(Item{
				Code: "retention-edge", Source: s, First: d.first, Last: d.first,
				Text: fmt.Sprintf("%s begins on %s, %d days before its end, which is as long as the service keeps it: what happened before is not in it, so this is not the start of the story",
					nameOf(s), date(d.first), reach),
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
	days := Kept(s, recorded)
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
