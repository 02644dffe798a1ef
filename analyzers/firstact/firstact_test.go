package firstact

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

var update = detecttest.Update()

// Partials merge the same in any order and grouping, and again.
func TestMerge(t *testing.T) {
	d := &detector{Settings: Settings{Actors: 2, People: 3}}
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.SampledFrom([]string{"ann", "bob", "cid", "dan"}), 3, 3).Draw(t, "names")
		draw := func(i int) func() detect.Partial { // anew each time: Merge may use both parts up
			ops := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"Add", "Set", "New"}), rapid.ID).Draw(t, "ops")
			return func() detect.Partial {
				out := &doers{ops: map[string][]string{}, people: []string{names[i]}}
				for _, op := range ops {
					out.ops[op] = []string{names[i]}
				}
				return out
			}
		}
		a, b, c := draw(0), draw(1), draw(2)
		all := d.Merge(d.Merge(a(), b()), c())
		for _, other := range []detect.Partial{d.Merge(a(), d.Merge(b(), c())), d.Merge(c(), d.Merge(b(), a())), d.Merge(d.Merge(d.Merge(a(), b()), c()), a())} {
			if !reflect.DeepEqual(all, other) {
				t.Fatalf("%+v and %+v", all, other)
			}
		}
	})
}
