package message

import (
	"fmt"
	"slices"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// longestTrace is how much a message trace can span, in milliseconds: the service keeps traces for 90 days (Microsoft,
// "Get-MessageTraceV2"); two more for the zones at both ends.
const longestTrace = 92 * 24 * 3600 * 1000

// datesOf settles for a whole file whether it writes the month or the day first, and says why. The first rows decide:
// by a day beyond the twelfth, else by the query's own StartDate and EndDate, between which each message was received,
// else by how long a time they would span.
func datesOf(at record.Columns, rows [][]string) (order timestamp.Order, note string) {
	column := at.At("received")
	if column < 0 {
		return timestamp.Unsettled, ""
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(row []string) bool { return column >= len(row) })
	dates := at.Cells(rows, "received", "startdate", "enddate")
	say := func(order timestamp.Order, why string) (timestamp.Order, string) {
		return order, fmt.Sprintf("dates such as %.30q were read as %s: %s", rows[0][column], order, why)
	}
	if len(rows) == 0 || !either(dates) {
		return timestamp.Unsettled, ""
	}
	if order = timestamp.OrderOf(dates); order != timestamp.Unsettled {
		return say(order, "others can be read no other way")
	}
	month, day := fits(at, rows, timestamp.MonthFirst), fits(at, rows, timestamp.DayFirst)
	switch {
	case month && !day:
		return say(timestamp.MonthFirst, "else messages were received outside of the time that was asked for")
	case day && !month:
		return say(timestamp.DayFirst, "else messages were received outside of the time that was asked for")
	}
	if _, ok := timestamp.Parse([]byte(rows[0][column]), timestamp.Unsettled); ok {
		_, note = say(timestamp.MonthFirst, "as is usual with AM and PM; nothing in the first rows proves it")
		return timestamp.Unsettled, note
	}
	return timestamp.Unsettled, fmt.Sprintf("dates such as %.30q can be read both ways, and nothing in the file says which: export it again with ISO dates", rows[0][column])
}

// either says whether any date can be read two ways.
func either(dates [][]byte) bool {
	for _, d := range dates {
		month, okMonth := timestamp.Parse(d, timestamp.MonthFirst)
		day, okDay := timestamp.Parse(d, timestamp.DayFirst)
		if okMonth && okDay && month != day {
			return true
		}
	}
	return false
}

// fits says whether the rows make sense in that order: each message within its query, and all within a trace's reach.
// Some rows of many may be damaged.
func fits(at record.Columns, rows [][]string, order timestamp.Order) bool {
	parse := func(row []string, column string) (int64, bool) {
		i := at.At(column)
		if i < 0 || i >= len(row) {
			return 0, false
		}
		return timestamp.Parse([]byte(row[i]), order)
	}
	var times []int64
	odd, most := 0, len(rows)/50
	for _, row := range rows {
		t, ok := parse(row, "received")
		if !ok || !(activity.Times{}).Has(t) {
			continue // an impossible time says nothing of the others, and differences stay small
		}
		start, begun := parse(row, "startdate")
		end, ended := parse(row, "enddate")
		if begun && t < start || ended && t > end {
			odd++
			continue
		}
		times = append(times, t)
	}
	slices.Sort(times)
	if most = min(most, (len(times)-1)/2); len(times) > 0 {
		times = times[most : len(times)-most]
	}
	return odd <= most && (len(times) == 0 || times[len(times)-1]-times[0] <= longestTrace)
}
