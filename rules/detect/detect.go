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
	"slices"

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
	Formerly       []string // ids that it had in earlier versions of its pack: findings were known by them
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
	Accuses        Accusation // what a finding of it says of who did it
	Entry          string     // the way in that a finding of it tells of, one of Entries; "" for none
	Escalate       []Escalation
	Soften         []Softening
	Detector       Detector
}

// Detector judges one mailbox by one rule.
type Detector interface {
	Mailbox(t Timeline, p *Tenant) []Finding
}

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

// Later is a detector that is asked once it is known whose act each activity was. Mailbox finds nothing then, and what Later
// finds accuses nobody: no sequence and no attribution rests on it.
type Later interface {
	Later(t Timeline, p *Tenant, h Hostile) []Finding
}

// Hostile says where intruders were.
type Hostile interface {
	// Elsewhere gives the address, or of IPv6 the /64, the first accounts but for one in which an intruder was there, and how
	// many they are; "" where there is none.
	Elsewhere(ip, but activity.Symbol) (address string, accounts []activity.Symbol, all int)
}

// Finding is one statement about one mailbox, and the activities it rests on.
type Finding struct {
	Rule       *Rule
	Mailbox    activity.Symbol
	Group      []string // values that make it this finding and no other; part of its fingerprint
	Level      Level
	Confidence int // 0..100
	Count      int // its activities, all of them
	First      int64
	Last       int64 // both in milliseconds since 1970 UTC
	Facts      []Fact
	Evidence   []uint32 // indexes into Case.Activities, oldest first, never empty
	// Against are those of Evidence whose addresses and sessions the finding speaks against; nil: all of them. A
	// journey's evidence holds the owner's own address as well.
	Against    []uint32
	Proof      []uint32 // those of Evidence that prove it, oldest first; the others do not show by themselves that they belong here. nil: all do
	Suppressed *Suppression
	Rest       bool // one of too many of its rule in its mailbox, and not of the strongest: it counts, and is not told

	weighed bool
	found   Level // before it was weighed
}

// Cited are the activities that a report shows, at most so many, in order: those that prove the finding before the others.
func (f *Finding) Cited(most int) []uint32 {
	if len(f.Evidence) <= most || f.Proof == nil {
		return f.Evidence[:min(len(f.Evidence), most)]
	}
	cited := slices.Clone(f.Proof[:min(len(f.Proof), most)])
	for _, row := range f.Evidence {
		if len(cited) == most {
			break
		}
		if _, proves := slices.BinarySearch(f.Proof, row); !proves {
			cited = append(cited, row)
		}
	}
	slices.Sort(cited)
	return cited
}

// Fact is one value that a finding states. Names are field names where the fact is a field's value.
type Fact struct {
	Name  string
	Value any // string, bool, int, float64 or []string
	More  int // values of a list beyond those named
}

// Suppression says which exception of the pack covers a finding: it is shown at 0 points.
type Suppression struct {
	Exception string // its id
	Reason    string
	By        string
}

// Set adds or replaces a fact after the level is final: one that says why it was lowered.
func (f *Finding) Set(name string, value any) { f.set(Fact{Name: name, Value: value}) }

func (f *Finding) set(fact Fact) {
	for i := range f.Facts {
		if f.Facts[i].Name == fact.Name {
			f.Facts[i] = fact
			return
		}
	}
	f.Facts = append(f.Facts, fact)
}

// Fact is the value of a fact; nil if the finding does not state it.
func (f *Finding) Fact(name string) any {
	for _, fact := range f.Facts {
		if fact.Name == name {
			return fact.Value
		}
	}
	return nil
}
