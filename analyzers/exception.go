package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/decision"
	"triage/rules/detect"
)

// exception is what excuses a finding: a decision about it, else the first exception of the pack for its rule whose
// conditions hold for every activity that the finding rests on. A finding of which a part remains unexplained stays, and
// so does one decided malicious: a word on one finding is worth more than a rule for many.
func (r *run) exception(f *detect.Finding) *detect.Suppression {
	if d := r.decision(f); d != nil && d.Verdict == decision.Benign {
		return &detect.Suppression{Exception: fmt.Sprintf("decision:%.12s", d.Fingerprint), Reason: d.Reason, By: d.By}
	} else if d != nil && d.Verdict == decision.Malicious {
		return nil
	}
	for _, i := range r.excuses.holding(f, r.result.Case) {
		if e := &r.set.Exceptions[i]; e.Covers(f.Rule.ID) {
			return &detect.Suppression{Exception: e.ID, Reason: e.Reason, By: e.By}
		}
	}
	return nil
}

// excuses matches the conditions of all exceptions at once: an engagement may have thousands, and findings, too.
type excuses struct {
	matcher *detect.Matcher // nil: there are none
}

// planExcuses makes the conditions of all exceptions ready; nil: there are none.
func planExcuses(exceptions []rules.Exception) *detect.Plan {
	if len(exceptions) == 0 {
		return nil
	}
	asked := make([]*detect.Rule, len(exceptions))
	for i := range exceptions {
		asked[i] = &detect.Rule{Where: exceptions[i].Where}
	}
	return detect.NewPlan(asked)
}

// holding are the exceptions whose conditions hold for every activity that a finding rests on, in their order.
func (x excuses) holding(f *detect.Finding, c *activity.Case) []int {
	if x.matcher == nil || len(f.Evidence) == 0 {
		return nil
	}
	all := x.matcher.Match(&c.Activities[f.Evidence[0]]).Rules
	last := -1 // number of the answer before: most rows have the same
	for _, at := range f.Evidence[1:] {
		answer := x.matcher.Match(&c.Activities[at])
		if answer.Number == last {
			continue
		}
		if last = answer.Number; len(all) == 0 {
			return nil
		}
		var both []int
		for _, i := range all {
			if _, holds := slices.BinarySearch(answer.Rules, i); holds {
				both = append(both, i)
			}
		}
		all = both
	}
	return all
}

// decision is the one in force about a finding; nil if there is none.
func (r *run) decision(f *detect.Finding) *decision.Decision {
	if len(r.decided) == 0 {
		return nil
	}
	c := r.result.Case
	d, ok := r.decided[fingerprint(c, f)]
	for _, print := range formerly(c, f) {
		if !ok {
			d, ok = r.decided[print]
		}
	}
	if !ok || d.Expired {
		return nil
	}
	return &d
}

// mostNamed is how many decisions one caveat names.
const mostNamed = 5

// decisions are those that count, by fingerprint and tenant.
func (r *run) decisions() []decision.Decision {
	var all []decision.Decision
	if len(r.result.Tenants) == 0 {
		for _, d := range r.decided {
			all = append(all, d)
		}
	} else {
		all = decision.Last(r.set.Decisions)
	}
	slices.SortFunc(all, func(a, b decision.Decision) int {
		return cmp.Or(cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Tenant, b.Tenant))
	})
	return all
}

// decided is what a decision is about.
type decided struct{ fingerprint, tenant string }

// decidable are the findings of all tenants as decisions name them, with their tenant and without.
func (r *run) decidable() map[decided]bool {
	found := map[decided]bool{}
	for _, one := range r.result.Each() {
		for i := range one.Findings {
			f := &one.Findings[i]
			for _, print := range append(formerly(one.Case, &f.Finding), f.Fingerprint) {
				found[decided{print, ""}], found[decided{print, decisionTenant(one.Case, true)}] = true, true
			}
		}
	}
	return found
}

// decisionCaveats names decisions that are over, and those about findings that are not there: evidence may be missing
// that was there when they were made.
func (r *run) decisionCaveats() {
	var lost []string
	all := r.decisions()
	if len(all) == 0 {
		return
	}
	found := r.decidable()
	for _, d := range all {
		about := fmt.Sprintf("%s on %.12s", d.Verdict, d.Fingerprint)
		if d.Rule != "" || d.Mailbox != "" {
			about += " (" + strings.TrimSpace(d.Rule+" "+d.Mailbox) + ")"
		}
		if d.Expired {
			r.caveat("expired-decision", 0, fmt.Sprintf("the decision %s expired on %s and no longer applies", about, d.Expires.Format(time.DateOnly)))
		}
		key := decided{d.Fingerprint, d.Tenant}
		if len(r.result.Tenants) == 0 { // no other tenant's decision is among them
			key.tenant = ""
		}
		if !found[key] {
			lost = append(lost, about)
		}
	}
	if len(lost) == 0 {
		return
	}
	text := fmt.Sprintf("decisions about findings that this analysis does not have: %d: %s", len(lost),
		strings.Join(lost[:min(len(lost), mostNamed)], ", "))
	if len(lost) > mostNamed {
		text += ", …"
	}
	r.caveat("decision-without-finding", 0, text)
}
