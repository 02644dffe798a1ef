package lanes

import (
	"time"

	"triage/analyzers/report"
)

// axis is how time is cut into bins.
type axis struct {
	unit  string // day, week, month, year
	first int32  // day of the first bin
	bins  int
}

// axisOf is one axis for all accounts: days up to 100, weeks up to 700 days, else months, or years where those are too many.
func axisOf(accounts []account) axis {
	first, last, any := int32(0), int32(0), false
	span := func(t tally) {
		if len(t) == 0 {
			return
		}
		if !any {
			first, last, any = t[0].day, t[len(t)-1].day, true
		}
		first, last = min(first, t[0].day), max(last, t[len(t)-1].day)
	}
	for i := range accounts {
		for lane := range laneCount {
			for _, t := range accounts[i].days[lane] {
				span(t)
			}
			for _, his := range accounts[i].his {
				span(his[lane])
			}
		}
	}
	if !any {
		return axis{unit: "day"}
	}
	for _, unit := range []string{"day", "week", "month", "year"} {
		ax := axis{unit: unit, first: begin(unit, first)}
		if ax.bins = ax.number(last) + 1; ax.bins <= maxBins {
			return ax
		}
	}
	// Logs of more than a century: what is older than its years stands in the first.
	return axis{unit: "year", first: begin("year", last-366*(maxBins-1)), bins: maxBins}
}

// begin is the first day of the bin that a day is in.
func begin(unit string, day int32) int32 {
	at := dayTime(day)
	switch unit {
	case "week":
		return day - (int32(at.Weekday())+6)%7 // from Monday
	case "month":
		return dayOf(time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC))
	case "year":
		return dayOf(time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC))
	default:
		return day
	}
}

// bin is the number of the bin that a day is in.
func (ax axis) bin(day int32) int { return min(max(ax.number(day), 0), ax.bins-1) }

func (ax axis) number(day int32) int {
	at, from := dayTime(day), dayTime(ax.first)
	switch ax.unit {
	case "week":
		return int(day-ax.first) / 7
	case "month":
		return (at.Year()-from.Year())*12 + int(at.Month()) - int(from.Month())
	case "year":
		return at.Year() - from.Year()
	default:
		return int(day - ax.first)
	}
}

// start is the first day of a bin.
func (ax axis) start(bin int) string {
	if ax.bins == 0 {
		return ""
	}
	from := dayTime(ax.first)
	switch ax.unit {
	case "week":
		return dayText(int64(ax.first) + 7*int64(bin))
	case "month":
		return from.AddDate(0, bin, 0).Format(report.DayLayout)
	case "year":
		return from.AddDate(bin, 0, 0).Format(report.DayLayout)
	default:
		return dayText(int64(ax.first) + int64(bin))
	}
}

// dense is how many acts each bin has; empty if none has any.
func (ax axis) dense(t tally) []int {
	if len(t) == 0 {
		return []int{}
	}
	out := make([]int, ax.bins)
	for _, d := range t {
		out[ax.bin(d.day)] += int(d.acts)
	}
	return out
}

// marks are the bins that have acts.
func (ax axis) marks(t tally, intruder string) []report.LaneMark {
	out := []report.LaneMark{}
	for _, d := range t {
		bin := ax.bin(d.day)
		if n := len(out); n > 0 && out[n-1].Bin == bin {
			out[n-1].Acts += int(d.acts)
			continue
		}
		out = append(out, report.LaneMark{Bin: bin, Intruder: report.Text(intruder), Acts: int(d.acts)})
	}
	return out
}

func dayTime(day int32) time.Time { return time.Unix(int64(day)*perDay/1000, 0).UTC() }

func dayOf(t time.Time) int32 { return int32(t.Unix() / (perDay / 1000)) }

func dayText(day int64) string {
	return time.Unix(day*perDay/1000, 0).UTC().Format(report.DayLayout)
}
