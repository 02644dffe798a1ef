package main

import (
	"fmt"
	"time"
	_ "time/tzdata" // the cases must not depend on the machine's zone files
)

// zone is a time zone by its name, from the database that this command carries. A test loads every zone that a person
// has; an unknown one would be UTC.
func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return z
}

// dutchManager works in an office in Amsterdam, at home on some days, and often in Outlook on the web.
func dutchManager(name, address string) person {
	return person{
		name: name, address: address, zone: zone("Europe/Amsterdam"), zoneName: "W. Europe Standard Time",
		start: 8, end: 17, office: nlOffice().at(5), home: nlHome().at(31), phone: nlMobile(), volume: 3.5, web: 0.35,
		homeDays:    0.2,
		searches:    []string{"project plan", "team lunch", "parking permit", "quarterly report", "offsite agenda", "Bob's notes"},
		searchDays:  0.3,
		phoneAgents: []agent{{0, "Mobile", iphoneAgent}}, contacts: officeContacts(domainOf(address)),
	}
}

// americanClerk works in an office in Chicago.
func americanClerk(name, address string) person {
	return person{
		name: name, address: address, zone: zone("America/Chicago"), zoneName: "Central Standard Time",
		start: 8, end: 16, office: usOffice().at(40), home: usHome().at(77), phone: usMobile(), volume: 4, web: 0.3,
		homeDays:    0.1,
		searches:    []string{"expense policy", "holiday calendar", "printer setup", "org chart"},
		searchDays:  0.25,
		phoneAgents: []agent{{0, "Mobile", androidAgent}}, contacts: officeContacts(domainOf(address)),
	}
}

// britishEngineer works in an office in London.
func britishEngineer(name, address string) person {
	return person{
		name: name, address: address, zone: zone("Europe/London"), zoneName: "GMT Standard Time",
		start: 9, end: 17, office: gbOffice().at(12), home: gbHome().at(88), phone: gbMobile(), volume: 3.5, web: 0.4,
		homeDays:    0.25,
		searches:    []string{"site survey", "drawing 12b", "travel booking", "timesheet", "Lee's comments"},
		searchDays:  0.3,
		phoneAgents: []agent{{0, "Mobile", iphoneAgent}}, contacts: officeContacts(domainOf(address)),
	}
}

// germanLawyer works in an office in Frankfurt.
func germanLawyer(name, address string) person {
	return person{
		name: name, address: address, zone: zone("Europe/Berlin"), zoneName: "W. Europe Standard Time",
		start: 9, end: 18, office: deOffice().at(30), home: deHome().at(61), phone: deMobile(), volume: 4, web: 0.3,
		homeDays:    0.3,
		searches:    []string{"Vertrag Entwurf", "Termin", "Gutachten", "Kündigung Müller", "Reisekosten"},
		searchDays:  0.4,
		phoneAgents: []agent{{0, "Mobile", iphoneAgent}}, contacts: officeContacts(domainOf(address)),
	}
}

// officeContacts write to everybody of a domain.
func officeContacts(domain string) []contact {
	return []contact{
		{"Megan Bowen", "megan@" + domain, []string{"Team lunch on Thursday", "Offsite agenda", "Re: project plan", "Notes from Monday's call"}, ".docx,ByValue", 5},
		{"Lee Gu", "lee@" + domain, []string{"Quarterly report", "Draft for review", "Bob's notes on the \"new\" layout", "Parking permit"}, ".xlsx,ByValue", 4},
		{"Human Resources", "hr@" + domain, []string{"Holiday calendar", "Training in June", "New parking rules"}, "", 2},
		{"Northwind Traders", "news@northwindtraders.com", []string{"Northwind newsletter", "Spring offers"}, ".png,ByValue", 2},
		{"Adele Vance", "adele@fabrikam.com", []string{"Re: delivery next week", "Order confirmation 20418", "Grüße aus München"}, ".docx,ByValue;.png,ByValue", 3},
		{"Alpine Ski House", "booking@alpineskihouse.com", []string{"Your booking", "Agenda for the visit"}, "", 1},
	}
}

// accounting writes about money to the mailboxes that intruders look for.
func accounting() contact {
	return contact{
		"Diego Siciliani", "diego@wingtiptoys.com",
		[]string{"Invoice 4711", "Reminder: invoice 4698", "Bank details for the wire transfer", "Statement of account"},
		".pdf,ByValue", 2,
	}
}

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
