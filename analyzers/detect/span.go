package detect

import (
	"strconv"
	"strings"
	"time"
)

// ParseSpan reads a length of time as packs write it: "60s", "10m", "7d", "1d12h". A day is 24 hours. It is not ok for
// anything else, and for less than nothing.
func ParseSpan(text string) (d time.Duration, ok bool) {
	text = strings.TrimSpace(text)
	if days, rest, found := strings.Cut(text, "d"); found {
		n, err := strconv.ParseUint(days, 10, 16) // 65,535 days: more than any log, and no overflow
		if err != nil {
			return 0, false
		}
		d = time.Duration(n) * 24 * time.Hour
		if rest == "" {
			return d, true
		}
		text = rest
	}
	more, err := time.ParseDuration(text)
	if err != nil || more < 0 || d+more < d {
		return 0, false
	}
	return d + more, true
}
