package textset

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Promise: a set says what asking each value one by one says.
func TestSetAsOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abé.")), 1, 7, -1)
		values := rapid.SliceOfN(word, 0, 12).Draw(t, "values")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abé.")), 0, 16, -1).Draw(t, "text")
		s := New(values)
		for name, c := range map[string]struct {
			got bool
			one func(text, value string) bool
		}{
			"in": {s.In(text), strings.Contains}, "begins": {s.Begins(text), strings.HasPrefix}, "ends": {s.Ends(text), strings.HasSuffix},
		} {
			if want := slices.ContainsFunc(values, func(v string) bool { return c.one(text, v) }); c.got != want {
				t.Errorf("%s: %q of %q: %v, want %v", name, text, values, c.got, want)
			}
		}
	})
}

// Promise: likewise of networks, IPv4 and IPv6.
func TestNetsAsOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		addr := rapid.Custom(func(t *rapid.T) netip.Addr {
			a := [4]byte{10, 0, rapid.Byte().Draw(t, "c"), rapid.Byte().Draw(t, "d")}
			if rapid.Bool().Draw(t, "six") {
				var b [16]byte
				copy(b[:], []byte{0x20, 1, 0xd, 0xb8})
				b[14], b[15] = a[2], a[3]
				return netip.AddrFrom16(b)
			}
			return netip.AddrFrom4(a)
		})
		nets := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) netip.Prefix {
			a := addr.Draw(t, "net")
			return netip.PrefixFrom(a, a.BitLen()-rapid.IntRange(0, 12).Draw(t, "bits"))
		}), 0, 8).Draw(t, "nets")
		ip := addr.Draw(t, "ip")
		want := slices.ContainsFunc(nets, func(n netip.Prefix) bool { return n.Contains(ip) })
		if got := NewNets(nets).Has(ip); got != want {
			t.Errorf("%s in %v: %v, want %v", ip, nets, got, want)
		}
	})
}
