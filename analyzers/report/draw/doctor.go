package draw

import (
	"cmp"
	"context"
	"slices"
	"time"

	"triage/analyzers/ledger"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// mostFaults is how many faults of one file an examination lists; its skipped says how many rows there are.
const mostFaults = 50

// Unread is a file that was handed over and not read.
type Unread struct{ Path, Reason, Hint string }

// DoctorSource is what an examination is made from.
type DoctorSource struct {
	Case    *activity.Case
	Records Records
	Unread  []Unread
	Version string // of the tool
	AsOf    time.Time
}

// Examine says of each file what it is, what is wrong with it and what it lacks, and of the case what is missing.
func Examine(ctx context.Context, in DoctorSource) (*report.Examination, error) {
	x := &report.Examination{
		Schema: report.ExaminationName, Tool: report.Tool{Name: "triage", Version: report.Clean(in.Version)}, AsOf: in.AsOf.UTC().Format(report.DayLayout),
		Files: []report.ExaminedFile{}, Missing: []report.LedgerItem{},
	}
	people := mailboxesOf(in.Case)
	for i := range in.Case.Inputs {
		f := examined(&in.Case.Inputs[i])
		f.Mailboxes = people[i]
		x.Files = append(x.Files, f)
		x.First, x.Last = earlier(x.First, f.First), max(x.Last, f.Last)
	}
	if err := faults(ctx, in, x.Files); err != nil {
		return nil, err
	}
	for _, it := range ledger.Of(in.Case, ledger.Options{AsOf: in.AsOf}) {
		enter(x, in.Case, it)
	}
	for _, u := range in.Unread {
		x.Files = append(x.Files, report.ExaminedFile{
			Path: report.Clean(u.Path), Why: report.Clean(u.Reason), Hint: report.Text(report.Clean(u.Hint)),
			Mailboxes: []string{}, Faults: []report.Fault{}, Missing: []report.LedgerItem{},
		})
	}
	slices.SortStableFunc(x.Files, func(a, b report.ExaminedFile) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.SHA256, b.SHA256))
	})
	return x, nil
}

func examined(in *activity.Input) report.ExaminedFile {
	f := report.ExaminedFile{
		Path: report.Clean(in.Path), SHA256: report.Text(in.SHA256), Format: report.Text(in.Format), Why: report.Clean(in.Why), Encoding: report.Text(in.Encoding),
		Rows: in.Rows, Activities: in.Activities, Duplicates: in.Duplicates, Skipped: in.Skipped,
		First: report.Time(in.First), Last: report.Time(in.Last), Faults: []report.Fault{}, Missing: []report.LedgerItem{},
	}
	if in.Source != activity.SourceUnknown {
		f.Source = report.Text(in.Source.String())
	}
	for _, note := range in.Notes {
		f.Faults = append(f.Faults, report.Fault{Text: report.Clean(note)})
	}
	return f
}

// earlier is the earlier of two times, of which 0 is none.
func earlier(a, b report.Time) report.Time {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// mailboxesOf names the people of each input, repeated records included.
func mailboxesOf(c *activity.Case) [][]string {
	out := make([][]string, len(c.Inputs))
	for i := range out {
		out[i] = []string{}
	}
	for _, one := range c.Tenants() {
		addMailboxes(one, out)
	}
	for i := range out {
		if slices.Sort(out[i]); len(c.Parts) > 0 { // two tenants may have one of the same name
			out[i] = slices.Compact(out[i])
		}
	}
	return out
}

// addMailboxes adds the people of one tenant to those of each input of the whole.
func addMailboxes(c *activity.Case, out [][]string) {
	type place struct {
		file uint32
		box  activity.Symbol
	}
	seen := map[place]bool{}
	note := func(file uint32, a *activity.Activity) {
		if a.Lane != activity.Person || a.Mailbox == 0 || seen[place{file, a.Mailbox}] {
			return
		}
		seen[place{file, a.Mailbox}] = true
		whole := c.Whole(activity.Origin{File: file}).File
		out[whole] = append(out[whole], report.Clean(c.Text(a.Mailbox)))
	}
	for i := range c.Activities {
		note(c.Activities[i].File, &c.Activities[i])
	}
	for _, d := range c.Duplicates {
		note(d.File, &c.Activities[d.Activity])
	}
}

// faults looks up where the rows stand that could not be read, and says it of each file.
func faults(ctx context.Context, in DoctorSource, files []report.ExaminedFile) error {
	var origins []activity.Origin
	var skips []activity.Skip
	listed := make([]int, len(in.Case.Inputs))
	for _, s := range in.Case.Skips {
		if listed[s.File]++; listed[s.File] <= mostFaults {
			origins, skips = append(origins, s.Origin), append(skips, s)
		}
	}
	if len(origins) == 0 {
		return nil
	}
	records, err := in.Records.Evidence(ctx, origins, 0)
	if err != nil {
		return err
	}
	for i, r := range records {
		f := &files[origins[i].File]
		s := skips[i]
		f.Faults = append(f.Faults, report.Fault{
			Line: report.Number(r.Line), Record: report.Number(r.Record), Text: report.Clean(skipReason(in.Case, s)), Bytes: report.Number(s.Bytes), Lines: report.Number(s.Lines),
		})
	}
	return nil
}

// enter puts an item where it belongs: to its file, or to the case.
func enter(x *report.Examination, c *activity.Case, it ledger.Item) {
	for i := range c.Inputs {
		if it.Path != "" && c.Inputs[i].Path == it.Path {
			x.Files[i].Missing = append(x.Files[i].Missing, ledgerItem(c, it))
			return
		}
	}
	x.Missing = append(x.Missing, ledgerItem(c, it))
}
