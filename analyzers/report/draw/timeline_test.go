package draw

import (
	"slices"
	"testing"

	"triage/analyzers/report"
	"triage/ingest/activity"
)

// Promise: coverage counts UTC calendar days, silent ones, and silences of three days and more.
func TestCoverage(t *testing.T) {
	days := func(list ...int64) *daily {
		d := &daily{}
		for _, day := range list {
			d.days = countDay(d.days, day)
		}
		return d
	}
	b := &tenantPart{c: &activity.Case{Symbols: &activity.Symbols{}}}
	f := func(d *daily, span, silent int, gaps ...report.Gap) {
		t.Helper()
		c := coverage(b, d)
		if c.Days != span || c.SilentDays != silent || !slices.Equal(c.Gaps, gaps) {
			t.Errorf("%v: got %+v", d.days, c)
		}
	}
	f(days(10), 1, 0)
	f(days(10, 10, 11), 2, 0)
	f(days(10, 13), 4, 2)
	f(days(10, 14, 20), 11, 8, report.Gap{First: "1970-01-12", Last: "1970-01-14", Days: 3}, report.Gap{First: "1970-01-16", Last: "1970-01-20", Days: 5})
	f(days(-5, -1), 5, 3, report.Gap{First: "1969-12-28", Last: "1969-12-30", Days: 3})
	if activity.Day(-1) != -1 || activity.Day(0) != 0 || activity.Day(millisPerDay) != 1 || activity.Day(-millisPerDay) != -1 {
		t.Error("days before 1970 are counted wrongly")
	}
}

// Promise: a timeline never has more than 2,000 bins, and its bins count every activity once.
func TestBins(t *testing.T) {
	f := func(span, step, wantDays, wantBins int) {
		t.Helper()
		var days []dayCount
		for day := 0; day < span; day += step {
			days = append(days, dayCount{int64(day), 2})
		}
		tl := bins(days, dayNames{})
		sum := 0
		for _, bin := range tl.Bins {
			sum += bin.Activities
		}
		if tl.BinDays != wantDays || len(tl.Bins) != wantBins || sum != 2*len(days) {
			t.Errorf("%d days: %d bins of %d days, %d activities", span, len(tl.Bins), tl.BinDays, sum)
		}
	}
	f(0, 1, 1, 0)
	f(1, 1, 1, 1)
	f(2000, 1, 1, 2000)
	f(2001, 1, 2, 1001)
	f(2000, 7, 1, 286)
	f(100_000, 1, 50, 2000)
	two := bins([]dayCount{{5, 1}, {3, 1}, {5, 1}}, dayNames{}) // two sources
	if len(two.Bins) != 2 || two.Bins[0].Day != "1970-01-04" || two.Bins[1].Activities != 2 {
		t.Errorf("got %+v", two)
	}
}
