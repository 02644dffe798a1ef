package main

import (
	"errors"
	"io"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/compare"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
)

func compareCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "shows what differs between two reports: new, gone and moved",
		UsageText: "triage compare OLD.json NEW.json [FLAGS]",
		Description: `OLD.json and NEW.json are what analyze --format json wrote; one of them may be - for standard input. Findings are known
again by their fingerprints, mailboxes by their names, inputs by their content. That nothing changed is said, too.

  triage compare monday/report.json tuesday/report.json`,
		Flags: []cli.Flag{
			commandline.TextFlag("format", "text", "`FORMAT`: text or json"),
			commandline.TextFlag("output", "", "write to `PATH`: a file or a folder"),
			commandline.SwitchFlag("force", "overwrite a file that exists"),
			commandline.SwitchFlag("no-color", "no colour (also NO_COLOR)"),
		},
		Action: t.Do(runCompare),
	}
}

func runCompare(t *console.Tool, c *cli.Context) error {
	if err := errors.Join(commandline.WantArgs(c, 2, 2), commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	names := c.Args().Slice()
	if names[0] == "-" && names[1] == "-" {
		return exit.Usage("", "compare: only one of the reports can come from standard input")
	}
	file := map[string]string{"text": "compare.txt", "json": "compare.json"}[c.String("format")]
	paths, err := console.Places(c.String("output"), []string{file})
	if err != nil {
		return err
	}
	if err := console.CheckFree(paths, c.Bool("force"), names); err != nil {
		return err
	}
	old, oldErr := console.ReadReport(t, names[0])
	new, newErr := console.ReadReport(t, names[1])
	if err := errors.Join(oldErr, newErr); err != nil {
		return err
	}
	if keyOf(old) != keyOf(new) {
		return exit.Usage("redact both with one key: triage report REPORT --redact --redact-key FILE", "compare: %s, %s: nothing in one is called as in the other", keyOf(old), keyOf(new))
	}
	comparison := compare.Compare(old, new)
	write := func(w io.Writer) error { return report.WriteComparison(w, comparison) }
	if c.String("format") == "text" {
		options := textOptions(t, c, paths[0])
		write = func(w io.Writer) error { return render.WriteComparisonText(w, comparison, options) }
	}
	return t.Publish(c.Context, []outfile.Document{{Path: paths[0], Write: write}}, c.Bool("force"))
}

// keyOf says with which key a report is redacted.
func keyOf(r *report.Report) string {
	if r.Redaction == nil {
		return "a plain report"
	}
	return "one redacted with " + report.Short(r.Redaction.Key, 40)
}
