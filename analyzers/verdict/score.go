package verdict

import (
	"cmp"
	"math"
	"slices"

	"triage/rules/detect"
)

// SureEnough is the confidence from which a finding's level lifts the ceiling of a score (the package's comment).
const SureEnough = 50

// Ceilings of a score by the highest level among sure findings (the package's comment).
const (
	ceilingLow    = 39.9
	ceilingMedium = 64.9
)

// Points is what a finding is worth on its own: impact × confidence, 0 if it is suppressed.
func Points(f *detect.Finding) float64 {
	if f.Suppressed != nil {
		return 0
	}
	return f.Level.Impact() * float64(min(max(f.Confidence, 0), 100)) / 100
}

// evidence turns points into a quantity that adds up: −ln(1 − p/100).
func evidence(points float64) float64 { return -math.Log(1 - points/100) }

// ruleSum is one rule's evidence within one entity.
type ruleSum struct {
	rule     *detect.Rule
	findings []int   // indexes into the scored list
	total    float64 // E_rule, after the family's discount once discounted
	each     float64 // Σ e of the findings
}

// score combines findings into a score and says what share of it each one has. list indexes all; the result does not
// depend on the order of list.
func score(all []Finding, list []int) (total float64, shares []Share) {
	families := map[string][]*ruleSum{}
	for _, sum := range byRule(all, list) {
		families[sum.rule.Family] = append(families[sum.rule.Family], sum)
	}
	sumE := 0.0
	names := make([]string, 0, len(families))
	for name := range families {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		sumE += discount(families[name])
	}
	for _, name := range names {
		for _, sum := range families[name] {
			shares = append(shares, sum.shares(all, sumE)...)
		}
	}
	slices.SortFunc(shares, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.Points, a.Points), cmp.Compare(a.Finding, b.Finding))
	})
	return ceiling(all, list, math.Round(1000*(1-math.Exp(-sumE)))/10), shares
}

// byRule sums the findings of each rule: the strongest counts whole, others of at least half its points add a quarter
// per doubling, up to twice. Rules come in order of id, so that floating-point sums do not depend on the input's order.
func byRule(all []Finding, list []int) []*ruleSum {
	sums := map[string]*ruleSum{}
	var order []*ruleSum
	for _, i := range list {
		r := all[i].Rule
		if sums[r.ID] == nil {
			sums[r.ID] = &ruleSum{rule: r}
			order = append(order, sums[r.ID])
		}
		sums[r.ID].findings = append(sums[r.ID].findings, i)
	}
	slices.SortFunc(order, func(a, b *ruleSum) int { return cmp.Compare(a.rule.ID, b.rule.ID) })
	for _, sum := range order {
		slices.SortFunc(sum.findings, func(a, b int) int {
			return cmp.Or(cmp.Compare(all[b].Points, all[a].Points), cmp.Compare(all[a].Fingerprint, all[b].Fingerprint))
		})
		most, n := all[sum.findings[0]].Points, 0
		for _, i := range sum.findings {
			sum.each += evidence(all[i].Points)
			if all[i].Points >= most/2 {
				n++
			}
		}
		sum.total = evidence(most) * min(1+0.25*math.Log2(float64(n)), 2)
	}
	return order
}

// discount halves the evidence of each further rule of one family, strongest first, and sums up.
func discount(family []*ruleSum) float64 {
	slices.SortFunc(family, func(a, b *ruleSum) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.rule.ID, b.rule.ID))
	})
	sum, weight := 0.0, 1.0
	for _, r := range family {
		r.total *= weight
		sum += r.total
		weight /= 2
	}
	return sum
}

// shares splits a rule's part of the whole over its findings, in proportion to their evidence.
func (s *ruleSum) shares(all []Finding, sumE float64) []Share {
	list := make([]Share, 0, len(s.findings))
	for _, i := range s.findings {
		share := 0.0
		if s.each > 0 && sumE > 0 {
			share = s.total / sumE * evidence(all[i].Points) / s.each
		}
		list = append(list, Share{Finding: i, Points: all[i].Points, Share: share})
	}
	return list
}

// ceiling keeps weak findings, however many, out of the higher bands.
func ceiling(all []Finding, list []int, total float64) float64 {
	highest := detect.Informational
	for _, i := range list {
		if f := &all[i]; f.Suppressed == nil && f.Confidence >= SureEnough {
			highest = max(highest, f.Level)
		}
	}
	switch {
	case highest <= detect.Low:
		return min(total, ceilingLow)
	case highest == detect.Medium:
		return min(total, ceilingMedium)
	default:
		return total
	}
}

// Band is the word for a score: critical ≥ 85, high ≥ 65, medium ≥ 40, low ≥ 15, else none.
func Band(score float64) string {
	switch {
	case score >= 85:
		return "critical"
	case score >= 65:
		return "high"
	case score >= 40:
		return "medium"
	case score >= 15:
		return "low"
	default:
		return "none"
	}
}

// Bands lists the bands, lowest first.
func Bands() []string { return []string{"none", "low", "medium", "high", "critical"} }
