package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/analyzers"
	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// Records gives back records of the inputs as they were written. The answer holds one record per origin, in the order
// asked; each Raw has at most maxRaw bytes, none if maxRaw is 0.
type Records interface {
	Evidence(ctx context.Context, origins []activity.Origin, maxRaw int) ([]Record, error)
}

// RecordsFunc is a function that serves as [Records].
type RecordsFunc func(ctx context.Context, origins []activity.Origin, maxRaw int) ([]Record, error)

// Evidence calls the function.
func (f RecordsFunc) Evidence(ctx context.Context, origins []activity.Origin, maxRaw int) ([]Record, error) {
	return f(ctx, origins, maxRaw)
}

// Record is one record where it stands.
type Record struct {
	Path      string
	Line      int64 // physical line where it starts, from 1
	Record    int64 // from 1
	Raw       []byte
	ServiceID string // the service's own id; "" where there is none
}

// Source is what a report is made from.
type Source struct {
	Result         *analyzers.Result
	Records        Records
	Version        string    // of the tool
	AsOf           time.Time // day against which expiry was judged
	Packs          []Pack
	EffectiveRules string // sha256 of the effective pack
	Geo            []Database
	Filter         Filter
}

// Filter chooses what is reported, never what is analysed. The zero value reports everything.
type Filter struct {
	Mailboxes []string     // lower case; empty: all
	Tenants   []string     // ids in lower case, or analyzers.NotNamed; empty: all
	Since     time.Time    // included; zero: no limit
	Until     time.Time    // not included; zero: no limit
	MinLevel  detect.Level // of findings
}

// zero says that the filter lets everything through.
func (f Filter) zero() bool {
	return len(f.Mailboxes)+len(f.Tenants) == 0 && f.Since.IsZero() && f.Until.IsZero() && f.MinLevel == detect.Informational
}

// mailbox says whether anything about this mailbox is reported.
func (f Filter) mailbox(name string) bool {
	return len(f.Mailboxes) == 0 || slices.ContainsFunc(f.Mailboxes, func(m string) bool { return strings.EqualFold(m, name) })
}

// tenant says whether anything about this tenant is reported; "" is the one that no record names.
func (f Filter) tenant(id string) bool {
	return len(f.Tenants) == 0 || slices.Contains(f.Tenants, cmp.Or(id, analyzers.NotNamed))
}

// span says whether any part of a span of time is reported; what has no time always is.
func (f Filter) span(first, last int64) bool {
	if first == 0 && last == 0 {
		return true
	}
	return (f.Since.IsZero() || last >= f.Since.UnixMilli()) && (f.Until.IsZero() || first < f.Until.UnixMilli())
}

// builder is a report in the making: of one tenant, or of what is true of all.
type builder struct {
	Source
	c        *activity.Case
	out      *Report
	reported []bool                                // by index of Result.Findings
	citedBy  map[int]map[string]*activity.Activity // see cited
	cites    map[activity.Origin]*Record           // every record that the report cites, where it stands in the whole case
}

// Build draws up the report of an analysis. It reads the cited records; nothing else is opened.
func Build(ctx context.Context, in Source) (*Report, error) {
	whole := newBuilder(in, in.Result)
	var parts []*builder
	for _, one := range in.Result.Each() {
		switch {
		case !in.Filter.tenant(one.Case.Tenant):
		case one == in.Result:
			parts = append(parts, whole)
		default:
			parts = append(parts, newBuilder(in, one))
		}
	}
	var err error
	if whole.cites, err = readRecords(ctx, whole, parts); err != nil {
		return nil, err
	}
	for _, b := range parts {
		b.cites = whole.cites
		b.tenantsPart()
	}
	if len(parts) != 1 || parts[0] != whole {
		whole.join(parts)
	}
	whole.head()
	return whole.out, ctx.Err()
}

func newBuilder(in Source, result *analyzers.Result) *builder {
	in.Result = result
	b := &builder{Source: in, c: result.Case, out: &Report{}, reported: make([]bool, len(result.Findings))}
	for i := range result.Findings {
		f := &result.Findings[i]
		b.reported[i] = !f.Rest && f.Level >= in.Filter.MinLevel && in.Filter.mailbox(b.c.Text(f.Mailbox)) &&
			in.Filter.span(f.First, f.Last)
	}
	return b
}

// head writes what is true of the case, of however many tenants it is.
func (b *builder) head() {
	b.out.Schema, b.out.Tool, b.out.AsOf = SchemaName, Tool{"triage", clean(b.Version)}, b.AsOf.UTC().Format(dayLayout)
	b.out.Filters, b.out.Packs = b.filters(), append([]Pack{}, b.Packs...)
	b.out.EffectiveRulesSHA256, b.out.Geo = b.EffectiveRules, append([]Database{}, b.Geo...)
	b.inputs()
	b.skipped()
	b.ledger()
	b.accountForRows()
}

// tenantsPart writes what is about one tenant.
func (b *builder) tenantsPart() {
	b.caveats()
	b.notEvaluated()
	b.mailboxes()
	b.services()
	b.entities()
	b.searches()
	b.findings()
	b.days()
	b.tenant()
	b.containment()
	b.nextEvidence()
	b.tenants()
}

