package main

import "fmt"

// network is a public block that people or intruders come from. Country and class are those of the built-in databases;
// geo/gen asserts them whenever it rebuilds (geo/gen/blocks.yaml), so that no case silently changes its meaning.
type network struct {
	block   string // the first three numbers of an IPv4 /24
	country string
	class   string
	what    string
}

// Networks of people.
func nlHome() network   { return network{"80.114.221", "NL", "eyeball", "home line, Vodafone NL"} }
func nlOffice() network { return network{"46.144.22", "NL", "eyeball", "business line, KPN"} }
func nlMobile() network { return network{"84.241.200", "NL", "mobile", "mobile network, Odido"} }
func usHome() network   { return network{"98.214.10", "US", "eyeball", "home line, Comcast"} }
func usOffice() network { return network{"50.203.10", "US", "eyeball", "business line, Comcast"} }
func usMobile() network { return network{"172.58.10", "US", "mobile", "mobile network, T-Mobile"} }
func gbHome() network   { return network{"86.128.10", "GB", "eyeball", "home line, BT"} }
func gbOffice() network { return network{"81.130.10", "GB", "eyeball", "business line, BT"} }
func gbMobile() network { return network{"148.252.128", "GB", "mobile", "mobile network, Vodafone UK"} }
func deHome() network   { return network{"84.149.10", "DE", "eyeball", "home line, Telekom"} }
func deOffice() network { return network{"91.10.20", "DE", "eyeball", "business line, Telekom"} }
func deMobile() network { return network{"109.40.10", "DE", "eyeball", "mobile network, Vodafone DE"} }

// Networks of travellers.
func deHotel() network  { return network{"87.130.10", "DE", "eyeball", "hotel, Telekom"} }
func frHotel() network  { return network{"90.1.10", "FR", "eyeball", "hotel, Orange"} }
func frMobile() network { return network{"92.184.100", "FR", "eyeball", "mobile network, Orange"} }
func esHotel() network  { return network{"83.32.10", "ES", "eyeball", "hotel, Telefónica"} }
func esMobile() network { return network{"31.4.10", "ES", "eyeball", "mobile network, Vodafone ES"} }
func sgHotel() network  { return network{"116.86.10", "SG", "eyeball", "hotel, StarHub"} }
func sgMobile() network { return network{"27.125.128", "SG", "eyeball", "mobile network, StarHub"} }
func usHotel() network  { return network{"24.12.10", "US", "eyeball", "hotel, Comcast"} }
func airline() network {
	return network{"205.220.136", "GB", "satellite", "airline, Panasonic Avionics"}
}

func airlineUS() network {
	return network{"8.48.64", "US", "satellite", "airline, Gogo"}
}

// Gateways that a company sends its people's traffic through.
func nlGateway() network {
	return network{"34.99.77", "NL", "hosting", "company gateway at Google Cloud"}
}

func usGateway() network {
	return network{"45.55.10", "US", "hosting", "company gateway at DigitalOcean"}
}

// Networks of intruders.
func ngMobile() network {
	return network{"105.112.4", "NG", "mobile", "mobile network, Airtel Nigeria"}
}

func ngMobileTwo() network {
	return network{"102.89.10", "NG", "mobile", "mobile network, MTN Nigeria"}
}
func luHosting() network { return network{"5.253.204", "LU", "hosting", "hosting, M247"} }
func roHosting() network { return network{"37.120.140", "RO", "hosting", "hosting, M247"} }
func deHosting() network { return network{"138.201.10", "DE", "hosting", "hosting, Hetzner"} }
func uaHosting() network { return network{"185.104.44", "UA", "hosting", "hosting, Hosting Ukraine"} }

// at is one address of the network.
func (n network) at(last int) string { return fmt.Sprintf("%s.%d", n.block, last) }

// any is one of the network's addresses, for mobile networks that hand out another one each time.
func (n network) any(r *random) string { return n.at(r.between(2, 250)) }

// networks lists every block that a generated case may use.
func networks() []network {
	return []network{
		nlHome(), nlOffice(), nlMobile(), usHome(), usOffice(), usMobile(), gbHome(), gbOffice(), gbMobile(), deHome(), deOffice(),
		deMobile(), deHotel(), frHotel(), frMobile(), esHotel(), esMobile(), sgHotel(), sgMobile(), usHotel(), airline(), airlineUS(),
		nlGateway(), usGateway(), ngMobile(), ngMobileTwo(), luHosting(), roHosting(), deHosting(), uaHosting(),
	}
}
