package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// wantArgs checks the number of arguments; most < 0 means any number. cli's own check of required flags and arguments
// prints help on standard output.
func wantArgs(c *cli.Context, least, most int) error {
	n, name := c.Args().Len(), strings.TrimPrefix(c.Command.HelpName, "triage ")
	switch {
	case n < least:
		return usage("usage: "+c.Command.UsageText, "%s: an argument is missing", name)
	case most >= 0 && n > most:
		return usage("usage: "+c.Command.UsageText, "%s: unexpected argument %q", name, c.Args().Get(most))
	}
	return nil
}
