package report

import (
	_ "embed"
	"encoding/json"
	"io"
	"slices"
)

// CompareName is the contract of a comparison. Fields may be added under it, never renamed.
const CompareName = "triage.compare/v1"

//go:embed schema/triage.compare.v1.json
var compareSchema string

// CompareSchema is the published schema of a comparison (JSON Schema draft 2020-12).
func CompareSchema() string { return compareSchema }

// Comparison is what differs between two reports: nothing that is in both and equal stands in it. No list is nil, and
// each has a total order.
type Comparison struct {
	Schema       string           `json:"schema"`
	Same         bool             `json:"same"` // nothing below differs
	Old          Compared         `json:"old"`
	New          Compared         `json:"new"`
	Notes        []string         `json:"notes"` // why new and gone may mean something else
	Run          []Change         `json:"run"`   // the tool, its day, its filters, the rules as a whole
	Inputs       InputMoves       `json:"inputs"`
	Packs        PackMoves        `json:"packs"`
	Geo          DatabaseMoves    `json:"geo"`
	Mailboxes    MailboxMoves     `json:"mailboxes"`
	Findings     FindingMoves     `json:"findings"`
	Caveats      CaveatMoves      `json:"caveats"`
	NotEvaluated NotEvaluatedMove `json:"not_evaluated"`
}

// Compared is one of the two reports.
type Compared struct {
	Tool      string `json:"tool"` // its version
	AsOf      string `json:"as_of"`
	Inputs    int    `json:"inputs"`
	Mailboxes int    `json:"mailboxes"`
	Findings  int    `json:"findings"`
}

// Change is one value that differs: a string, a bool, an int64, a float64, or nil for unknown or absent.
type Change struct {
	Field string `json:"field"`
	Old   any    `json:"old"`
	New   any    `json:"new"`
}

// Moved is what is in both reports and differs.
type Moved[T any] struct {
	Item    T        `json:"item"` // as the new report has it
	Changes []Change `json:"changes"`
}

// Moves are the differences of one list.
type Moves[T any] struct {
	New   []T        `json:"new"`
	Gone  []T        `json:"gone"`
	Moved []Moved[T] `json:"moved"`
}

// The lists of a comparison.
type (
	InputMoves       = Moves[ComparedInput]
	PackMoves        = Moves[Pack]
	DatabaseMoves    = Moves[ComparedDatabase]
	MailboxMoves     = Moves[ComparedMailbox]
	FindingMoves     = Moves[ComparedFinding]
	CaveatMoves      = Moves[ComparedCaveat]
	NotEvaluatedMove = Moves[NotEvaluated]
)

// ComparedInput is one input. The same content under another path is the same input.
type ComparedInput struct {
	Path       string `json:"path"`
	SHA256     string `json:"sha256"`
	Format     Text   `json:"format"`
	Rows       int64  `json:"rows"`
	Activities int64  `json:"activities"`
	Duplicates int64  `json:"duplicates"`
	Skipped    int64  `json:"skipped"`
}

// ComparedDatabase is one geolocation database.
type ComparedDatabase struct {
	Database string `json:"database"`
	Built    string `json:"built"`
	Source   string `json:"source"`
	SHA256   Text   `json:"sha256"`
}

// ComparedMailbox is one mailbox's verdict.
type ComparedMailbox struct {
	Mailbox    string   `json:"mailbox"`
	Score      float64  `json:"score"`
	Band       string   `json:"band"`
	Activities int      `json:"activities"`
	Window     *Window  `json:"window"`
	Tenant     TenantOf `json:"tenant,omitzero"`
}

// ComparedFinding is one finding, known by its fingerprint.
type ComparedFinding struct {
	Fingerprint string       `json:"fingerprint"`
	OldID       Text         `json:"old_id"` // F-number in the old report; null if it is new
	NewID       Text         `json:"new_id"` // F-number in the new report; null if it is gone
	Rule        string       `json:"rule"`
	Mailbox     string       `json:"mailbox"`
	Text        string       `json:"text"`
	Level       string       `json:"level"`
	Confidence  int          `json:"confidence"`
	Points      float64      `json:"points"`
	First       Time         `json:"first"`
	Last        Time         `json:"last"`
	Count       int          `json:"count"`
	Suppressed  *Suppression `json:"suppressed"`
	Decision    *Decision    `json:"decision"`
	Tenant      TenantOf     `json:"tenant,omitzero"`
}

// ComparedCaveat is one caveat, without the rows that it cites.
type ComparedCaveat struct {
	Code    string   `json:"code"`
	Mailbox Text     `json:"mailbox"`
	Text    string   `json:"text"`
	Tenant  TenantOf `json:"tenant,omitzero"`
}

