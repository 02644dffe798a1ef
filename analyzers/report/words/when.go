package words

import (
	"time"

	"triage/analyzers/report"
)

// ClockTime is a time for people: seconds, no zone (the summary says that it is UTC).
func ClockTime(t report.Time) string {
	if t.String() == "" {
		return "undated"
	}
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02 15:04:05")
}

// Day is the day of a time.
func Day(t report.Time) string {
	if t.String() == "" {
		return "undated"
	}
	return time.UnixMilli(int64(t)).UTC().Format(report.DayLayout)
}

// SpanText is two times for people; the second without its day if it is the same.
func SpanText(first, last report.Time) string {
	from, to := ClockTime(first), ClockTime(last)
	switch {
	case from == to:
		return from
	case Day(first) == Day(last) && first.String() != "":
		return from + " to " + to[len(report.DayLayout)+1:]
	default:
		return from + " to " + to
	}
}
