package analyzers

import (
	"fmt"
	"slices"
	"sync/atomic"

	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/decision"
	"triage/rules/detect"
)

// of is what excuses a finding: a decision about it, else the first exception of the pack for its rule whose
// conditions hold for every activity that the finding rests on. A finding of which a part remains unexplained stays, and
// so does one decided malicious: a word on one finding is worth more than a rule for many.
func (x *excuses) of(f *detect.Finding) *detect.Suppression {
	excused := x.excepted(f)
	if d := x.decision(f); d != nil && d.Verdict == decision.Benign {
		return &detect.Suppression{Exception: fmt.Sprintf("decision:%.12s", d.Fingerprint), Reason: d.Reason, By: d.By}
	} else if d != nil && d.Verdict == decision.Malicious {
		return nil
	}
	return excused
}

// excepted is what the first exception says that a finding fits, and takes down all those that it fits: what is decided
// about it makes none of them idle.
func (x *excuses) excepted(f *detect.Finding) (first *detect.Suppression) {
	for _, i := range x.holding(f) {
		if first != nil && x.used[i].Load() {
			continue
		}
		if e := &x.exceptions[i]; e.Covers(f.Rule.ID) {
			x.used[i].Store(true)
			if first == nil {
				first = &detect.Suppression{Exception: e.ID, Reason: e.Reason, By: e.By}
			}
		}
	}
	return first
}

// idle are the exceptions, by their place in the set, that no finding fits.
func (x *excuses) idle() map[int]bool {
	idle := map[int]bool{}
	for i := range x.exceptions {
		if !x.used[i].Load() {
			idle[i] = true
		}
	}
	return idle
}

// excuses are the decisions and exceptions of a pack, for one tenant. The conditions of all exceptions are matched at once:
// an engagement may have thousands, and findings, too.
type excuses struct {
	c          *activity.Case
	exceptions []rules.Exception
	decided    map[string]decision.Decision // by fingerprint
	matcher    *detect.Matcher              // of the exceptions; nil: there are none
	used       []atomic.Bool                // exceptions that a finding fits
}

func newExcuses(set *rules.Set, ready *plans, tenant string, p *detect.Tenant) *excuses {
	x := &excuses{c: p.Case, exceptions: set.Exceptions, decided: set.DecidedFor(tenant), used: make([]atomic.Bool, len(set.Exceptions))}
	if ready.excuses != nil {
		x.matcher = ready.excuses.Matcher(p)
	}
	return x
}

// holding are the exceptions whose conditions hold for every activity that a finding rests on, in their order.
func (x *excuses) holding(f *detect.Finding) []int {
	if x.matcher == nil || len(f.Evidence) == 0 {
		return nil
	}
	all := x.matcher.Match(f.Evidence[0]).Rules
	last := -1 // number of the answer before: most rows have the same
	for _, at := range f.Evidence[1:] {
		answer := x.matcher.Match(at)
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
func (x *excuses) decision(f *detect.Finding) *decision.Decision {
	if len(x.decided) == 0 {
		return nil
	}
	d, ok := x.decided[fingerprint(x.c, f)]
	for _, print := range formerly(x.c, f) {
		if !ok {
			d, ok = x.decided[print]
		}
	}
	if !ok || d.Expired {
		return nil
	}
	return &d
}
