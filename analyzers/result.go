package analyzers

import (
	"iter"

	"triage/analyzers/answers"
	"triage/analyzers/attribution"
	"triage/analyzers/campaign"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/analyzers/register"
	"triage/analyzers/thread"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Result is what an analysis found, before it is drawn up as a report. Everything in it is in the order in which a
// report lists it.
type Result struct {
	Case     *activity.Case
	Domains  []string // the tenant's own, sorted
	Places   detect.Places
	Context  detect.Context // nil: nobody knows how strange an act is
	Findings []verdict.Finding
	verdict.Verdicts
	campaign.Campaign
	answers.Told
	Missing      []ledger.Item            // what the case lacks; nil of a case of several tenants
	Attribution  *attribution.Attribution // whose act each activity was, and who the intruders are
	Exposure     *exposure.Exposure       // what they reached
	Threads      *thread.Threads          // the payment threads that they touched
	Accounts     []register.Account       // that were changed, by name
	MoreAccounts int                      // beyond those
	Searches     []Search
	NotEvaluated []detect.NotEvaluated
	Caveats      []verdict.Caveat

	// Tenants are the results of a case's tenants, in the order of Case.Parts, where there are several: the whole then
	// has nothing but its case and the caveats that are about no tenant.
	Tenants []*Result

	idle map[int]bool // exceptions of the set that no finding fits
}

// Each is the result of each tenant: of a case with one, the result itself.
func (r *Result) Each() []*Result {
	if len(r.Tenants) > 0 {
		return r.Tenants
	}
	return []*Result{r}
}

// All yields the findings of every tenant, each with the case that it is about.
func (r *Result) All() iter.Seq2[*verdict.Finding, *activity.Case] {
	return func(yield func(*verdict.Finding, *activity.Case) bool) {
		for _, one := range r.Each() {
			for i := range one.Findings {
				if !yield(&one.Findings[i], one.Case) {
					return
				}
			}
		}
	}
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
