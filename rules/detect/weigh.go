package detect

import (
	"fmt"
	"slices"
)

// Weights are the grounds of rules to raise or lower the level of what they found, made ready once for any number of cases.
type Weights struct {
	plan *Plan // of the grounds that are conditions; nil: there are none
	of   map[*Rule]grounds
}

// grounds are the numbers that a rule's grounds have in the plan, by their place in the rule; -1: it is a fact.
type grounds struct{ escalate, soften []int }

// NewWeights makes the grounds of rules ready.
func NewWeights(rules []*Rule) *Weights {
	w := &Weights{of: map[*Rule]grounds{}}
	var asked []*Rule
	number := func(g *Ground) int {
		if g.Where == nil {
			return -1
		}
		asked = append(asked, &Rule{Where: g.Where})
		return len(asked) - 1
	}
	for _, r := range rules {
		var mine grounds
		for i := range r.Escalate {
			mine.escalate = append(mine.escalate, number(&r.Escalate[i].Ground))
		}
		for i := range r.Soften {
			mine.soften = append(mine.soften, number(&r.Soften[i].Ground))
		}
		if len(mine.escalate)+len(mine.soften) > 0 {
			w.of[r] = mine
		}
	}
	if len(asked) > 0 {
		w.plan = NewPlan(asked)
	}
	return w
}

// Of weighs the findings of one case. What [Plan.Matcher] asks of the tenant holds here, too.
func (w *Weights) Of(p *Tenant) *Weigher {
	x := &Weigher{of: w.of}
	if w.plan != nil {
		x.matcher = w.plan.Matcher(p)
	}
	return x
}

// Weigher gives findings their last level but for decisions. It is safe for concurrent use.
type Weigher struct {
	matcher *Matcher
	of      map[*Rule]grounds
}

// Weigh raises and then lowers the level that the detector gave, as the rule's escalations and softenings say, and states
// which did it. A finding whose evidence has grown may be weighed again.
func (w *Weigher) Weigh(f *Finding) {
	mine, weighs := w.of[f.Rule]
	if !weighs || f.Rest {
		return
	}
	if f.weighed {
		f.Level = f.found
		f.Facts = slices.DeleteFunc(slices.Clone(f.Facts), func(fact Fact) bool { return fact.Name == "escalated" || fact.Name == "softened" })
	}
	f.weighed, f.found = true, f.Level
	rows := w.rows(f, mine)
	f.escalate(mine, rows)
	f.soften(mine, rows)
}

// escalate raises. What a stated fact raises, it raised when the finding was made, and the detector may have thought
// otherwise since: of that no more is to do than to say so.
func (f *Finding) escalate(mine grounds, rows rowsHold) {
	from, why := f.Level, (*Escalation)(nil)
	for i := range f.Rule.Escalate {
		e := &f.Rule.Escalate[i]
		switch {
		case e.Where != nil && e.Level > f.Level && slices.Contains(rows.some, mine.escalate[i]):
			f.Level, why = e.Level, e
		case e.Where == nil && why == nil && e.Level == f.Level && f.Level > f.Rule.Level && f.states(&e.Ground):
			from, why = f.Rule.Level, e
		}
	}
	if why != nil {
		f.Set("escalated", fmt.Sprintf("from %s: %s", from, &why.Ground))
	}
}

// soften lowers, once: to the lowest level that one of the softenings gives.
func (f *Finding) soften(mine grounds, rows rowsHold) {
	from, why := f.Level, (*Softening)(nil)
	for i := range f.Rule.Soften {
		s := &f.Rule.Soften[i]
		holds := s.Where != nil && slices.Contains(rows.all, mine.soften[i]) || s.Where == nil && f.states(&s.Ground)
		if to := s.lowered(from); holds && to < f.Level {
			f.Level, why = to, s
		}
	}
	if why != nil {
		f.Set("softened", fmt.Sprintf("from %s: %s", from, &why.Ground))
	}
}

// lowered is what a softening leaves of a level.
func (s *Softening) lowered(from Level) Level {
	switch {
	case from <= Low:
		return from
	case s.ByOne:
		return from - 1
	}
	return min(from, max(s.To, Low))
}

// rowsHold are the conditions that hold for all rows of a finding, and for some, by their numbers in the plan.
type rowsHold struct{ all, some []int }

// rows asks the rows of a finding. Most have the same answer.
func (w *Weigher) rows(f *Finding, mine grounds) (r rowsHold) {
	if !slices.ContainsFunc(slices.Concat(mine.escalate, mine.soften), func(n int) bool { return n >= 0 }) {
		return r
	}
	asked := map[int]bool{}
	for i, row := range f.Evidence {
		answer := w.matcher.Match(row)
		if asked[answer.Number] {
			continue
		}
		asked[answer.Number] = true
		if i == 0 {
			r.all = slices.Clone(answer.Rules)
		}
		r.all = slices.DeleteFunc(r.all, func(n int) bool { return !slices.Contains(answer.Rules, n) })
		r.some = append(r.some, answer.Rules...)
	}
	return r
}

// raise lifts a new finding to the levels of the rule's escalations that hold for what it states.
func (f *Finding) raise() {
	for i := range f.Rule.Escalate {
		if e := &f.Rule.Escalate[i]; e.Where == nil && f.states(&e.Ground) {
			f.Level = max(f.Level, e.Level)
		}
	}
}

// states says whether the finding states the fact.
func (f *Finding) states(g *Ground) bool {
	if g.holds == nil {
		return false
	}
	switch value := f.Fact(g.If).(type) {
	case nil:
		return false
	case []string:
		return slices.ContainsFunc(value, func(s string) bool { return g.holds(&text{raw: s}) })
	default:
		return g.holds(&text{raw: fmt.Sprint(value)})
	}
}
