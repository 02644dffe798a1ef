// Package timestamp reads times as exports spell them, and settles which time a record has.
package timestamp

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"triage/ingest/activity"
)

// Order is how a file writes days and months. Unsettled: a date that reads both ways and has no AM or PM is no date.
type Order = activity.Order

// The orders, in this package's words.
const (
	Unsettled  = activity.Unsettled
	MonthFirst = activity.MonthFirst
	DayFirst   = activity.DayFirst
)

// Parse reads a time in milliseconds since 1970. Without an offset it is UTC: Microsoft documents its logs so.
// Besides ISO 8601 it reads PowerShell's \/Date(milliseconds)\/ and the dates of any culture that writes them in
// digits, as Export-Csv does in the collector's culture: 3/2/2025 10:43:17 PM, 02.03.2025 22:43:17, 2025/3/2 22:43.
// Whether a time can be true is another question: see activity.Times. A year of more than four digits is the end of time.
func Parse(b []byte, order Order) (ms int64, ok bool) {
	b = bytes.TrimSpace(b)
	if len(b) > maxTime {
		return 0, false
	}
	if ms, ok = plainISO(b); ok {
		return ms, true
	}
	if ms, ok = dateOfPowerShell(b); ok {
		return ms, true
	}
	if len(b) > 10 && b[4] == '-' {
		if ms, ok = iso(string(b)); ok {
			return ms, true
		}
	}
	month, okMonth := culture(b, MonthFirst)
	day, okDay := culture(b, DayFirst)
	switch {
	case okMonth && (!okDay || month == day || order == MonthFirst):
		return month, true
	case okDay && (!okMonth || order == DayFirst):
		return day, true
	case okMonth && order == Unsettled && bytes.ContainsAny(b, "Mm"):
		return month, true // cultures with AM and PM write the month first, but for a few
	case okMonth && okDay:
		return 0, false
	}
	return foreign(string(b))
}

// BothWays says whether a text is a date that means one day with the month first and another with the day first.
func BothWays(b []byte) bool {
	if len(b) > maxTime {
		return false
	}
	b = bytes.TrimSpace(b)
	month, okMonth := culture(b, MonthFirst)
	day, okDay := culture(b, DayFirst)
	return okMonth && okDay && month != day
}

