package analyzers

import (
	"iter"

	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// Result is what an analysis found, before it is drawn up as a report. Everything in it is in the order in which a
// report lists it.
type Result struct {
	Case         *activity.Case
	Domains      []string // the tenant's own, sorted
	Places       detect.Places
	Findings     []Finding
	Mailboxes    []Mailbox
	Services     []Entity // lanes of services and the system, without findings; counted, not judged as people
	Addresses    []Entity
	Sessions     []Entity
	Messages     []Entity
	Searches     []Search
	NotEvaluated []detect.NotEvaluated
	Caveats      []Caveat
	Tenant       Tenant
	Containment  []Containment  // by mailbox, in the order of Tenant.Ranked
	NextEvidence []NextEvidence // by mailbox, the whole case last
	MoreNext     int            // exports beyond those listed

	// Tenants are the results of a case's tenants, in the order of Case.Parts, where there are several: the whole then
	// has nothing but its case and the caveats that are about no tenant.
	Tenants []*Result
}

// Each is the result of each tenant: of a case with one, the result itself.
func (r *Result) Each() []*Result {
	if len(r.Tenants) > 0 {
		return r.Tenants
	}
	return []*Result{r}
}

// all yields the findings of every tenant, each with the case that it is about.
func (r *Result) all() iter.Seq2[*Finding, *activity.Case] {
	return func(yield func(*Finding, *activity.Case) bool) {
		for _, one := range r.Each() {
			for i := range one.Findings {
				if !yield(&one.Findings[i], one.Case) {
					return
				}
			}
		}
	}
}

// Finding is a finding with what scoring added.
type Finding struct {
	detect.Finding
	ID          string             // "F-0001", by rank within this report
	Fingerprint string             // stable across re-runs and added exports
	Points      float64            // impact × confidence; 0 if suppressed
	Share       float64            // its part of its mailbox's score, 0..1
	Decision    *decision.Decision // what a responder decided about it; nil: nothing that is in force
}

// Mailbox is one mailbox's verdict.
type Mailbox struct {
	Entity
	Lane     activity.Lane
	Timeline activity.Timeline
	Window   *Window // span of the intruder's acts as far as findings tell; nil if none does
	Stacks   []Stack
	Shares   []Share                // largest first
	Joined   map[activity.Match]int // activities that name a message, by how it was found; NoMatch are the unmatched

	signs signs
	holds holds
}

// Window is a span of time in milliseconds since 1970 UTC, both ends included.
type Window struct{ First, Last int64 }

// Entity is what a score is about: a mailbox, an address, a session or a message.
type Entity struct {
	Name       string
	Symbol     activity.Symbol
	Score      float64 // 0..100, rounded to 0.1
	Band       string  // critical, high, medium, low, none
	Activities int
	First      int64 // milliseconds since 1970 UTC
	Last       int64
	Mailboxes  []string // whose activities it concerns, sorted
	Findings   []int    // indexes into Result.Findings, ascending
}

// Share is a finding's part of a score.
type Share struct {
	Finding int // index into Result.Findings
	Points  float64
	Share   float64
}

// Stack is how often each value of one field occurs in a mailbox, rarest first: the 2018 post's own method.
type Stack struct {
	Field  string // app, country, asn, agent
	Values []StackValue
}

// StackValue is one row of a stack.
type StackValue struct {
	Value       string
	Days        int
	Activities  int
	First, Last int64
}

// Search is one search a person typed, letter by letter or at once.
type Search struct {
	Mailbox activity.Symbol
	Time    int64
	Query   string
	Rows    int
	Terms   []string
	Finding int // index into Result.Findings, -1 if none
}

// Caveat is what a reader must know before trusting a result.
type Caveat struct {
	Code     string
	Mailbox  activity.Symbol // 0: the whole case
	Text     string
	Evidence []uint32 // indexes into Case.Activities
	More     int      // rows beyond those, as far as they were counted
}
