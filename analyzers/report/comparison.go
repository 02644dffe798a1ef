package report

import (
	_ "embed"
	"io"
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

// None says that nothing differs.
func (m *Moves[T]) None() bool { return len(m.New) == 0 && len(m.Gone) == 0 && len(m.Moved) == 0 }

// WriteComparison writes the document as WriteJSON writes a report.
func WriteComparison(w io.Writer, c *Comparison) error { return WriteDocument(w, c) }
