package analyzers

import (
	"cmp"
	"fmt"
	"slices"

	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// maxFindings is how many findings of one rule in one mailbox are kept whole, the strongest: nobody reads more of the
// same, and whoever makes ten thousand inbox rules must not make the report unreadable. The others count towards scores
// and sequences, and a caveat says how many they are.
const maxFindings = 1000

// ofRule is all that one rule finds in one mailbox.
type ofRule struct {
	rule    string
	mailbox activity.Symbol
}

// weigh gives findings that one rule has just made their level, lets go of the facts of what is not kept, and marks it.
func (j *judging) weigh(found []detect.Finding) []detect.Finding {
	for i := range found {
		j.weights.Weigh(&found[i])
	}
	if len(found) <= maxFindings {
		return found
	}
	by := map[activity.Symbol][]int{}
	for i := range found {
		by[found[i].Mailbox] = append(by[found[i].Mailbox], i)
	}
	for _, list := range by {
		if len(list) <= maxFindings {
			continue
		}
		j.rank(found, list)
		for _, i := range list[maxFindings:] {
			found[i].Rest, found[i].Facts = true, needed(found[i].Facts)
		}
	}
	return found
}

// rank sorts findings of one rule in one mailbox as a report does.
func (j *judging) rank(found []detect.Finding, list []int) {
	prints := make(map[int]string, len(list))
	for _, i := range list {
		found[i].Suppressed = j.excuses.of(&found[i])
		prints[i] = fingerprint(j.tenant.Case, &found[i])
	}
	slices.SortFunc(list, func(x, y int) int {
		return cmp.Or(
			cmp.Compare(verdict.Points(&found[y]), verdict.Points(&found[x])), cmp.Compare(found[x].First, found[y].First), cmp.Compare(prints[x], prints[y]),
		)
	})
}

// needed are the facts that something else than the finding itself is told with: see searches.
func needed(facts []detect.Fact) []detect.Fact {
	if i := slices.IndexFunc(facts, func(f detect.Fact) bool { return f.Name == "terms" }); i >= 0 {
		return []detect.Fact{facts[i]}
	}
	return nil
}

// limitAll marks what is too much of findings in their final order: those of one rule may come from several sources.
func limitAll(all []verdict.Finding) {
	kept := map[ofRule]int{}
	for i := range all {
		f := &all[i]
		if f.Rest {
			continue
		}
		of := ofRule{f.Rule.ID, f.Mailbox}
		kept[of]++
		f.Rest = kept[of] > maxFindings
	}
}

// limitCaveats says how many findings are not kept.
func (w *caveats) limited() {
	all, rest := map[ofRule]int{}, map[ofRule]int{}
	for i := range w.result.Findings {
		f := &w.result.Findings[i]
		all[ofRule{f.Rule.ID, f.Mailbox}]++
		if f.Rest {
			rest[ofRule{f.Rule.ID, f.Mailbox}]++
		}
	}
	for of, n := range rest {
		w.add("findings-cut", of.mailbox, fmt.Sprintf("%s: %d findings, of which the strongest %d are listed, and %d more are not; scores and counts rest on all",
			of.rule, all[of], all[of]-n, n))
	}
}
