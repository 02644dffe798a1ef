package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers"
	"triage/analyzers/packtest"
	"triage/cmd/triage/outfile"
	"triage/rules"
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
			rulesDiffCommand(t),
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
	flags := []cli.Flag{rulesFlag(), listsFlag(), asOfFlag()}
	if len(formats) > 1 {
		flags = append(flags, textFlag("format", formats[0], "`FORMAT`: "+alternatives(formats)))
	}
	return flags
}

func rulesFlag() cli.Flag {
	return listFlag("rules", "rule pack `FILE` or folder, or builtin:core; repeatable, later wins")
}

func listsFlag() cli.Flag {
	return listFlag("lists", "`PATH` of a list or pack, or of a folder of them, that packs may read although it lies outside of their own folder; repeatable")
}

func asOfFlag() cli.Flag {
	return textFlag("as-of", "", "judge by `DAY` which exceptions have expired (default: today)")
}

// packs are those that --rules and the arguments name.
func packs(t *tool, c *cli.Context) (rules.Options, error) {
	asOf, err := readTime(c, "as-of")
	if asOf.IsZero() {
		asOf = t.now()
	}
	return rules.Options{
		Paths: append(c.StringSlice("rules"), c.Args().Slice()...), Lists: c.StringSlice("lists"),
		AsOf: asOf.UTC().Truncate(24 * time.Hour), Version: version,
	}, err
}

// loadRules loads packs; their faults are faults of the configuration.
func loadRules(opts rules.Options) (*rules.Set, error) {
	set, err := rules.Load(analyzers.Kinds(), opts)
	if err != nil {
		return nil, &fault{code: exitUsage, err: err}
	}
	return set, nil
}

// listedRule is a rule as rules list prints it, in the words of YAML.
type listedRule struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Detector   string   `json:"detector"`
	Level      string   `json:"level"`
	Confidence int      `json:"confidence"`
	Family     string   `json:"family"`
	Attack     []string `json:"attack"`
	Enabled    bool     `json:"enabled"`
	Reason     string   `json:"reason,omitempty"` // why it is turned off
}

func runRulesList(t *tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, wantFormat(c, "text", "json")); err != nil {
		return err
	}
	set, err := loadRules(opts)
	if err != nil {
		return err
	}
	var list []listedRule
	for _, r := range set.Rules {
		list = append(list, listedRule{
			ID: r.ID, Title: r.Title, Detector: r.Kind, Level: r.Level.String(), Confidence: r.Confidence, Family: r.Family,
			Attack: append([]string{}, r.Attack...), Enabled: true,
		})
	}
	for _, d := range set.Disabled {
		list = append(list, listedRule{ID: d.ID, Attack: []string{}, Reason: d.Reason})
	}
	if c.String("format") == "json" {
		return writeJSON(t.stdout, list)
	}
	tab := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "RULE\tLEVEL\tCONFIDENCE\tFAMILY\tDETECTOR\tTITLE")
	for _, r := range list {
		if !r.Enabled {
			fmt.Fprintf(tab, "%s\toff\t\t\t\t%s\n", printable(r.ID), printable(r.Reason))
			continue
		}
		fmt.Fprintf(tab, "%s\t%s\t%d\t%s\t%s\t%s\n", printable(r.ID), r.Level, r.Confidence, r.Family, r.Detector, printable(r.Title))
	}
	return tab.Flush()
}

// problem is a fault or a doubt as rules lint prints it.
type problem struct {
	Severity string `json:"severity"` // error or warning
	Code     string `json:"code"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Rule     string `json:"rule,omitempty"`
	Text     string `json:"text"`
}

func runRulesLint(t *tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, wantFormat(c, "text", "json", "github")); err != nil {
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
	if err := writeProblems(&b, found, c.String("format")); err != nil {
		return err
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
		return usage("", "faults in the rules: %d", faults)
	}
	return nil
}

func writeProblems(w io.Writer, found yamltext.Problems, format string) error {
	list := []problem{}
	for _, p := range found {
		severity := "error"
		if p.Warning() {
			severity = "warning"
		}
		list = append(list, problem{severity, p.Code, p.File, p.Line, p.Column, p.Rule, p.Text})
		switch format {
		case "text":
			fmt.Fprintln(w, p.Error())
			if p.Snippet != "" {
				fmt.Fprintln(w, "    "+printable(p.Snippet))
			}
		case "github":
			// Workflow commands end at a line break and separate properties by commas; see GitHub's documentation of
			// workflow commands.
			fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n",
				severity, escapeProperty(p.File), p.Line, p.Column, p.Code, escapeMessage(p.Text))
		}
	}
	if format == "json" {
		return writeJSON(w, list)
	}
	return nil
}

func escapeMessage(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeMessage(s))
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

// tested is one inline test as rules test prints it.
type tested struct {
	Name   string   `json:"name"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Passed bool     `json:"passed"`
	Faults []string `json:"faults"`
}

func runRulesTest(t *tool, c *cli.Context) error {
	opts, err := packs(t, c)
	if err := errors.Join(err, wantFormat(c, "text", "json")); err != nil {
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
	list := []tested{}
	failed := 0
	for _, r := range results {
		if len(r.Faults) > 0 {
			failed++
		}
		list = append(list, tested{r.Test.Name, r.Test.File, r.Test.Line, len(r.Faults) == 0, append([]string{}, r.Faults...)})
	}
	if err := writeTested(t.stdout, list, c.String("format")); err != nil {
		return err
	}
	if failed > 0 {
		return usage("", "tests failed: %d of %d", failed, len(list))
	}
	return nil
}

func writeTested(w io.Writer, list []tested, format string) error {
	if format == "json" {
		return writeJSON(w, list)
	}
	var b strings.Builder
	for _, r := range list {
		word := "ok    "
		if !r.Passed {
			word = "FAILED"
		}
		fmt.Fprintf(&b, "%s  %s:%d  %s\n", word, printable(r.File), r.Line, printable(r.Name))
		for _, fault := range r.Faults {
			fmt.Fprintf(&b, "          %s\n", printable(fault))
		}
	}
	fmt.Fprintf(&b, "%d tests\n", len(list))
	_, err := io.WriteString(w, b.String())
	return err
}
