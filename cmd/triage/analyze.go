package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/analyzers"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/analyzers/report"
	"triage/analyzers/report/activities"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/redact"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geodata"
	"triage/cmd/triage/packs"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/ingest/memory"
	"triage/rules"
	"triage/rules/detect"
	"triage/rules/yamltext"
)

func analyzeCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "analyze",
		Usage:     "examines exports and reports what was taken, by whom, and the rows that prove it",
		UsageText: "triage analyze PATH… [FLAGS], or triage analyze --case DIR [PATH…] [FLAGS]",
		Description: `PATH is a file, a folder, a pattern such as 'exports/**/*.csv', or - for standard input; .gz, .zst
and .zip are read as they are. What a file is, its content says. A row that cannot be read is listed
in the report; all others are analysed. With a folder as --output and no --format, the report is
written as text and JSON.

With --case, DIR/evidence is read unless a PATH is named, DIR/case.yaml is laid over all packs, and
DIR/runs gets a folder of this run: text, JSON, exposure and what differs from the run before.

  triage analyze case.csv
  triage analyze exports/ --rules engagement.yaml --output report/
  triage analyze --case acme
  triage analyze case.csv --format json --fail-on high --quiet > report.json`,
		Flags:  analyzeFlags(),
		Action: t.Within(t.Do(runAnalyze)),
	}
}

func analyzeFlags() []cli.Flag {
	flags := append([]cli.Flag{commandline.CaseFlag("keep evidence, what is known and all runs in the folder `DIR`, which may be new"), againstFlag(), packs.RulesFlag(), packs.SigmaFlag(), packs.ListsFlag(), packs.AsOfFlag()}, outputFlags(analyzeFormats())...)
	flags = append(flags,
		failOnFlag(),
		commandline.SwitchFlag("strict", "exit with 4 if evidence is known to be missing: a file, a row, a loss of the ledger"),
		commandline.TextFlag("assume-mailbox", "", "`ADDRESS` that owns the exports which do not say"),
		mailboxFlag(),
		commandline.ListFlag("tenant", "report on the tenant of `ID` only, or not-named; repeatable"),
		commandline.TextFlag("since", "", "report from `TIME` on (UTC unless it says otherwise)"),
		commandline.TextFlag("until", "", "report what was before `TIME`"),
		minLevelFlag(),
		commandline.TextFlag("workers", "", "use `N` processors (default: all)"),
		console.MemoryFlag(),
		commandline.SwitchFlag("quiet", "no progress, no notes, no text beside what is written"),
	)
	flags = append(append(append(flags, redactFlags()...), caseFlags()...), packs.KnownFlags()...)
	flags = append(append(flags, rowFlags()...), clockFlags()...)
	return append(flags, geodata.Flags()...)
}

func runAnalyze(t *console.Tool, c *cli.Context) error {
	options, err := readOptions(t, c)
	kept, caseErr := openCase(t, c)
	if err := errors.Join(err, caseErr); err != nil {
		return err
	}
	a := &analysis{
		Tool: t, options: options, quiet: c.Bool("quiet"), strict: c.Bool("strict"),
		paths: c.Args().Slice(), packs: c.StringSlice("rules"), sigma: c.StringSlice("sigma"), lists: c.StringSlice("lists"),
	}
	output := c.String("output")
	if kept != nil {
		if err := kept.begin(c.Context, a); err != nil {
			return err
		}
		output = kept.folder.Runs()
		if c.String("format") == "" {
			options.formats = caseFormats()
		}
	} else if err := commandline.WantArgs(c, 1, -1); err != nil {
		return err
	}
	out, err := planOutput(t, c, output, options.formats)
	if err != nil {
		return err
	}
	if kept != nil {
		out.force = true // nothing stands where a new run goes
	}
	if err := console.CheckFree(out.paths, out.force, append(slices.Clone(a.paths), c.String("redact-key"))); err != nil {
		return err
	}
	key, err := readKey(t, c, out)
	if err != nil {
		return err
	}
	if err := a.open(c); err != nil {
		return err
	}
	defer func() { _ = a.files.Close() }() // a temporary copy that cannot be deleted is no fault of the analysis
	if err := console.CheckFree(out.paths, out.force, a.inputPaths()); err != nil {
		return err
	}
	rep, err := a.report(c.Context)
	if err != nil {
		return err
	}
	out.whole = a.whole(c.Context, rep, out)
	if key != nil {
		a.hide = redact.New(rep, key)
		if rep, err = redact.Report(rep, key); err != nil {
			return err
		}
	}
	if kept != nil {
		err = kept.finish(c.Context, a, rep, out)
	} else if err = t.Publish(c.Context, out.documents(rep), out.force); err == nil || exit.BrokenPipe(err) {
		err = nil
		if !out.show { // the text names them
			a.wrote(out.paths)
		}
	}
	if err != nil {
		return err
	}
	return a.verdict(rep)
}

