package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/analyzers"
	"triage/analyzers/packtest"
	"triage/cmd/triage/rulepage"
	"triage/rules"
	"triage/rules/explain"
	"triage/rules/inline"
)

func runRulesExplain(t *tool, c *cli.Context) error {
	err := errors.Join(wantArgs(c, 1, -1), wantFormat(c, "text", "json"))
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
			return usage("", "rules explain: the rule %q %s", id, was)
		}
		return usage(cmp.Or(didYouMean(id, set.Merged.IDs()), "triage rules list names them all"), "rules explain: no rule %q", id)
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
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	_, err := t.stdout.Write(rules.Schema(analyzers.Kinds()))
	return err
}
