package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/compare"
	"triage/analyzers/report/render"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/cmd/triage/packs"
	"triage/ingest/casefolder"
	"triage/rules"
)

func againstFlag() cli.Flag {
	return commandline.TextFlag("against", "", "with --case: compare with the run `NAME` such as 2026-11-28-1, or none (default: the newest)")
}

// caseRun is an analysis that a case folder keeps.
type caseRun struct {
	*console.Tool
	folder casefolder.Folder
	before string // the run that this one is compared with; "" for none
}

// nothing is what --against names to have no comparison.
const nothing = "none"

// openCase takes the folder that --case names; nil if none is named.
func openCase(t *console.Tool, c *cli.Context) (*caseRun, error) {
	path, against := c.String("case"), c.String("against")
	if path == "" && against != "" {
		return nil, exit.Usage("add --case DIR", "--against names a run of a case folder")
	}
	if path == "" {
		return nil, nil
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, exit.Usage("name a folder, which may be new", "--case %s: is a file", path)
	}
	if c.String("output") != "" {
		return nil, exit.Usage("leave --output out: a run's folder is DIR/runs/DAY-N", "--case and --output both say where the report goes")
	}
	folder := casefolder.Folder(path)
	r := &caseRun{Tool: t, folder: folder, before: folder.Newest()}
	switch names := append(folder.Names(), nothing); {
	case against == "":
	case !slices.Contains(names, against):
		return nil, exit.Usage(commandline.DidYouMean(against, names), "--against %q: no run of %s that has a %s", against, path, casefolder.Report)
	case against == nothing:
		r.before = ""
	default:
		r.before = against
	}
	return r, nil
}

// begin makes the folders if need be, and names what is analysed with which packs.
func (r *caseRun) begin(ctx context.Context, a *analysis) error {
	if _, err := os.Stat(r.folder.Pack()); err != nil {
		set, err := packs.Load(rules.Options{Paths: a.packs, Lists: a.lists, AsOf: a.options.asOf, Version: console.Version})
		if err != nil {
			return err
		}
		if err := makeCase(ctx, r.folder, set.Packs, a.options.caseData); err != nil {
			return err
		}
		a.wrote([]string{r.folder.Pack()})
	}
	if err := r.folder.Make(); err != nil {
		return err
	}
	a.packs = append(slices.Clone(a.packs), r.folder.Pack())
	if len(a.paths) > 0 {
		return nil
	}
	if r.folder.Empty() {
		return exit.Usage("put the exports there, or name them: triage analyze PATH --case "+string(r.folder), "%s: no evidence yet", r.folder.Evidence())
	}
	a.paths = []string{r.folder.Evidence()}
	return nil
}

// makeCase makes a case folder with its pack, unless they are there.
func makeCase(ctx context.Context, folder casefolder.Folder, packs []rules.Pack, head rules.CaseData) error {
	if err := folder.Make(); err != nil {
		return &exit.Fault{Code: exit.Failed, Err: err}
	}
	if _, err := os.Lstat(folder.Pack()); err == nil {
		return nil
	}
	write := func(w io.Writer) error { _, err := w.Write(newCasePack(folder, packs, head)); return err }
	return outfile.Publish(ctx, nil, []outfile.Document{{Path: folder.Pack(), Write: write}}, func(_, paths []string) error {
		return console.CheckFree(paths, false, nil) // somebody may have been faster
	})
}

// newCasePack is the text of the pack that a new case gets.
func newCasePack(folder casefolder.Folder, packs []rules.Pack, head rules.CaseData) []byte {
	name := "case"
	if abs, err := filepath.Abs(string(folder)); err == nil {
		name = "case-" + filepath.Base(abs)
	}
	return rules.NewStarter(rules.Starter{
		Path: name + ".yaml", Before: packs, Case: head,
		About: "What is known of this case. triage analyze --case reads it after all other packs; triage mark --case adds decisions.",
	})
}

// caseFormats are what a responder wants of every run.
func caseFormats() []string {
	formats := []string{"text", "json"}
	if slices.Contains(render.Formats(), "html") {
		formats = append(formats, "html")
	}
	return append(formats, render.Exposure)
}

// compared is the file of a run that says what differs from the one before.
const compared = "compare.txt"

// finish writes the run: its folder is there when all in it is.
func (r *caseRun) finish(ctx context.Context, a *analysis, rep *report.Report, out *outputs) error {
	name, err := r.folder.Next(a.options.asOf)
	if err != nil {
		return err
	}
	folder := filepath.Join(r.folder.Runs(), name)
	for i, path := range out.paths {
		out.paths[i] = filepath.Join(folder, filepath.Base(path))
	}
	documents, paths := out.documents(rep), slices.Clone(out.paths)
	if changes := r.changes(rep); changes != nil {
		paths = append(paths, filepath.Join(folder, compared))
		documents = append(documents, outfile.Document{Path: paths[len(paths)-1], Write: func(w io.Writer) error {
			return render.WriteComparisonText(w, changes, render.TextOptions{})
		}})
		if out.show {
			documents = append(documents, outfile.Document{Write: func(w io.Writer) error {
				return render.WriteComparisonShort(w, changes, r.before, paths[len(paths)-1], out.options.Text)
			}})
		}
	}
	// The run is kept before it is shown: a reader who goes away costs nobody a file.
	shown := slices.DeleteFunc(slices.Clone(documents), func(d outfile.Document) bool { return d.Path != "" })
	documents = slices.DeleteFunc(documents, func(d outfile.Document) bool { return d.Path == "" })
	if err := outfile.PublishFolder(ctx, folder, documents); err != nil {
		return err
	}
	latest := outfile.Document{Path: r.folder.Latest(), Write: func(w io.Writer) error { _, err := fmt.Fprintln(w, name); return err }}
	if err := outfile.Publish(ctx, nil, []outfile.Document{latest}, func(_, _ []string) error { return nil }); err != nil {
		return err
	}
	if err := r.Publish(ctx, shown, true); err != nil && !exit.BrokenPipe(err) {
		return err
	}
	if !out.show { // the text names them
		a.wrote(paths)
	}
	return nil
}

// changes is what differs from the run before; nil if there is none that can be read.
func (r *caseRun) changes(rep *report.Report) *report.Comparison {
	if r.before == "" {
		return nil
	}
	old, err := console.ReadReport(r.Tool, r.folder.ReportOf(r.before))
	if err != nil {
		for _, one := range exit.Apart(err) {
			exit.Complain(r.Stderr, "nothing is compared with the run before: "+one.Error(), "")
		}
		return nil
	}
	return compare.Compare(old, rep)
}
