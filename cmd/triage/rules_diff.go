package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/compare"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geodata"
	"triage/cmd/triage/packs"
	"triage/cmd/triage/rulepage"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/explain"
)

func rulesDiffCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "says what differs between two packs and, on a case, which mailboxes and findings are judged otherwise",
		UsageText: "triage rules diff OLD NEW [CASE…] [FLAGS]",
		Description: `OLD and NEW are packs, each with all that it extends: a file, a folder or builtin:core; core@1 is an earlier one. CASE
are exports as analyze takes them: they are judged by both.

  triage rules diff core@1 core@2 exports/
  triage rules diff builtin:core engagement.yaml
  triage rules diff monday.yaml engagement.yaml exports/`,
		Flags: append([]cli.Flag{
			packs.ListsFlag(), packs.AsOfFlag(),
			commandline.TextFlag("assume-mailbox", "", "`ADDRESS` that owns the exports which do not say"),
			commandline.TextFlag("format", "text", "`FORMAT`: text or json"),
			commandline.SwitchFlag("no-color", "no colour (also NO_COLOR)"),
		}, geodata.Flags()...),
		Action: t.Do(runRulesDiff),
	}
}

func runRulesDiff(t *console.Tool, c *cli.Context) error {
	options, optionsErr := readOptions(t, c)
	if err := errors.Join(commandline.WantArgs(c, 2, -1), commandline.WantFormat(c, "text", "json"), optionsErr); err != nil {
		return err
	}
	var sets [2]*rules.Set
	var errs [2]error
	for i, pack := range c.Args().Slice()[:2] {
		sets[i], errs[i] = packs.Load(rules.Options{Paths: []string{pack}, Lists: c.StringSlice("lists"), AsOf: options.asOf, Version: console.Version})
	}
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	found := explain.Diff(sets[0], sets[1])
	var comparison *report.Comparison
	if paths := c.Args().Slice()[2:]; len(paths) > 0 {
		var err error
		if comparison, err = compareOn(t, c, paths, sets, options); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if c.String("format") == "json" {
		if err := writeDiffJSON(&b, found, comparison); err != nil {
			return err
		}
	} else {
		rulepage.WriteDiff(&b, found)
		if comparison != nil {
			shifts := compare.ShiftsOf(comparison)
			rulepage.WriteShifts(&b, &shifts)
			b.WriteByte('\n')
			if err := render.WriteComparisonText(&b, comparison, textOptions(t, c, "")); err != nil {
				return err
			}
		}
	}
	_, err := b.WriteTo(t.Stdout)
	return err
}

// compareOn judges a case by both sets. Rules decide which fields of a record are kept: the case is read once where one
// reading can keep those of both.
func compareOn(t *console.Tool, c *cli.Context, paths []string, sets [2]*rules.Set, options analyzeOptions) (*report.Comparison, error) {
	if slices.Contains(paths, "-") {
		return nil, exit.Usage("name a file", "rules diff: a case is read twice, which standard input cannot be")
	}
	places, err := geodata.Open(c)
	if err != nil {
		return nil, err
	}
	readings := [][]*rules.Set{sets[:1], sets[1:]}
	both, once := rules.Together(sets[0], sets[1])
	if once {
		readings = [][]*rules.Set{sets[:]}
	}
	var reports []*report.Report
	for i, some := range readings {
		if !once {
			both = some[0].Interest
		}
		more, err := judgeCase(t, c, paths, some, both, places, options, i == 0)
		if err != nil {
			return nil, err
		}
		reports = append(reports, more...)
	}
	return compare.Compare(reports[0], reports[1]), nil
}

// judgeCase reads a case and judges it by each set.
func judgeCase(
	t *console.Tool, c *cli.Context, paths []string, sets []*rules.Set, interest activity.Interest, places *geo.Locator,
	options analyzeOptions, loud bool,
) (reports []*report.Report, err error) {
	files, err := ingest.Open(c.Context, paths, ingest.Options{
		AssumeMailbox: options.assume, Interest: interest, Stdin: t.Stdin, Today: t.Today(options.asOf),
		DateOrders: options.clock.orders, Zones: options.clock.zones,
	})
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = files.Close() }() // a temporary copy that cannot be deleted is no fault of the comparison
	for _, problem := range files.Problems {
		if loud {
			exit.Complain(t.Stderr, problem.Error(), ingest.Hint(problem))
		}
	}
	for _, set := range sets {
		a := &analysis{Tool: t, options: options, quiet: true, set: set, places: places, files: files}
		one, err := a.report(c.Context)
		if err != nil {
			return nil, err
		}
		reports = append(reports, one)
	}
	return reports, nil
}

func writeDiffJSON(w io.Writer, found []explain.Difference, comparison *report.Comparison) error {
	out := struct {
		Rules  []explain.Difference `json:"rules"`
		Shifts *compare.Shifts      `json:"shifts"` // what of case concerns verdicts
		Case   json.RawMessage      `json:"case"`
	}{append([]explain.Difference{}, found...), nil, json.RawMessage("null")}
	if comparison != nil {
		shifts := compare.ShiftsOf(comparison)
		out.Shifts = &shifts
		var doc bytes.Buffer
		if err := report.WriteComparison(&doc, comparison); err != nil {
			return err
		}
		out.Case = doc.Bytes()
	}
	return console.WriteJSON(w, out)
}
