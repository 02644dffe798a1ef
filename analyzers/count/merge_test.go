package count

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
)

// Partials merge the same in any order and grouping, and again.
func TestMerge(t *testing.T) {
	d := &tenants{}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) matched {
			list := matched(rapid.SliceOfDistinct(rapid.Uint32Range(0, 9), rapid.ID).Draw(t, name))
			slices.Sort(list)
			return list
		}
		a, b, c := draw("a"), draw("b"), draw("c")
		same := func(x, y detect.Partial) {
			if !slices.Equal(x.(matched), y.(matched)) {
				t.Fatalf("%v, %v, %v: %v and %v", a, b, c, x, y)
			}
		}
		all := d.Merge(d.Merge(a, b), c)
		same(all, d.Merge(a, d.Merge(b, c)))
		same(all, d.Merge(c, d.Merge(b, a)))
		same(all, d.Merge(all, b))
	})
}
