package main

import (
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
