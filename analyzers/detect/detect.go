// Package detect is the contract between rules and detectors: what a rule is once it is compiled, what a detector is
// given, and what it gives back.
//
// A detector is a value in the list of package analyzers. A rule names it, brings settings for it and a [Where]: the
// activities it is about. The detector sees one mailbox's timeline at a time, oldest first, and is pure: it opens no
// file, reads no clock, and what it needs to know of other mailboxes comes in as [Tenant]. The example of [Detector] shows
// one from end to end.
//
// What a detector may be beyond that, it says by more methods: [Profiler] needs to know the tenant before it judges a
// mailbox, [TenantDetector] judges all mailboxes together, [Sequencer] judges findings, [Standing] judges listings, and
// [Timeless] judges acts whose time is not known.
package detect

import (
	"iter"

	"triage/ingest/activity"
)

// Kind is one detector as rules name it.
type Kind struct {
	Name string // as in "detector: terms"; its settings stand under the same word
	Doc  string // one sentence for the help and the schema
	// Settings is a new settings value holding the defaults: a pointer to a struct whose fields carry `yaml` tags and a
	// `doc` tag. The rule's block is bound to it strictly. Supported: string, int, float64, bool, time.Duration
	// ("60s", "7d"), []string and []int (a list or $name of one), *Where and []*Where, nested structs, slices of
	// structs, and map[string]string.
	Settings func() Settings
}

// Settings are one rule's settings for its detector.
type Settings interface {
	// Validate says what is wrong, as FieldErrors joined with errors.Join, so that each can be shown at its line.
	Validate() error
	// States lists what the detector's findings state before their level is final, so that a rule which escalates on
	// anything else is refused.
	States() Facts
	// Detector is the detector that these settings describe.
	Detector(r *Rule) Detector
}

// FieldError is a fault of one setting.
type FieldError struct {
	Path   string // as in YAML, below the detector's word: "baseline.min_days"
	Reason string // "want > 0, got -5"
}

// Error is the path and the reason.
func (e FieldError) Error() string { return e.Path + ": " + e.Reason }

// Rule is one rule of the effective pack, compiled.
type Rule struct {
	ID             string
	Title          string
	Kind           string // the detector's name
	Level          Level
	Confidence     int // 0..100
	Family         string
	Entities       []string
	Attack         []string // ATT&CK ids
	Where          *Where   // nil: every activity
	OfActor        bool     // judge the actor's copy too ("of: actor")
	Message        string   // template of the finding's sentence; "" = title and facts
	Next           string   // what to do next, one sentence
	Author         string   // of a Sigma rule: its licence asks that matches name it
	FalsePositives []string
	Escalate       []Escalation
	Detector       Detector
}

// Detector judges one mailbox by one rule.
type Detector interface {
	Mailbox(t Timeline, p *Tenant) []Finding
}

// Partial is what a detector knows of a part of the tenant; nil knows nothing. Merging twice, in any order or grouping,
// changes nothing.
type Partial any

// Profiler is a detector that needs to know other mailboxes before it judges one. Each mailbox is profiled once and
// whole. Merge may use both parts up.
type Profiler interface {
	Profile(t Timeline, p *Tenant) Partial
	Merge(a, b Partial) Partial
}

// TenantDetector is a Profiler that judges the tenant as a whole, after the mailboxes.
type TenantDetector interface {
	Profiler
	Tenant(all Partial, p *Tenant) []Finding
}

// Standing is a detector that may judge what stands in a listing without a time (inbox rules as they are), and then
// nothing that was done.
type Standing interface {
	Standing() bool
}

// Timeless is a detector that may judge an act by what its record says alone, and so one whose time cannot be known. Its
// findings have no span.
type Timeless interface {
	Timeless() bool
}

// Sequencer is a detector over the findings of other rules.
type Sequencer interface {
	Sequence(findings []Finding, p *Tenant) []Finding
}

// Timeline is one mailbox's activities and those among them that the rule is about.
type Timeline struct {
	activity.Timeline
	Matched []int   // rows where the rule's Where holds and the rule judges, oldest first; not to be changed: rules share it
	Copies  []int   // rows that are the actor's copy of what was done elsewhere, from Copies; oldest first
	Shared  *Shared // what the pass's rules make of the timeline; see Once
}

// Copies are the rows of a timeline that are the actor's copies.
func Copies(t activity.Timeline) []int {
	var rows []int
	for row, place := range t.Rows {
		if place.ActorCopy() {
			rows = append(rows, row)
		}
	}
	return rows
}

// Matches yields the activities that the rule is about, with their row.
func (t Timeline) Matches() iter.Seq2[int, *activity.Activity] {
	return func(yield func(int, *activity.Activity) bool) {
		for _, row := range t.Matched {
			if !yield(row, t.At(row)) {
				return
			}
		}
	}
}

// NotEvaluated says that a rule could not judge a mailbox, and why: absence of a finding is not innocence.
type NotEvaluated struct {
	Rule    string
	Mailbox activity.Symbol
	Reason  string
}
