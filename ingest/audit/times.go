package audit

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// parseTime reads a time in milliseconds since 1970. Without an offset it is UTC: Microsoft documents CreationTime so,
// and collectors print CreationDate so. Besides ISO 8601 it reads the cultures seen in exports, M/d/yyyy h:mm:ss tt and
// dd.MM.yyyy HH:mm:ss, and PowerShell's \/Date(milliseconds)\/. dayFirst says that the file writes d/M/yyyy; without it,
// a slashed date that could be read both ways and has no AM or PM is no date.
func parseTime(b []byte, dayFirst bool) (ms int64, ok bool) {
	b = bytes.TrimSpace(b)
	if inner, found := bytes.CutPrefix(b, []byte("/Date(")); found {
		inner, found = bytes.CutSuffix(inner, []byte(")/"))
		n, err := strconv.ParseInt(string(inner), 10, 64)
		return n, found && err == nil
	}
	s := string(b)
	if len(s) > len("2025-01-02T03:04:05.0000000 +00:00") {
		return 0, false
	}
	for _, layout := range layouts(s, dayFirst) {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return eitherWay(s)
}

func layouts(s string, dayFirst bool) []string {
	switch {
	case len(s) > 4 && s[4] == '-':
		return []string{"2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00"}
	case strings.IndexByte(s, '.') > 0:
		return []string{"2.1.2006 15:04:05"}
	case dayFirst:
		return []string{"2/1/2006 15:04:05", "2/1/2006 3:04:05 PM"}
	default:
		return []string{"1/2/2006 3:04:05 PM"}
	}
}

// eitherWay reads a slashed date without AM and PM where only one order of day and month makes a date.
func eitherWay(s string) (ms int64, ok bool) {
	month, errMonth := time.Parse("1/2/2006 15:04:05", s)
	day, errDay := time.Parse("2/1/2006 15:04:05", s)
	switch {
	case errMonth == nil && (errDay != nil || day.Equal(month)):
		return month.UnixMilli(), true
	case errDay == nil && errMonth != nil:
		return day.UnixMilli(), true
	default:
		return 0, false
	}
}
