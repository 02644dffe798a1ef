package attribution

import (
	"net/netip"
	"slices"

	"triage/geo"
	"triage/ingest/activity"
)

// hostileAt is in which accounts an intruder was from an address.
type hostileAt struct {
	accounts []activity.Symbol // the first of them
	all      int
}

// mostNamed bounds the accounts that are kept of an address.
const mostNamed = 21

// addresses notes from where intruders were in which accounts: not from lines that are the owner's as well, nor from ways out that
// many share.
func addresses(g *graph, a *Attribution) {
	a.places, a.hostile, a.inside = g.Places, map[netip.Prefix]hostileAt{}, map[inside]bool{}
	for i := range g.visits {
		x := &g.visits[i]
		if !x.his || a.of[x.number] == 0 || x.place.home || !g.single(x.place) {
			continue
		}
		for _, s := range x.spans {
			at := inside{s.net, x.place.account.Name}
			if a.inside[at] {
				continue
			}
			a.inside[at] = true
			h := a.hostile[s.net]
			if h.all++; h.all <= mostNamed {
				h.accounts = append(h.accounts, at.account)
			}
			a.hostile[s.net] = h
		}
	}
}

// inside is an account that an intruder was in from an address.
type inside struct {
	net     netip.Prefix
	account activity.Symbol
}

// Elsewhere implements detect.Hostile.
func (a *Attribution) Elsewhere(ip, but activity.Symbol) (address string, accounts []activity.Symbol, all int) {
	net, ok := a.netOf(ip)
	if !ok {
		return "", nil, 0
	}
	h := a.hostile[net]
	if all = h.all; a.inside[inside{net, but}] {
		all--
	}
	if all == 0 {
		return "", nil, 0
	}
	accounts = slices.DeleteFunc(slices.Clone(h.accounts), func(s activity.Symbol) bool { return s == but })
	if net.IsSingleIP() {
		return net.Addr().String(), accounts, all
	}
	return net.String(), accounts, all
}

// netOf is an address, or the /64 of one.
func (a *Attribution) netOf(ip activity.Symbol) (netip.Prefix, bool) {
	if ip == 0 || a.places == nil {
		return netip.Prefix{}, false
	}
	at := a.places.At(ip)
	if !at.Addr.IP.IsValid() || at.Addr.Ambiguous || at.Place.Class == geo.MSService || at.Place.Class == geo.Private {
		return netip.Prefix{}, false
	}
	return netOf(at.Addr.IP), true
}

// netOf is an address, or the /64 of one.
func netOf(ip netip.Addr) netip.Prefix {
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	net, _ := ip.Prefix(bits)
	return net
}

// Came are the accounts to which somebody came, with success, from where an intruder was in another.
func (a *Attribution) Came() map[activity.Symbol]bool {
	came := map[activity.Symbol]bool{}
	if len(a.hostile) == 0 {
		return came
	}
	for _, row := range a.c.OfType(activity.Logon) {
		act := &a.c.Activities[row]
		if act.Result == activity.Failure || came[act.Actor] {
			continue
		}
		if net, ok := a.netOf(act.IP); ok {
			if h := a.hostile[net]; h.all > 1 || h.all == 1 && h.accounts[0] != act.Actor {
				came[act.Actor] = true
			}
		}
	}
	return came
}
