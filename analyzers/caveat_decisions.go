package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/rules/decision"
)

// mostNamed is how many decisions one caveat names.
const mostNamed = 5

// decisions are those that count, by fingerprint and tenant.
func (w *caveats) decisions() []decision.Decision {
	var all []decision.Decision
	if len(w.result.Tenants) == 0 {
		for _, d := range w.decided {
			all = append(all, d)
		}
	} else {
		all = decision.Last(w.set.Decisions)
	}
	slices.SortFunc(all, func(a, b decision.Decision) int {
		return cmp.Or(cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Tenant, b.Tenant))
	})
	return all
}

// decided is what a decision is about.
type decided struct{ fingerprint, tenant string }

// decidable are the findings of all tenants as decisions name them, with their tenant and without.
func (w *caveats) decidable() map[decided]bool {
	found := map[decided]bool{}
	for _, one := range w.result.Each() {
		for i := range one.Findings {
			f := &one.Findings[i]
			for _, print := range append(formerly(one.Case, &f.Finding), f.Fingerprint) {
				found[decided{print, ""}], found[decided{print, decisionTenant(one.Case, true)}] = true, true
			}
		}
	}
	return found
}

// decidedBefore names decisions that are over, and those about findings that are not there: evidence may be missing
// that was there when they were made.
func (w *caveats) decidedBefore() {
	var lost []string
	all := w.decisions()
	if len(all) == 0 {
		return
	}
	found := w.decidable()
	for _, d := range all {
		about := fmt.Sprintf("%s on %.12s", d.Verdict, d.Fingerprint)
		if d.Rule != "" || d.Mailbox != "" {
			about += " (" + strings.TrimSpace(d.Rule+" "+d.Mailbox) + ")"
		}
		if d.Expired {
			w.add("expired-decision", 0, fmt.Sprintf("the decision %s expired on %s and no longer applies", about, d.Expires.Format(time.DateOnly)))
		}
		key := decided{d.Fingerprint, d.Tenant}
		if len(w.result.Tenants) == 0 { // no other tenant's decision is among them
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
	w.add("decision-without-finding", 0, text)
}
