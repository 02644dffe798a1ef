package detect

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Promise: no name that is few slips away is left out, whatever its letters and its length.
func TestNeighbours(t *testing.T) {
	near := 0
	rapid.Check(t, func(t *rapid.T) {
		slips := rapid.IntRange(0, 2).Draw(t, "slips")
		name := rapid.Custom(func(t *rapid.T) string {
			start := strings.Repeat("ab", rapid.SampledFrom([]int{0, 0, 2, 18, 25}).Draw(t, "start"))
			return start + rapid.StringOfN(rapid.RuneFrom([]rune("abéж")), 1, 5, -1).Draw(t, "end")
		})
		names := rapid.SliceOfN(name, 0, 20).Draw(t, "names")
		index, asked := NewNeighbours(slips, names), name.Draw(t, "asked")
		got := index.Of(asked)
		if !slices.IsSorted(got) {
			t.Fatalf("%v is not in order", got)
		}
		for i, other := range names {
			if Slips(asked, other, slips) <= slips {
				if near++; !slices.Contains(got, i) {
					t.Fatalf("%q is not among the neighbours of %q for %d slips", other, asked, slips)
				}
			}
		}
	})
	if near == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn name is near another: the test shows nothing")
	}
}
