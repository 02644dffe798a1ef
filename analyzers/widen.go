package analyzers

import (
	"cmp"
	"slices"

	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// widen lets the strongest finding about an intruder's place in a mailbox cite all that attribution calls his there and no
// grave finding cites: what he did from a line that is the owner's, too, or from another of many. These rows are context.
// What the finding proves and whom it speaks against stays, and so does what it weighs.
func widen(c *activity.Case, findings []verdict.Finding, who *attribution.Attribution) {
	if len(who.Intruders) == 0 {
		return
	}
	cited := map[seat]bool{}
	by := map[activity.Symbol][]int{}
	for i := range findings {
		f := &findings[i]
		if f.Suppressed != nil || f.Rest || f.Level < detect.Medium {
			continue
		}
		by[f.Mailbox] = append(by[f.Mailbox], i)
		for _, row := range f.Evidence {
			cited[seat{f.Mailbox, row}] = true
		}
	}
	for n := range who.Intruders {
		his := map[activity.Symbol][]uint32{}
		for _, row := range who.Intruders[n].Rows {
			if mailbox := c.Activities[row].Mailbox; len(by[mailbox]) > 0 && !cited[seat{mailbox, row}] {
				his[mailbox] = append(his[mailbox], row)
			}
		}
		for mailbox, rows := range his { // each changes a finding of its own
			if f := placed(findings, by[mailbox], who, n); f != nil {
				cite(c, f, rows)
			}
		}
	}
}

// seat is a row in the finding of a mailbox.
type seat struct {
	mailbox activity.Symbol
	row     uint32
}

// placed is the finding that tells best where the nth intruder was: the gravest about a place or a chain that cites an act
// of his; nil if there is none.
func placed(findings []verdict.Finding, list []int, who *attribution.Attribution, n int) *verdict.Finding {
	var best *verdict.Finding
	rank := func(f *verdict.Finding) int {
		visits := 0
		if f.Rule.ID == "stranger.visit" {
			visits = 1
		}
		return 2*int(f.Level) + visits
	}
	for _, i := range list {
		f := &findings[i]
		if f.Rule.Family != "location" && f.Rule.Family != "chain" {
			continue
		}
		if best != nil && cmp.Or(cmp.Compare(rank(f), rank(best)), cmp.Compare(best.Fingerprint, f.Fingerprint)) <= 0 {
			continue
		}
		if slices.ContainsFunc(f.Evidence, func(row uint32) bool { w, m := who.Who(row); return w == attribution.Attacker && m == n }) {
			best = f
		}
	}
	return best
}

// cite adds rows to what a finding cites, as context, and says how many.
func cite(c *activity.Case, f *verdict.Finding, rows []uint32) {
	if f.Against == nil {
		f.Against = f.Evidence
	}
	if f.Proof == nil {
		f.Proof = f.Evidence
	}
	all := slices.Concat(f.Evidence, rows)
	slices.Sort(all)
	f.Evidence = slices.Compact(all)
	f.Count = len(f.Evidence)
	for _, row := range rows {
		if a := &c.Activities[row]; a.Flags&activity.Undated == 0 {
			f.First, f.Last = min(f.First, a.Time), max(f.Last, a.Time)
		}
	}
	f.Set("by_attribution", len(rows))
}