// analysis is one run of analyze.
type analysis struct {
	*console.Tool
	options analyzeOptions
	quiet   bool
	strict  bool
	paths   []string // that are read
	packs   []string // laid over each other
	sigma   []string // Sigma rules, below them
	lists   []string // that they may read elsewhere
	set     *rules.Set
	places  *geo.Locator
	files   *ingest.Files
	drawn   draw.Source      // what the report was made from
	hide    *redact.Redactor // nil: nothing is redacted
}

// open loads the rules and the databases, which costs little and fails early, and then reads the exports.
func (a *analysis) open(c *cli.Context) error {
	set, rulesErr := packs.Load(rules.Options{
		Paths: a.packs, Sigma: a.sigma, Lists: a.lists, Over: a.options.known, AsOf: a.options.asOf, Version: console.Version,
	})
	places, geoErr := geodata.Open(c)
	if err := errors.Join(rulesErr, geoErr); err != nil {
		return err
	}
	a.set, a.places = set, places
	a.doubts()
	for _, note := range a.options.notUsed {
		if !a.quiet {
			exit.Complain(a.Stderr, note, "")
		}
	}
	p := a.startProgress()
	files, err := ingest.Open(c.Context, a.paths, ingest.Options{
		AssumeMailbox: a.options.assume, Workers: a.options.workers, Interest: exposure.Want(ledger.Want(set.Interest)), Stdin: a.Stdin, Progress: p.show,
		Memory: a.Memory, Expect: a.expect,
		Today: a.Today(a.options.asOf), DateOrders: a.options.clock.orders, Zones: a.options.clock.zones,
	})
	p.end()
	if err != nil {
		return unreadable(err)
	}
	a.files = files
	a.unnamed()
	for _, problem := range files.Problems {
		exit.Complain(a.Stderr, problem.Error(), ingest.Hint(problem))
	}
	return nil
}

// doubts tells that the responder's own packs load with warnings. What they are, lint says: most are housekeeping. That
// an earlier version of the core pack judges, or none, is said in full, and once.
func (a *analysis) doubts() {
	n := 0
	said := map[string]bool{}
	for _, w := range a.set.Warnings {
		switch {
		case (w.Code == yamltext.WarnOldPack || w.Code == yamltext.WarnNoCore) && !a.quiet:
			if !said[w.Text] {
				exit.Complain(a.Stderr, w.Error(), "")
			}
			said[w.Text] = true
		case !strings.HasPrefix(w.File, "builtin:"):
			n++
		}
	}
	if n > 0 && !a.quiet {
		exit.Complain(a.Stderr, fmt.Sprintf("the rules load with warnings: %d", n), "triage rules lint shows them")
	}
}

// unreadable gives each path that could not be read its own hint.
func unreadable(err error) error {
	var list []error
	for _, one := range exit.Apart(err) {
		list = append(list, &exit.Fault{Code: exit.Failed, Err: one, Hint: ingest.Hint(one)})
	}
	return errors.Join(list...)
}

// inputPaths are the files that were read, as far as they are files.
func (a *analysis) inputPaths() []string {
	var paths []string
	for _, in := range a.files.Case.Inputs {
		path, _, _ := strings.Cut(in.Path, "!")
		paths = append(paths, path)
	}
	return paths
}

