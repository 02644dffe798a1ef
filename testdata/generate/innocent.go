package main

import "fmt"

// innocent is the i-th innocent owner. What makes log readers suspicious is spread over them: trips with hotel, airline
// and foreign mobile networks, roaming phones, holidays abroad, a new phone, a new client, company gateways, wrong
// passwords, searches for money, and attachments of risky types from honest senders.
func innocent(i int, from, to date, seed uint64) person {
	address := fmt.Sprintf("user%03d@%s", i+1, choose(newRandom(seed, "domain", fmt.Sprint(i)), []string{"contoso.com", "fabrikam.com", "adatum.com"}))
	r := newRandom(seed, "innocent", address)
	makers := []func(name, address string) person{dutchManager, americanClerk, britishEngineer, germanLawyer}
	p := makers[i%len(makers)](fmt.Sprintf("User %d", i+1), address)
	p.home, p.office = moved(p.home, r), moved(p.office, r)
	p.volume *= 0.5 + r.unit()
	days := int(to - from)
	p.holidays(r, from, days)
	if i%2 == 0 {
		p.travels(r, from, days)
	}
	p.habits(i, r, from, days)
	return p
}

// moved is another address of the same network.
func moved(ip string, r *random) string {
	for i := len(ip) - 1; i > 0; i-- {
		if ip[i] == '.' {
			return ip[:i+1] + fmt.Sprint(r.between(2, 250))
		}
	}
	return ip
}

// holidays are two weeks off and a few days, the weeks abroad for every second person: then only the phone shows it.
func (p *person) holidays(r *random, from date, days int) {
	start := from + date(days*2/3+r.below(max(1, days/6)))
	weeks := span{start, start + 13}
	p.off = append(p.off, weeks)
	if r.chance(0.5) {
		p.away = append(p.away, journey{span: weeks, hotel: esHotel(), phone: esMobile()})
		p.traits = append(p.traits, "holiday in Spain from "+weeks.from.String())
	}
	start = from + date(days/4+r.below(max(1, days/8)))
	p.off = append(p.off, span{start, start + 2})
}

// travels are up to three business trips of three to seven days.
func (p *person) travels(r *random, from date, days int) {
	destinations := []journey{
		{hotel: deHotel(), phone: deMobile()}, {hotel: frHotel(), phone: frMobile()}, {hotel: frHotel()},
		{hotel: sgHotel(), phone: sgMobile(), flight: airline()}, {hotel: usHotel(), flight: airlineUS()},
	}
	for n := range r.between(1, 3) {
		trip := choose(r, destinations)
		start := from + date(20+n*days/4+r.below(max(1, days/8)))
		trip.span = span{start, start + date(r.between(3, 7))}
		if !p.overlaps(trip.span) {
			p.away = append(p.away, trip)
			p.traits = append(p.traits, "trip to "+trip.hotel.country+" from "+trip.from.String())
			if trip.phone.block == "" {
				p.traits = append(p.traits, "with a roaming phone")
			}
		}
	}
}

// overlaps says whether a span, or the days next to it, belong to a holiday or another trip.
func (p *person) overlaps(s span) bool {
	for _, o := range p.off {
		if s.from <= o.to+1 && o.from <= s.to+1 {
			return true
		}
	}
	for _, o := range p.away {
		if s.from <= o.to+1 && o.from <= s.to+1 {
			return true
		}
	}
	return false
}

// habits are what else innocent people do.
func (p *person) habits(i int, r *random, from date, days int) {
	middle := from + date(days/3+r.below(max(1, days/3)))
	switch i % 3 {
	case 0: // a new phone
		p.phoneAgents = append(p.phoneAgents, agent{middle, "Mobile", iphoneXAgent})
		p.traits = append(p.traits, "new phone on "+middle.String())
	case 1: // a new computer
		p.clients = append(p.clients, agent{middle, "MacOutlook", macAgent})
		p.traits = append(p.traits, "new Mac on "+middle.String())
	}
	if i%5 == 1 { // Outlook on the web only from some day on
		p.webFrom = middle
		p.traits = append(p.traits, "Outlook on the web from "+middle.String())
	}
	if i%12 == 5 { // a mail program by IMAP, at home and in the office
		p.clients = append(p.clients, agent{middle, "IMAP4", ""})
		p.traits = append(p.traits, "a mail program by IMAP from "+middle.String())
	}
	switch {
	case i%7 == 3:
		p.gateway, p.phoneGateway = nlGateway(), i%2 == 0
		p.traits = append(p.traits, "behind a gateway in NL")
	case i%14 == 6: // far from where the people are: the phone stays at home
		p.gateway = usGateway()
		p.traits = append(p.traits, "computer behind a gateway in the US, phone not")
	}
	if i%2 == 1 {
		p.mistypes = 0.05
		p.traits = append(p.traits, "mistypes passwords")
	}
	switch {
	case i%6 == 2: // works with money
		p.searches, p.searchDays = []string{"invoice", "payment", "invoice april"}, 0.8
		p.traits = append(p.traits, "searches for invoices daily")
		p.contacts = append(p.contacts, accounting())
	case i%4 == 1: // looks for a bill now and then
		p.searches = append(p.searches, "invoice hotel", "payslip")
		p.traits = append(p.traits, "searches for a bill now and then")
	}
	if i%5 == 2 { // secure mail that comes as a web page
		p.contacts = append(p.contacts, contact{"Trey Research", "secure@treyresearch.net", []string{"Encrypted message"}, ".html,ByValue", 1})
		p.traits = append(p.traits, "gets .html attachments")
	}
	if i%5 == 4 {
		p.contacts = append(p.contacts, contact{"Proseware", "projects@proseware.com", []string{"Drawings, part 2", "Price list"}, ".zip,ByValue;.docm,ByValue", 1})
		p.traits = append(p.traits, "gets .zip and .docm attachments")
	}
}
