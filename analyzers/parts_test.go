package analyzers

import (
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
)

// Promise: what is merged in pairs is what is merged one after the other, parts that know nothing among them; no part is
// copied more often than the number of parts has digits, which is what keeps a case of many mailboxes in proportion.
func TestPartsMergeInPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		copied := 0
		merge := func(a, b detect.Partial) detect.Partial {
			all := slices.Concat(a.([]int), b.([]int))
			copied += len(all)
			slices.Sort(all)
			return slices.Compact(all)
		}
		all := pairing{merge: merge}
		var want []int
		n := rapid.IntRange(0, 300).Draw(t, "parts")
		for i := range n {
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				all.add(nil)
				continue
			}
			all.add([]int{n - i})
			want = append([]int{n - i}, want...)
		}
		got, _ := all.all().([]int)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if most := len(want) * (bits.Len(uint(len(want))) + 1); copied > most {
			t.Fatalf("%d parts: %d entries were copied, want at most %d", len(want), copied, most)
		}
	})
}
