package casefile

import (
	"time"

	"triage/analyzers/report"
)

// All times of the file are UTC; it says so once.

func isKnown(t report.Time) bool { return t.String() != "" }

func clockOf(t report.Time) time.Time { return time.UnixMilli(int64(t)).UTC() }

func yearOf(t report.Time) int {
	if !isKnown(t) {
		return 0
	}
	return clockOf(t).Year()
}

func format(t report.Time, layout, none string) string {
	if !isKnown(t) {
		return none
	}
	return clockOf(t).Format(layout)
}

// when is a time in a table: "22 May 01:12:08", with the year where the case is of several.
func (b *book) when(t report.Time) string {
	if b.years {
		return format(t, "2 Jan 2006 15:04:05", "not recorded")
	}
	return format(t, "2 Jan 15:04:05", "not recorded")
}

// minute is a time in a sentence.
func (b *book) minute(t report.Time) string {
	if b.years {
		return format(t, "2 Jan 2006 15:04", "a time that is not recorded")
	}
	return format(t, "2 Jan 15:04", "a time that is not recorded")
}

// lasted is a span of time: "22 May 01:12 – 05:44".
func (b *book) lasted(first, last report.Time) string {
	switch {
	case !isKnown(first):
		return "not recorded"
	case !isKnown(last) || last == first:
		return b.minute(first)
	case format(first, report.DayLayout, "") == format(last, report.DayLayout, ""):
		if format(first, "15:04", "") == format(last, "15:04", "") {
			return b.minute(first)
		}
		return b.minute(first) + " – " + format(last, "15:04", "")
	default:
		return b.minute(first) + " – " + b.minute(last)
	}
}

// written is a day of the contract for people: "2018-08-06" is "6 August 2018".
func written(day string) string {
	t, err := time.Parse(report.DayLayout, day)
	if err != nil {
		return short(day, 20)
	}
	return t.Format("2 January 2006")
}

// daysUntil is how many days there are from one day to another; false if one is none.
func daysUntil(from, to string) (int, bool) {
	a, err1 := time.Parse(report.DayLayout, from)
	z, err2 := time.Parse(report.DayLayout, to)
	if err1 != nil || err2 != nil {
		return 0, false
	}
	return int(z.Sub(a).Hours() / 24), true
}
