package main

import "time"

// person is the owner of a mailbox and how that person works.
type person struct {
	name, address string
	zone          *time.Location
	zoneName      string // as OWA reports it
	start, end    int    // working hours, local
	office, home  string // addresses that stay the same
	phone         network
	volume        float64 // messages received on a working day
	web           float64 // share of days with an Outlook on the web session
	homeDays      float64 // share of working days at home
	searches      []string
	searchDays    float64    // share of working days with a search
	off           []dayRange // holidays: the phone only, and seldom
	away          []trip     // business trips, and holidays abroad
	webFrom       date       // first day of Outlook on the web
	gateway       network    // company gateway that the computer's traffic leaves through; zero: none
	phoneGateway  bool       // the phone's traffic too
	phoneAgents   []agent    // by the day from which each is used
	clients       []agent    // further clients, from the day on which each is taken up
	mistypes      float64    // share of working days with a wrong password or two
	contacts      []contact
	traits        []string // what is unusual about the person, in words
}

// dayRange is a range of whole days, local, both included.
type dayRange struct{ from, to date }

// trip is a trip. Its first and last day are spent travelling.
type trip struct {
	dayRange
	hotel  network
	phone  network // zero: the phone roams, and its traffic leaves in the home country
	flight network // the airline's network; zero: none
}

// agent is a client from some day on.
type agent struct {
	from      date
	app, text string
}

// contact is somebody who writes to the owner.
type contact struct {
	name, address string
	subjects      []string
	attachment    string // AttachmentDetail, sometimes
	weight        int
}

// date is a calendar day as days since 1970-01-01.
type date int

// on is the day of a written date, which must be valid.
func on(year int, month time.Month, day int) date {
	return date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// at is a local time of the day.
func (d date) at(zone *time.Location, hour, minute, second int) time.Time {
	y, m, day := time.Unix(int64(d)*86400, 0).UTC().Date()
	return time.Date(y, m, day, hour, minute, second, 0, zone)
}

func (d date) weekend() bool {
	w := d.at(time.UTC, 12, 0, 0).Weekday()
	return w == time.Saturday || w == time.Sunday
}

func (d date) String() string { return d.at(time.UTC, 0, 0, 0).Format(time.DateOnly) }

func (s dayRange) holds(d date) bool { return d >= s.from && d <= s.to }

// onHoliday says whether the person is off on a day.
func (p *person) onHoliday(d date) bool {
	for _, s := range p.off {
		if s.holds(d) {
			return true
		}
	}
	return false
}

// journeyOn is the trip that the person is on, or nil.
func (p *person) journeyOn(d date) *trip {
	for i := range p.away {
		if p.away[i].holds(d) {
			return &p.away[i]
		}
	}
	return nil
}

// phoneAgent is the phone in use on a day.
func (p *person) phoneAgent(d date) string {
	text := ""
	for _, a := range p.phoneAgents {
		if d >= a.from {
			text = a.text
		}
	}
	return text
}
