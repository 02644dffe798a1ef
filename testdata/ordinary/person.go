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

// person is one of the tenant's people.
type person struct {
	kind                           kind
	alias, address, object, puid   string
	mailbox                        string
	office, home, mobile           place
	computer, phone                device
	family                         string // browser
	joins, leaves                  int    // days
	homeDays, volume               float64
	session                        string // of the computer, weeks long
	sessionDay                     int
	phoneSession                   string
	trip                           int // day on which one begins; -1: none
	tripDays                       int
	where                          [2]place
	newComputer, newPhone, forgets int    // days; -1: never
	mailApp                        string // another mail program that was consented to
	boss                           *person
}

func (w *world) populate() {
	shares := []struct {
		kind  kind
		share float64
	}{{clerk, 0.08}, {seller, 0.12}, {homeworker, 0.1}, {assistant, 0.04}, {lawyer, 0.05}, {marketer, 0.04}, {administrator, 0.03}, {worker, 1}}
	for i := range w.opts.People {
		p := &person{
			alias:  fmt.Sprintf("%s.%s%d", pick(w, []string{"anna", "bob", "carla", "dirk", "eva", "frits", "gina", "hugo", "iris", "jan"}), pick(w, []string{"able", "bakker", "visser", "smit", "meyer", "mulder"}), i),
			object: w.guid(), mailbox: w.guid(), puid: fmt.Sprintf("10032000%08X", 0xA0000000+i), home: homes(i), mobile: pick(w, mobiles()),
			office: offices()[min(w.random.IntN(6), 2)], family: pick(w, []string{chrome, chrome, edge, edge, firefox, safari}),
			leaves: w.opts.Days, trip: -1, newComputer: -1, newPhone: -1, forgets: -1,
		}
		p.address = p.alias + "@contoso.com"
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
		p.habits(w)
		w.people = append(w.people, p)
		if p.kind == administrator {
			w.admins = append(w.admins, p)
		}
	}
	for _, p := range w.people {
		p.boss = pick(w, w.people)
	}
}

func (p *person) habits(w *world) {
	p.homeDays, p.volume = 0.25*w.random.Float64(), 2+6*w.random.Float64()
	p.computer = device{id: w.guid(), system: "Windows 10", client: "Client=MSExchangeRPC", app: "Office 365 Exchange Online"}
	if w.chance(0.2) {
		p.computer.id = "" // nobody manages it
	}
	p.phone = device{system: "Ios 18.1", agent: "Outlook-iOS/2.0", client: "Client=REST;Client=RESTSystem;;", app: "Outlook Mobile"}
	if w.chance(0.4) {
		p.phone.system, p.phone.agent = "Android 14", "Outlook-Android/2.0"
	}
	travel := 0.12
	switch p.kind {
	case seller:
		travel = 0.8
	case homeworker:
		p.homeDays = 0.9 + 0.1*w.random.Float64()
	}
	if w.chance(travel) {
		p.trip, p.tripDays, p.where = w.random.IntN(w.opts.Days), w.between(1, 8), pick(w, trips())
	}
	if w.chance(0.12) {
		p.newComputer = w.random.IntN(w.opts.Days)
	}
	if w.chance(0.12) {
		p.newPhone = w.random.IntN(w.opts.Days)
	}
	if w.chance(0.2) {
		p.forgets = w.random.IntN(w.opts.Days)
	}
	if w.chance(0.06) {
		p.joins = w.random.IntN(w.opts.Days)
	}
	if w.chance(0.04) {
		p.leaves = p.joins + w.random.IntN(w.opts.Days)
	}
	if w.chance(0.08) {
		p.mailApp = pick(w, []string{"Thunderbird", "Spark", "eM Client", "Calendly"})
	}
}

// away says whether a day is one of travel.
func (p *person) away(day int) bool { return p.trip >= 0 && day >= p.trip && day < p.trip+p.tripDays }

// traits tells the person in words.
func (p *person) traits() string {
	words := []string{[]string{"clerk", "worker", "seller", "homeworker", "assistant", "lawyer", "marketer", "administrator"}[p.kind]}
	on := func(day int, what string) {
		if day >= 0 {
			words = append(words, what+" from "+firstDay().AddDate(0, 0, day).Format("01-02"))
		}
	}
	if p.trip >= 0 {
		on(p.trip, fmt.Sprintf("%d days in %s", p.tripDays, p.where[0].country))
	}
	on(p.newComputer, "new computer")
	on(p.newPhone, "new phone")
	on(p.forgets, "forgotten password")
	if p.joins > 0 {
		on(p.joins, "employed")
	}
	if p.computer.id == "" {
		words = append(words, "computer not managed")
	}
	return strings.Join(words, "; ")
}
