package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/rules/decision"
	"triage/rules/yamltext"
)

// mostNamed is how many decisions or exceptions one caveat names.
const mostNamed = 20

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
	w.add("decision-without-finding", 0, "decisions about findings that this analysis does not have: "+someOf(lost))
}

// idleExceptions names the exceptions of engagements that no finding of any tenant fits: what they say may be misspelt, or
// about evidence that is not there. Those that stand in rules, or in the core pack, are there for whoever needs them.
func (w *caveats) idleExceptions() {
	var idle []string
	for i := range w.set.Exceptions {
		e := &w.set.Exceptions[i]
		pack := w.set.Merged.PackOf(e.Node)
		if e.InRule || strings.HasPrefix(pack.Path, yamltext.Builtin) {
			continue
		}
		if !slices.ContainsFunc(w.result.Each(), func(one *Result) bool { return !one.idle[i] }) {
			idle = append(idle, fmt.Sprintf("%s (%s)", e.ID, pack.ID))
		}
	}
	if len(idle) > 0 {
		w.add("exception-without-finding", 0, "exceptions that no finding of this analysis fits: "+someOf(idle))
	}
}

// someOf says how many there are, and names the first of them.
func someOf(names []string) string {
	text := fmt.Sprintf("%d: %s", len(names), strings.Join(names[:min(len(names), mostNamed)], ", "))
	if len(names) > mostNamed {
		text += ", …"
	}
	return text
}
