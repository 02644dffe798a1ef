// Package draw makes the report of an analysis, and of an examination by doctor: it chooses what a filter lets through,
// reads the records that are cited, and words what is to be done. Each part of the report is a function of what it is drawn
// from.
package draw

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"triage/analyzers"
	"triage/analyzers/exposure"
	"triage/analyzers/report"
	"triage/analyzers/report/draw/lanes"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Records gives back records of the inputs as they were written. The answer holds one record per origin, in the order
// asked; each Raw has at most maxRaw bytes, none if maxRaw is 0.
type Records interface {
	Evidence(ctx context.Context, origins []activity.Origin, maxRaw int) ([]CitedRecord, error)
}

// RecordsFunc is a function that serves as [Records].
type RecordsFunc func(ctx context.Context, origins []activity.Origin, maxRaw int) ([]CitedRecord, error)

// Evidence calls the function.
func (f RecordsFunc) Evidence(ctx context.Context, origins []activity.Origin, maxRaw int) ([]CitedRecord, error) {
	return f(ctx, origins, maxRaw)
}

// CitedRecord is one record where it stands.
type CitedRecord struct {
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
	Packs          []report.Pack
	EffectiveRules string // sha256 of the effective pack
	Geo            []report.Database
	Filter         Filter
	Case           report.CaseData // its texts as the user wrote them
	Egress         []netip.Prefix  // ways out of the organisation that packs declare
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

// tenantPart is what the report of one tenant, or of the whole case, is drawn from.
type tenantPart struct {
	Source
	c        *activity.Case
	reported []bool                           // by index of Result.Findings
	picked   *picked                          // presences that are told
	lanes    *lanes.Lanes                     // acts by time and whose they were
	sizes    map[*exposure.Item]int64         // of messages of which only their records tell it
	cites    map[activity.Origin]*CitedRecord // every record that the report cites, where it stands in the whole case
}

// Build draws up the report of an analysis. It reads the cited records; nothing else is opened.
func Build(ctx context.Context, in Source) (*report.Report, error) {
	whole := newTenantPart(in, in.Result)
	var parts []*tenantPart
	for _, one := range in.Result.Each() {
		if in.Filter.tenant(one.Case.Tenant) {
			parts = append(parts, newTenantPart(in, one))
		}
	}
	cites, err := readRecords(ctx, whole, parts)
	if err != nil {
		return nil, err
	}
	whole.cites = cites
	for _, p := range parts {
		p.cites = cites
		if p.sizes, err = sizes(ctx, whole, p, reportedItems(p)); err != nil {
			return nil, err
		}
	}
	out := ofTenants(whole, parts)
	writeHead(whole, out)
	report.Shorten(out.Findings)
	return out, ctx.Err()
}

func newTenantPart(in Source, result *analyzers.Result) *tenantPart {
	in.Result = result
	p := &tenantPart{Source: in, c: result.Case, reported: make([]bool, len(result.Findings))}
	for i := range result.Findings {
		f := &result.Findings[i]
		p.reported[i] = !f.Rest && f.Level >= in.Filter.MinLevel && in.Filter.mailbox(p.c.Text(f.Mailbox)) &&
			in.Filter.span(f.First, f.Last)
	}
	return p
}

// writeHead writes what is true of the case, of however many tenants it is.
func writeHead(p *tenantPart, out *report.Report) {
	out.Schema, out.Tool, out.AsOf = report.SchemaName, report.Tool{Name: "triage", Version: report.Clean(p.Version)}, p.AsOf.UTC().Format(report.DayLayout)
	out.Case = report.CaseData{
		Name: report.Text(report.Clean(string(p.Case.Name))), Client: report.Text(report.Clean(string(p.Case.Client))),
		Analyst: report.Text(report.Clean(string(p.Case.Analyst))), TLP: p.Case.TLP,
	}
	out.Filters, out.Packs = filters(p), append([]report.Pack{}, p.Packs...)
	out.EffectiveRulesSHA256, out.Geo = p.EffectiveRules, append([]report.Database{}, p.Geo...)
	out.Inputs = inputs(p)
	out.Skipped = skipped(p)
	out.Ledger = missingItems(p)
	out.Caveats = append(out.Caveats, unaccounted(out.Inputs)...)
}

// ofTenant is what a report says of one tenant.
func ofTenant(p *tenantPart) *report.Report {
	coverage, timeline := coverageAndTimeline(p)
	names, more := identities(p)
	threads, moreThreads := threadsOf(p)
	all, moreAll := knownAccounts(p)
	who, moreWho := intruders(p)
	visits, moreVisits := presencesOf(p)
	drawn := p.lanesOf()
	drawn.Cite()
	return &report.Report{
		Tenants: []report.TenantCase{tenantCase(p)}, Coverage: coverage, Caveats: caveats(p), NotEvaluated: notEvaluated(p),
		Accounts: all, AccountsMore: moreAll, Identities: names, IdentitiesMore: more, Mailboxes: mailboxesOfPart(p), Services: services(p), Addresses: reportAddresses(p), Sessions: reportSessions(p), Messages: messages(p),
		Searches: searches(p), Answers: answersOf(p), Story: story(p), StoryMore: p.Result.MoreStories, Findings: findings(p), Timeline: timeline, Tenant: tenantView(p), Containment: containment(p),
		NextEvidence: nextEvidence(p), NextEvidenceMore: p.Result.MoreNext, Intruders: who, IntrudersMore: moreWho, Presences: visits, PresencesMore: moreVisits,
		Exposure: exposures(p), Threads: threads, ThreadsMore: moreThreads,
		Lanes: drawn.Accounts, LanesMore: drawn.More, Touched: drawn.Touched,
	}
}

func filters(p *tenantPart) *report.Filters {
	f := p.Filter
	if f.zero() {
		return nil
	}
	out := &report.Filters{Mailboxes: cleanAll(f.Mailboxes)}
	if len(f.Tenants) > 0 {
		out.Tenants = cleanAll(f.Tenants)
	}
	if !f.Since.IsZero() {
		out.Since = report.Time(f.Since.UnixMilli())
	}
	if !f.Until.IsZero() {
		out.Until = report.Time(f.Until.UnixMilli())
	}
	if f.MinLevel > detect.Informational {
		out.MinLevel = report.Text(f.MinLevel.String())
	}
	return out
}

func inputs(p *tenantPart) []report.Input {
	list := make([]report.Input, 0, len(p.c.Inputs))
	for i := range p.c.Inputs {
		in := &p.c.Inputs[i]
		list = append(list, report.Input{
			Path: report.Clean(in.Path), SHA256: in.SHA256, Format: report.Text(in.Format), Why: report.Clean(in.Why),
			Mailbox: report.Text(report.Clean(in.Mailbox)), MailboxFrom: report.Text(in.MailboxFrom),
			Rows: in.Rows, Activities: in.Activities, Duplicates: in.Duplicates, Skipped: in.Skipped,
			First: report.Time(in.First), Last: report.Time(in.Last), Notes: cleanAll(in.Notes),
		})
	}
	slices.SortStableFunc(list, func(x, y report.Input) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.SHA256, y.SHA256))
	})
	return list
}

