package figure

import (
	"fmt"
	"strconv"
	"time"

	"triage/analyzers/report"
)

// fact is the first value of a finding's fact, as text; "" where it has none.
func fact(f *report.Finding, name string) string {
	for i := range f.Facts {
		if f.Facts[i].Name != name {
			continue
		}
		switch v := f.Facts[i].Value.(type) {
		case nil:
			return ""
		case []string:
			if len(v) > 0 {
				return v[0]
			}
			return ""
		case []any:
			if len(v) > 0 {
				return fmt.Sprint(v[0])
			}
			return ""
		default:
			return fmt.Sprint(v)
		}
	}
	return ""
}

func factTime(f *report.Finding, name string) report.Time {
	t, err := time.Parse(time.RFC3339, fact(f, name))
	if err != nil {
		return 0
	}
	return report.Time(t.UnixMilli())
}

// grouped is a whole number with commas, or the text as it is.
func grouped(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 && n < 1e9 {
		return report.Grouped(int(n))
	}
	return s
}
