package main

import (
	"errors"
	"io"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geodata"
	"triage/cmd/triage/habit"
	"triage/cmd/triage/outfile"
	"triage/cmd/triage/packs"
	"triage/ingest/casefolder"
	"triage/rules"
)

func rulesNewCommand(t *console.Tool) *cli.Command {
	flags := []cli.Flag{
		commandline.CaseFlag("case folder `DIR` whose evidence is read"), packs.RulesFlag(), packs.ListsFlag(), packs.AsOfFlag(),
		commandline.TextFlag("output", "", "write to the `FILE` of the new pack (default: standard output)"),
		commandline.SwitchFlag("force", "overwrite a file that exists"),
		commandline.TextFlag("assume-mailbox", "", "`ADDRESS` that owns the exports which do not say"),
		console.MemoryFlag(),
		commandline.SwitchFlag("quiet", "no progress, no notes"),
	}
	flags = append(append(append(flags, caseFlags()...), clockFlags()...), geodata.Flags()...)
	return &cli.Command{
		Name:      "new",
		Usage:     "writes a pack of the engagement, filled with what a case shows of the client",
		UsageText: "triage rules new PATH… [FLAGS], or triage rules new --case DIR [FLAGS]",
		Description: `PATH is an export, as analyze takes them. The pack says the tenant's own domains, the countries that people work
from, and the addresses that several of them share, each with what was seen of it: ask the client before it is
believed. What an intruder did, and what nobody can attribute, suggests nothing. The rest stands there as examples.

  triage rules new exports/ --client 'Contoso Ltd' --output engagement.yaml
  triage rules lint engagement.yaml
  triage analyze exports/ --rules engagement.yaml`,
		Flags:  flags,
		Action: t.Within(t.Do(runRulesNew)),
	}
}

func runRulesNew(t *console.Tool, c *cli.Context) error {
	options, err := readOptions(t, c)
	if err != nil {
		return err
	}
	a := &analysis{
		Tool: t, options: options, quiet: c.Bool("quiet"), paths: c.Args().Slice(), packs: c.StringSlice("rules"), lists: c.StringSlice("lists"),
	}
	if dir := c.String("case"); dir != "" && len(a.paths) == 0 {
		if !casefolder.IsCase(dir) {
			return exit.Usage("triage analyze --case makes one", "--case %s: no case folder", dir)
		}
		a.paths = []string{casefolder.Folder(dir).Evidence()}
	} else if err := commandline.WantArgs(c, 1, -1); err != nil {
		return err
	}
	paths, err := console.Places(c.String("output"), []string{"engagement.yaml"})
	if err != nil {
		return err
	}
	if err := console.CheckFree(paths, c.Bool("force"), a.paths); err != nil {
		return err
	}
	text, err := a.starter(c, paths[0])
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { _, err := w.Write(text); return err }
	if err := t.Publish(c.Context, []outfile.Document{{Path: paths[0], Write: write}}, c.Bool("force")); err != nil {
		return err
	}
	a.wrote(paths)
	return nil
}

// starter is the text of a new pack of what the case shows. It loads, or is not written.
func (a *analysis) starter(c *cli.Context, path string) ([]byte, error) {
	if err := a.open(c); err != nil {
		return nil, err
	}
	defer func() { _ = a.files.Close() }() // a temporary copy that cannot be deleted is no fault of the analysis
	databases := a.places.Databases()
	result, err := a.judge(c.Context, databases)
	if err != nil {
		return nil, err
	}
	if path == "" {
		path = "engagement.yaml"
	}
	s := rules.Starter{
		Path: path, Before: a.set.Packs, Case: a.set.Case.Over(a.options.caseData),
		About: "What a case shows of the client, suggested by triage rules new. Ask the client: what stands here is taken for the truth.",
	}
	s.Domains, s.Countries, s.Gateways = habit.Of(result)
	text := rules.NewStarter(s)
	_, err = packs.Load(rules.Options{Over: []rules.Overlay{{Name: path, Text: text}}, AsOf: a.options.asOf, Version: console.Version})
	return text, errors.Join(err)
}
