package record

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The median is that of the lengths, to about a tenth, however they are shared among workers.
func TestMedian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.Int64Range(0, 1<<26), 1, 50).Draw(t, "lengths")
		workers := []*Sizes{{}, nil, {}}
		for i, n := range lengths {
			workers[i%2*2].Add(n)
		}
		slices.Sort(lengths)
		want := lengths[(len(lengths)-1)/2]
		if got := Median(workers); got < want || got > want+want/8 {
			t.Fatalf("median %d, want %d", got, want)
		}
	})
	if got := Median(nil); got != 0 {
		t.Errorf("median of nothing: %d", got)
	}
}
