// Package packs is triage rules: the commands that show and check rule packs, and how other commands name packs and what is
// known of places.
package packs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers"
	"triage/analyzers/packtest"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geodata"
	"triage/cmd/triage/outfile"
	"triage/cmd/triage/rulepage"
	"triage/rules"
	"triage/rules/explain"
	"triage/rules/inline"
	"triage/rules/yamltext"
)

// Command is the command triage rules with those below it; more of them stand before the last.
func Command(t *console.Tool, more ...*cli.Command) *cli.Command {
	const packs = `PACK is a file, a folder or builtin:core; several are laid over each other, later wins. None means builtin:core.`
	return &cli.Command{
		Name:  "rules",
		Usage: "shows and checks rule packs",
		Subcommands: slices.Concat([]*cli.Command{
			{
				Name:        "list",
				Usage:       "lists the rules in force, and those turned off",
				UsageText:   "triage rules list [PACK…] [FLAGS]",
				Description: packs,
				Flags:       packFlags("text", "json"),
				Action:      t.Do(runRulesList),
			},
			{
				Name:        "lint",
				Usage:       "names every fault and doubt with file, line and column",
				UsageText:   "triage rules lint [PACK…] [FLAGS]",
				Description: packs + "\nFaults end with exit code 2; doubts alone with 0.\n\n  triage rules lint engagement.yaml",
				Flags:       packFlags("text", "json", "github"),
				Action:      t.Do(runRulesLint),
			},
			{
				Name:        "test",
				Usage:       "runs the tests that packs bring along",
				UsageText:   "triage rules test [PACK…] [FLAGS]",
				Description: packs + "\nA test that fails ends with exit code 2.",
				Flags:       append(packFlags("text", "json"), geodata.Flags()...),
				Action:      t.Do(runRulesTest),
			},
			{
				Name:        "effective",
				Usage:       "prints the pack that results: lists filled, overrides applied",
				UsageText:   "triage rules effective [PACK…] [FLAGS]",
				Description: packs,
				Flags:       packFlags("yaml"),
				Action:      t.Do(runRulesEffective),
			},
			{
				Name:      "explain",
				Usage:     "says everything about one rule: points, conditions, settings and who set them, exceptions, tests",
				UsageText: "triage rules explain RULE [PACK…] [FLAGS]",
				Description: packs + "\nIts tests run as well.\n\n" +
					"  triage rules explain geo.new-country --rules engagement.yaml",
				Flags:  append(packFlags("text", "json"), geodata.Flags()...),
				Action: t.Do(runRulesExplain),
			},
		}, more, []*cli.Command{schemaCommand(t)}),
	}
}

func schemaCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "prints the JSON Schema of packs, for editors",
		UsageText: "triage rules schema",
		Description: `An editor that knows the YAML language server completes and checks a pack whose first line is
# yaml-language-server: $schema=triage-rules.schema.json

  triage rules schema > triage-rules.schema.json`,
		Action: t.Do(runRulesSchema),
	}
}

func packFlags(formats ...string) []cli.Flag {
	flags := []cli.Flag{RulesFlag(), SigmaFlag(), ListsFlag(), AsOfFlag()}
	if len(formats) > 1 {
		flags = append(flags, commandline.TextFlag("format", formats[0], "`FORMAT`: "+commandline.Alternatives(formats)))
	}
	return flags
}

func RulesFlag() cli.Flag {
	return commandline.ListFlag("rules", "rule pack `FILE` or folder, or builtin:core; repeatable, later wins")
}

func SigmaFlag() cli.Flag {
	return commandline.ListFlag("sigma", "Sigma rules as they are: `FILE`, folder or pattern; repeatable")
}

func ListsFlag() cli.Flag {
	return commandline.ListFlag("lists", "`PATH` of a list or pack, or of a folder of them, that packs may read although it lies outside of their own folder; repeatable")
}

func AsOfFlag() cli.Flag {
	return commandline.TextFlag("as-of", "", "judge by `DAY` which exceptions have expired (default: today)")
}

// packs are those that --rules and the arguments name.
func packs(t *console.Tool, c *cli.Context) (rules.Options, error) {
	asOf, err := commandline.Time(c, "as-of")
	if asOf.IsZero() {
		asOf = t.Now()
	}
	return rules.Options{
		Paths: append(c.StringSlice("rules"), c.Args().Slice()...), Lists: c.StringSlice("lists"), Sigma: c.StringSlice("sigma"),
		AsOf: asOf.UTC().Truncate(24 * time.Hour), Version: console.Version,
	}, err
}

// Load loads packs; their faults are faults of the configuration.
func Load(opts rules.Options) (*rules.Set, error) {
	set, err := rules.Load(analyzers.Kinds(), opts)
	if err != nil {
		return nil, &exit.Fault{Code: exit.Refused, Err: err}
	}
	return set, nil
}