func skipped(p *tenantPart) []report.Skipped {
	list := make([]report.Skipped, 0, len(p.c.Skips))
	for _, s := range p.c.Skips {
		at := p.at(s.Origin)
		list = append(list, report.Skipped{
			File: p.path(s.Origin), Line: at.Line, Record: at.Record, Reason: report.Clean(skipReason(p.c, s)),
			Bytes: report.Number(s.Bytes), Lines: report.Number(s.Lines),
		})
		if s.Count > 1 {
			list[len(list)-1].Count = s.Count
		}
	}
	slices.SortStableFunc(list, func(x, y report.Skipped) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Record, y.Record))
	})
	return list
}

// skipReason is why something was skipped, with its length where that is more than a record.
func skipReason(c *activity.Case, s activity.Skip) string {
	if c.Stretch(s) {
		return "a stretch of " + s.Length() + ": " + s.Reason
	}
	return s.Reason
}

func (p *tenantPart) path(o activity.Origin) string { return report.Clean(p.c.Inputs[o.File].Path) }

func caveats(p *tenantPart) []report.Caveat {
	list := []report.Caveat{}
	for i := range p.Result.Caveats {
		if one, ok := caveatOf(p, &p.Result.Caveats[i]); ok {
			list = append(list, one)
		}
	}
	return list
}

