package detect

import "testing"

// What one rule has made is handed to others that ask for the same of the same rows, and to no others.
func TestOnce(t *testing.T) {
	type key struct{ field string }
	type otherKey struct{ field string }
	made := 0
	work := func() int { made++; return made }
	line := Timeline{Matched: []int{1, 2}, Shared: &Shared{}}
	f := func(line Timeline, key any, want int) {
		t.Helper()
		if got := Once(line, key, work); got != want {
			t.Errorf("%v about %v: got %d, want %d", key, line.Matched, got, want)
		}
	}
	f(line, key{"query"}, 1)
	f(line, key{"query"}, 1)
	f(line, key{"subject"}, 2)
	f(line, otherKey{"query"}, 3)
	f(Timeline{Matched: []int{1, 3}, Shared: line.Shared}, key{"query"}, 4)
	f(Timeline{Matched: []int{1, 2}}, key{"query"}, 5) // nobody to share with
	f(line, key{"query"}, 1)
}
