// Package figure draws the pictures of a case file: acts by day, an intruder's minutes, accounts by the day on which they were
// first touched, and the map of where acts came from. Each is SVG of bounded size that takes its colours from classes ([CSS])
// and whose facts stand beside it as a table. It reads nothing but the report.
package figure

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/analyzers/report"
)

// Figure is one picture.
type Figure struct {
	ID    string // of the SVG; other ids in it begin with it
	Title string
	Note  string        // how to read it, and what it leaves out
	SVG   template.HTML // "" where there is nothing to draw: Empty says so
	Phone template.HTML // for narrow screens; "" where there is no other
	Table Table
	Empty string // a sentence, where there is nothing to draw
}

// Table is the facts of a picture as plain text.
type Table struct {
	Head []string
	Rows [][]string
	More int // rows beyond those
}

// maxRows bounds the table of one picture.
const maxRows = 300

// row adds a row of facts.
func (t *Table) row(cells ...string) {
	if len(t.Rows) == maxRows {
		t.More++
		return
	}
	for i := range cells {
		cells[i] = report.Short(cells[i], 200)
	}
	t.Rows = append(t.Rows, cells)
}

// Options are how a page names what pictures show. The zero value names everything as the report does.
type Options struct {
	Cite func(file string, line int64) string // "E1:229"; nil: file:line
	Link func(cite string) string             // where a citation leads, "#…"; "" nowhere
	Name func(account string) string          // what a page calls an account
}

func (o *Options) cite(file string, line, to int64) string {
	var s string
	if o.Cite != nil {
		s = o.Cite(file, line)
	} else {
		s = report.ShortPath(file) + ":" + strconv.FormatInt(line, 10)
	}
	if to > line && s != "" {
		s += "–" + strconv.FormatInt(to, 10)
	}
	return s
}

func (o *Options) name(account string) string {
	if o.Name != nil {
		return o.Name(account)
	}
	return account
}

// laneTitles are what lanes are called, in order.
func laneTitles() [5]string {
	return [5]string{"Logon", "Read", "Search", "Send", "Move, delete, rule"}
}

// laneAt is the number of a lane; -1: a later version's.
func laneAt(name string) int { return slices.Index(report.LaneNames(), name) }

// day is the day that a text names.
func day(text string) (time.Time, bool) {
	t, err := time.Parse(report.DayLayout, text)
	return t, err == nil
}

func at(t report.Time) time.Time { return time.UnixMilli(int64(t)).UTC() }

// shortDay is "22 May".
func shortDay(t time.Time) string { return t.Format("2 Jan") }

// hourMinute is "01:12".
func hourMinute(t report.Time) string { return at(t).Format("15:04") }

// brief is a count in at most four letters: "999", "1.2k", "12k", "1.2M".
func brief(n int) string {
	switch {
	case n == 0:
		return "–"
	case n < 1000:
		return strconv.Itoa(n)
	case n < 9_950:
		return strconv.FormatFloat(float64(n)/1000, 'f', 1, 64) + "k"
	case n < 999_500:
		return strconv.Itoa((n+500)/1000) + "k"
	case n < 9_950_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + "M"
	default:
		return strconv.Itoa((n+500_000)/1_000_000) + "M"
	}
}

// words are small numbers in letters.
func numberWord(n int) string {
	names := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(names) {
		return names[n]
	}
	return report.Grouped(n)
}

// capital begins a text with a capital letter.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lasted is how long something took: "3 min 40 s", "2 h 13 min", "16 min".
func lasted(ms int64) string {
	s := (ms + 500) / 1000
	part := func(n int64, unit string) string { return strconv.FormatInt(n, 10) + " " + unit }
	join := func(a int64, unit string, b int64, below string) string {
		if b == 0 {
			return part(a, unit)
		}
		return part(a, unit) + " " + part(b, below)
	}
	switch {
	case s < 60:
		return part(s, "s")
	case s < 600:
		return join(s/60, "min", s%60, "s")
	case s < 3600:
		return part((s+30)/60, "min")
	case s < 86400:
		return join(s/3600, "h", s%3600/60, "min")
	default:
		return join(s/86400, "days", s%86400/3600, "h")
	}
}

// sumOf is the largest of a list of numbers with another added to each; either may be empty.
func largest(a, b []int) int {
	most := 0
	for i := range max(len(a), len(b)) {
		most = max(most, nth(a, i)+nth(b, i))
	}
	return most
}

// nth is a number of a list, 0 beyond its end.
func nth(list []int, i int) int {
	if i < 0 || i >= len(list) {
		return 0
	}
	return list[i]
}
