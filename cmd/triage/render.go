package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"triage/analyzers/report"
	"triage/analyzers/report/activities"
	"triage/analyzers/report/narrow"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/redact"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/rules/detect"
)

// analyzeFormats are those that a report is drawn in, and those that need the whole case.
func analyzeFormats() []string { return append(render.Formats(), activities.Formats()...) }

// readFormats reads --format, whose names are known; where it is not given, what the name of --output asks for: text and JSON
// for a folder, text for standard output.
func readFormats(c *cli.Context, known []string) ([]string, error) {
	text, output := c.String("format"), c.String("output")
	if text == "" && (output == "" || output == "-") {
		return []string{"text"}, nil
	}
	if text == "" {
		var named []outfile.Named
		for _, f := range analyzeFormats() {
			named = append(named, outfile.Named{Format: f, File: cmp.Or(render.FileName(f), activities.FileName(f))})
		}
		var err error
		if text, err = outfile.FormatOf(output, named); err != nil {
			return nil, exit.Usage("a folder's name ends in / or has no ending; with --format the name decides nothing", "%w", err)
		}
		if text == "" {
			return []string{"text", "json"}, nil
		}
	}
	return splitFormats(text, known)
}

// splitFormats takes apart the formats that a text names.
func splitFormats(text string, known []string) ([]string, error) {
	var list []string
	var errs []error
	for _, name := range strings.Split(text, ",") {
		name = strings.TrimSpace(name)
		switch {
		case activities.FileName(name) != "" && !slices.Contains(known, name):
			errs = append(errs, exit.Usage("triage analyze EXPORTS --format "+name, "--format %s: a report holds the rows that findings cite; only analyze knows all", name))
		case !slices.Contains(known, name):
			errs = append(errs, exit.Usage(commandline.DidYouMean(name, known), "--format %q: want %s", name, commandline.Alternatives(known)))
		case !slices.Contains(list, name):
			list = append(list, name)
		}
	}
	return list, errors.Join(errs...)
}

// outputFlags say in which formats a report is written, and where to.
func outputFlags(formats []string) []cli.Flag {
	return []cli.Flag{
		commandline.TextFlag("format", "", "`FORMAT`: "+commandline.Alternatives(formats)+"; several with commas (default: what the ending of --output says, else text)"),
		commandline.TextFlag("output", "", "write to `PATH`: a file for one format, a folder for several; without --format its ending decides"),
		commandline.SwitchFlag("force", "overwrite reports that exist"),
		commandline.TextFlag("profile", "standard", "columns of csv: `PROFILE` is "+commandline.Alternatives(render.Profiles())+" (default: standard)"),
		commandline.TextFlag("lang", "en", "say verdicts, answers and stories of text, md and html in `LANGUAGE`: "+commandline.Alternatives(phrase.Languages())+" (default: en)"),
		commandline.TextFlag("schema", "v2", "form of json and jsonl: `SCHEMA` is v2, or v1 as before, for this release only"),
		commandline.SwitchFlag("full", "all that the text can show, not only what fits on a few screens"),
		commandline.SwitchFlag("no-color", "no colour (also NO_COLOR)"),
	}
}

// outputs is where a report goes, in which formats.
type outputs struct {
	formats []string
	paths   []string // by format; "" is standard output
	force   bool
	show    bool // text on standard output besides
	options render.WriteOptions
	whole   map[string]func(w io.Writer) error // formats that are written from the case itself, and not from its report
}

// planOutput says what is written where. What is written to files, the terminal tells in short.
func planOutput(t *console.Tool, c *cli.Context, output string, formats []string) (*outputs, error) {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = cmp.Or(render.FileName(f), activities.FileName(f))
	}
	if profile := c.String("profile"); !slices.Contains(render.Profiles(), profile) {
		return nil, exit.Usage(commandline.DidYouMean(profile, render.Profiles()), "--profile %q: want %s", profile, commandline.Alternatives(render.Profiles()))
	}
	lang := phrase.Language(c.String("lang"))
	if !lang.Has() {
		return nil, exit.Usage(commandline.DidYouMean(string(lang), phrase.Languages()), "--lang %q: want %s", string(lang), commandline.Alternatives(phrase.Languages()))
	}
	if schema := c.String("schema"); !slices.Contains(render.Schemas(), schema) {
		return nil, exit.Usage(commandline.DidYouMean(schema, render.Schemas()), "--schema %q: want %s", schema, commandline.Alternatives(render.Schemas()))
	}
	paths, err := console.Places(output, names)
	if err != nil {
		return nil, err
	}
	if paths[0] == "" && (render.Binary(formats[0]) || activities.FormOf(formats[0], "") == activities.Parquet) && console.IsTerminal(t.Stdout) {
		return nil, exit.Usage("add --output FILE", "--format %s is nothing for a terminal", formats[0])
	}
	return &outputs{
		formats: formats, paths: paths, force: c.Bool("force"),
		options: render.WriteOptions{Text: textOptions(t, c, ""), Lang: lang, Profile: c.String("profile"), Schema: c.String("schema")},
		show:    paths[0] != "" && !c.Bool("quiet"),
	}, nil
}