func (b *builder) filters() *Filters {
	f := b.Filter
	if f.zero() {
		return nil
	}
	out := &Filters{Mailboxes: cleanAll(f.Mailboxes)}
	if len(f.Tenants) > 0 {
		out.Tenants = cleanAll(f.Tenants)
	}
	if !f.Since.IsZero() {
		out.Since = Time(f.Since.UnixMilli())
	}
	if !f.Until.IsZero() {
		out.Until = Time(f.Until.UnixMilli())
	}
	if f.MinLevel > detect.Informational {
		out.MinLevel = Text(f.MinLevel.String())
	}
	return out
}

func (b *builder) inputs() {
	b.out.Inputs = make([]Input, 0, len(b.c.Inputs))
	for i := range b.c.Inputs {
		in := &b.c.Inputs[i]
		b.out.Inputs = append(b.out.Inputs, Input{
			Path: clean(in.Path), SHA256: in.SHA256, Format: Text(in.Format), Why: clean(in.Why),
			Mailbox: Text(clean(in.Mailbox)), MailboxFrom: Text(in.MailboxFrom),
			Rows: in.Rows, Activities: in.Activities, Duplicates: in.Duplicates, Skipped: in.Skipped,
			First: Time(in.First), Last: Time(in.Last), Notes: cleanAll(in.Notes),
		})
	}
	slices.SortStableFunc(b.out.Inputs, func(x, y Input) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.SHA256, y.SHA256))
	})
}

func (b *builder) skipped() {
	b.out.Skipped = make([]Skipped, 0, len(b.c.Skips))
	for _, s := range b.c.Skips {
		at := b.at(s.Origin)
		b.out.Skipped = append(b.out.Skipped, Skipped{
			File: b.path(s.Origin), Line: at.Line, Record: at.Record, Reason: clean(skipReason(b.c, s)),
			Bytes: Number(s.Bytes), Lines: Number(s.Lines),
		})
		if s.Count > 1 {
			b.out.Skipped[len(b.out.Skipped)-1].Count = s.Count
		}
	}
	slices.SortStableFunc(b.out.Skipped, func(x, y Skipped) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Record, y.Record))
	})
}

// skipReason is why something was skipped, with its length where that is more than a record.
func skipReason(c *activity.Case, s activity.Skip) string {
	if c.Stretch(s) {
		return "a stretch of " + s.Length() + ": " + s.Reason
	}
	return s.Reason
}

func (b *builder) path(o activity.Origin) string { return clean(b.c.Inputs[o.File].Path) }

func (b *builder) caveats() {
	b.out.Caveats = []Caveat{}
	for _, c := range b.Result.Caveats {
		name := b.c.Text(c.Mailbox)
		if c.Mailbox != 0 && !b.Filter.mailbox(name) {
			continue
		}
		b.out.Caveats = append(b.out.Caveats, Caveat{
			Code: c.Code, Mailbox: Text(clean(name)), Text: clean(c.Text),
			Evidence: b.evidence(c.Evidence, maxCaveatEvidence), More: c.More + max(0, len(c.Evidence)-maxCaveatEvidence),
		})
	}
}

// accountForRows says so where an input's rows do not add up: no row may be lost without a word.
func (b *builder) accountForRows() {
	for _, in := range b.out.Inputs {
		if lost := in.Rows - in.Activities - in.Duplicates - in.Skipped; lost != 0 {
			b.out.Caveats = append(b.out.Caveats, Caveat{
				Code: "rows-unaccounted", Evidence: []Evidence{},
				Text: fmt.Sprintf("%s: %d rows are neither activities nor duplicates nor skipped; "+
					"do not rely on this report for that file", in.Path, lost),
			})
		}
	}
}

func (b *builder) notEvaluated() {
	b.out.NotEvaluated = []NotEvaluated{}
	for _, n := range b.Result.NotEvaluated {
		name := b.c.Text(n.Mailbox)
		if n.Mailbox == 0 || b.Filter.mailbox(name) {
			b.out.NotEvaluated = append(b.out.NotEvaluated, NotEvaluated{Rule: n.Rule, Mailbox: Text(clean(name)), Reason: clean(n.Reason)})
		}
	}
}

func (b *builder) searches() {
	b.out.Searches = []Search{}
	for _, s := range b.Result.Searches {
		name := b.c.Text(s.Mailbox)
		if !b.Filter.mailbox(name) || !b.Filter.span(s.Time, s.Time) {
			continue
		}
		out := Search{
			Mailbox: clean(name), Time: Time(s.Time), Query: clean(s.Query), Rows: s.Rows, Terms: cleanAll(s.Terms),
		}
		if s.Finding >= 0 && b.reported[s.Finding] {
			out.Finding = Text(b.Result.Findings[s.Finding].ID)
		}
		b.out.Searches = append(b.out.Searches, out)
	}
}

// names are the ids of those findings that are reported.
func (b *builder) names(findings []int) []string {
	out := []string{}
	for _, i := range findings {
		if b.reported[i] {
			out = append(out, b.Result.Findings[i].ID)
		}
	}
	return out
}

// cleanAll is each text cleaned, never nil.
func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = clean(list[i])
	}
	return out
}
