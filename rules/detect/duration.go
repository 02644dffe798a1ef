package detect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads a length of time as packs write it: "60s", "10m", "72h", "7d", "2w" and sums of them ("1d12h"). A day
// has 24 hours. Everything that rules, tests and escalations give as a length is read by it.
func ParseDuration(s string) (time.Duration, error) {
	units := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	}
	if s == "0" {
		return 0, nil
	}
	var sum time.Duration
	for rest := s; rest != "" || sum == 0; {
		number, unit := cutStep(rest)
		if unit == "" {
			return 0, fmt.Errorf("want a time span as 60s, 10m, 72h or 7d, got %q", s)
		}
		n, _ := strconv.ParseInt(number, 10, 64)
		if n > int64(math.MaxInt64/units[unit]) || sum+time.Duration(n)*units[unit] < sum {
			return 0, fmt.Errorf("time span %q is too long", s)
		}
		sum += time.Duration(n) * units[unit]
		rest = rest[len(number)+len(unit):]
		if rest == "" {
			break
		}
	}
	return sum, nil
}

// cutStep is the number of up to nine figures at the head of a length of time, and the unit behind it; "" where there is none.
func cutStep(s string) (number, unit string) {
	const most = 9
	n := 0
	for n < len(s) && n < most && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n == 0 || n == len(s) {
		return "", ""
	}
	if strings.HasPrefix(s[n:], "ms") {
		return s[:n], "ms"
	}
	if strings.IndexByte("smhdw", s[n]) < 0 {
		return "", ""
	}
	return s[:n], s[n : n+1]
}
