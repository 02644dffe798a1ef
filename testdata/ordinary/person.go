package ordinary

import (
	"fmt"
	"strings"
)

// kind is what somebody does for a living, which decides what the log shows of it.
type kind int

const (
	clerk kind = iota // finance: searches for invoices, sorts them into folders
	worker
	seller // travels, uses the phone
	homeworker
	assistant // works in somebody else's mailbox as well
	lawyer    // exports and downloads
	marketer  // sends to many at once
	administrator
)

func (k kind) String() string {
	return [...]string{"clerk", "worker", "seller", "homeworker", "assistant", "lawyer", "marketer", "administrator"}[k]
}

// trip is a trip.
type trip struct {
	day, days int
	where     [2]internetLine
	roams     bool          // the phone's traffic leaves at home
	borrowed  int           // day on which a computer of the place is used; -1: never
	tablet    string        // agent of a tablet that travels instead of the computer; "" for none
	session   string        // its
	esim      *internetLine // the phone's network there is another country's
	flight    bool          // the network of an aeroplane is used on the way
}

// person is one of the tenant's people.
type person struct {
	kind                           kind
	alias, address, object, puid   string
	mailbox                        string
	site                           int
	home, newHome, mobile          internetLine
	movesHome                      int // day on which the home gets another provider; -1: never
	computer, phone, private       device
	starts                         float64 // hour of the day, UTC
	joins, leaves                  int     // days
	homeDays, volume               float64
	trip                           *trip
	newComputer, newPhone, forgets int           // days; -1: never
	program                        *program      // another mail program that was consented to
	consents                       int           // day
	vpn                            *internetLine // a commercial VPN, now and then
	relay                          bool          // Apple's
	boss                           *person
	holiday                        absence         // weeks in which nothing but the phone is looked at, and that not often
	cloud                          *internetLine   // a computer that Microsoft rents out, instead of the own one on some days at home
	newOutlook                     int             // day on which another Outlook is turned on; -1: never
	shares                         []*person       // shared mailboxes that the person works in
	letters                        []letter        // the latest
	history                        []letter        // all
	stalePhone                     int             // days on which the phone still tries the old password
	logons                         map[string]seen // in Outlook Activities, by client
}

func (w *world) populate() {
	shares := []struct {
		kind  kind
		share float64
	}{{clerk, 0.08}, {seller, 0.12}, {homeworker, 0.1}, {assistant, 0.04}, {lawyer, 0.05}, {marketer, 0.04}, {administrator, 0.03}, {worker, 1}}
	for i := range w.opts.People {
		p := w.named(fmt.Sprintf("%s.%s%d", pick(w, []string{"anna", "bob", "carla", "dirk", "eva", "frits", "gina", "hugo", "iris", "jan"}), pick(w, []string{"able", "bakker", "visser", "smit", "meyer", "mulder"}), i), i)
		draw := w.random.Float64()
		for _, s := range shares {
			if p.kind = s.kind; draw < s.share {
				break
			}
			draw -= s.share
		}
		if i == 0 {
			p.kind = administrator
		}
		linesOf(p, w, i)
		devicesOf(p, w)
		habitsOf(p, w)
		untidyOf(p, w)
		w.people = append(w.people, p)
		if p.kind == administrator {
			p.joins, p.leaves = 0, w.opts.Days
			w.admins = append(w.admins, p)
		}
	}
	w.populateThings()
	w.meets()
	for _, p := range w.people {
		p.boss = pick(w, w.people)
		for _, s := range w.shared {
			if w.chance(min(0.5, 5/float64(len(w.people)))) {
				p.shares = append(p.shares, s)
			}
		}
	}
}

func (w *world) named(alias string, i int) *person {
	return &person{
		alias: alias, address: alias + "@contoso.com", object: w.guid(), mailbox: w.guid(), puid: fmt.Sprintf("10032000%08X", 0xA0000000+i),
		leaves: w.opts.Days, newOutlook: -1, newComputer: -1, newPhone: -1, forgets: -1, movesHome: -1, consents: -1,
	}
}

// populateThings are the mailboxes that are nobody's.
func (w *world) populateThings() {
	n := len(w.people)
	for _, name := range []string{"info", "support", "invoices", "jobs"} {
		w.shared = append(w.shared, w.named(name, n))
		n++
	}
	for _, name := range []string{"scanner", "copier", "room.amsterdam", "room.berlin", "svc.backup", "helpdesk"} {
		w.things = append(w.things, w.named(name, n))
		n++
	}
}

// linesOf are where the person works.
func linesOf(p *person, w *world, i int) {
	p.site = min(w.random.IntN(6), 2)
	lives := p.site
	if w.chance(0.04) {
		lives = 2 - lives // across the border
	}
	s := sites()[lives]
	p.home, p.newHome, p.mobile = s.homeLine(w, i), s.homeLine(w, i+w.opts.People), pick(w, s.mobiles)
	if w.chance(0.05) {
		p.movesHome = w.random.IntN(w.opts.Days)
	}
	if w.chance(0.07) {
		v := pick(w, vpns())
		v.daily = true
		p.vpn = &v
	}
}