// textOptions fit the text to the terminal that shows it; a file looks the same whatever terminal it was made on.
func textOptions(t *console.Tool, c *cli.Context, file string) render.TextOptions {
	if file != "" {
		return render.TextOptions{}
	}
	o := render.TextOptions{Color: t.Coloured(c.Bool("no-color")), Full: c.Bool("full")}
	if f, ok := t.Stdout.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			o.Width = width
		}
	}
	return o
}

func (o *outputs) documents(r *report.Report) []outfile.Document {
	var list []outfile.Document
	for i, format := range o.formats {
		options := o.options
		if o.paths[i] != "" {
			options.Text = render.TextOptions{Full: options.Text.Full} // a file looks the same whatever terminal it was made on
		}
		write := o.whole[format]
		if write == nil {
			write = func(w io.Writer) error { return render.Write(w, r, render.FormOf(format, o.paths[i]), options) }
		}
		list = append(list, outfile.Document{Path: o.paths[i], Write: write})
	}
	if o.show {
		options := o.options
		options.Text.Files = o.paths
		list = append(list, outfile.Document{Write: func(w io.Writer) error { return render.Write(w, r, "text", options) }})
	}
	return list
}

func reportCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "renders a report again, without analysing",
		UsageText: "triage report REPORT.json [FLAGS]",
		Description: `REPORT.json is what analyze --format json wrote, a case folder for its newest run's, or - for standard
input. The same report gives the same bytes. --mailbox and --min-level leave out what analyze would have left out.

With --redact, whatever a log or the client wrote is a token, in every format; --unredact gives it back with the same key.

  triage report report.json --format csv --output findings.csv
  triage report report.json --redact --redact-key case.key --format json --output redacted.json`,
		Flags: append(append(outputFlags(render.Formats()), redactFlags()...), mailboxFlag(), minLevelFlag(), failOnFlag(),
			commandline.SwitchFlag("unredact", "give back the plain report that a redacted one holds, encrypted"),
			commandline.SwitchFlag("quiet", "no text on standard output beside what is written")),
		Action: t.Do(runRenderAgain),
	}
}

func runRenderAgain(t *console.Tool, c *cli.Context) error {
	formats, err := readFormats(c, render.Formats())
	level, levelErr := readLevel(c)
	failOn, failErr := readThreshold(c.String("fail-on"))
	if err := errors.Join(commandline.WantArgs(c, 1, 1), err, levelErr, failErr); err != nil {
		return err
	}
	out, err := planOutput(t, c, c.String("output"), formats)
	if err != nil {
		return err
	}
	if err := console.CheckFree(out.paths, out.force, append(c.Args().Slice(), c.String("redact-key"))); err != nil {
		return err
	}
	key, err := readKey(t, c, out)
	if err != nil {
		return err
	}
	r, err := console.ReadReport(t, c.Args().First())
	if err != nil {
		return err
	}
	if c.Bool("unredact") {
		if r, err = redact.Open(r, key); err != nil {
			return &exit.Fault{Code: exit.Refused, Err: fmt.Errorf("%s: %w", c.Args().First(), err)}
		}
	}
	filter := narrow.Filter{Mailboxes: readMailboxes(c)}
	if level > detect.Informational {
		filter.Levels = detect.LevelNames()[level:]
	}
	if err := unknownNames("mailbox", filter.Mailboxes, narrow.KnownNames(r), "this report"); err != nil {
		return err
	}
	r = narrow.Narrow(r, filter)
	if key != nil && !c.Bool("unredact") {
		if r, err = redact.Report(r, key); err != nil {
			return &exit.Fault{Code: exit.Refused, Err: fmt.Errorf("%s: %w", c.Args().First(), err)}
		}
	}
	if err := t.Publish(c.Context, out.documents(r), out.force); err != nil && !exit.BrokenPipe(err) {
		return err
	}
	return failOn.judge(r)
}

func explainCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "shows a finding in full, or an intruder, account, session, address or message",
		UsageText: "triage explain REPORT.json FINDING|intruder:A|ACCOUNT|SESSION|ADDRESS|MESSAGE",
		Description: `FINDING is an id of the report such as F-0001, or the finding's name in all reports of the case, such as f-1a2b3c4d.
An intruder is named intruder:A; an account, session, address or message as the report has it.

  triage explain report.json F-0001
  triage explain report.json intruder:A
  triage explain report.json 203.0.113.9`,
		Flags:  []cli.Flag{commandline.SwitchFlag("no-color", "no colour (also NO_COLOR)")},
		Action: t.Do(runExplain),
	}
}

func runExplain(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 2, 2); err != nil {
		return err
	}
	r, err := console.ReadReport(t, c.Args().First())
	if err != nil {
		return err
	}
	id, options := c.Args().Get(1), textOptions(t, c, "")
	err = t.Publish(c.Context, []outfile.Document{{Write: func(w io.Writer) error { return render.Explain(w, r, id, detect.Slips, options) }}}, false)
	if errors.Is(err, report.ErrNoFinding) {
		return &exit.Fault{Code: exit.Refused, Err: err}
	}
	return err
}
