package lookalike

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

var update = detecttest.Update()

// Promise: the index of the tenant's names answers what a look at every one of them in order of name would.
func TestAccounts(t *testing.T) {
	d := &detector{Settings: Settings{MinLength: 3}}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.Custom(func(t *rapid.T) string {
			letters := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "rn", "m", "l", "1", "o", "0", ".", "\u0435", "e"}), 1, 5).Draw(t, "letters")
			return fmt.Sprintf("johnson%s@%s.example", strings.Join(letters, ""), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "domain"))
		})
		own := mailboxNames(rapid.SliceOfN(name, 0, 30).Draw(t, "own"))
		slices.Sort(own)
		address := name.Draw(t, "address")
		got, want := d.likeAccount(address, newAccounts(slices.Compact(own))), likeAny(address, own)
		if got != want {
			t.Fatalf("%s: got %q, want %q of %v", address, got, want, own)
		}
		if want != "" {
			found++
		}
	})
	if found == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn name is like another: the test shows nothing")
	}
}

// likeAny is likeAccount without an index.
func likeAny(address string, own mailboxNames) string {
	name := local(address)
	for _, other := range own {
		if local(other) == name {
			return ""
		}
	}
	looks := detect.Looks(name)
	for _, other := range own {
		model := detect.Looks(local(other))
		if looks == model && skeleton(name) != skeleton(local(other)) {
			return other
		}
		if !strings.ContainsAny(name+local(other), "0123456789") && near(looks, model) {
			return other
		}
	}
	return ""
}
