package ingest

import (
	"testing"
	"time"

	"triage/ingest/activity"
	"triage/ingest/timestamp"
)

// Promise: what is said of a file holds for it, whichever way its path is written, and before what is said of all.
func TestSaidOfFiles(t *testing.T) {
	list := []Says[timestamp.Order]{{"b.csv", timestamp.DayFirst}, {"", timestamp.MonthFirst}, {"x/c.csv", timestamp.DayFirst}}
	f := func(path string, want timestamp.Order) {
		t.Helper()
		if got := saidOf(list, path, map[string]bool{}); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	f("b.csv", timestamp.DayFirst)
	f("/case/./b.csv", timestamp.DayFirst)
	f("case.zip!b.csv", timestamp.DayFirst)
	f("case.zip!in/b.csv", timestamp.DayFirst)
	f("b.csv!Sheet 2", timestamp.DayFirst)
	f("ab.csv", timestamp.MonthFirst)
	f("b.csv/a", timestamp.MonthFirst)
	f("/x/c.csv", timestamp.DayFirst)
	f("y/c.csv", timestamp.MonthFirst)
}

// Promise: a zone knows its summer time, and the hours that its clock showed twice or never are told.
func TestZones(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no zones on this machine")
	}
	f := func(local, want string, odd bool) {
		t.Helper()
		at, _ := time.Parse("2006-01-02 15:04", local)
		utc, was := activity.Times{Zone: berlin}.UTC(at.UnixMilli())
		if got := time.UnixMilli(utc).UTC().Format("2006-01-02 15:04"); got != want || was != odd {
			t.Errorf("%s: %s, %v", local, got, was)
		}
	}
	f("2026-03-02 09:00", "2026-03-02 08:00", false)
	f("2026-07-02 09:00", "2026-07-02 07:00", false)
	f("2026-03-29 01:59", "2026-03-29 00:59", false)
	f("2026-03-29 02:30", "2026-03-29 01:30", true)
	f("2026-10-25 02:30", "2026-10-25 01:30", true)
	f("2026-10-25 03:00", "2026-10-25 02:00", false)
}