// caveatOf is a caveat as far as the filter lets its mailboxes through; ok is false if it lets none.
func caveatOf(p *tenantPart, c *verdict.Caveat) (out report.Caveat, ok bool) {
	out = report.Caveat{Code: c.Code, Mailbox: report.Text(report.Clean(p.c.Text(c.Mailbox))), Text: report.Clean(c.Text), More: c.More}
	if c.Mailbox != 0 && !p.Filter.mailbox(p.c.Text(c.Mailbox)) {
		return out, false
	}
	rows := c.Evidence
	if len(c.Mailboxes) > 0 {
		for _, m := range c.Mailboxes {
			if name := p.c.Text(m); p.Filter.mailbox(name) {
				out.Mailboxes = append(out.Mailboxes, report.Clean(name))
			}
		}
		if rows = rowsOf(p, rows, out.Mailboxes); len(out.Mailboxes) == 0 {
			return out, false
		}
		if len(out.Mailboxes) == 1 {
			out.Mailbox, out.Mailboxes = report.Text(out.Mailboxes[0]), nil
		}
	}
	out.Evidence = p.evidence(rows, maxCaveatEvidence)
	out.More += len(c.Evidence) - min(len(rows), maxCaveatEvidence)
	return out, true
}

// rowsOf are those rows of a caveat that are in mailboxes which the filter lets through.
func rowsOf(p *tenantPart, rows []uint32, mailboxes []string) []uint32 {
	if len(p.Filter.Mailboxes) == 0 {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(row uint32) bool {
		return !slices.Contains(mailboxes, report.Clean(p.c.Text(p.c.Activities[row].Mailbox)))
	})
}

// unaccounted says so where an input's rows do not add up: no row may be lost without a word.
func unaccounted(inputs []report.Input) []report.Caveat {
	var list []report.Caveat
	for _, in := range inputs {
		if lost := in.Rows - in.Activities - in.Duplicates - in.Skipped; lost != 0 {
			list = append(list, report.Caveat{
				Code: "rows-unaccounted", Evidence: []report.Evidence{},
				Text: fmt.Sprintf("%s: %d rows are neither activities nor duplicates nor skipped; "+
					"do not rely on this report for that file", in.Path, lost),
			})
		}
	}
	return list
}

func notEvaluated(p *tenantPart) []report.NotEvaluated {
	list := make([]report.NotEvaluated, 0, len(p.Result.NotEvaluated))
	for _, n := range p.Result.NotEvaluated {
		name := p.c.Text(n.Mailbox)
		if n.Mailbox == 0 || p.Filter.mailbox(name) {
			list = append(list, report.NotEvaluated{Rule: n.Rule, Mailbox: report.Text(report.Clean(name)), Reason: report.Clean(n.Reason)})
		}
	}
	return list
}

func searches(p *tenantPart) []report.Search {
	list := []report.Search{}
	for _, s := range p.Result.Searches {
		name := p.c.Text(s.Mailbox)
		if !p.Filter.mailbox(name) || !p.Filter.span(s.Time, s.Time) {
			continue
		}
		out := report.Search{
			Mailbox: report.Clean(name), Time: report.Time(s.Time), Query: report.Clean(s.Query), Rows: s.Rows, Terms: cleanAll(s.Terms),
		}
		if s.Finding >= 0 && p.reported[s.Finding] {
			out.Finding = report.Text(p.Result.Findings[s.Finding].ID)
		}
		list = append(list, out)
	}
	return list
}

// names are the ids of those findings that are reported.
func (p *tenantPart) names(findings []int) []string {
	out := []string{}
	for _, i := range findings {
		if p.reported[i] {
			out = append(out, p.Result.Findings[i].ID)
		}
	}
	return out
}

// cleanAll is each text cleaned, never nil.
func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = report.Clean(list[i])
	}
	return out
}
