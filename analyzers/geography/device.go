package geography

import (
	"slices"
	"strings"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// deviceDoubt is what a new country loses where one of the owner's own devices was there: like a managed device on both
// sides of a journey.
const deviceDoubt = 20

// ownDevice tells the owner's own devices: a managed one by its id, a phone by the model and version in its agent. Other
// agents are those of thousands of people. 0 is none.
func ownDevice(s *sighting, t detect.Timeline) activity.Symbol {
	if s.device != 0 || !s.client {
		return s.device
	}
	// Outlook for phones says the same on every phone.
	if agent := t.At(int(s.row)).Agent; !strings.HasPrefix(t.Case.Text(agent), "Outlook-iOS") {
		return agent
	}
	return 0
}

// own is one of the owner's devices.
type own struct {
	there     []int64 // days in the country, ascending
	elsewhere *detect.Tally
}

// owners says that all rows came from lines of people: a rented network has no people in it.
func owners(t detect.Timeline, p *detect.Tenant, rows []int) bool {
	spots := newSpots(p)
	for _, row := range rows {
		switch class := spots.of(t.At(row).IP).Place.Class; {
		case class.Home(), class == geo.Satellite:
		default:
			return false
		}
	}
	return true
}

// vouched is a device of the owner's that was in the country on each day of the rows, or the day before or after: the
// owner was there, too. It must have lived elsewhere for as many days as a baseline needs. "" if there is none.
func (d *countries) vouched(t detect.Timeline, p *detect.Tenant, rows []int, country string) string {
	devices, elsewhere := d.devices(t, p, country)
	for _, name := range elsewhere.Values() {
		if elsewhere.On(name) < d.settings.Baseline.MinDays {
			continue
		}
		dev := devices[p.Case.Symbols.Find(name)]
		stranger := func(row int) bool {
			day := activity.Day(t.At(row).Time)
			at, _ := slices.BinarySearch(dev.there, day-1)
			return at == len(dev.there) || dev.there[at] > day+1
		}
		if !slices.ContainsFunc(rows, stranger) {
			return name
		}
	}
	return ""
}

// devices are the owner's own, by id, and the days on which they were elsewhere.
func (d *countries) devices(t detect.Timeline, p *detect.Tenant, country string) (map[activity.Symbol]*own, *detect.Days) {
	elsewhere := &detect.Days{}
	devices := map[activity.Symbol]*own{}
	seen := journalOf(t, p)
	for at := range seen.about(d.rule, t, p) {
		id := ownDevice(at, t)
		if id == 0 {
			continue
		}
		dev := devices[id]
		if dev == nil {
			dev = &own{elsewhere: elsewhere.Tally(p.Case.Text(id))}
			devices[id] = dev
		}
		if seen.spots[at.spot].Place.Country != country {
			dev.elsewhere.Add(at.time)
		} else if day := activity.Day(at.time); len(dev.there) == 0 || dev.there[len(dev.there)-1] != day {
			dev.there = append(dev.there, day)
		}
	}
	return devices, elsewhere
}
