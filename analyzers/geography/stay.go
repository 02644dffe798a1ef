package geography

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// stay is an unbroken time in one country: the person was nowhere else meanwhile.
type stay struct {
	first, last   int64
	before, after int64 // the last act elsewhere before it, and the first one after; 0: none
	came, left    int64 // what the ways to it and from it take at least
}

const (
	// away is how long a stay takes that is a journey, and no evening of somebody else's: whoever comes at night has the
	// owner at home in the evening and in the morning.
	away     = 20 * time.Hour
	airports = 2 * time.Hour     // at both ends of a flight
	speed    = 900.0 / 3_600_000 // km/ms; an airliner's cruise
)

// moved says that the person had gone there whenever one of the rows was done. open: it may be the last that is known.
func (s *stay) moved(open bool) bool {
	takes := int64(1)
	if s.long() {
		takes = 2 // half of the time is enough for who stays: clocks and borders are rough
	}
	if s.before != 0 && s.first-s.before < s.came/takes || s.after != 0 && s.after-s.last < s.left/takes {
		return false
	}
	if s.before == 0 || s.after == 0 {
		return s.long() || open && s.before != 0
	}
	return s.after-s.before >= away.Milliseconds()
}

// long says that the person was seen there for so long.
func (s *stay) long() bool { return s.last-s.first >= away.Milliseconds() }

// stays are those in a country, oldest first. A phone that its network shows at home, on a line of phones, is no proof of being there, and a
// rented machine or a relay is nobody's place.
func (j *journal) stays(country string, home []string) []stay {
	fixed := j.fixed()
	var all []stay
	var last *sighting
	for _, block := range j.blocks {
		for i := range block {
			s := &block[i]
			at := &j.spots[s.spot].Place
			roams := at.Country != country && slices.Contains(home, at.Country) && (at.Class == geo.Mobile || s.phone && !fixed[j.lineOf(s)])
			if !at.Class.Home() || at.Country == "" || roams {
				continue
			}
			here, there := at.Country == country, last != nil && j.spots[last.spot].Place.Country == country
			takes := int64(0)
			if last != nil && here != there {
				takes = travelTime(&j.spots[last.spot].Place, at)
			}
			switch {
			case here && !there:
				one := stay{first: s.time, last: s.time}
				if last != nil {
					one.before, one.came = last.time, takes
				}
				all = append(all, one)
			case here:
				all[len(all)-1].last = s.time
			case there:
				one := &all[len(all)-1]
				one.after, one.left = s.time, takes
			}
			last = s
		}
	}
	return all
}

// fixed are the lines (/24, /48) that anything but phones came from.
func (j *journal) fixed() map[netip.Prefix]bool {
	fixed := map[netip.Prefix]bool{}
	for _, block := range j.blocks {
		for i := range block {
			if !block[i].phone {
				fixed[j.lineOf(&block[i])] = true
			}
		}
	}
	return fixed
}

func (j *journal) lineOf(s *sighting) netip.Prefix {
	addr := j.spots[s.spot].Addr.IP
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	return netip.PrefixFrom(addr, bits).Masked()
}

// travelTime is the least time from one country to another, in milliseconds.
func travelTime(a, b *geo.Place) int64 {
	km, _, ok := geo.Distance(geo.Place{Country: a.Country}, geo.Place{Country: b.Country})
	switch {
	case !ok:
		return airports.Milliseconds()
	case km < 500:
		return int64(km / speed)
	}
	return int64(km/speed) + airports.Milliseconds()
}

// companion is a session or a program of the owner's that was in the country when he was: a session that was used elsewhere
// before, or a program that was on as many days as a baseline needs, in a stay of days: a browser is that of thousands of people. The whole person must have moved, each time: nobody at
// home in between, nor sooner than anybody travels; or he commutes over a border. The fact that tells it; "" if there is none.
func (d *countries) companion(t detect.Timeline, p *detect.Tenant, rows []int, country string, home []string) (fact, name string) {
	j := journalOf(t, p)
	stays := j.stays(country, home)
	if d.commutes(j, country, home) {
		return "commutes", country
	}
	long, closed := true, true
	for _, row := range rows {
		ms := t.At(row).Time
		at, found := slices.BinarySearchFunc(stays, ms, func(s stay, ms int64) int {
			return cmp.Or(min(0, cmp.Compare(s.last, ms)), max(0, cmp.Compare(s.first, ms)))
		})
		if !found || !stays[at].moved(true) {
			return "", ""
		}
		long, closed = long && stays[at].long(), closed && stays[at].moved(false)
	}
	first := t.At(rows[0]).Time
	used := map[string]*seenUse{}
	see := func(fact string, name string, s *sighting) {
		if name == "" {
			return
		}
		u := used[name]
		if u == nil {
			u = &seenUse{fact: fact}
			used[name] = u
		}
		switch {
		case j.spots[s.spot].Place.Country == country:
			u.there = true
		default:
			u.days.Add("", s.time)
			u.before = u.before || s.time < first
		}
	}
	programs := map[activity.Symbol]string{}
	for _, block := range j.blocks {
		for i := range block {
			s := &block[i]
			see("own_session", p.Case.Text(s.session), s)
			agent := t.At(int(s.row)).Agent
			if _, known := programs[agent]; !known {
				programs[agent] = programName(p.Case.Text(agent))
			}
			see("own_program", programs[agent], s)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		u := used[name]
		if u.there && (u.fact == "own_session" && u.before || closed && long && u.days.Active() >= d.settings.Baseline.MinDays) {
			return u.fact, name
		}
	}
	return "", ""
}

// commutes says that the person is in the country on many days and not only of late, and that it is next to one of home.
func (d *countries) commutes(j *journal, country string, home []string) bool {
	near := slices.ContainsFunc(home, func(c string) bool {
		km, _, ok := geo.Distance(geo.Place{Country: c}, geo.Place{Country: country})
		return ok && km == 0
	})
	if !near {
		return false
	}
	var days detect.Days
	for _, block := range j.blocks {
		for i := range block {
			days.Add(j.spots[block[i].spot].Place.Country, block[i].time)
		}
	}
	return d.settings.Baseline.Judge(&days, country) == detect.Usual && days.On(country) >= d.settings.Baseline.MinDays
}

// seenUse is where a session or a program was.
type seenUse struct {
	fact   string
	there  bool
	before bool // elsewhere, before the first row
	days   detect.Days
}

// programName is a user agent, of browsers without the numbers of their versions, which change every few weeks.
func programName(agent string) string {
	if !strings.HasPrefix(agent, "Mozilla/") {
		return agent
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' {
			return -1
		}
		return r
	}, agent)
}
