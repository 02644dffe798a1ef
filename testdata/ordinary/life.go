package ordinary

import (
	"fmt"
	"time"
)

// live is one day of a person.
func (p *person) live(w *world, day int) {
	if !p.employed(day) {
		return
	}
	if day == p.joins && day > 0 {
		w.joins(p, day)
	}
	if day == p.leaves-1 && p.leaves < w.opts.Days {
		w.leaves(p, day)
	}
	p.receives(w, day)
	p.changes(w, day)
	p.stale(w, day)
	if p.holiday.on(day) {
		rests(p, w, day)
		return
	}
	if (weekend(day) && !w.chance(0.15)) || w.chance(0.06) {
		if w.chance(0.5) { // a look at the phone
			w.reads(p.onPhone(w, day, 8+12*w.random.Float64()), p.phone.client, w.between(1, 3))
		}
		p.atHome(w, day)
		return
	}
	p.phoneDay(w, day)
	p.computerDay(w, day)
	p.atHome(w, day)
	flies(p, w, day)
	oddDay(p, w, day)
}

// desk is where the person's computer is on a day.
func (p *person) desk(w *world, day int) internetLine {
	switch {
	case p.away(day):
		return p.trip.where[0]
	case mix(uint64(day), p.address)%1000 < uint64(1000*p.homeDays):
		return p.house(day)
	default:
		return p.office(w, day)
	}
}

// house is what the person's computer at home comes from: behind a VPN now and then.
func (p *person) house(day int) internetLine {
	if p.cloud != nil && mix(uint64(day), "cloud"+p.address)%100 < 30 {
		return *p.cloud
	}
	if p.vpn != nil && mix(uint64(day), "vpn"+p.address)%100 < 25 {
		return *p.vpn
	}
	return p.homeLine(day)
}

// homeLine is the person's line at home.
func (p *person) homeLine(day int) internetLine {
	if p.movesHome >= 0 && day >= p.movesHome {
		return p.newHome
	}
	return p.home
}

func (p *person) office(w *world, day int) internetLine {
	s := sites()[p.site]
	if len(s.moved) > 0 && day >= w.opts.Days/2 {
		return s.moved[0]
	}
	return pick(w, s.lines)
}

// session is that of a device on a day: it lives for weeks, on a laptop at home as in the office.
func (d *device) entra(w *world, day, weeks int) string {
	if d.session == "" || day-d.since > 7*weeks && w.chance(0.3) {
		d.session, d.since = w.guid(), day
		d.before = append(d.before, era{day, d.session})
	}
	return d.session
}

// had is the session that the device had on a day.
func (d *device) had(day int) (session string) {
	for _, e := range d.before {
		if e.day <= day || session == "" {
			session = e.session
		}
	}
	return session
}

func (p *person) onPhone(w *world, day int, hour float64) act {
	key := mix(uint64(day*8+int(hour)/3), p.address)
	ip := p.mobile.cell(key)
	switch draw := w.random.Float64(); {
	case p.holiday.on(day) && p.holiday.where != nil && draw < 0.6:
		ip = p.holiday.where[0].visit(w, day)
	case p.holiday.on(day) && p.holiday.where != nil:
		ip = p.holiday.where[1].cell(key)
	case p.away(day) && draw < 0.5:
		ip = p.trip.where[0].visit(w, day) // the hotel's wireless network
	case p.away(day) && p.trip.esim != nil:
		ip = p.trip.esim.cell(key)
	case p.away(day) && !p.trip.roams:
		ip = p.trip.where[1].cell(key)
	case p.away(day):
	case draw < 0.35 && (hour < 8 || hour > 17 || weekend(day) || p.homeDays > 0.8):
		ip = p.homeLine(day).visit(w, day)
	case draw < 0.5 && hour > 7 && hour < 17 && !weekend(day):
		ip = sites()[p.site].guest.visit(w, day)
	}
	return act{
		at: w.at(day, hour), who: p, ip: ip, agent: p.phone.agent, session: p.phone.entra(w, day, 5), system: p.phone.system,
		device: p.phone.id, appID: p.phone.appID, own: p.phone.own,
	}
}

func (p *person) phoneDay(w *world, day int) {
	looks := 4.0
	if w.opts.Case {
		looks = 1.2
	}
	for range w.some(looks) {
		a := p.onPhone(w, day, 6+15*w.random.Float64())
		if w.chance(0.2) {
			w.signIn(a, entry{app: p.phone.app, appID: p.phone.appID, client: "Mobile Apps and Desktop clients", silent: true})
			a.at = w.later(a.at, 1, 9)
		}
		switch draw := w.random.Float64(); {
		case draw < 0.8:
			w.reads(a, p.phone.client, w.between(1, 4))
		case draw < 0.9:
			w.removes(a, p.phone.client, pick(w, []string{"MoveToDeletedItems", "SoftDelete"}))
		default:
			p.writes(w, a, p.phone.client)
		}
	}
	if p.relay && p.phone.family == iphone && w.chance(0.15) { // Safari on the phone, through Apple's relay
		a := p.onPhone(w, day, 18+3*w.random.Float64())
		a.ip, a.agent, a.appID, a.session = pick(w, relays()).visit(w, day), browser(iphone, day/7), outlookWeb, p.private.entra(w, day, 4)
		w.signIn(a, web("One Outlook Web", outlookWeb))
		w.reads(a, owa(a.agent), w.between(1, 4))
	}
}

