package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers"
	"triage/analyzers/packtest"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/cmd/triage/rulepage"
	"triage/rules"
	"triage/rules/explain"
	"triage/rules/inline"
	"triage/rules/yamltext"
)

func rulesCommand(t *tool) *cli.Command {
	const packs = `PACK is a file, a folder or builtin:core; several are laid over each other, later wins. None means builtin:core.`
	return &cli.Command{
		Name:  "rules",
		Usage: "shows and checks rule packs",
		Subcommands: []*cli.Command{
			{
				Name:        "list",
				Usage:       "lists the rules in force, and those turned off",
				UsageText:   "triage rules list [PACK…] [FLAGS]",
				Description: packs,
				Flags:       packFlags("text", "json"),
				Action:      t.do(runRulesList),
			},
			{
				Name:        "lint",
				Usage:       "names every fault and doubt with file, line and column",
				UsageText:   "triage rules lint [PACK…] [FLAGS]",
				Description: packs + "\nFaults end with exit code 2; doubts alone with 0.\n\n  triage rules lint engagement.yaml",
				Flags:       packFlags("text", "json", "github"),
				Action:      t.do(runRulesLint),
			},
			{
				Name:        "test",
				Usage:       "runs the tests that packs bring along",
				UsageText:   "triage rules test [PACK…] [FLAGS]",
				Description: packs + "\nA test that fails ends with exit code 2.",
				Flags:       append(packFlags("text", "json"), geoFlags()...),
				Action:      t.do(runRulesTest),
			},
			{
				Name:        "effective",
				Usage:       "prints the pack that results: lists filled, overrides applied",
				UsageText:   "triage rules effective [PACK…] [FLAGS]",
				Description: packs,
				Flags:       packFlags("yaml"),
				Action:      t.do(runRulesEffective),
			},
			{
				Name:      "explain",
				Usage:     "says everything about one rule: points, conditions, settings and who set them, exceptions, tests",
				UsageText: "triage rules explain RULE [PACK…] [FLAGS]",
				Description: packs + "\nIts tests run as well.\n\n" +
					"  triage rules explain geo.new-country --rules engagement.yaml",
				Flags:  append(packFlags("text", "json"), geoFlags()...),
				Action: t.do(runRulesExplain),
			},
			rulesDiffCommand(t), rulesNewCommand(t),
			{
				Name:      "schema",
				Usage:     "prints the JSON Schema of packs, for editors",
				UsageText: "triage rules schema",
				Description: `An editor that knows the YAML language server completes and checks a pack whose first line is
# yaml-language-server: $schema=triage-rules.schema.json

  triage rules schema > triage-rules.schema.json`,
				Action: t.do(runRulesSchema),
			},
		},
	}
}

func packFlags(formats ...string) []cli.Flag {
	flags := []cli.Flag{rulesFlag(), sigmaFlag(), listsFlag(), asOfFlag()}
	if len(formats) > 1 {
		flags = append(flags, commandline.TextFlag("format", formats[0], "`FORMAT`: "+commandline.Alternatives(formats)))
	}
	return flags
}

func rulesFlag() cli.Flag {
	return commandline.ListFlag("rules", "rule pack `FILE` or folder, or builtin:core; repeatable, later wins")
}

func sigmaFlag() cli.Flag {
	return commandline.ListFlag("sigma", "Sigma rules as they are: `FILE`, folder or pattern; repeatable")
}

func listsFlag() cli.Flag {
	return commandline.ListFlag("lists", "`PATH` of a list or pack, or of a folder of them, that packs may read although it lies outside of their own folder; repeatable")
}

func asOfFlag() cli.Flag {
	return commandline.TextFlag("as-of", "", "judge by `DAY` which exceptions have expired (default: today)")
}

// packs are those that --rules and the arguments name.
func packs(t *tool, c *cli.Context) (rules.Options, error) {
	asOf, err := readTime(c, "as-of")
	if asOf.IsZero() {
		asOf = t.now()
	}
	return rules.Options{
		Paths: append(c.StringSlice("rules"), c.Args().Slice()...), Lists: c.StringSlice("lists"), Sigma: c.StringSlice("sigma"),
		AsOf: asOf.UTC().Truncate(24 * time.Hour), Version: version,
	}, err
}

// loadRules loads packs; their faults are faults of the configuration.
func loadRules(opts rules.Options) (*rules.Set, error) {
	set, err := rules.Load(analyzers.Kinds(), opts)
	if err != nil {
		return nil, &exit.Fault{Code: exit.Refused, Err: err}
	}
	return set, nil
}

func runRulesList(t *tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	set, err := loadRules(opts)
	if err != nil {
		return err
	}
	list := rulepage.List(set)
	if c.String("format") == "json" {
		return writeJSON(t.stdout, list)
	}
	return rulepage.WriteList(t.stdout, list)
}

func runRulesLint(t *tool, c *cli.Context) error {
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
		if err := writeJSON(&b, rulepage.Problems(found)); err != nil {
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
	if _, err := io.WriteString(t.stdout, b.String()); err != nil {
		return err
	}
	if faults > 0 {
		return exit.Usage("", "faults in the rules: %d", faults)
	}
	return nil
}

func runRulesEffective(t *tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err != nil {
		return err
	}
	set, err := loadRules(opts)
	if err != nil {
		return err
	}
	text := rules.Effective(set)
	return t.publish(context.Background(), []outfile.Document{{Write: func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}}, false)
}

func runRulesTest(t *tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	set, rulesErr := loadRules(opts)
	places, geoErr := openGeo(c)
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
		err = writeJSON(t.stdout, list)
	} else {
		err = rulepage.WriteTested(t.stdout, list)
	}
	if err != nil {
		return err
	}
	if failed > 0 {
		return exit.Usage("", "tests failed: %d of %d", failed, len(list))
	}
	return nil
}

func runRulesExplain(t *tool, c *cli.Context) error {
	err := errors.Join(commandline.WantArgs(c, 1, -1), commandline.WantFormat(c, "text", "json"))
	opts, optsErr := packs(t, c)
	if err := errors.Join(err, optsErr); err != nil {
		return err
	}
	id := c.Args().First()
	opts.Paths = append(c.StringSlice("rules"), c.Args().Tail()...)
	set, err := loadRules(opts)
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
	places, err := openGeo(c)
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
		return writeJSON(t.stdout, e)
	}
	var b strings.Builder
	e.Write(&b)
	_, err = io.WriteString(t.stdout, b.String())
	return err
}

// runRulesSchema prints the schema of packs, for editors.
func runRulesSchema(t *tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	_, err := t.stdout.Write(rules.Schema(analyzers.Kinds()))
	return err
}
