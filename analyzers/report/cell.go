package report

import "strings"

// Cell is a text for a spreadsheet: plain, and never a formula. A spreadsheet may skip spaces before the sign, and some
// take the full-width signs of East Asian keyboards for the plain ones.
func Cell(s string) string {
	formula := startsFormula(s)
	s = Plain(s)
	if formula || startsFormula(s) {
		return "'" + s
	}
	return s
}

func startsFormula(s string) bool {
	if strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") {
		return true
	}
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(strings.TrimSpace(s), sign) {
			return true
		}
	}
	return false
}
