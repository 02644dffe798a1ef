package detect

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Looks is a name as a hasty reader sees it: in lower case, letters that look alike are one, spaces and marks are gone.
// Two names that look the same and are not the same deceive.
func Looks(name string) string {
	s := norm.NFKD.String(strings.ToLower(name))
	return alike.Replace(s)
}

// alike makes letters that look alike one. It is made once: making it takes twenty times as long as its use.
var alike = strings.NewReplacer(
	"rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "|", "l", "5", "s", "3", "e", "$", "s",
	"-", "", "_", "", ".", "", " ", "", "\u00a0", "", "\u0131", "l",
	// Cyrillic and Greek letters that look like Latin ones: Unicode Technical Standard 39, confusables.
	"\u0430", "a", "\u0435", "e", "\u043e", "o", "\u0440", "p", "\u0441", "c", "\u0443", "y", "\u0445", "x",
	"\u0456", "l", "\u0455", "s", "\u0458", "j", "\u04bb", "h", "\u0501", "d", "\u03bf", "o", "\u03b1", "a",
	"\u03c1", "p", "\u03bd", "v", "\u03b9", "l", "\u0301", "", "\u0300", "", "\u0308", "", "\u0302", "",
	"\u0303", "", "\u0327", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u00ad", "",
)

// Slips counts the letters inserted, missing, wrong and swapped between two names; more than most is most+1.
func Slips(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if max(len(x), len(y))-min(len(x), len(y)) > most {
		return most + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], most+1)
}