func (a *analysis) report(ctx context.Context) (*report.Report, error) {
	databases := a.places.Databases()
	result, err := a.judge(ctx, databases)
	if err != nil {
		return nil, err
	}
	if err := a.absent(result); err != nil {
		return nil, err
	}
	return a.draw(ctx, result, databases)
}

// judge runs the rules over what was read.
func (a *analysis) judge(ctx context.Context, databases []geo.Database) (*analyzers.Result, error) {
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(a.places, c) }
	return analyzers.RunTenants(ctx, a.files.Case, a.set, places, analyzers.Options{
		AsOf: a.options.asOf, Workers: a.options.workers, Databases: databases,
		Anonymizers: a.places.Anonymizers(),
	})
}

// draw makes the report of what was found.
func (a *analysis) draw(ctx context.Context, result *analyzers.Result, databases []geo.Database) (*report.Report, error) {
	source := draw.Source{
		Result: result, Records: a.records(), Version: console.Version, AsOf: a.options.asOf, EffectiveRules: a.set.SHA256,
		Filter: draw.Filter{
			Mailboxes: a.options.mailboxes, Tenants: a.options.tenants, Since: a.options.since, Until: a.options.until, MinLevel: a.options.minLevel,
		},
	}
	source.Case = headOf(a.set.Case.Over(a.options.caseData))
	if a.set.Declared != nil {
		source.Egress = a.set.Declared.Egress
	}
	for _, p := range a.set.Packs {
		source.Packs = append(source.Packs, report.Pack{ID: p.ID, Version: p.Version, SHA256: p.SHA256})
	}
	for _, d := range databases {
		source.Geo = append(source.Geo, report.Database{
			Database: d.Name, Built: d.Built, Source: d.Source, SHA256: report.Text(d.SHA256), Attribution: report.Text(geodata.AttributionOf(d)),
		})
	}
	a.drawn = source
	rep, err := draw.Build(ctx, source)
	if err != nil {
		return nil, err
	}
	rep.Caveats = append(rep.Caveats, a.unread()...)
	return rep, nil
}

// exposure writes every message and file that intruders reached, also those beyond what a report holds.
func (a *analysis) exposure(ctx context.Context, w io.Writer) error {
	out := render.NewExposureWriter(w, len(a.drawn.Result.Tenants) > 0)
	add := out.Add
	if a.hide != nil {
		add = func(of *report.Exposure, item *report.ExposedItem) error { return out.Add(a.hide.Exposed(of, item)) }
	}
	if err := draw.EachExposed(ctx, a.drawn, add); err != nil {
		return err
	}
	return out.Flush()
}

// whole is how the formats are written that are not drawn from the report.
func (a *analysis) whole(ctx context.Context, rep *report.Report, out *outputs) map[string]func(io.Writer) error {
	source := activities.Source{Result: a.drawn.Result, Short: map[string]string{}, Filter: a.options.rows}
	for i := range rep.Findings {
		source.Short[rep.Findings[i].ID] = rep.Findings[i].Short
	}
	source.Locate = func(ctx context.Context, origins iter.Seq[activity.Origin], tell func(activities.Place) error) error {
		return a.files.Locate(ctx, origins, func(e ingest.Evidence) error {
			return tell(activities.Place{Path: e.Path, Line: e.Line, Record: e.Record, ServiceID: e.ServiceID})
		})
	}
	whole := map[string]func(io.Writer) error{render.Exposure: func(w io.Writer) error { return a.exposure(ctx, w) }}
	for i, format := range out.formats {
		if form := activities.FormOf(format, out.paths[i]); form != "" {
			whole[format] = func(w io.Writer) error { return activities.Write(ctx, w, source, form) }
		}
	}
	return whole
}

