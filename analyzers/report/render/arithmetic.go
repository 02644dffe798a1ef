package render

import (
	"cmp"
	"math"
	"slices"

	"triage/analyzers/report"
)

// The arithmetic of a mailbox's score (package analyzers, Score), worked out again from the report alone, so that explain
// shows how the score comes about rather than repeating it.
type arithmetic struct {
	rules []ruleSum // by family, then as they count within it
	total float64   // Σ of what the rules add
}

// ruleSum is what one rule adds to a score.
type ruleSum struct {
	rule, family string
	points       []float64 // of its findings, most first
	alike        int       // findings with at least half of the strongest one's points
	repeat       float64   // min(1 + 0.25·log2 alike, 2)
	rank         int       // within its family, from 0
	adds         float64   // e(strongest) · repeat · 2^−rank
}

// impactOf is the most points that a finding of a level can have (package analyzers, Score); 0 for a word that is none.
func impactOf(level string) float64 {
	return map[string]float64{"low": 20, "medium": 45, "high": 70, "critical": 90}[level]
}

// evidenceOf turns points into a quantity that adds up: −ln(1 − p/100).
func evidenceOf(points float64) float64 { return -math.Log(1 - points/100) }

// countsTowards says whether a finding is part of its mailbox's score.
func countsTowards(f *report.Finding, entity string) bool {
	return f.Suppressed == nil && f.Points > 0 && slices.Contains(f.Entities, entity)
}

// arithmeticOf works out a mailbox's score from the findings of the report.
func arithmeticOf(r *report.Report, mailbox string) arithmetic {
	by := map[string]*ruleSum{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Mailbox != mailbox || !countsTowards(f, "mailbox") {
			continue
		}
		if by[f.Rule] == nil {
			by[f.Rule] = &ruleSum{rule: f.Rule, family: f.Family}
		}
		by[f.Rule].points = append(by[f.Rule].points, f.Points)
	}
	var out arithmetic
	for _, s := range by {
		s.count()
		out.rules = append(out.rules, *s)
	}
	slices.SortFunc(out.rules, func(a, b ruleSum) int {
		return cmp.Or(cmp.Compare(a.family, b.family), cmp.Compare(b.adds, a.adds), cmp.Compare(a.rule, b.rule))
	})
	for i := range out.rules {
		s := &out.rules[i]
		if i > 0 && out.rules[i-1].family == s.family {
			s.rank = out.rules[i-1].rank + 1
		}
		s.adds *= math.Pow(2, -float64(s.rank))
		out.total += s.adds
	}
	return out
}

// count works out what the rule adds as the first of its family.
func (s *ruleSum) count() {
	slices.SortFunc(s.points, func(a, b float64) int { return cmp.Compare(b, a) })
	for _, p := range s.points {
		if p >= s.points[0]/2 {
			s.alike++
		}
	}
	s.repeat = min(1+0.25*math.Log2(float64(s.alike)), 2)
	s.adds = evidenceOf(s.points[0]) * s.repeat
}

// share is a finding's part of the score: its part of its rule's, in proportion to evidence.
func (a arithmetic) share(f *report.Finding) float64 {
	for _, s := range a.rules {
		if s.rule != f.Rule || a.total == 0 || !countsTowards(f, "mailbox") {
			continue
		}
		all := 0.0
		for _, p := range s.points {
			all += evidenceOf(p)
		}
		return s.adds / a.total * evidenceOf(f.Points) / all
	}
	return 0
}

// score is the sum as a score, before any ceiling.
func (a arithmetic) score() float64 { return math.Round(1000*(1-math.Exp(-a.total))) / 10 }