func runRulesList(t *console.Tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	set, err := Load(opts)
	if err != nil {
		return err
	}
	list := rulepage.List(set)
	if c.String("format") == "json" {
		return console.WriteJSON(t.Stdout, list)
	}
	return rulepage.WriteList(t.Stdout, list)
}

func runRulesLint(t *console.Tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, commandline.WantFormat(c, "text", "json", "github")); err != nil {
		return err
	}
	set, err := rules.Load(analyzers.Kinds(), opts)
	var found yamltext.Problems
	switch {
	case err == nil:
		found = set.Warnings
	case !errors.As(err, &found):
		return err
	}
	var b strings.Builder
	switch c.String("format") {
	case "text":
		rulepage.WriteProblems(&b, found)
	case "github":
		rulepage.WriteGitHub(&b, found)
	case "json":
		if err := console.WriteJSON(&b, rulepage.Problems(found)); err != nil {
			return err
		}
	}
	faults := 0
	for _, p := range found {
		if !p.Warning() {
			faults++
		}
	}
	if c.String("format") == "text" && faults == 0 {
		fmt.Fprintf(&b, "%d rules, %d warnings\n", len(set.Rules), len(found))
	}
	if _, err := io.WriteString(t.Stdout, b.String()); err != nil {
		return err
	}
	if faults > 0 {
		return exit.Usage("", "faults in the rules: %d", faults)
	}
	return nil
}

func runRulesEffective(t *console.Tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err != nil {
		return err
	}
	set, err := Load(opts)
	if err != nil {
		return err
	}
	text := rules.Effective(set)
	return t.Publish(context.Background(), []outfile.Document{{Write: func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}}, false)
}

func runRulesTest(t *console.Tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	set, rulesErr := Load(opts)
	places, geoErr := geodata.Open(c)
	if err := errors.Join(rulesErr, geoErr); err != nil {
		return err
	}
	results, err := packtest.Run(c.Context, set, places, opts.AsOf)
	if err != nil {
		return err
	}
	list := []rulepage.Tested{}
	failed := 0
	for _, r := range results {
		if len(r.Faults) > 0 {
			failed++
		}
		list = append(list, rulepage.Tested{
			Name: r.Test.Name, File: r.Test.File, Line: r.Test.Line, Passed: len(r.Faults) == 0, Faults: append([]string{}, r.Faults...),
		})
	}
	if c.String("format") == "json" {
		err = console.WriteJSON(t.Stdout, list)
	} else {
		err = rulepage.WriteTested(t.Stdout, list)
	}
	if err != nil {
		return err
	}
	if failed > 0 {
		return exit.Usage("", "tests failed: %d of %d", failed, len(list))
	}
	return nil
}

func runRulesExplain(t *console.Tool, c *cli.Context) error {
	err := errors.Join(commandline.WantArgs(c, 1, -1), commandline.WantFormat(c, "text", "json"))
	opts, optsErr := packs(t, c)
	if err := errors.Join(err, optsErr); err != nil {
		return err
	}
	id := c.Args().First()
	opts.Paths = append(c.StringSlice("rules"), c.Args().Tail()...)
	set, err := Load(opts)
	if err != nil {
		return err
	}
	about := explain.Rule(set, analyzers.Kinds(), id)
	if about == nil {
		if was := set.Merged.Was(id); was != "" {
			return exit.Usage("", "rules explain: the rule %q %s", id, was)
		}
		return exit.Usage(cmp.Or(commandline.DidYouMean(id, set.Merged.IDs()), "triage rules list names them all"), "rules explain: no rule %q", id)
	}
	places, err := geodata.Open(c)
	if err != nil {
		return err
	}
	// All of its tests run, those of extended packs as well: whoever asks about a rule wants to know what it does now.
	own := *set
	own.Tests = make([]inline.Test, len(about.Tests))
	for i, test := range about.Tests {
		test.Extended = false
		own.Tests[i] = test
	}
	results, err := packtest.Run(c.Context, &own, places, opts.AsOf)
	if err != nil {
		return err
	}
	e := rulepage.Of(about)
	for i, r := range results {
		e.Tests = append(e.Tests, rulepage.Test{
			Name: r.Test.Name, At: fmt.Sprintf("%s:%d", r.Test.File, r.Test.Line), Extended: about.Tests[i].Extended,
			Passed: len(r.Faults) == 0, Faults: append([]string{}, r.Faults...),
		})
	}
	if c.String("format") == "json" {
		return console.WriteJSON(t.Stdout, e)
	}
	var b strings.Builder
	e.Write(&b)
	_, err = io.WriteString(t.Stdout, b.String())
	return err
}

// runRulesSchema prints the schema of packs, for editors.
func runRulesSchema(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	_, err := t.Stdout.Write(rules.Schema(analyzers.Kinds()))
	return err
}
