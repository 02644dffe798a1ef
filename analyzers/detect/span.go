package detect

import (
	"fmt"
	"math"
	"regexp"
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

// ParseDuration reads "60s", "10m", "72h", "7d", "2w" and sums of them ("1d12h"): a day has 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	units := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	}
	if s == "0" {
		return 0, nil
	}
	step := regexp.MustCompile(`^(\d{1,9})(ms|s|m|h|d|w)`)
	var sum time.Duration
	for rest := s; rest != "" || sum == 0; {
		m := step.FindStringSubmatch(rest)
		if m == nil {
			return 0, fmt.Errorf("want a time span as 60s, 10m, 72h or 7d, got %q", s)
		}
		n, _ := strconv.ParseInt(m[1], 10, 64)
		if n > int64(math.MaxInt64/units[m[2]]) || sum+time.Duration(n)*units[m[2]] < sum {
			return 0, fmt.Errorf("time span %q is too long", s)
		}
		sum += time.Duration(n) * units[m[2]]
		rest = rest[len(m[0]):]
		if rest == "" {
			break
		}
	}
	return sum, nil
}
