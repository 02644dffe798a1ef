package detect

import (
	"net/netip"
	"slices"
)

// Declared is what a pack declares about the engagement: where its people live, journeys that the client confirmed and
// the client's own ways out. Nil, like the zero value, declares nothing.
type Declared struct {
	Homes    []Home    // in the order of the packs
	Journeys []Journey // likewise
	Egress   []netip.Prefix
	Attacker Party // what is known to be an intruder's
	Owner    Party // what is known to be the accounts' owners'
}

// Party is what somebody is known by. The zero value is nobody.
type Party struct {
	IPs      []netip.Prefix
	Sessions []string // lower case
	Agents   []string // texts that an agent holds, lower case
	Apps     []string // names or ids of applications, lower case
}

// Join adds what another says.
func (p *Party) Join(other Party) {
	p.IPs = append(p.IPs, other.IPs...)
	p.Sessions = append(p.Sessions, other.Sessions...)
	p.Agents = append(p.Agents, other.Agents...)
	p.Apps = append(p.Apps, other.Apps...)
}

// Home is where somebody works from.
type Home struct {
	Mailbox   string   // lower case; "" is everybody for whom no other entry speaks
	Countries []string // ISO 3166-1 alpha-2
}

// Journey is a stay abroad that the client confirmed.
type Journey struct {
	Mailbox  string // lower case
	Country  string // ISO 3166-1 alpha-2
	From, To int64  // milliseconds since 1970 UTC, To exclusive
	Reason   string
}

// HomesOf are the declared home countries of a mailbox's owner: those that name the mailbox, else everybody's; nil if
// there are none.
func (d *Declared) HomesOf(mailbox string) []string {
	if d == nil {
		return nil
	}
	var own, all []string
	for _, h := range d.Homes {
		switch h.Mailbox {
		case mailbox:
			own = append(own, h.Countries...)
		case "":
			all = append(all, h.Countries...)
		}
	}
	if own != nil {
		return own
	}
	return all
}

// JourneysOf are the declared journeys of a mailbox's owner.
func (d *Declared) JourneysOf(mailbox string) []Journey {
	if d == nil {
		return nil
	}
	var own []Journey
	for _, j := range d.Journeys {
		if j.Mailbox == mailbox {
			own = append(own, j)
		}
	}
	return own
}

// IsEgress says that an address is a declared way out of the client's networks.
func (d *Declared) IsEgress(ip netip.Addr) bool {
	return d != nil && slices.ContainsFunc(d.Egress, func(n netip.Prefix) bool { return n.Contains(ip) })
}
