package main

import (
	"net/netip"
	"testing"

	"triage/geo"
)

// A case's networks are where its story says, by the built-in databases: for the addresses that rows may hold.
func TestNetworksAreWhereTheStoriesSay(t *testing.T) {
	locator, err := geo.Open(geo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks() {
		for _, last := range []int{2, 5, 10, 64, 100, 128, 200, 250} {
			place, err := locator.Lookup(netip.MustParseAddr(n.at(last)))
			if err != nil {
				t.Fatal(err)
			}
			if place.Country != n.country || place.Class.String() != n.class {
				t.Errorf("%s (%s) is %s %s, want %s %s", n.at(last), n.what, place.Country, place.Class, n.country, n.class)
			}
		}
	}
}
