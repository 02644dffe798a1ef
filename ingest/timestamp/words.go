package timestamp

import (
	"strconv"
	"strings"
	"time"
)

// foreign reads what other programs make of a time that neither ISO 8601 nor a culture's digits are: a month by its name
// (e-mail, ctime, Splunk), a number since 1970, digits without anything between them, and a spreadsheet's days since 1900.
func foreign(s string) (ms int64, ok bool) {
	switch {
	case len(s) < len("1772446530"):
		return 0, false
	case strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") < 2:
		return ofNumber(s)
	}
	for _, layout := range [...]string{"20060102T150405Z", "20060102T150405", "20060102T150405.000Z", "20060102 150405", "20060102T150405Z0700", "20060102 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return ofWords(s)
}

// ofNumber is a time as a number: its size tells the unit. Only times that can be a log's are taken.
func ofNumber(s string) (ms int64, ok bool) {
	whole, _, part := strings.Cut(s, ".")
	if !part && len(whole) == len("20060102150405") {
		t, err := time.Parse("20060102150405", whole)
		return t.UnixMilli(), err == nil && possible(t.UnixMilli())
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	const (
		day       = 24 * 60 * 60 * 1000
		days1900  = 25569                         // from 1899-12-30 to 1970
		ticks     = 10_000                        // of 100 ns in a millisecond
		from1601  = 11_644_473_600_000            // to 1970, in milliseconds
		fromYear1 = from1601 + 50_491_123_200_000 // to 1970
	)
	switch len(whole) {
	case len("46083"):
		if !part {
			return 0, false // a number of anything
		}
		ms = int64((n-days1900)*day+500) / 1000 * 1000 // a spreadsheet's fraction is not exact
	case len("1772446530"):
		ms = int64(n * 1000)
	case len("1772446530000"):
		ms = int64(n)
	case len("1772446530000000"):
		ms = int64(n / 1000)
	case len("134169561300000000"):
		ticksSince, err := strconv.ParseInt(whole, 10, 64)
		if err != nil {
			return 0, false
		}
		if ms = ticksSince/ticks - from1601; !possible(ms) {
			ms = ticksSince/ticks - fromYear1
		}
	default:
		return 0, false
	}
	return ms, possible(ms)
}

// possible says that a number is of a time that a log can have.
func possible(ms int64) bool {
	const from, until = 946_684_800_000, 4_102_444_800_000 // 2000 and 2100
	return ms >= from && ms < until
}

// ofWords reads a date with its month as an English word, with the day, a year of four digits and a time of day beside it, in
// any order: Mon, 02 Mar 2026 10:15:30 GMT; Mar 2, 2026 10:15 AM; 02-Mar-2026 10:15:30.
func ofWords(s string) (ms int64, ok bool) {
	var year, day, half int
	var month time.Month
	var clock, offset string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\u202f' || r == '\u00a0' }) {
		if strings.Count(word, "-") == 2 { // 02-Mar-2026
			word = strings.ReplaceAll(word, "-", " ")
		} else if strings.Count(word, "/") == 2 { // 02/Mar/2026:10:15:30
			word = strings.ReplaceAll(word, "/", " ")
			if date, time, ok := strings.Cut(word, ":"); ok {
				word = date + " " + time
			}
		}
		for _, part := range strings.Fields(word) {
			n, err := strconv.Atoi(strings.TrimRight(part, "."))
			lower := strings.ToLower(strings.Trim(part, "."))
			named := monthOf(lower)
			switch {
			case (part[0] == '+' || part[0] == '-') && offset == "" && clock != "":
				offset = part
			case err == nil && len(part) == 4 && year == 0:
				year = n
			case err == nil && n > 0 && n < 32 && day == 0:
				day = n
			case strings.IndexByte(part, ':') > 0 && clock == "":
				clock = strings.TrimSuffix(part, "Z")
			case lower == "am" || lower == "a.m":
				half = 1
			case lower == "pm" || lower == "p.m":
				half = 2
			case named != 0 && month == 0:
				month = named
			case lower == "utc" || lower == "gmt" || lower == "z" || lower == "at" || weekday(lower):
			default:
				return 0, false
			}
		}
	}
	return together(year, month, day, half, clock, offset)
}

// together is the time that the parts of a date make.
func together(year int, month time.Month, day, half int, clock, offset string) (ms int64, ok bool) {
	if year == 0 || month == 0 || day == 0 || clock == "" {
		return 0, false
	}
	text := strconv.Itoa(day) + " " + month.String() + " " + strconv.Itoa(year) + " " + clock
	layouts := []string{"15:04:05", "15:04"}
	tail := ""
	if half > 0 {
		layouts = []string{"3:04:05", "3:04"}
		text, tail = text+" "+[...]string{"", "AM", "PM"}[half], " PM"
	}
	zone := ""
	switch {
	case strings.Contains(offset, ":"):
		text, zone = text+" "+offset, " -07:00"
	case offset != "":
		text, zone = text+" "+offset, " -0700"
	}
	for _, layout := range layouts {
		if t, err := time.Parse("2 January 2006 "+layout+tail+zone, text); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// monthOf is a month by its English name, or the first three letters or "sept" of it; 0 for none.
func monthOf(word string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); word == name || word == name[:3] || m == time.September && word == "sept" {
			return m
		}
	}
	return 0
}

func weekday(word string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); word == name || word == name[:3] {
			return true
		}
	}
	return false
}
