package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/ingest"
)

func doctorCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "says what each file is, what is wrong with it, and which export to ask for next",
		UsageText: "triage doctor PATH… [FLAGS]",
		Description: `PATH is what analyze takes. Every file is read to its end, but nothing is analysed: no rule runs, no
address is located. For each file it says what it is and why, its rows, time and people, each fault
with its line, and what was lost; for all of them together, what is missing to judge a business
email compromise, and the export to ask for.

  triage doctor exports/
  triage doctor exports/ --strict && triage analyze exports/`,
		Flags: append(clockFlags(),
			commandline.TextFlag("format", "text", "`FORMAT`: text or json"),
			commandline.TextFlag("output", "", "write to `PATH`: a file or a folder"),
			commandline.SwitchFlag("force", "overwrite a file that exists"),
			commandline.SwitchFlag("strict", "exit with 4 if evidence is known to be lost, or a file could not be read"),
			commandline.TextFlag("as-of", "", "judge what the service still has as of `DAY` (default: today)"),
			commandline.TextFlag("assume-mailbox", "", "`ADDRESS` that owns the exports which do not say"),
			commandline.TextFlag("workers", "", "use `N` processors (default: all)"),
			console.MemoryFlag(),
			commandline.SwitchFlag("quiet", "no progress, no notes"),
			commandline.SwitchFlag("no-color", "no colour (also NO_COLOR)"),
		),
		Action: t.Within(t.Do(runDoctor)),
	}
}

func runDoctor(t *console.Tool, c *cli.Context) error {
	asOf, asOfErr := commandline.Time(c, "as-of")
	workers, workersErr := readWorkers(c.String("workers"))
	times, clockErr := readClock(c)
	if err := errors.Join(commandline.WantArgs(c, 1, -1), commandline.WantFormat(c, "text", "json"), asOfErr, workersErr, clockErr); err != nil {
		return err
	}
	if asOf.IsZero() {
		asOf = t.Now()
	}
	file := map[string]string{"text": "doctor.txt", "json": "doctor.json"}[c.String("format")]
	paths, err := console.Places(c.String("output"), []string{file})
	if err != nil {
		return err
	}
	if err := console.CheckFree(paths, c.Bool("force"), c.Args().Slice()); err != nil {
		return err
	}
	a := &analysis{Tool: t, quiet: c.Bool("quiet"), strict: c.Bool("strict")}
	p := a.startProgress()
	a.files, err = ingest.Open(c.Context, c.Args().Slice(), ingest.Options{
		AssumeMailbox: strings.ToLower(strings.TrimSpace(c.String("assume-mailbox"))), Workers: workers, Stdin: t.Stdin,
		Progress: p.show, AllowNone: true, Memory: a.Memory, Expect: a.expect, Today: t.Today(asOf),
		DateOrders: times.orders, Zones: times.zones,
	})
	p.end()
	if err != nil {
		return unreadable(err)
	}
	a.unnamed()
	defer func() { _ = a.files.Close() }() // a temporary copy that cannot be deleted is no fault of the examination
	if err := console.CheckFree(paths, c.Bool("force"), a.inputPaths()); err != nil {
		return err
	}
	return a.examine(c, asOf.UTC().Truncate(24*time.Hour), paths)
}

// examine writes what can be said of the files, and judges them by the exit code.
func (a *analysis) examine(c *cli.Context, asOf time.Time, paths []string) error {
	x, err := draw.Examine(c.Context, draw.DoctorSource{
		Case: a.files.Case, Records: a.records(), Unread: a.notRead(), Version: console.Version, AsOf: asOf,
	})
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return report.WriteExamination(w, x) }
	if c.String("format") == "text" {
		options := textOptions(a.Tool, c, paths[0])
		write = func(w io.Writer) error { return render.WriteExaminationText(w, x, options) }
	}
	if err := a.Publish(c.Context, []outfile.Document{{Path: paths[0], Write: write}}, c.Bool("force")); err != nil && !exit.BrokenPipe(err) {
		return err
	}
	a.wrote(paths)
	switch losses, unread := x.Lost(); {
	case a.strict && losses+unread > 0:
		return &exit.Fault{Code: exit.Incomplete, Err: fmt.Errorf("evidence is incomplete: losses: %d, paths not read: %d", losses, unread)}
	case len(a.files.Problems) > 0:
		return &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("paths that could not be read: %d", len(a.files.Problems))}
	}
	return nil
}

// notRead lists what was handed over and is no export, or cannot be read.
func (a *analysis) notRead() []draw.Unread {
	var list []draw.Unread
	for _, p := range a.files.Problems {
		u := draw.Unread{Reason: p.Error(), Hint: ingest.Hint(p)}
		var at *ingest.PathError
		if errors.As(p, &at) {
			u.Path, u.Reason = at.Path, at.Err.Error()
		}
		list = append(list, u)
	}
	for _, f := range a.files.Ignored {
		list = append(list, draw.Unread{Path: f.Path, Reason: f.Reason})
	}
	return list
}
