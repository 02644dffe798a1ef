package geography

import (
	"maps"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
)

// Partials merge to the same in any order and grouping, and again.
func TestMerge(t *testing.T) {
	d := &travel{}
	rapid.Check(t, func(t *rapid.T) {
		var parts []uint64
		for i := range 4 {
			parts = append(parts, rapid.Uint64().Draw(t, string(rune('a'+i))))
		}
		part := func(i int) detect.Partial { return drawn(parts[i]) }
		want := d.Merge(d.Merge(d.Merge(part(0), part(1)), part(2)), part(3))
		same(t, want, d.Merge(d.Merge(part(3), part(1)), d.Merge(part(0), part(2))))
		same(t, want, d.Merge(d.Merge(part(0), d.Merge(part(1), d.Merge(part(2), part(3)))), part(2)))
	})
}

// drawn is a partial made of the bits of a number, so that it can be made anew: merging reuses its first argument.
func drawn(bits uint64) *tenant {
	out := &tenant{ways: map[netip.Addr][]string{}, countries: map[string][]string{}}
	users := []string{"ann", "bob", "cid", "dan"}
	for i := range 16 {
		four := bits >> (4 * i) & 15
		user, ip := users[i%4], netip.AddrFrom4([4]byte{192, 0, 2, byte(four % 2)})
		if four&8 == 0 {
			continue
		}
		out.ways[ip] = detect.Lowest(sharedPeople, out.ways[ip], user)
		country := []string{"NL", "NG"}[four/2%2]
		out.countries[country] = detect.Lowest(2, out.countries[country], user)
		out.users = detect.Lowest(2, out.users, user)
	}
	return out
}

func same(t *rapid.T, x, y detect.Partial) {
	a, b := x.(*tenant), y.(*tenant)
	if !maps.EqualFunc(a.ways, b.ways, slices.Equal[[]string]) || !maps.EqualFunc(a.countries, b.countries, slices.Equal[[]string]) ||
		!slices.Equal(a.users, b.users) {
		t.Fatalf("%v and %v", a, b)
	}
}
