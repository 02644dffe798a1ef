package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// wantArgs checks the number of arguments; most < 0 means any number. cli's own check of required flags and arguments
// prints help on standard output.
func wantArgs(c *cli.Context, least, most int) error {
	n := c.Args().Len()
	switch {
	case n < least:
		return usage("usage: "+c.Command.UsageText, "%s: an argument is missing", commandName(c))
	case most >= 0 && n > most && strings.HasPrefix(commandName(c), fetchName+" "):
		return usage("usage: "+c.Command.UsageText, "%s: an unexpected argument (not shown, since it may be the token itself)", commandName(c))
	case most >= 0 && n > most:
		return usage("usage: "+c.Command.UsageText, "%s: unexpected argument %q", commandName(c), c.Args().Get(most))
	}
	return nil
}

// commandName is the command without "triage", as it opens a message.
func commandName(c *cli.Context) string { return strings.TrimPrefix(c.Command.HelpName, "triage ") }

// wantFormat checks --format of a command that prints one format.
func wantFormat(c *cli.Context, formats ...string) error {
	if got := c.String("format"); !slices.Contains(formats, got) {
		return usage(didYouMean(got, formats), "--format %q: want %s", got, alternatives(formats))
	}
	return nil
}

// alternatives is "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
