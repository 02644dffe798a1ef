package commandline

import (
	"time"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/exit"
)

// Time reads a day, which means its first moment, or a time. What names no offset is UTC, never local.
func Time(c *cli.Context, flag string) (time.Time, error) {
	text := c.String(flag)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, exit.Usage("", "--%s %q: want a day such as 2026-03-09, or a time such as 2026-03-09T14:30:00Z", flag, text)
}

func CaseFlag(usage string) cli.Flag { return TextFlag("case", "", usage) }
