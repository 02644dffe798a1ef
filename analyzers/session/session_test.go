package session

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

var update = detecttest.Update()

// Promise: the two sides that speak loudest are found among their kinds as they are by comparing every side with every
// other one, and the first of them where several speak as loudly.
func TestLoudest(t *testing.T) {
	d := &detector{Settings: Settings{MinKM: 100, Medium: 45, High: 65}}
	loud := 0
	rapid.Check(t, func(t *rapid.T) {
		var all []*side
		known := map[network]bool{}
		for range rapid.IntRange(0, 15).Draw(t, "sides") {
			s := &side{
				network: network{
					asn:     rapid.SampledFrom([]uint32{0, 64500, 64501, 64502}).Draw(t, "asn"),
					country: rapid.SampledFrom([]string{"", "NL", "DE", "NG"}).Draw(t, "country"),
				},
				rented: rapid.Bool().Draw(t, "rented"), usual: rapid.Bool().Draw(t, "usual"), phone: rapid.Bool().Draw(t, "phone"), way: rapid.Bool().Draw(t, "way"),
				systems: rapid.SampledFrom([][]string{nil, {"windows"}, {"android"}, {"windows", "android"}, {"android", "windows"}}).Draw(t, "systems"),
			}
			if s.asn == 0 {
				s.near = netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, byte(rapid.IntRange(0, 5).Draw(t, "near"))}), 24)
			}
			if !known[s.network] {
				known[s.network] = true
				all = append(all, s)
			}
		}
		turns := course{changes: rapid.IntRange(0, 3).Draw(t, "turns"), quick: rapid.IntRange(0, 1).Draw(t, "quick"), hasty: rapid.IntRange(0, 1).Draw(t, "hasty")}
		points, a, b := d.loudest(all, turns)
		most, x, y := 0, (*side)(nil), (*side)(nil)
		for i := range all {
			for j := range all[:i] {
				if p, _ := d.compare(all[j], all[i], turns); p > 0 && (p > most || p == most && before(all, j, i, x, y)) {
					most, x, y = p, all[j], all[i]
				}
			}
		}
		if points != most || a != x || b != y {
			t.Fatalf("got %d of %v and %v, want %d of %v and %v", points, a, b, most, x, y)
		}
		if most > 0 {
			loud++
		}
	})
	if loud == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn session says anything: the test shows nothing")
	}
}

// before says that the sides numbered i and j come before x and y.
func before(all []*side, i, j int, x, y *side) bool {
	return slices.Compare([]int{i, j}, []int{slices.Index(all, x), slices.Index(all, y)}) < 0
}
