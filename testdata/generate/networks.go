package main

import (
	"fmt"
	"net/netip"
)

// network is a public block that people or intruders come from. Country and class are what the embedded databases say;
// geo/gen asserts the blocks each time it rebuilds them, so that no case silently changes its meaning.
type network struct {
	block   string // the first three numbers of an IPv4 /24
	country string
	what    string
}

// The networks of the shipped cases and of the innocent mailboxes.
func nlHome() network      { return network{"80.114.221", "NL", "home line, Vodafone NL"} }
func nlHomeTwo() network   { return network{"178.85.138", "NL", "home line, Vodafone NL"} }
func nlOffice() network    { return network{"46.144.22", "NL", "business line, KPN"} }
func nlMobile() network    { return network{"109.36.130", "NL", "mobile network, Vodafone NL"} }
func usHome() network      { return network{"98.214.10", "US", "home line, Comcast"} }
func usHomeTwo() network   { return network{"24.12.10", "US", "home line, Comcast"} }
func usOffice() network    { return network{"50.203.10", "US", "business line, Comcast"} }
func usMobile() network    { return network{"172.58.10", "US", "mobile network, T-Mobile"} }
func gbHome() network      { return network{"86.128.10", "GB", "home line, BT"} }
func gbOffice() network    { return network{"81.130.10", "GB", "business line, BT"} }
func gbMobile() network    { return network{"148.252.128", "GB", "mobile network, Vodafone UK"} }
func deHome() network      { return network{"84.149.10", "DE", "home line, Telekom"} }
func deHotel() network     { return network{"87.130.10", "DE", "hotel, Telekom"} }
func deMobile() network    { return network{"109.40.10", "DE", "mobile network, Vodafone DE"} }
func frHotel() network     { return network{"90.1.10", "FR", "hotel, Orange"} }
func frMobile() network    { return network{"92.184.100", "FR", "mobile network, Orange"} }
func esHotel() network     { return network{"83.32.10", "ES", "hotel, Telefónica"} }
func sgHotel() network     { return network{"116.86.10", "SG", "hotel, StarHub"} }
func sgMobile() network    { return network{"27.125.128", "SG", "mobile network, StarHub"} }
func ngMobile() network    { return network{"105.112.4", "NG", "mobile network, Airtel Nigeria"} }
func ngMobileTwo() network { return network{"197.210.10", "NG", "mobile network, MTN Nigeria"} }
func luHosting() network   { return network{"5.253.204", "LU", "hosting, M247"} }
func roHosting() network   { return network{"37.120.140", "RO", "hosting, M247"} }
func deHosting() network   { return network{"88.198.10", "DE", "hosting, Hetzner"} }

// at is one address of the network.
func (n network) at(last int) string { return fmt.Sprintf("%s.%d", n.block, last) }

// any is one of the network's addresses, for mobile networks that hand out another one each time.
func (n network) any(r *random) string { return n.at(r.between(2, 250)) }

// prefix is the block in the form that geo/gen reads.
func (n network) prefix() netip.Prefix {
	return netip.PrefixFrom(netip.MustParseAddr(n.at(0)), 24)
}

// networks lists every block that a generated case may use.
func networks() []network {
	return []network{
		nlHome(), nlHomeTwo(), nlOffice(), nlMobile(), usHome(), usHomeTwo(), usOffice(), usMobile(), gbHome(), gbOffice(),
		gbMobile(), deHome(), deHotel(), deMobile(), frHotel(), frMobile(), esHotel(), sgHotel(), sgMobile(), ngMobile(),
		ngMobileTwo(), luHosting(), roHosting(), deHosting(),
	}
}
