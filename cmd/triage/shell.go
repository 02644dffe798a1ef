package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/activities"
	"triage/analyzers/report/narrow"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/packs"
	"triage/cmd/triage/shell"
	"triage/geo"
	"triage/ingest/casefolder"
	"triage/rules"
	"triage/rules/decision"
	"triage/rules/detect"
)

func completionCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "prints a completion script for a shell",
		UsageText: "triage completion bash|zsh|fish|powershell",
		Description: `Completed are commands and flags, and values: formats, levels, rules, and the findings of a report that
is named before.

bash:        source <(triage completion bash)
zsh:         source <(triage completion zsh)
fish:        triage completion fish | source
powershell:  triage completion powershell | Out-String | Invoke-Expression`,
		Action: t.Do(runCompletion),
	}
}

func runCompletion(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 1, 1); err != nil {
		return err
	}
	name := c.Args().First()
	script := shell.Script(name)
	if script == "" {
		return exit.Usage(commandline.DidYouMean(name, shell.Shells()), "shell %q: want %s", name, commandline.Alternatives(shell.Shells()))
	}
	_, err := io.WriteString(t.Stdout, script)
	return err
}

// helperCommand is what completion scripts call.
func helperCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name: shell.Helper, Hidden: true, Usage: "says what may stand where the cursor is",
		UsageText: "triage " + shell.Helper + " -- WORD… =WORD", Action: t.Do(runHelper),
	}
}

func runHelper(t *console.Tool, c *cli.Context) error {
	words := c.Args().Slice()
	if err := commandline.WantArgs(c, 1, -1); err != nil {
		return err
	}
	last := len(words) - 1
	words[last] = strings.TrimPrefix(words[last], "=")
	offered := shell.Complete(commandTable(c.App), words, func(ask shell.Ask) []shell.Candidate { return candidates(t, ask) })
	for i := range offered {
		offered[i].Meaning = printable(offered[i].Meaning)
	}
	return shell.WriteCandidates(t.Stdout, offered)
}

func manCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "prints the manual page",
		UsageText: "triage man",
		Description: `  triage man > triage.1; man ./triage.1
  triage man | sudo tee /usr/local/share/man/man1/triage.1 > /dev/null`,
		Action: t.Do(runMan),
	}
}

func runMan(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	root := commandTable(c.App)
	root.Description = `Give it whatever export the client handed over and it says, offline: which mailboxes were taken, by whom, from when to when,
what the intruder saw, searched, changed and sent, how sure that is, and which rows of which file prove each statement.

Flags may stand anywhere on the line; -- ends them.`
	return shell.Man(
		t.Stdout, root, console.Version,
		[2]string{"exit status", strings.Join(strings.Fields(exitCodes), " ")},
		[2]string{"environment", "Every flag has a variable: --fail-on is TRIAGE_FAIL_ON. A flag that may be repeated takes several values there, parted as in PATH.\n\nNO_COLOR turns colours off. TRIAGE_TOKEN holds the token of triage fetch, or OAUTH_TOKEN as the 2018 retriever had it; TRIAGE_CLIENT_SECRET and TRIAGE_CERTIFICATE_PASSWORD are those of --login."},
		[2]string{"files", "DIR/evidence, DIR/case.yaml, DIR/runs and DIR/latest are a case folder's, which --case names. DIR/notes.md is yours."},
	)
}

// commandTable is the table of commands as shells and the manual page need it.
func commandTable(app *cli.App) shell.Described {
	return shell.Described{Name: app.Name, Usage: app.Usage, Commands: commandsOf(app.Commands)}
}

func commandsOf(commands []*cli.Command) (list []shell.Described) {
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		one := shell.Described{Name: c.Name, Usage: c.Usage, UsageText: c.UsageText, Description: c.Description, Commands: commandsOf(c.Subcommands)}
		for _, f := range c.Flags {
			if f == cli.HelpFlag { // cli adds it to the command that runs, and to that one only
				continue
			}
			name := f.Names()[0]
			meaning, value := commandline.UsageOf(f)
			if value = strings.TrimSpace(value); value == "" && commandline.TakesValue(f) {
				value = "VALUE"
			}
			one.Flags = append(one.Flags, shell.Flag{Name: name, Short: commandline.ShortOf(name), Value: value, Usage: meaning})
		}
		list = append(list, one)
	}
	return list
}

