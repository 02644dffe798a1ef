package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// Flags hold text; the commands read numbers and dates out of it themselves, so that every fault is told in our words.
// The names, kinds and variables of flags are the same in all commands (a test holds it): that is what lets a flag stand
// anywhere on the line.

// textFlag takes one value; the `NAME` in its usage is how help calls the value.
func textFlag(name, value, usage string) cli.Flag {
	return &cli.StringFlag{Name: name, Value: value, Usage: withVariable(name, usage)}
}

// listFlag may be given several times.
func listFlag(name, usage string) cli.Flag {
	return &cli.StringSliceFlag{Name: name, Usage: withVariable(name, usage)}
}

// switchFlag is on or off.
func switchFlag(name, usage string) cli.Flag {
	return &cli.BoolFlag{Name: name, Usage: withVariable(name, usage), DisableDefaultText: true}
}

// variable is the environment variable that stands for a flag.
func variable(flag string) string {
	return "TRIAGE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func withVariable(name, usage string) string { return usage + " [$" + variable(name) + "]" }

// takesValue says whether a flag is followed by a value, and isList whether it may be given several times.
func takesValue(f cli.Flag) bool { _, toggle := f.(*cli.BoolFlag); return !toggle }

func isList(f cli.Flag) bool { _, list := f.(*cli.StringSliceFlag); return list }
