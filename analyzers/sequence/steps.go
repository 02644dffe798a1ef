package sequence

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// locate finds the activities of all steps that are conditions, each where all steps found so far are: last step first,
// for what ends a chain is mostly rarer than what begins it. It says whether every step has some.
func (d *detector) locate(steps []map[chainPlace][]act, by shared, p *detect.Tenant) bool {
	var places map[chainPlace][]act
	for _, found := range steps {
		places = fewer(places, found)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if d.steps[i].where == nil {
			continue
		}
		if steps[i] = d.matches(d.steps[i], places, by, p); len(steps[i]) == 0 {
			return false
		}
		places = fewer(places, steps[i])
	}
	return true
}

// fewer is the one of fewer places; nil is all places.
func fewer(a, b map[chainPlace][]act) map[chainPlace][]act {
	if a == nil || b != nil && len(b) < len(a) {
		return b
	}
	return a
}

// evidence lists the activities on which a rule's findings rest, by place, oldest first.
func (d *detector) evidence(step settled, findings []detect.Finding, by shared, p *detect.Tenant) map[chainPlace][]act {
	out := map[chainPlace][]act{}
	for i := range findings {
		f := &findings[i]
		if f.Rule.ID != step.rule || f.Suppressed != nil || f.Level < step.least {
			continue
		}
		for _, index := range f.Evidence {
			if step.owners(index, p) {
				continue
			}
			for _, key := range by.keys(&p.Case.Activities[index]) {
				at := chainPlace{d.mailbox(f.Mailbox), key}
				out[at] = append(out[at], act{index, i})
			}
		}
	}
	for _, acts := range out {
		slices.SortFunc(acts, func(a, b act) int { return cmp.Compare(a.index, b.index) })
	}
	return out
}

// matches lists the activities of a step by where, unless places is nil in one of the places, and near enough to one of
// the acts there: whatever step these are, no chain is longer than that.
func (d *detector) matches(step settled, places map[chainPlace][]act, by shared, p *detect.Tenant) map[chainPlace][]act {
	out := map[chainPlace][]act{}
	matcher := step.plan.Matcher(p) // answers each distinct value once
	near := d.near(places, p.Case)
	nowhere := chainPlace{key: "-"} // keys are of four bytes a field
	last, run := nowhere, []act(nil)
	for _, index := range candidates(step.where, near.all, p.Case) {
		a := &p.Case.Activities[index]
		if a.Flags&activity.Undated != 0 || !near.has(d.mailbox(a.Mailbox), a.Time) || len(matcher.Match(index).Rules) == 0 || step.owners(index, p) {
			continue
		}
		for _, key := range by.keys(a) {
			if at := (chainPlace{d.mailbox(a.Mailbox), key}); at == last {
				run = append(run, act{index, -1})
			} else if places == nil || places[at] != nil {
				out[last] = run
				last, run = at, append(out[at], act{index, -1})
			}
		}
	}
	out[last] = run
	delete(out, nowhere)
	return out
}

// mailbox is the one that all steps must share; 0 if they need not.
func (d *detector) mailbox(m activity.Symbol) activity.Symbol {
	if !d.perMailbox {
		return 0
	}
	return m
}