// devicesOf are the person's computer, phone, and for some a computer of one's own at home.
func devicesOf(p *person, w *world) {
	family := pick(w, []string{chrome, chrome, edge, edge, edge, firefox})
	p.computer = device{id: w.guid(), managed: true, system: "Windows10", family: family, agent: "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.18526; Pro)", client: "Client=MSExchangeRPC", app: "Microsoft Office", appID: outlookDesktop}
	if w.chance(0.15) {
		p.computer.system, p.computer.family = "MacOs", pick(w, []string{safari, chromes})
		p.computer.agent, p.computer.client = "MacOutlook/16.95.25031 (Intelx64 Mac OS X 15.3)", "Client=WebServices;Action=None;MacOutlook/16.95.25031"
		p.relay = p.computer.family == safari && w.chance(0.5)
	}
	switch draw := w.random.Float64(); {
	case draw < 0.15: // nobody manages it
		p.computer.id, p.computer.managed = "", false
	case draw < 0.25:
		p.computer.managed = false
	}
	p.computer.own, p.computer.none = w.chance(0.25), w.chance(0.2)
	p.phone = device{system: "Ios 18.1", family: iphone, agent: "Outlook-iOS/2.0", client: "Client=REST;Client=RESTSystem;;", app: "Outlook Mobile", appID: outlookMobile}
	if w.chance(0.4) {
		p.phone.system, p.phone.agent, p.phone.family = "Android 14", "Outlook-Android/2.0", android
	} else if w.chance(0.25) {
		p.phone.agent, p.phone.client, p.phone.app, p.phone.own = "Apple-iPhone15C2/2203.55", "Client=ActiveSync;UserAgent=Apple-iPhone15C2/2203.55;Action=/Microsoft-Server-ActiveSync/Proxy/default.eas", "Apple Internet Accounts", true
	} else if w.chance(0.2) {
		p.relay = true
	}
	if w.chance(0.15) {
		p.private = device{system: pick(w, []string{"Windows10", "MacOs"}), family: pick(w, []string{chrome, firefox, safari}), app: "One Outlook Web", appID: outlookWeb}
	}
}

func habitsOf(p *person, w *world) {
	days := w.opts.Days
	p.homeDays, p.volume, p.starts = 0.3*w.random.Float64(), 5+16*w.random.Float64(), 6+2*w.random.Float64()
	if w.opts.Case {
		p.volume, p.homeDays = p.volume/5, p.homeDays+0.2
	}
	travel := 0.12
	switch p.kind {
	case seller:
		travel = 0.8
	case homeworker:
		p.homeDays = 0.9 + 0.1*w.random.Float64()
	case clerk, assistant:
		p.volume += 8
	}
	if w.chance(travel) {
		p.trip = &trip{day: w.random.IntN(days), days: w.between(1, 8), where: pick(w, trips()), roams: w.chance(0.4), borrowed: -1}
		p.trip.where[0].last = w.between(2, 250) // the hotel's guests are behind one address
		if w.chance(0.2) {
			p.trip.borrowed = p.trip.day + w.random.IntN(p.trip.days)
		}
		if w.chance(0.15) {
			p.trip.tablet = browser(pick(w, []string{safari, android}), p.trip.day/7)
			p.trip.session = w.guid()
		}
	}
	for _, once := range []struct {
		day   *int
		share float64
	}{{&p.newComputer, 0.12}, {&p.newPhone, 0.12}, {&p.forgets, 0.2}, {&p.consents, 0.1}} {
		if w.chance(once.share) {
			*once.day = w.random.IntN(days)
		}
	}
	if p.consents >= 0 {
		x := pick(w, programs())
		p.program = &x
	}
	if w.chance(0.06) {
		p.joins = w.random.IntN(days)
	}
	if w.chance(0.05) {
		p.leaves = min(days, p.joins+1+w.random.IntN(days))
	}
}

// away says whether a day is one of travel.
func (p *person) away(day int) bool {
	return p.trip != nil && day >= p.trip.day && day < p.trip.day+p.trip.days
}

// employed says whether the person is that on a day.
func (p *person) employed(day int) bool { return day >= p.joins && day < p.leaves }

// traits tells the person in words.
func traits(p *person) string {
	words := []string{p.kind.String()}
	on := func(day int, what string) {
		if day >= 0 {
			words = append(words, what+" from "+firstDay().AddDate(0, 0, day).Format("01-02"))
		}
	}
	if t := p.trip; t != nil {
		on(t.day, fmt.Sprintf("%d days in %s", t.days, t.where[0].country))
		on(t.borrowed, "another's computer there")
		if t.tablet != "" {
			words = append(words, "with a tablet")
		}
	}
	on(p.newComputer, "new computer")
	on(p.newPhone, "new phone")
	on(p.forgets, "forgotten password")
	on(p.movesHome, "another line at home")
	if p.joins > 0 {
		on(p.joins, "employed")
	}
	if p.program != nil {
		on(p.consents, "consent to "+p.program.name)
	}
	for _, x := range []struct {
		so   bool
		what string
	}{
		{!p.computer.managed, "computer not managed"},
		{p.vpn != nil, "VPN"},
		{p.relay, "relay"},
		{p.private.family != "", "own computer"},
		{p.home.weekly, "home changes weekly"},
		{p.home.v6 != "", "home by IPv6"},
		{p.site == 1, "office moves"},
		{p.computer.none, "no session in Outlook"},
		{p.home.cells, "home by a phone's network"},
		{p.holiday.days > 0, "holiday"},
		{p.cloud != nil, "rented computer"},
		{p.newOutlook >= 0, "new Outlook"},
		{p.trip != nil && p.trip.esim != nil, "phone by another country's network there"},
		{p.trip != nil && p.trip.flight, "mail on the aeroplane"},
	} {
		if x.so {
			words = append(words, x.what)
		}
	}
	return strings.Join(words, "; ")
}
