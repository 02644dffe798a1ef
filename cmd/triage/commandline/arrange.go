// Package commandline reads command lines: flags that may stand anywhere and have variables of their own, what is asked
// for instead of what was mistyped, and the help that lists them.
package commandline

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/exit"
	"triage/rules/detect"
)

// Arrange puts a command line into the order that cli needs: command, flags, "--", arguments. cli stops reading flags at
// the first argument and would silently drop those of `triage analyze case.csv --format json`. It also takes flags that
// are not on the line from their variables, and answers what cli answers badly: unknown flags and commands, and help.
func Arrange(app *cli.App, argv []string, env map[string]string) ([]string, error) {
	l := &line{node: &cli.Command{HelpName: "triage", Subcommands: app.Commands}, flags: allFlags(app.Commands)}
	if err := l.read(argv[min(1, len(argv)):]); err != nil {
		return nil, err
	}
	if l.version && !l.help {
		return []string{"triage", "version", "--"}, nil
	}
	out := append([]string{"triage"}, l.path...)
	if l.help {
		return append(out, "--help"), nil
	}
	if err := l.check(env); err != nil {
		return nil, err
	}
	for _, s := range l.settings {
		out = append(out, "--"+s.name+"="+s.value)
	}
	return append(append(out, "--"), l.args...), nil
}

// line is a command line, taken apart.
type line struct {
	node     *cli.Command        // the command so far
	flags    map[string]cli.Flag // of all commands, by name
	path     []string
	settings []setting
	args     []string
	help     bool
	version  bool
}

type setting struct{ name, value string }

func (l *line) read(words []string) error {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "--":
			for _, w := range words {
				if err := l.argument(w); err != nil {
					return err
				}
			}
			return nil
		case len(word) > 1 && word[0] == '-':
			taken, err := l.flag(word, words)
			if err != nil {
				return err
			}
			words = words[taken:]
		default:
			if err := l.argument(word); err != nil {
				return err
			}
		}
	}
	return nil
}

// argument is a word that is no flag: the next command of the path while there are any, else an argument.
func (l *line) argument(word string) error {
	if len(l.node.Subcommands) == 0 {
		l.args = append(l.args, word)
		return nil
	}
	if word == "help" {
		l.help = true
		return nil
	}
	names := make([]string, len(l.node.Subcommands))
	for i, c := range l.node.Subcommands {
		if c.Name == word {
			l.node, l.path = c, append(l.path, word)
			return nil
		}
		names[i] = c.Name
	}
	hint := DidYouMean(word, names)
	if hint == "" && len(l.path) == 0 && strings.ContainsAny(word, `./\`) {
		hint = "to analyse a file: triage analyze " + word
	}
	if hint == "" {
		hint = l.name() + " --help lists the commands"
	}
	if len(l.path) > 0 && l.path[0] == FetchName && DidYouMean(word, names) == "" {
		return exit.Usage(hint, "%s: an unknown command (not shown, since it may be the token itself)", l.name())
	}
	return exit.Usage(hint, "unknown command %q", strings.Join(append(l.path, word), " "))
}

// flag reads one flag and says how many of the words after it were its value.
func (l *line) flag(word string, rest []string) (taken int, err error) {
	name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
	switch {
	case name == "help" || name == "h":
		l.help = true
		return 0, nil
	case word == "-v":
		l.version = true
		return 0, nil
	case name == "version" && len(l.path) == 0:
		return 0, l.argument(name)
	}
	if long := shortFlags()[name]; long != "" && !strings.HasPrefix(word, "--") {
		name = long
	}
	f, known := l.flags[name]
	switch {
	case !known:
		return 0, l.unknown(name)
	case !TakesValue(f):
		if !given {
			value = "true"
		}
	case !given && (len(rest) == 0 || len(rest[0]) > 1 && rest[0][0] == '-'):
		return 0, exit.Usage("a value that begins with a dash is written --"+name+"=VALUE", "flag --%s needs a value", name)
	case !given:
		value, taken = rest[0], 1
	}
	l.settings = append(l.settings, setting{name, value})
	return taken, nil
}

// shortFlags are the letters that stand for flags, behind one dash.
func shortFlags() map[string]string {
	return map[string]string{"o": "output", "f": "format", "q": "quiet"}
}

func (l *line) unknown(name string) error {
	flags := l.flags
	if len(l.path) > 0 && len(l.node.Subcommands) == 0 {
		flags = flagsOf(l.node)
	}
	hint := strings.Replace(DidYouMean(name, slices.Sorted(maps.Keys(flags))), `"`, `"--`, 1)
	if hint == "" {
		hint = l.name() + " --help lists the flags"
	}
	return exit.Usage(hint, "unknown flag --%s", name)
}

// check holds the settings against the command that the line turned out to name, and adds those of the environment.
func (l *line) check(env map[string]string) error {
	if len(l.node.Subcommands) > 0 {
		return l.noCommand()
	}
	own := flagsOf(l.node)
	seen := map[string]bool{}
	for _, s := range l.settings {
		f, ok := own[s.name]
		if !ok {
			return l.unknown(s.name)
		}
		if err := checkSwitch(f, "flag --"+s.name, s.value); err != nil {
			return err
		}
		if seen[s.name] && !IsList(f) { // cli would take the last one and say nothing
			return exit.Usage("", "flag --%s is given twice", s.name)
		}
		seen[s.name] = true
	}
	for _, f := range l.node.Flags {
		name := f.Names()[0]
		value := env[variable(name)]
		if seen[name] || value == "" {
			continue
		}
		if err := checkSwitch(f, variable(name), value); err != nil {
			return err
		}
		values := []string{value}
		if IsList(f) {
			values = strings.Split(value, string(os.PathListSeparator))
		}
		for _, v := range values {
			l.settings = append(l.settings, setting{name, v})
		}
	}
	return nil
}

func (l *line) noCommand() error {
	if len(l.path) == 0 {
		return exit.Usage("to analyse an export: triage analyze PATH; triage --help lists the commands", "no command given")
	}
	var names []string
	for _, c := range l.node.Subcommands {
		names = append(names, c.Name)
	}
	return exit.Usage(l.name()+" --help says what they do", "%s: which one? %s", l.name(), strings.Join(names, ", "))
}

// name is the command so far, as users write it.
func (l *line) name() string { return strings.Join(append([]string{"triage"}, l.path...), " ") }

func checkSwitch(f cli.Flag, where, value string) error {
	if TakesValue(f) {
		return nil
	}
	if _, err := strconv.ParseBool(value); err != nil {
		return exit.Usage("", "%s: want true or false, got %q", where, value)
	}
	return nil
}

func flagsOf(c *cli.Command) map[string]cli.Flag {
	flags := map[string]cli.Flag{}
	for _, f := range c.Flags {
		flags[f.Names()[0]] = f
	}
	return flags
}

func allFlags(commands []*cli.Command) map[string]cli.Flag {
	flags := map[string]cli.Flag{}
	for _, c := range commands {
		maps.Copy(flags, flagsOf(c))
		maps.Copy(flags, allFlags(c.Subcommands))
	}
	return flags
}

// DidYouMean is a hint that names the nearest of the known words; empty if none is near.
func DidYouMean(word string, known []string) string {
	best := detect.Nearest(word, known)
	if i := slices.IndexFunc(known, func(k string) bool { return len(word) > 2 && strings.HasPrefix(k, word) }); i >= 0 {
		best = known[i]
	}
	if best == "" {
		return ""
	}
	return "did you mean " + strconv.Quote(best) + "?"
}
