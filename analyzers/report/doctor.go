package report

import (
	"cmp"
	"context"
	_ "embed"
	"io"
	"slices"
	"strings"
	"time"

	"triage/analyzers/ledger"
	"triage/ingest/activity"
)

// ExaminationName is the schema of what `triage doctor` writes. Fields may be added under it, never renamed.
const ExaminationName = "triage.doctor/v1"

//go:embed schema/triage.doctor.v1.json
var doctorSchema string

// DoctorSchema is the published schema of an examination (JSON Schema draft 2020-12).
func DoctorSchema() string { return doctorSchema }

// mostFaults is how many faults of one file an examination lists; its skipped says how many rows there are.
const mostFaults = 50

// Examination is what can be said of exports without analysing them.
type Examination struct {
	Schema  string         `json:"schema"`
	Tool    Tool           `json:"tool"`
	AsOf    string         `json:"as_of"` // day against which ages are judged, 2006-01-02
	First   Time           `json:"first"` // of all dated activities
	Last    Time           `json:"last"`
	Files   []ExaminedFile `json:"files"`
	Missing []LedgerItem   `json:"missing"` // of the case as a whole
}

// ExaminedFile is one file, member of an archive, or standard input. Rows = Activities + Duplicates + Skipped.
type ExaminedFile struct {
	Path       string       `json:"path"`
	SHA256     Text         `json:"sha256"` // null: it was not read
	Format     Text         `json:"format"` // null: not recognised
	Why        string       `json:"why"`    // what made it that format, or why it is none
	Source     Text         `json:"source"`
	Encoding   Text         `json:"encoding"`
	Rows       int64        `json:"rows"`
	Activities int64        `json:"activities"`
	Duplicates int64        `json:"duplicates"`
	Skipped    int64        `json:"skipped"`
	First      Time         `json:"first"`
	Last       Time         `json:"last"`
	Mailboxes  []string     `json:"mailboxes"` // of people
	Faults     []Fault      `json:"faults"`
	Missing    []LedgerItem `json:"missing"` // what the file lacks
	Hint       Text         `json:"hint"`    // what to do about a file that was not read
}

// Fault is one thing that is wrong with a file.
type Fault struct {
	Line   Number `json:"line"`   // physical line where the record starts, from 1; null: the file as a whole
	Record Number `json:"record"` // from 1
	Text   string `json:"text"`
	Bytes  Number `json:"bytes"` // of what was skipped; null: nothing was, or unknown
	Lines  Number `json:"lines"` // that it stands on
}

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
func Examine(ctx context.Context, in DoctorSource) (*Examination, error) {
	x := &Examination{
		Schema: ExaminationName, Tool: Tool{"triage", clean(in.Version)}, AsOf: in.AsOf.UTC().Format(dayLayout),
		Files: []ExaminedFile{}, Missing: []LedgerItem{},
	}
	people := mailboxesOf(in.Case)
	for i := range in.Case.Inputs {
		f := examined(&in.Case.Inputs[i])
		f.Mailboxes = people[i]
		x.Files = append(x.Files, f)
		x.span(f.First, f.Last)
	}
	if err := x.faults(ctx, in); err != nil {
		return nil, err
	}
	for _, it := range ledger.Of(in.Case, ledger.Options{AsOf: in.AsOf}) {
		x.enter(in.Case, it)
	}
	for _, u := range in.Unread {
		x.Files = append(x.Files, ExaminedFile{
			Path: clean(u.Path), Why: clean(u.Reason), Hint: Text(clean(u.Hint)),
			Mailboxes: []string{}, Faults: []Fault{}, Missing: []LedgerItem{},
		})
	}
	slices.SortStableFunc(x.Files, func(a, b ExaminedFile) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.SHA256, b.SHA256))
	})
	return x, nil
}

func examined(in *activity.Input) ExaminedFile {
	f := ExaminedFile{
		Path: clean(in.Path), SHA256: Text(in.SHA256), Format: Text(in.Format), Why: clean(in.Why), Encoding: Text(in.Encoding),
		Rows: in.Rows, Activities: in.Activities, Duplicates: in.Duplicates, Skipped: in.Skipped,
		First: Time(in.First), Last: Time(in.Last), Faults: []Fault{}, Missing: []LedgerItem{},
	}
	if in.Source != activity.SourceUnknown {
		f.Source = Text(in.Source.String())
	}
	for _, note := range in.Notes {
		f.Faults = append(f.Faults, Fault{Text: clean(note)})
	}
	return f
}

func (x *Examination) span(first, last Time) {
	if first != 0 && (x.First == 0 || first < x.First) {
		x.First = first
	}
	x.Last = max(x.Last, last)
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
		out[whole] = append(out[whole], clean(c.Text(a.Mailbox)))
	}
	for i := range c.Activities {
		note(c.Activities[i].File, &c.Activities[i])
	}
	for _, d := range c.Duplicates {
		note(d.File, &c.Activities[d.Activity])
	}
}

// faults looks up where the rows stand that could not be read.
func (x *Examination) faults(ctx context.Context, in DoctorSource) error {
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
		f := &x.Files[origins[i].File]
		s := skips[i]
		f.Faults = append(f.Faults, Fault{
			Line: Number(r.Line), Record: Number(r.Record), Text: clean(skipReason(in.Case, s)), Bytes: Number(s.Bytes), Lines: Number(s.Lines),
		})
	}
	return nil
}

// enter puts an item where it belongs: to its file, or to the case.
func (x *Examination) enter(c *activity.Case, it ledger.Item) {
	for i := range c.Inputs {
		if it.Path != "" && c.Inputs[i].Path == it.Path {
			x.Files[i].Missing = append(x.Files[i].Missing, ledgerItem(c, it))
			return
		}
	}
	x.Missing = append(x.Missing, ledgerItem(c, it))
}

// Lost counts what is known to be lost (items of the ledger) and the files that were not read.
func (x *Examination) Lost() (losses, unread int) {
	count := func(list []LedgerItem) {
		for i := range list {
			if list[i].loss() {
				losses++
			}
		}
	}
	count(x.Missing)
	for i := range x.Files {
		count(x.Files[i].Missing)
		if x.Files[i].SHA256 == "" {
			unread++
		}
	}
	return losses, unread
}

// WriteExamination writes the document as WriteJSON does a report.
func WriteExamination(w io.Writer, x *Examination) error { return writeDocument(w, x) }

// nameList is some names of a list: "a, b and 3 more".
func nameList(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + grouped(len(names)-most) + " more"
}
