package detect

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
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