// candidates are the values of a flag, or of an argument.
func candidates(t *console.Tool, ask shell.Ask) []shell.Candidate {
	command := strings.Join(ask.Path, " ")
	switch ask.Flag {
	case "":
		return argumentCandidates(t, command, ask)
	case "format":
		return plainly(formatsOf(command))
	case "against":
		for _, dir := range ask.Given["case"] {
			return plainly(append(casefolder.Folder(dir).Names(), nothing))
		}
		return nil
	case "rule":
		return ofReport(t, ask, ruleCandidates)
	case "mailbox":
		return ofReport(t, ask, func(r *report.Report) []shell.Candidate {
			names := narrow.KnownNames(r)
			slices.Sort(names)
			return plainly(slices.Compact(names))
		})
	}
	return plainly(map[string][]string{
		"fail-on": bands(), "min-level": detect.LevelNames(), "tlp": rules.TLPs(), "profile": render.Profiles(), "lang": phrase.Languages(), "schema": render.Schemas(),
		"who": activities.Whose(), "date-order": {"dmy", "mdy"}, "kind": {geo.KindCountry, geo.KindASN, geo.KindClasses},
		"api": apisOf(command),
	}[ask.Flag])
}

func plainly(words []string) (list []shell.Candidate) {
	for _, w := range words {
		list = append(list, shell.Candidate{Word: w})
	}
	return list
}

// formatsOf are the formats of a command.
func formatsOf(command string) []string {
	switch command {
	case "analyze":
		return analyzeFormats()
	case "report":
		return render.Formats()
	case "rules lint":
		return []string{"text", "json", "github"}
	}
	return []string{"text", "json"}
}

// argumentCandidates are what may stand as an argument: nothing where files may.
func argumentCandidates(t *console.Tool, command string, ask shell.Ask) []shell.Candidate {
	report := len(ask.Args) > 0 || command == "mark" && len(ask.Given["case"]) > 0 // it is named before, or need not be
	switch {
	case command == "completion" && len(ask.Args) == 0:
		return plainly(shell.Shells())
	case command == "rules explain" && len(ask.Args) == 0:
		set, err := packs.Load(rules.Options{Paths: ask.Given["rules"], Lists: ask.Given["lists"], AsOf: t.Now(), Version: console.Version})
		if err != nil {
			return nil
		}
		var list []shell.Candidate
		for _, r := range set.Rules {
			list = append(list, shell.Candidate{Word: r.ID, Meaning: r.Title})
		}
		return list
	case command == "explain" && len(ask.Args) == 1:
		return ofReport(t, ask, findingCandidates)
	case command == "mark" && report:
		return append(ofReport(t, ask, findingCandidates), plainly(decision.Verdicts())...)
	}
	return nil
}

// mostCompleted is how large a report may be that is read for completion: nobody waits for it.
const mostCompleted = 32 << 20

// ofReport are candidates of the report that is named on the line; none if it cannot be read.
func ofReport(t *console.Tool, ask shell.Ask, of func(*report.Report) []shell.Candidate) []shell.Candidate {
	paths := append(slices.Clone(ask.Args[:min(1, len(ask.Args))]), ask.Given["case"]...)
	for _, path := range paths {
		if path == "-" {
			continue
		}
		found, err := console.LatestReport(path)
		if err != nil {
			continue
		}
		if info, err := os.Stat(found); err != nil || info.Size() > mostCompleted {
			continue
		}
		if r, err := console.ReadReport(t, path); err == nil {
			return of(r)
		}
	}
	return nil
}

func findingCandidates(r *report.Report) (list []shell.Candidate) {
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, shell.Candidate{Word: f.ID, Meaning: f.Level + " " + f.Rule + " " + f.Mailbox})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, shell.Candidate{Word: f.Short, Meaning: f.Level + " " + f.Rule + " " + f.Mailbox})
	}
	return list
}

func ruleCandidates(r *report.Report) (list []shell.Candidate) {
	seen := map[string]bool{}
	for i := range r.Findings {
		if f := &r.Findings[i]; !seen[f.Rule] {
			seen[f.Rule] = true
			list = append(list, shell.Candidate{Word: f.Rule, Meaning: f.Title})
		}
	}
	return list
}
