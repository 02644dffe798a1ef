// Package term lays out text for a terminal: how many columns it takes, where it breaks, and colours that stand in a line as
// runes until it is written.
package term

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// Width is how many columns of a terminal a plain text takes, in every locale: what is ambiguous takes one.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// Fit is a plain text of at most n columns, at least one; where it is cut it ends in "…".
func Fit(s string, n int) string {
	if Width(s) <= n {
		return s
	}
	if n <= 1 {
		return "…"
	}
	return strings.TrimRight(prefix(s, n-1), " ") + "…"
}

// FitMiddle is fit that keeps both ends: what tells one user agent from another often stands last.
func FitMiddle(s string, n int) string {
	if Width(s) <= n {
		return s
	}
	tail := []rune(s)
	used, from := 0, len(tail)
	for from > 0 && used+runeColumns(tail[from-1]) <= n/2 {
		from--
		used += runeColumns(tail[from])
	}
	return Fit(s, n-used) + string(tail[from:])
}

// prefix is the beginning of a text, as much as n columns hold.
func prefix(s string, n int) string {
	used := 0
	for at, r := range s {
		if used += runeColumns(r); used > n {
			return s[:at]
		}
	}
	return s
}

// Chop breaks a plain text into lines of n columns, n > 1, and keeps every space: for evidence.
func Chop(s string, n int) []string {
	lines := []string{}
	for Width(s) > n {
		head := prefix(s, n)
		lines, s = append(lines, head), s[len(head):]
	}
	return append(lines, s)
}

// Wrap breaks a plain text into lines of at most n columns, n > 1, at spaces where there are any.
func Wrap(s string, n int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && Width(line)+1+Width(word) > n {
			lines, line = append(lines, line), ""
		}
		for Width(word) > n {
			head := prefix(word, n)
			lines, word = append(lines, head), word[len(head):]
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
