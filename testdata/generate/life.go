package main

import "time"

// live records one ordinary day of the owner.
func (m *mailbox) live(d date) {
	working := !d.weekend() && !m.owner.onHoliday(d)
	m.receive(d, working)
	if !working {
		if m.random.chance(0.55) {
			m.onPhone(d, m.random.between(9, 21))
		}
		return
	}
	place := m.placeOf(d)
	if place != "" {
		m.mistype(d, place)
		m.atDesk(d, place)
	}
	m.onPhone(d, m.owner.start-1)
	if m.random.chance(0.6) {
		m.onPhone(d, m.random.between(m.owner.end+1, 22))
	}
	if place == "" {
		return
	}
	if d >= m.owner.webFrom && m.random.chance(m.owner.web) {
		m.onWeb(d, place)
	}
	for _, c := range m.owner.clients {
		if d >= c.from && m.random.chance(0.8) {
			m.serverLogon(m.time(d, m.random.between(m.owner.start, m.owner.end)), c.app, place, c.text)
		}
	}
}

// time is a moment in an hour of the day, local.
func (m *mailbox) time(d date, hour int) time.Time {
	return m.later(d.at(m.owner.zone, hour, m.random.below(60), 0), m.random.below(60))
}

// placeOf is the address that the owner's computer has on a day; "" while it travels without a network.
func (m *mailbox) placeOf(d date) string {
	trip := m.owner.journeyOn(d)
	switch {
	case m.owner.gateway.block != "":
		return m.owner.gateway.at(m.random.between(10, 13))
	case trip != nil && (d == trip.from || d == trip.to):
		if trip.flight.block == "" {
			return ""
		}
		return trip.flight.any(m.random)
	case trip != nil:
		return trip.hotel.at(20 + int(trip.from)%200)
	case m.random.chance(m.owner.homeDays):
		return m.owner.home
	default:
		return m.owner.office
	}
}

// phonePlace is the address that the owner's phone has at an hour.
func (m *mailbox) phonePlace(d date, hour int) string {
	trip := m.owner.journeyOn(d)
	if trip != nil && (d == trip.from && hour < 15 || d == trip.to && hour >= 19) {
		trip = nil // not gone yet, or back
	}
	switch {
	case m.owner.phoneGateway:
		return m.owner.gateway.at(m.random.between(10, 13))
	case trip != nil && (d == trip.from || d == trip.to) && trip.flight.block != "":
		return trip.flight.any(m.random)
	case trip != nil && trip.phone.block != "":
		return trip.phone.any(m.random)
	case trip != nil, hour >= m.owner.start && hour <= m.owner.end, m.random.chance(0.3):
		return m.owner.phone.any(m.random)
	default:
		return m.owner.home
	}
}

// mistype records wrong passwords before the morning's log on, on some days. No failed ServerLogon of 2018 is public:
// its words are invented.
func (m *mailbox) mistype(d date, place string) {
	if m.owner.mistypes == 0 || !m.random.chance(m.owner.mistypes) {
		return
	}
	at := m.later(d.at(m.owner.zone, m.owner.start-1, 50+m.random.below(8), 0), m.random.below(60))
	for range m.random.between(1, 2) {
		m.logonResult(at, "Outlook", place, outlookAgent, failed, wrongPassword)
		at = m.later(at, m.random.between(4, 25))
	}
}

// receive records the day's mail.
func (m *mailbox) receive(d date, working bool) {
	n := m.random.around(m.owner.volume)
	if !working {
		n = m.random.around(m.owner.volume / 6)
	}
	for range n {
		hour := m.random.between(m.owner.start-1, m.owner.end+1)
		from := m.writer()
		attachment := ""
		if from.attachment != "" && m.random.chance(0.25) {
			attachment = from.attachment
		}
		m.deliver(m.time(d, hour), from, choose(m.random, from.subjects), attachment)
	}
}

// writer draws who writes next.
func (m *mailbox) writer() contact {
	total := 0
	for _, c := range m.owner.contacts {
		total += c.weight
	}
	n := m.random.below(total)
	for _, c := range m.owner.contacts {
		if n -= c.weight; n < 0 {
			return c
		}
	}
	return m.owner.contacts[0]
}

// atDesk records the working day in Outlook: log ons, reading, answering, tidying up, and a search on some days.
func (m *mailbox) atDesk(d date, place string) {
	session := m.serverLogon(m.later(d.at(m.owner.zone, m.owner.start, m.random.below(25), 0), m.random.below(60)), "Outlook", place, outlookAgent)
	if m.random.chance(0.7) {
		session = m.serverLogon(m.time(d, (m.owner.start+m.owner.end)/2), "Outlook", place, outlookAgent)
	}
	for i := range m.recent {
		msg := &m.recent[i]
		if msg.read || !m.random.chance(0.7) {
			continue
		}
		at := m.time(d, m.random.between(m.owner.start, m.owner.end-1))
		if at.Before(msg.received) {
			at = m.later(msg.received, 60+m.random.below(2400))
		}
		m.handle(at, session, msg)
	}
	if m.random.chance(m.owner.searchDays) {
		m.search(m.time(d, m.random.between(m.owner.start+1, m.owner.end-1)), "Outlook", session, choose(m.random, m.owner.searches))
	}
}

// handle records what the owner does with one message in Outlook.
func (m *mailbox) handle(at time.Time, session string, msg *message) {
	msg.read = true
	m.read(at, "Outlook", session, *msg, m.random.between(4, 90))
	after := m.later(at, 120)
	switch draw := m.random.unit(); {
	case draw < 0.20:
		m.reply(after, "Outlook", session, *msg)
	case draw < 0.32:
		m.move(after, "Outlook", session, msg, "Archive")
	case draw < 0.42:
		m.remove(after, "Outlook", session, *msg, "MoveToDeletedItems")
	case draw < 0.47:
		m.record(after, "Outlook", "Flag", msg.item, session)
	}
}

// onPhone records that the phone fetched mail, and perhaps what was read on it.
func (m *mailbox) onPhone(d date, hour int) {
	at := m.time(d, hour)
	agent := m.owner.phoneAgent(d)
	session := m.serverLogon(at, "Mobile", m.phonePlace(d, hour), agent)
	for i := len(m.recent) - 1; i >= 0 && i > len(m.recent)-3; i-- {
		msg := &m.recent[i]
		if !msg.read && msg.received.Before(at) && m.random.chance(0.4) {
			msg.read = true
			m.markRead(m.later(at, m.random.between(10, 400)), "Mobile", session, *msg)
		}
	}
}

// onWeb records a session of Outlook on the web.
func (m *mailbox) onWeb(d date, place string) {
	at := m.time(d, m.random.between(m.owner.start+2, m.owner.end))
	session := m.webLogon(at, place, chromeAgent, m.owner.zoneName)
	for i := len(m.recent) - 1; i >= 0 && i > len(m.recent)-4; i-- {
		if m.recent[i].received.Before(at) && m.random.chance(0.6) {
			at = m.later(at, m.random.between(20, 200))
			m.recent[i].read = true
			m.read(at, "Web", session, m.recent[i], m.random.between(5, 60))
		}
	}
}
