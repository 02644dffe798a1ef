package analyzers

import (
	"cmp"
	"fmt"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// state judges what has no time: what stands in listings, by the rules that are about such; and what a log recorded at a
// time that cannot be true, by the rules that judge an act by what its record says alone. It is in no timeline: no
// baseline rests on it, and no sequence. A mailbox that nothing else names gets a timeline of its own, an empty one, if
// something was found about it.
func (r *run) state() {
	lines := r.tenant.Case.States()
	if len(lines) == 0 {
		return
	}
	var named []activity.Symbol
	listed, acts := r.plans.listed().of(&r.tenant), r.plans.acts().of(&r.tenant)
	for _, line := range lines {
		before := len(r.stands)
		stands, done := line, line
		stands.Rows, done.Rows = nil, nil
		for _, row := range line.Rows {
			if r.logged(row) {
				done.Rows = append(done.Rows, row)
			} else {
				stands.Rows = append(stands.Rows, row)
			}
		}
		r.stands = append(r.stands, r.judgeState(listed, stands)...)
		r.stands = append(r.stands, r.judgeState(acts, done)...)
		if len(r.stands) > before {
			named = append(named, line.Mailbox)
		}
	}
	r.know(named)
}

// logged says whether a row is what a log recorded, which has a time unless something went wrong.
func (r *run) logged(row activity.Row) bool {
	c := r.tenant.Case
	return c.Inputs[c.Activities[row.Index()].File].Source != activity.SourceRules
}

func (r *run) judgeState(s *sieve, line activity.Timeline) []detect.Finding {
	if len(line.Rows) == 0 {
		return nil
	}
	var found []detect.Finding
	matched := s.match(line)
	for i, rule := range r.set.Rules {
		if len(matched[i]) > 0 {
			t := detect.Timeline{Timeline: line, Matched: matched[i]}
			found = append(found, r.limit(rule.Detector.Mailbox(t, &r.tenant))...)
		}
	}
	return found
}

// joinState adds what has no time to the findings. Where a finding is about the same as one that has a time, it is that
// one, with more to show.
func (r *run) joinState() {
	type key struct {
		rule    *detect.Rule
		mailbox activity.Symbol
		group   string
	}
	keyOf := func(f *detect.Finding) key { return key{f.Rule, f.Mailbox, fmt.Sprintf("%q", f.Group)} }
	dated := map[key]int{}
	if len(r.stands) > 0 {
		for i := range r.found {
			dated[keyOf(&r.found[i])] = i
		}
	}
	for _, f := range r.stands {
		at, known := dated[keyOf(&f)]
		if !known {
			r.found = append(r.found, f)
			continue
		}
		same := &r.found[at]
		same.Evidence, same.Count = append(same.Evidence, f.Evidence...), same.Count+f.Count
		if same.Against != nil {
			same.Against = append(same.Against, f.Evidence...)
		}
	}
}

// know makes sure that mailboxes have a timeline.
func (r *run) know(mailboxes []activity.Symbol) {
	c, lines := r.tenant.Case, r.lines
	byName := func(x activity.Timeline, m activity.Symbol) int { return cmp.Compare(c.Text(x.Mailbox), c.Text(m)) }
	for _, m := range mailboxes {
		if _, found := slices.BinarySearchFunc(lines, m, byName); !found {
			r.lines = append(r.lines, activity.Timeline{Case: c, Mailbox: m})
		}
	}
	slices.SortFunc(r.lines, func(x, y activity.Timeline) int { return byName(x, y.Mailbox) })
}