// SeeDate takes down what a date shows of the order of days and months; other times say nothing.
func SeeDate(to *activity.Shard, b []byte, order Order) {
	if b = bytes.TrimSpace(b); len(b) < 6 || len(b) > maxTime || digit(b[1]) && digit(b[2]) {
		return // a year first, as in ISO 8601
	}
	d := &to.Dates
	if order != Unsettled {
		d.Used = order
		return
	}
	month, okMonth := culture(b, MonthFirst)
	day, okDay := culture(b, DayFirst)
	switch {
	case okMonth && okDay && month != day:
		d.See(to.Times, month, day)
	case okMonth && !okDay:
		d.Months++
	case okDay && !okMonth:
		d.Days++
	}
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// Settled is the order that the records of an input show by dates that read one way only.
func Settled(d *activity.Dates) Order { return majority(int(d.Months), int(d.Days)) }

// Zoned says whether a time says its own offset from UTC.
func Zoned(b []byte) bool {
	s := strings.ToUpper(string(bytes.TrimSpace(b)))
	if strings.HasSuffix(s, "Z") || strings.HasSuffix(s, "UTC") || strings.HasSuffix(s, "GMT") {
		return true
	}
	at := strings.LastIndexAny(s, "+-")
	return at > len("2006-01-02") && strings.IndexByte(s, ':') >= 0 && strings.IndexByte(s, ':') < at
}

// maxTime is longer than any time that a log writes.
const maxTime = 48

// OrderOf settles the order by dates that can be read one way only. Where a file has both kinds, or none, it is
// Unsettled; one damaged date among many is no kind.
func OrderOf(dates [][]byte) Order {
	months, days := 0, 0
	for _, d := range dates {
		if len(d) > maxTime {
			continue
		}
		_, month := culture(bytes.TrimSpace(d), MonthFirst)
		_, day := culture(bytes.TrimSpace(d), DayFirst)
		switch {
		case month && !day:
			months++
		case day && !month:
			days++
		}
	}
	return majority(months, days)
}

// majority is the order that all dates but some damaged ones show.
func majority(months, days int) Order {
	const many = 9 // for each that is damaged
	switch {
	case months > many*days:
		return MonthFirst
	case days > many*months:
		return DayFirst
	default:
		return Unsettled
	}
}

// Votes counts what proves an order.
type Votes struct{ months, days int }

// For counts one proof; Unsettled is none.
func (v *Votes) For(o Order) {
	switch o {
	case MonthFirst:
		v.months++
	case DayFirst:
		v.days++
	}
}

// Order is what nearly all votes are for.
func (v *Votes) Order() Order { return majority(v.months, v.days) }

// dateOfPowerShell reads what ConvertTo-Json of Windows PowerShell writes: /Date(1740955397000)/, with an offset that
// only says how to show it.
func dateOfPowerShell(b []byte) (ms int64, ok bool) {
	if len(b) == 0 || b[0] != '/' && b[0] != '\\' {
		return 0, false
	}
	b = bytes.ReplaceAll(b, []byte(`\/`), []byte("/"))
	inner, found := bytes.CutPrefix(b, []byte("/Date("))
	inner, closed := bytes.CutSuffix(inner, []byte(")/"))
	if i := bytes.LastIndexAny(inner, "+-"); i > 0 {
		inner = inner[:i]
	}
	n, err := strconv.ParseInt(string(inner), 10, 64) // of a number without end, the greatest that there is
	return n, found && closed && (err == nil || errors.Is(err, strconv.ErrRange))
}

// plainISO reads the one form that nearly all records have, 2006-01-02T15:04:05 with or without Z, by hand: it runs for
// each of them, and time.Parse takes ten times as long.
func plainISO(b []byte) (ms int64, ok bool) {
	if len(b) == 20 && b[19] == 'Z' {
		b = b[:19]
	}
	if len(b) != 19 || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	var n [7]int // two digits each: the century and the rest of the year, month, day, hour, minute, second
	for i, at := range [...]int{0, 2, 5, 8, 11, 14, 17} {
		tens, units := b[at]-'0', b[at+1]-'0'
		if tens > 9 || units > 9 {
			return 0, false
		}
		n[i] = int(tens)*10 + int(units)
	}
	month, day := n[2], n[3]
	if month < 1 || month > 12 || day < 1 || n[4] > 23 || n[5] > 59 || n[6] > 59 {
		return 0, false
	}
	t := time.Date(n[0]*100+n[1], time.Month(month), day, n[4], n[5], n[6], 0, time.UTC)
	return t.UnixMilli(), t.Day() == day
}

// iso reads ISO 8601 and what other programs make of it: a space for the T, small letters, offsets with and without a
// colon or minutes, and words for UTC.
func iso(s string) (ms int64, ok bool) {
	s = strings.ToUpper(s)
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	for _, zone := range [...]string{"UTC", "GMT"} {
		if bare, found := strings.CutSuffix(s, zone); found {
			s = strings.TrimSuffix(bare, " ")
			break
		}
	}
	for _, layout := range [...]string{
		"2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04:05 Z07:00", "2006-01-02T15:04:05-0700",
		"2006-01-02T15:04:05 -0700", "2006-01-02T15:04:05-07", "2006-01-02T15:04:05 -07",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// culture reads three numbers of a date and two or three of a time, whatever parts them. A year comes first or last
// and has four digits; full stops part day, month and year in that order.
func culture(b []byte, order Order) (ms int64, ok bool) {
	d := digitReader{text: b}
	first, width := d.number()
	sep := d.mark("/-.")
	second, _ := d.number()
	again := d.mark("/-.")
	third, last := d.number()
	year, month, day := third, first, second
	switch {
	case d.failed || sep != again:
		return 0, false
	case width >= 4:
		year, month, day = first, second, third
	case last < 4:
		return 0, false
	case sep == '.' || order == DayFirst:
		month, day = second, first
	}
	hour, minute, second, nanos := d.clock()
	if d.failed || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	t := time.Date(min(year, lastYear), time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if year > lastYear {
		return math.MaxInt64, t.Day() == day
	}
	return t.UnixMilli() - d.ahead, t.Day() == day
}

// lastYear is the last that ISO 8601 and .NET can write without more ado.
const lastYear = 9999

// digitReader takes a date apart.
type digitReader struct {
	text   []byte
	failed bool
	ahead  int64 // how far the time of day is ahead of UTC, in milliseconds
}

// number is the next number and how many digits it has; at most nine.
func (d *digitReader) number() (n, width int) {
	for width < len(d.text) && width < 9 && '0' <= d.text[width] && d.text[width] <= '9' {
		n = n*10 + int(d.text[width]-'0')
		width++
	}
	d.text = d.text[width:]
	d.failed = d.failed || width == 0
	return n, width
}

// mark is the next byte, which must be one of those.
func (d *digitReader) mark(those string) byte {
	if len(d.text) == 0 || bytes.IndexByte([]byte(those), d.text[0]) < 0 {
		d.failed = true
		return 0
	}
	c := d.text[0]
	d.text = d.text[1:]
	return c
}

// clock reads the time of day to the end of the text: 22:43, 22:43:17.123, 10:43:17 PM, 10.43.17 p.m., and what says
// that it is UTC. PowerShell 7 puts a narrow no-break space before AM and PM.
func (d *digitReader) clock() (hour, minute, second, nanos int) {
	rest := bytes.TrimLeft(d.text, ", T")
	if d.failed = d.failed || len(rest) == len(d.text); d.failed {
		return 0, 0, 0, 0
	}
	d.text = rest
	before := d.halfBefore()
	hour, _ = d.number()
	d.mark(":.")
	minute, _ = d.number()
	if len(d.text) > 0 && (d.text[0] == ':' || d.text[0] == '.') {
		d.text = d.text[1:]
		second, _ = d.number()
	}
	if len(d.text) > 0 && (d.text[0] == '.' || d.text[0] == ',') {
		d.text = d.text[1:]
		n, width := d.number()
		for nanos = n; width < 9; width++ {
			nanos *= 10
		}
	}
	half := bytes.ToLower(bytes.TrimLeft(d.text, " \u00a0\u202f"))
	if at := bytes.IndexAny(half, "+-"); at >= 0 {
		half = d.offset(half, at)
	}
	if before != "" && len(half) == 0 {
		half = []byte(before)
	}
	switch string(bytes.ReplaceAll(half, []byte("."), nil)) {
	case "", "z", "utc":
	case "am", "a m", "a\u00a0m", "vm", "fm", "πμ", "오전", "上午", "午前":
		d.failed = d.failed || hour > 12
		hour %= 12
	case "pm", "p m", "p\u00a0m", "nm", "em", "μμ", "오후", "下午", "午後":
		d.failed = d.failed || hour > 12
		hour = hour%12 + 12
	default:
		d.failed = true
	}
	return hour, minute, second, nanos
}

// halfBefore takes the half of the day that stands before the time, as in Korea, China and Japan: am, pm, or nothing.
func (d *digitReader) halfBefore() string {
	if len(d.text) == 0 || d.text[0] < 0x80 {
		return ""
	}
	for word, half := range map[string]string{"오전": "am", "오후": "pm", "上午": "am", "下午": "pm", "午前": "am", "午後": "pm"} {
		if rest, ok := bytes.CutPrefix(d.text, []byte(word)); ok {
			d.text = bytes.TrimLeft(rest, " ")
			return half
		}
	}
	return ""
}

// offset takes an offset from UTC, +02:00 or +0200, off the end of a text, and gives what is before it.
func (d *digitReader) offset(text []byte, at int) []byte {
	t, err := time.Parse("-0700", string(bytes.ReplaceAll(text[at:], []byte(":"), nil)))
	if err != nil {
		d.failed = true
		return nil
	}
	_, seconds := t.Zone()
	d.ahead = int64(seconds) * 1000
	return bytes.TrimRight(text[:at], " \u00a0\u202f")
}
