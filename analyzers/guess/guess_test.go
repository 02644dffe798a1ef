package guess

import (
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/activity"
	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

var update = detecttest.Update()

var users = []activity.Symbol{1, 2, 3, 4, 5}

// Promise: a rung is reached where, and only where, some window of its length holds enough users with enough tries each;
// the oracle looks at every window by itself.
func TestClimb(t *testing.T) {
	reached := 0
	rapid.Check(t, func(t *rapid.T) {
		g := &group{}
		at := int64(0)
		for range rapid.IntRange(0, 20).Draw(t, "tries") {
			at += rapid.Int64Range(1000, 5000).Draw(t, "gap")
			g.tries = append(g.tries, try{time: at, user: rapid.SampledFrom(users).Draw(t, "user")})
		}
		r := Rung{Users: rapid.IntRange(2, 4).Draw(t, "users"), Tries: rapid.IntRange(0, 3).Draw(t, "each"), Within: 10e9}
		d := &detector{Settings: Settings{Rungs: []Rung{r}, MinLines: 0}}
		covered := map[int]bool{}
		for _, e := range d.runs(g, func(*try) bool { return false }) {
			for i := e.from; i <= e.to; i++ {
				covered[i] = true
			}
		}
		want := map[int]bool{}
		for to := range g.tries {
			from := to
			for from > 0 && g.tries[to].time-g.tries[from-1].time <= 10_000 {
				from--
			}
			each := map[any]int{}
			for _, one := range g.tries[from : to+1] {
				each[one.user]++
			}
			enough := 0
			for _, n := range each {
				if n >= max(1, r.Tries) {
					enough++
				}
			}
			for i := from; enough >= r.Users && i <= to; i++ {
				want[i] = true
			}
		}
		if len(want) > 0 {
			reached++
		}
		for i := range g.tries {
			if covered[i] != want[i] {
				t.Fatalf("try %d: got %v, want %v, of %+v", i, covered[i], want[i], g.tries)
			}
		}
	})
	if reached == 0 && !testing.Short() {
		t.Error("no drawn run reaches a rung: the test shows nothing")
	}
}
