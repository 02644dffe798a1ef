package commandline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
)

// Flags hold text; the commands read numbers and dates out of it themselves, so that every fault is told in our words.
// The names, kinds and variables of flags are the same in all commands (a test holds it): that is what lets a flag stand
// anywhere on the line.

// TextFlag takes one value; the `NAME` in its usage is how help calls the value.
func TextFlag(name, value, usage string) cli.Flag {
	return &cli.StringFlag{Name: name, Value: value, Usage: usage}
}

// ListFlag may be given several times.
func ListFlag(name, usage string) cli.Flag { return &cli.StringSliceFlag{Name: name, Usage: usage} }

// SwitchFlag is on or off.
func SwitchFlag(name, usage string) cli.Flag { return &cli.BoolFlag{Name: name, Usage: usage} }

// variable is the environment variable that stands for a flag.
func variable(flag string) string {
	return "TRIAGE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// TakesValue says whether a flag is followed by a value, and isList whether it may be given several times.
func TakesValue(f cli.Flag) bool { _, toggle := f.(*cli.BoolFlag); return !toggle }

func IsList(f cli.Flag) bool { _, list := f.(*cli.StringSliceFlag); return list }

// UsageOf is the flag's usage without backquotes, and the word between them.
func UsageOf(f cli.Flag) (usage, value string) {
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return "", ""
	}
	parts := strings.SplitN(d.GetUsage(), "`", 3)
	if len(parts) == 3 {
		value = " " + parts[1]
	}
	return strings.Join(parts, ""), value
}

// ShortOf is the letter that stands for a flag; "" for most.
func ShortOf(flag string) string {
	for short, long := range shortFlags() {
		if long == flag {
			return short
		}
	}
	return ""
}

// helpWidth is what a terminal of 2 a.m. shows without breaking lines.
const helpWidth = 100

// Help lists flags with what they mean, wrapped. cli's own list runs to 150 columns and more.
func Help(flags []cli.Flag) string {
	if len(flags) == 0 {
		return ""
	}
	heads := make([]string, len(flags))
	widest := 0
	for i, f := range flags {
		_, value := UsageOf(f)
		heads[i] = "--" + f.Names()[0] + value
		if short := ShortOf(f.Names()[0]); short != "" {
			heads[i] = "-" + short + ", " + heads[i]
		}
		widest = max(widest, len(heads[i]))
	}
	var b strings.Builder
	b.WriteString("flags:")
	for i, f := range flags {
		usage, _ := UsageOf(f)
		column := fmt.Sprintf("  %-*s ", widest, heads[i])
		at := 0
		for _, word := range strings.Fields(usage) {
			switch {
			case at == 0:
				b.WriteString("\n" + column)
				at = len(column)
			case at+1+len(word) > helpWidth:
				b.WriteString("\n" + strings.Repeat(" ", len(column)))
				at = len(column)
			}
			b.WriteString(" " + word)
			at += 1 + len(word)
		}
	}
	last := flags[len(flags)-1].Names()[0]
	fmt.Fprintf(&b, "\n\nEvery flag has a variable: --%s is %s.\n", last, variable(last))
	return b.String()
}

// FetchName is the command whose arguments are never shown: one of them may be a token that was put where it must not be.
const FetchName = "fetch"

// WantArgs checks the number of arguments; most < 0 means any number. cli's own check of required flags and arguments
// prints help on standard output.
func WantArgs(c *cli.Context, least, most int) error {
	n := c.Args().Len()
	switch {
	case n < least:
		return exit.Usage("usage: "+c.Command.UsageText, "%s: an argument is missing", commandName(c))
	case most >= 0 && n > most && strings.HasPrefix(commandName(c), FetchName+" "):
		return exit.Usage("usage: "+c.Command.UsageText, "%s: an unexpected argument (not shown, since it may be the token itself)", commandName(c))
	case most >= 0 && n > most:
		return exit.Usage("usage: "+c.Command.UsageText, "%s: unexpected argument %q", commandName(c), c.Args().Get(most))
	}
	return nil
}

// commandName is the command without "triage", as it opens a message.
func commandName(c *cli.Context) string { return strings.TrimPrefix(c.Command.HelpName, "triage ") }

// WantFormat checks --format of a command that prints one format. Where it is not given, the ending of --output decides.
func WantFormat(c *cli.Context, formats ...string) error {
	if output := c.String("output"); output != "" && output != "-" && !c.IsSet("format") {
		named := []outfile.Named{{Format: "text", File: "report.txt"}, {Format: "json", File: "report.json"}}
		format, err := outfile.FormatOf(output, named)
		if err != nil {
			return exit.Usage("with --format the name decides nothing", "%w", err)
		}
		if format != "" {
			if err := c.Set("format", format); err != nil {
				return err
			}
		}
	}
	if got := c.String("format"); !slices.Contains(formats, got) {
		return exit.Usage(DidYouMean(got, formats), "--format %q: want %s", got, Alternatives(formats))
	}
	return nil
}

// Alternatives is "a, b or c".
func Alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