// onComputer is an act at the computer.
func (p *person) onComputer(w *world, day int, hour float64, from internetLine) act {
	a := act{
		at: w.at(day, hour), who: p, ip: from.visit(w, day), agent: browser(p.computer.family, day/7), session: p.computer.entra(w, day, 2), device: p.computer.id,
		managed: p.computer.managed, system: p.computer.system, appID: outlookWeb,
	}
	if t := p.trip; p.away(day) && t.tablet != "" {
		a.agent, a.session, a.device, a.managed, a.system = t.tablet, t.session, "", false, "Android 15"
	} else if p.relay && p.computer.family == safari && from.country == p.home.country && from.block == p.home.block && w.chance(0.5) {
		a.ip = pick(w, relays()).visit(w, day)
	}
	return a
}

func (p *person) computerDay(w *world, day int) {
	from := p.desk(w, day)
	a := p.onComputer(w, day, p.starts+0.5*w.random.Float64(), from)
	if w.chance(0.08) { // a slip of the keyboard
		e := web("Office 365 Exchange Online", exchangeOnline)
		e.code = 50126
		w.signIn(a, e)
		a.at = w.later(a.at, 8, 40)
	}
	if w.chance(0.3) {
		w.signIn(a, web("OfficeHome", officeHome))
	}
	for range w.some(1.2) { // programs renew their tokens
		b := p.onComputer(w, day, p.starts+9*w.random.Float64(), from)
		b.agent = p.computer.agent
		w.signIn(b, entry{app: p.computer.app, appID: p.computer.appID, client: "Mobile Apps and Desktop clients", silent: true})
	}
	for range w.some(p.volume) {
		hour := p.starts + 0.2 + 9*w.random.Float64()
		if from.block == p.mobile.block || w.chance(0.02) {
			from = p.desk(w, day) // somebody is called home, or away
		}
		p.works(w, p.onComputer(w, day, hour, from))
	}
	if p.homeDays < 0.8 && w.chance(0.06) && !p.away(day) { // on the train, by the phone's network
		a := p.onComputer(w, day, p.starts+9.5, p.mobile)
		a.ip = p.mobile.cell(mix(uint64(day*8+5), p.address))
		p.works(w, a)
	}
}

// owa is the ClientInfoString of Outlook on the web: with the browser's agent, or as a proxy writes it.
func owa(agent string) string { return "Client=OWA;" + agent }

// works is one thing done at the computer: in Outlook or in the browser.
func (p *person) works(w *world, a act) {
	client := owa(a.agent)
	if w.chance(0.35) {
		client = "Client=OWA;Action=ViaProxy"
	}
	if w.chance(0.6) && a.session == p.computer.session {
		client, a.agent, a.appID, a.own, a.none = p.computer.client, p.computer.agent, p.computer.appID, p.computer.own, p.computer.none
	}
	if w.chance(0.02) && !w.opts.Activities { // some records do not say
		client = ""
	}
	switch draw := w.random.Float64(); {
	case draw < 0.4:
		w.reads(a, client, w.between(1, 6))
	case draw < 0.5:
		p.writes(w, a, client)
	case draw < 0.62:
		w.removes(a, client, pick(w, []string{"MoveToDeletedItems", "SoftDelete", "Move", "Move", "HardDelete"}))
	case draw < 0.76:
		a.agent = browser(p.computer.family, w.dayOf(a.at)/7)
		w.file(a, pick(w, []string{"FileAccessed", "FileAccessed", "FileModified", "FileDownloaded", "FilePreviewed"}), fmt.Sprintf("report-%d.xlsx", w.random.IntN(400)))
	case draw < 0.81:
		p.search(w, a, client)
	case draw < 0.9 && len(p.shares) > 0:
		a.box = pick(w, p.shares)
		if w.chance(0.7) {
			w.reads(a, client, w.between(1, 4))
		} else {
			w.sends(a, client, "Re: "+pick(w, subjects()), nil, []string{w.partner()}, a.box)
		}
	default:
		w.syncs(a, client)
	}
}

// writes is a message to colleagues or partners.
func (p *person) writes(w *world, a act, client string) {
	var to []*person
	var outside []string
	if w.chance(0.6) {
		for range w.between(1, 3) {
			to = append(to, pick(w, w.people))
		}
	} else {
		outside = append(outside, w.partner())
	}
	w.sends(a, client, pick(w, subjects()), to, outside, nil)
}

func (p *person) search(w *world, a act, client string) {
	terms := []string{"invoice", "project plan", "wifi password", "parking", "contract", "holiday", "bank details", "payment", "vpn", "offsite", "salary", "receipt", "drawing 12b", "minutes", "travel", "order 20418", "visser", "training"}
	w.searches(a, client, pick(w, terms))
}

// atHome is the evening or weekend at a computer of one's own.
func (p *person) atHome(w *world, day int) {
	if p.private.family == "" || p.away(day) || !w.chance(0.25) {
		return
	}
	hour := 18 + 3*w.random.Float64()
	from := p.house(day)
	a := act{at: w.at(day, hour), who: p, ip: from.visit(w, day), agent: browser(p.private.family, day/7), session: p.private.entra(w, day, 4), system: p.private.system, appID: outlookWeb}
	if w.chance(0.4) {
		w.signIn(a, web(p.private.app, p.private.appID))
	}
	for range w.between(1, 6) {
		a.at = w.later(a.at, 20, 600)
		switch draw := w.random.Float64(); {
		case draw < 0.7:
			w.reads(a, owa(a.agent), w.between(1, 4))
		case draw < 0.8:
			p.search(w, a, owa(a.agent))
		default:
			p.writes(w, a, owa(a.agent))
		}
	}
}

// timeOf is a moment in seconds since 1970.
func timeOf(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// guidOf writes two numbers as a GUID.
func guidOf(a, b uint64) string {
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}
