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
func (j *judging) state() (found []detect.Finding, named []activity.Symbol) {
	lines := j.tenant.Case.States()
	if len(lines) == 0 {
		return nil, nil
	}
	listed, acts := j.ready.listed().of(j.tenant), j.ready.acts().of(j.tenant)
	for _, line := range lines {
		before := len(found)
		stands, done := line, line
		stands.Rows, done.Rows = nil, nil
		for _, row := range line.Rows {
			if logged(j.tenant.Case, row) {
				done.Rows = append(done.Rows, row)
			} else {
				stands.Rows = append(stands.Rows, row)
			}
		}
		found = append(found, j.judgeState(listed, stands)...)
		found = append(found, j.judgeState(acts, done)...)
		if len(found) > before {
			named = append(named, line.Mailbox)
		}
	}
	return found, named
}

// logged says whether a row is what a log recorded, which has a time unless something went wrong.
func logged(c *activity.Case, row activity.Row) bool {
	return !c.Inputs[c.Activities[row.Index()].File].Source.Stands()
}

func (j *judging) judgeState(s *rowMatcher, line activity.Timeline) []detect.Finding {
	if len(line.Rows) == 0 {
		return nil
	}
	var found []detect.Finding
	matched := s.match(line, &scratch{})
	for i, rule := range j.rules {
		if len(matched[i]) > 0 {
			t := detect.Timeline{Timeline: line, Matched: matched[i]}
			found = append(found, j.weigh(rule.Detector.Mailbox(t, j.tenant))...)
		}
	}
	return found
}

// withState adds what has no time to the findings. Where a finding is about the same as one that has a time, it is that
// one, with more to show.
func (j *judging) withState(found, stands []detect.Finding) []detect.Finding {
	type key struct {
		rule    *detect.Rule
		mailbox activity.Symbol
		group   string
	}
	keyOf := func(f *detect.Finding) key { return key{f.Rule, f.Mailbox, fmt.Sprintf("%q", f.Group)} }
	dated := map[key]int{}
	if len(stands) > 0 {
		for i := range found {
			dated[keyOf(&found[i])] = i
		}
	}
	for _, f := range stands {
		at, known := dated[keyOf(&f)]
		if !known {
			found = append(found, f)
			continue
		}
		same := &found[at]
		same.Evidence, same.Count = append(same.Evidence, f.Evidence...), same.Count+f.Count
		if same.Against != nil {
			same.Against = append(same.Against, f.Evidence...)
		}
		j.weights.Weigh(same)
	}
	return found
}

// knownTimelines are the case's timelines, and an empty one for each named mailbox that has none.
func knownTimelines(c *activity.Case, lines []activity.Timeline, named []activity.Symbol) []activity.Timeline {
	if len(named) == 0 {
		return lines
	}
	lanes := map[activity.Symbol]activity.Lane{}
	for _, one := range c.States() {
		lanes[one.Mailbox] = one.Lane
	}
	byName := func(x activity.Timeline, m activity.Symbol) int { return cmp.Compare(c.Text(x.Mailbox), c.Text(m)) }
	for _, m := range named {
		if _, found := slices.BinarySearchFunc(lines, m, byName); !found {
			lines = append(lines, activity.Timeline{Case: c, Mailbox: m, Lane: lanes[m]})
		}
	}
	slices.SortFunc(lines, func(x, y activity.Timeline) int { return byName(x, y.Mailbox) })
	return lines
}