// absent are the faults of a --mailbox or --tenant without any activity, or change, in the exports.
func (a *analysis) absent(result *analyzers.Result) error {
	var names, tenants []string
	for _, one := range result.Each() {
		for _, m := range one.Mailboxes {
			names = append(names, m.Name)
		}
		for _, s := range one.Services {
			names = append(names, s.Name)
		}
		for _, x := range one.Accounts {
			names = append(names, x.Name)
		}
		tenants = append(tenants, cmp.Or(one.Case.Tenant, analyzers.NotNamed))
	}
	return errors.Join(unknownNames("mailbox", a.options.mailboxes, names, "these exports"), unknownNames("tenant", a.options.tenants, tenants, "these exports"))
}

// records lets the report cite rows as the exports have them.
func (a *analysis) records() draw.Records {
	return draw.RecordsFunc(func(ctx context.Context, origins []activity.Origin, maxRaw int) ([]draw.CitedRecord, error) {
		found, err := a.files.Evidence(ctx, origins, maxRaw)
		if err != nil {
			return nil, err
		}
		list := make([]draw.CitedRecord, len(found))
		for i, r := range found {
			list[i] = draw.CitedRecord{Path: r.Path, Line: r.Line, Record: r.Record, Raw: []byte(r.Raw), ServiceID: r.ServiceID}
		}
		return list, nil
	})
}

// mostUnread is how many files of folders that were no exports the report names one by one.
const mostUnread = 50

// unread names what was handed over and not read: nothing may be missing from a report without a word.
func (a *analysis) unread() []report.Caveat {
	var list []report.Caveat
	add := func(code, text string) {
		list = append(list, report.Caveat{Code: code, Text: text, Evidence: []report.Evidence{}})
	}
	for _, note := range a.options.notUsed {
		add("indicators-not-read", strings.ToValidUTF8(note, "\uFFFD"))
	}
	for _, p := range a.files.Problems {
		add("input-not-read", strings.ToValidUTF8(p.Error(), "\uFFFD"))
	}
	for i, f := range a.files.Ignored {
		if i == mostUnread {
			add("file-not-read", fmt.Sprintf("%d more files were not read", len(a.files.Ignored)-i))
			break
		}
		add("file-not-read", strings.ToValidUTF8(f.Path+": "+f.Reason, "\uFFFD"))
	}
	return list
}

// wrote names the files on standard error.
func (a *analysis) wrote(paths []string) {
	for _, p := range paths {
		if p != "" && !a.quiet {
			exit.Complain(a.Stderr, "wrote "+p, "")
		}
	}
}

// verdict is the exit code of an analysis that came to its end: incomplete evidence wins over a bad score, and that over
// a path that could not be read, of which the user was told already.
func (a *analysis) verdict(rep *report.Report) error {
	if missing := a.missing(rep); a.strict && missing != "" {
		return &exit.Fault{Code: exit.Incomplete, Err: fmt.Errorf("evidence is incomplete: %s", missing)}
	}
	if err := a.options.failOn.judge(rep); err != nil {
		return err
	}
	if len(a.files.Problems) > 0 {
		return &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("%d of the paths could not be read, or not to the end; the report is about the rest", len(a.files.Problems))}
	}
	return nil
}

// missing says what was not read, as --strict counts it; empty if everything was.
func (a *analysis) missing(rep *report.Report) string {
	skipped := int64(0)
	for _, in := range a.files.Case.Inputs {
		skipped += in.Skipped
	}
	unread := len(a.files.Problems) + len(a.files.Ignored)
	var parts []string
	if skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d rows skipped", skipped))
	}
	if unread > 0 {
		parts = append(parts, fmt.Sprintf("%d files not read", unread))
	}
	if n := rep.Losses(); n > 0 {
		parts = append(parts, fmt.Sprintf("losses: %d (see WHAT IS MISSING)", n))
	}
	return strings.Join(parts, ", ")
}

// expect warns before anything is read if the case will probably not fit.
func (a *analysis) expect(bytes int64) {
	if limit, free := a.Memory.Tightest(); bytes > free && !a.quiet {
		exit.Complain(a.Stderr, fmt.Sprintf("this case will probably not fit into the memory: it takes about %s, and %s leaves %s",
			memory.Size(bytes), limit.From, memory.Size(free)), "analyse fewer files at a time, or raise the limit")
	}
}
