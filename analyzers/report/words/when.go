package words

import (
	"time"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
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
func SpanText(first, last report.Time) string { return SpanPhrase(first, last).English() }

// SpanPhrase is the same as part of a sentence.
func SpanPhrase(first, last report.Time) phrase.Text {
	from, to := ClockTime(first), ClockTime(last)
	switch {
	case from == to:
		return phrase.Of(phrase.Fixed, from)
	case Day(first) == Day(last) && first.String() != "":
		to = to[len(report.DayLayout)+1:]
	}
	return phrase.Say("{1} to {2}", phrase.Of(phrase.Fixed, from), phrase.Of(phrase.Fixed, to))
}
