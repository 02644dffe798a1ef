package verdict

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
)

func finding(rule, family string, level detect.Level, confidence int, n int) Finding {
	f := Finding{
		Finding:     detect.Finding{Rule: &detect.Rule{ID: rule, Family: family}, Level: level, Confidence: confidence},
		Fingerprint: fmt.Sprintf("%s-%d", rule, n),
	}
	f.Points = Points(&f.Finding)
	return f
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// The figures are worked out by hand from the package comment's formula.
func TestScore(t *testing.T) {
	f := func(want float64, all ...Finding) {
		t.Helper()
		if got, _ := score(all, indexes(len(all))); got != want {
			t.Errorf("score = %v, want %v", got, want)
		}
	}
	f(0)
	f(56, finding("a", "location", detect.High, 80, 0))                                                 // 70 × 0.8
	f(36, finding("a", "location", detect.Medium, 80, 0))                                               // 45 × 0.8
	f(80.6, finding("a", "location", detect.High, 80, 0), finding("b", "search", detect.High, 80, 0))   // 1 − 0.44²
	f(70.8, finding("a", "location", detect.High, 80, 0), finding("b", "location", detect.High, 80, 0)) // second at half: 1 − 0.44^1.5
	f(64.2, finding("a", "location", detect.High, 80, 0), finding("a", "location", detect.High, 80, 1)) // n = 2: 1 − 0.44^1.25
	f(56, finding("a", "location", detect.High, 80, 0), finding("a", "location", detect.Low, 80, 1))    // under half: not counted
	f(0, finding("a", "location", detect.Informational, 100, 0))                                        // no impact
	f(90, finding("a", "location", detect.Critical, 100, 0))                                            // the most one rule gives alone
	f(28, finding("a", "location", detect.High, 40, 0))                                                 // unsure high, below every ceiling
	f(39.9, finding("a", "location", detect.High, 49, 0), finding("b", "search", detect.High, 49, 0))   // unsure: ceiling of low
	f(64.9, many(10, detect.Medium)...)                                                                 // medium only: ceiling of medium
	f(39.9, many(10, detect.Low)...)                                                                    // low only: ceiling of low
}

func many(n int, level detect.Level) []Finding {
	var all []Finding
	for i := range n {
		all = append(all, finding(fmt.Sprintf("r%d", i), detect.Families()[i], level, 100, 0))
	}
	return all
}

func TestBand(t *testing.T) {
	f := func(score float64, want string) {
		t.Helper()
		if got := Band(score); got != want {
			t.Errorf("Band(%v) = %s, want %s", score, got, want)
		}
	}
	f(85, "critical")
	f(84.9, "high")
	f(65, "high")
	f(64.9, "medium")
	f(40, "medium")
	f(39.9, "low")
	f(15, "low")
	f(14.9, "none")
	f(0, "none")
}

func drawFindings(t *rapid.T) []Finding {
	n := rapid.IntRange(0, 40).Draw(t, "n")
	all := make([]Finding, n)
	for i := range all {
		rule := rapid.IntRange(0, 12).Draw(t, "rule")
		all[i] = finding(fmt.Sprintf("r%d", rule), detect.Families()[rule%4], detect.Level(rapid.IntRange(0, 4).Draw(t, "level")),
			rapid.IntRange(0, 100).Draw(t, "confidence"), i)
		if rapid.IntRange(0, 9).Draw(t, "suppressed") == 0 {
			all[i].Suppressed, all[i].Points = &detect.Suppression{}, 0
		}
	}
	return all
}

// A score is bounded, does not depend on order, and its shares add up to 1.
func TestScoreProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawFindings(t)
		list := indexes(len(all))
		total, shares := score(all, list)
		if total < 0 || total > 100 {
			t.Fatalf("score %v out of bounds", total)
		}
		sum := 0.0
		for _, s := range shares {
			sum += s.Share
		}
		if total > 0 && math.Abs(sum-1) > 1e-9 {
			t.Fatalf("shares add up to %v", sum)
		}
		rand.New(rand.NewPCG(1, uint64(len(all)))).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		again, _ := score(all, list)
		if again != total {
			t.Fatalf("shuffled: %v, before %v", again, total)
		}
	})
}

// One more finding never lowers a score, and a suppressed one never raises it.
func TestScoreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawFindings(t)
		before, _ := score(all, indexes(len(all)))
		rule := rapid.IntRange(0, 13).Draw(t, "of rule")
		more := append(all, finding(fmt.Sprintf("r%d", rule), detect.Families()[rule%4], detect.Level(rapid.IntRange(0, 4).Draw(t, "more")), rapid.IntRange(0, 100).Draw(t, "sure"), 99))
		if after, _ := score(more, indexes(len(more))); after < before {
			t.Fatalf("%v fell to %v by one more finding", before, after)
		}
	})
}