// Compare says what differs between two reports over the same case.
func Compare(old, new *Report) *Comparison {
	old, new = sideBySide(old, new)
	c := &Comparison{Schema: CompareName, Old: compared(old), New: compared(new), Run: runChanges(old, new), Notes: notes(old, new)}
	c.Inputs = compareInputs(old.Inputs, new.Inputs)
	c.Packs = compareLists(old.Packs, new.Packs, func(p Pack) string { return p.ID }, func(a, b *Pack, d *diff) {
		d.text("version", a.Version, b.Version)
		d.text("sha256", a.SHA256, b.SHA256)
	})
	c.Geo = compareLists(each(old.Geo, databaseOf), each(new.Geo, databaseOf),
		func(x ComparedDatabase) string { return key(x.Database, x.Source) },
		func(a, b *ComparedDatabase, d *diff) {
			d.text("built", a.Built, b.Built)
			d.text("sha256", string(a.SHA256), string(b.SHA256))
		})
	c.Mailboxes = compareLists(each(old.Mailboxes, mailboxOf), each(new.Mailboxes, mailboxOf),
		func(m ComparedMailbox) string { return withTenant(m.Mailbox, m.Tenant) }, mailboxChanges)
	c.Findings = compareLists(each(old.Findings, findingOf), each(new.Findings, findingOf),
		func(f ComparedFinding) string { return withTenant(f.Fingerprint, f.Tenant) }, findingChanges)
	for i := range c.Findings.Gone {
		f := &c.Findings.Gone[i]
		f.OldID, f.NewID = f.NewID, ""
	}
	sortFindings(&c.Findings)
	c.Caveats = compareLists(each(old.Caveats, caveatOf), each(new.Caveats, caveatOf),
		func(x ComparedCaveat) string { return withTenant(key(x.Code, string(x.Mailbox), x.Text), x.Tenant) }, nil)
	c.NotEvaluated = compareLists(old.NotEvaluated, new.NotEvaluated,
		func(n NotEvaluated) string { return withTenant(key(n.Rule, string(n.Mailbox), n.Reason), n.Tenant) }, nil)
	c.Same = len(c.Run) == 0 && c.Inputs.none() && c.Packs.none() && c.Geo.none() && c.Mailboxes.none() && c.Findings.none() &&
		c.Caveats.none() && c.NotEvaluated.none()
	return c
}

// sideBySide makes two reports say alike which tenant a thing is about: of one that is about several, the other one says
// its own. Where that does not know it, tenants are no help.
func sideBySide(old, new *Report) (*Report, *Report) {
	if !old.several() && !new.several() {
		return old.ofTenant(""), new.ofTenant("")
	}
	for _, r := range []*Report{old, new} {
		if !r.several() && (len(r.Tenants) == 0 || r.Tenants[0].ID == "") {
			return old.ofTenant(""), new.ofTenant("")
		}
	}
	for _, r := range []**Report{&old, &new} {
		if !(*r).several() {
			*r = (*r).ofTenant(TenantOf((*r).Tenants[0].ID))
		}
	}
	return old, new
}

// ofTenant is the report with all that a comparison looks at said of one tenant.
func (r *Report) ofTenant(t TenantOf) *Report {
	out := *r
	out.Mailboxes = relabel(r.Mailboxes, func(x *Mailbox) { x.Tenant = t })
	out.Findings = relabel(r.Findings, func(x *Finding) { x.Tenant = t })
	out.Caveats = relabel(r.Caveats, func(x *Caveat) { x.Tenant = t })
	out.NotEvaluated = relabel(r.NotEvaluated, func(x *NotEvaluated) { x.Tenant = t })
	return &out
}

// withTenant is a key that tells tenants apart.
func withTenant(key string, t TenantOf) string {
	if t == "" {
		return key
	}
	return key + "\x00" + string(t)
}

// WriteComparison writes the document as WriteJSON writes a report.
func WriteComparison(w io.Writer, c *Comparison) error { return writeDocument(w, c) }

func compared(r *Report) Compared {
	return Compared{clean(r.Tool.Version), r.AsOf, len(r.Inputs), len(r.Mailboxes), len(r.Findings)}
}

func runChanges(old, new *Report) []Change {
	d := &diff{changes: []Change{}}
	d.text("tool", old.Tool.Version, new.Tool.Version)
	d.text("as_of", old.AsOf, new.AsOf)
	d.text("effective_rules_sha256", old.EffectiveRulesSHA256, new.EffectiveRulesSHA256)
	d.text("filters", filterText(old.Filters), filterText(new.Filters))
	return d.changes
}

// filterText is what a report was filtered by; "" if it was not.
func filterText(f *Filters) string {
	if f == nil {
		return ""
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// notes warn of what makes two reports hard to compare.
func notes(old, new *Report) []string {
	list := []string{}
	if filterText(old.Filters) != filterText(new.Filters) {
		list = append(list, "the reports are filtered differently: what is new or gone may only have been left out")
	} else if old.Filters != nil {
		list = append(list, "both reports are filtered: what they leave out is not compared")
	}
	both := func(in Input) bool {
		return slices.ContainsFunc(new.Inputs, func(n Input) bool { return n.SHA256 == in.SHA256 || n.Path == in.Path })
	}
	if len(old.Inputs) > 0 && len(new.Inputs) > 0 && !slices.ContainsFunc(old.Inputs, both) {
		list = append(list, "the reports have no input in common: they may be about different cases")
	}
	return list
}
