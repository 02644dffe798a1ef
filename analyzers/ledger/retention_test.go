package ledger

import (
	"strings"
	"testing"
	"time"

	"triage/ingest/activity"
)

// Promise: nobody is sent to the service for what it has deleted, nor told that a log is gone which it still keeps.
func TestAskedInTime(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	f := func(asOf string, s activity.Source, first, last, want string) {
		t.Helper()
		l := &ledger{opts: Options{AsOf: day(asOf)}}
		got, gone := l.asked(s, day(first).UnixMilli(), day(last).UnixMilli(), "HOW")
		if got != want || gone != strings.HasPrefix(want, elsewhere) {
			t.Errorf("as of %s, %s to %s: got %q, want %q", asOf, first, last, got, want)
		}
	}
	f("2026-11-21", activity.SourceAudit, "2026-05-25", "2026-06-01", "HOW")
	f("2026-11-21", activity.SourceAudit, "2026-05-24", "2026-06-01",
		"HOW (the service deletes after 180 days, a year with Audit Premium: for what is older, "+elsewhere+")")
	f("2026-11-21", activity.SourceAudit, "2026-05-01", "2026-05-24",
		elsewhere+": the service deletes after 180 days, a year with Audit Premium, so by now it is all gone there; only where it was kept longer: HOW")
	// Until October 2023 the audit log was kept half as long.
	f("2021-10-01", activity.SourceAudit, "2021-07-03", "2021-07-04", "HOW")
	f("2021-10-01", activity.SourceAudit, "2021-07-01", "2021-07-02",
		elsewhere+": the service deletes after 90 days, a year with Audit Premium, so by now it is all gone there; only where it was kept longer: HOW")
	f("2026-11-21", activity.SourceSignin, "2026-10-21", "2026-11-01", "HOW (the service deletes after 30 days: for what is older, "+elsewhere+")")
	f("2026-11-21", activity.SourceTrace, "2026-08-23", "2026-11-01", "HOW")
	f("2026-11-21", activity.SourceRules, "2010-01-01", "2010-01-02", "HOW")
}
