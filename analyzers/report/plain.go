package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean is a text that a log wrote as the document holds it: valid UTF-8, of bounded length. What is hostile in it
// stays: the document is evidence.
func Clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if len(s) > MaxText {
		return strings.ToValidUTF8(s[:MaxText], "") + "…" // never half a rune
	}
	return s
}

// Plain is a text that an attacker may have written, safe on one line of a terminal: no escape or control character,
// nothing that reorders or hides what stands beside it. Line breaks and tabs become spaces.
func Plain(s string) string {
	if printable(s) {
		return s
	}
	marks := 0
	return strings.Map(func(r rune) rune {
		if r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				return -1
			}
		} else {
			marks = 0
		}
		return PlainRune(r)
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// printable says that a text is nothing but visible ASCII and spaces, as most are.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// maxMarks is how many marks one letter keeps: no script in use stacks more, and a pile of them covers the lines above.
const maxMarks = 3

// PlainRune is what stands for a rune in plain text; -1 drops it.
func PlainRune(r rune) rune {
	switch {
	case r >= 0x20 && r < 0x7f:
		return r
	case r == '\t' || r == '\n' || r == '\r' || r == 0x85 || unicode.Is(unicode.Z, r):
		return ' '
	case blank(r):
		return -1
	case unicode.IsPrint(r):
		return r
	default: // Cc, Cf (bidirectional controls, zero-width, tags), Cs, Co, Cn
		return -1
	}
}

// blank says that a rune counts as a letter, mark or symbol but shows nothing: Hangul fillers, the braille blank,
// variation selectors, the combining grapheme joiner (Unicode 15, Default_Ignorable_Code_Point, and U+2800).
func blank(r rune) bool {
	switch {
	case r == 0x34F, r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x2800, r == 0x17B4, r == 0x17B5:
		return true
	case r >= 0x180B && r <= 0x180F, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return true
	}
	return false
}

// Short is plain text of at most n runes; where it is cut it ends in "…".
func Short(s string, n int) string {
	s = Plain(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := 0
	for at := range s {
		if runes == max(n-1, 0) {
			return s[:at] + "…"
		}
		runes++
	}
	return s
}

// ShortPath is a plain path of bounded length that keeps its end: what follows it is a line number.
func ShortPath(s string) string {
	const most, tail = 160, 100
	runes := []rune(Plain(s))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-tail-1]) + "…" + string(runes[len(runes)-tail:])
}

// Grouped is a number with a comma between thousands.
func Grouped[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for at := len(s) - 3; at > start; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Counted is a number with its word: "1 activity", "1,200 activities".
func Counted[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Grouped(n) + " " + many
}

// SaidBy is a reason and whose it is, where that is known.
func SaidBy(reason, name string) string {
	if name == "" {
		return reason
	}
	return reason + " (" + name + ")"
}

// NameList is some names of a list: "a, b and 3 more".
func NameList(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + Grouped(len(names)-most) + " more"
}
