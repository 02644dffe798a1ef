package main

import "fmt"

// innocent is the i-th innocent owner. What makes log readers suspicious is spread over them: trips with hotel, airline
// and foreign mobile networks, holidays abroad, a new phone, a new client, a company gateway, wrong passwords, searches
// for money. The hard ones also have what cannot be told from an intruder by one look: a phone that roams while the
// computer is overseas, a gateway overseas, a mail program by IMAP, and attachments of risky types from honest senders.
func innocent(i int, from, to date, seed uint64, hard bool) person {
	address := fmt.Sprintf("user%03d@%s", i+1, choose(newRandom(seed, "domain", fmt.Sprint(i)), []string{"contoso.com", "fabrikam.com", "adatum.com"}))
	r := newRandom(seed, "innocent", address)
	makers := []func(name, address string) person{dutchManager, americanClerk, britishEngineer, germanLawyer}
	p := makers[i%len(makers)](fmt.Sprintf("User %d", i+1), address)
	p.home, p.office = moved(p.home, r), moved(p.office, r)
	p.volume *= 0.5 + r.unit()
	days := int(to - from)
	p.holidays(r, from, days)
	if i%2 == 0 {
		p.travels(r, from, days, hard)
	}
	middle := from + date(days/3+r.below(max(1, days/3)))
	p.habits(i, middle)
	if hard {
		p.hardHabits(i, middle)
	}
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
	weeks := dayRange{start, start + 13}
	p.off = append(p.off, weeks)
	if r.chance(0.5) {
		p.away = append(p.away, trip{dayRange: weeks, hotel: esHotel(), phone: esMobile()})
		p.traits = append(p.traits, "holiday in Spain from "+weeks.from.String())
	}
	start = from + date(days/4+r.below(max(1, days/8)))
	p.off = append(p.off, dayRange{start, start + 2})
}

// travels are up to three business trips of three to seven days.
func (p *person) travels(r *random, from date, days int, hard bool) {
	destinations := []trip{
		{hotel: deHotel(), phone: deMobile()},
		{hotel: frHotel(), phone: frMobile()},
		{hotel: esHotel(), phone: esMobile()},
		{hotel: sgHotel(), phone: sgMobile(), flight: airline()},
		{hotel: usHotel(), phone: usMobile(), flight: airlineUS()},
	}
	for n := range r.between(1, 3) {
		trip := choose(r, destinations)
		start := from + date(20+n*days/4+r.below(max(1, days/8)))
		trip.dayRange = dayRange{start, start + date(r.between(3, 7))}
		roams := hard && r.chance(0.5)
		if roams {
			trip.phone = network{}
		}
		if p.overlaps(trip.dayRange) {
			continue
		}
		p.away = append(p.away, trip)
		p.traits = append(p.traits, "trip to "+trip.hotel.country+" from "+trip.from.String())
		if roams {
			p.traits = append(p.traits, "with a roaming phone")
		}
	}
}

// overlaps says whether a span, or the days next to it, belong to a holiday or another trip.
func (p *person) overlaps(s dayRange) bool {
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

// habits are what else innocent people do; some start in the middle of the time.
func (p *person) habits(i int, middle date) {
	switch i % 3 {
	case 0:
		p.phoneAgents = append(p.phoneAgents, agent{middle, "Mobile", iphoneXAgent})
		p.traits = append(p.traits, "new phone on "+middle.String())
	case 1:
		p.clients = append(p.clients, agent{middle, "MacOutlook", macAgent})
		p.traits = append(p.traits, "new Mac on "+middle.String())
	}
	if i%5 == 1 {
		p.webFrom = middle
		p.traits = append(p.traits, "Outlook on the web from "+middle.String())
	}
	if i%7 == 3 {
		p.gateway, p.phoneGateway = nlGateway(), i%2 == 0
		if p.phone == usMobile() {
			p.gateway = usGateway()
		}
		p.traits = append(p.traits, "behind a gateway in "+p.gateway.country)
	}
	if i%2 == 1 {
		p.mistypes = 0.05
		p.traits = append(p.traits, "mistypes passwords")
	}
	switch {
	case i%6 == 2:
		p.searches, p.searchDays = []string{"invoice", "payment", "invoice april"}, 0.8
		p.contacts = append(p.contacts, accounting())
		p.traits = append(p.traits, "searches for invoices daily")
	case i%4 == 1:
		p.searches = append(p.searches, "invoice hotel", "payslip")
		p.traits = append(p.traits, "searches for a bill now and then")
	}
}

// hardHabits are those that look like an intruder's.
func (p *person) hardHabits(i int, middle date) {
	if i%12 == 5 {
		p.clients = append(p.clients, agent{middle, "IMAP4", ""})
		p.traits = append(p.traits, "a mail program by IMAP from "+middle.String())
	}
	if i%14 == 6 {
		p.gateway = usGateway()
		p.traits = append(p.traits, "computer behind a gateway in the US, phone not")
	}
	switch i % 5 {
	case 2:
		p.contacts = append(p.contacts, contact{"Trey Research", "secure@treyresearch.net", []string{"Encrypted message"}, ".html,ByValue", 1})
		p.traits = append(p.traits, "gets .html attachments")
	case 4:
		p.contacts = append(p.contacts, contact{"Proseware", "projects@proseware.com", []string{"Drawings, part 2", "Price list"}, ".zip,ByValue;.docm,ByValue", 1})
		p.traits = append(p.traits, "gets .zip and .docm attachments")
	}
}
