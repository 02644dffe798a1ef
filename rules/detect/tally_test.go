package detect

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Tallies count as Days does, in whatever order times come.
func TestTallyCountsAsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const hour = int64(3600 * 1000)
		values := []string{"a", "b"}
		var days, tallied Days
		tallies := []*Tally{tallied.Tally("a"), tallied.Tally("b")}
		for range rapid.IntRange(0, 40).Draw(t, "rows") {
			which, ms := rapid.IntRange(0, 1).Draw(t, "value"), rapid.Int64Range(-80, 80).Draw(t, "hour")*hour
			days.Add(values[which], ms)
			tallies[which].Add(ms)
		}
		if !slices.Equal(days.Values(), tallied.Values()) || days.Active() != tallied.Active() {
			t.Fatalf("%v on %d days, want %v on %d", tallied.Values(), tallied.Active(), days.Values(), days.Active())
		}
		for _, v := range values {
			if days.On(v) != tallied.On(v) || days.Before(v) != tallied.Before(v) {
				t.Fatalf("%s on %d days after %d, want %d after %d", v, tallied.On(v), tallied.Before(v), days.On(v), days.Before(v))
			}
		}
	})
}

// A span cuts a timeline to the rows in it, both ends included.
func TestWithin(t *testing.T) {
	var s Span
	s.Add(3)
	s.Add(7)
	got := Timeline{Matched: []int{1, 3, 5, 7, 9}, Copies: []int{5}}.Within(s)
	if !slices.Equal(got.Matched, []int{3, 5, 7}) || got.Copies != nil {
		t.Errorf("got %v and copies %v", got.Matched, got.Copies)
	}
}
