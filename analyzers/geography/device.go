package geography

import (
	"slices"
	"strings"
	"time"

	"triage/analyzers/detect"
	"triage/geo"
	"triage/ingest/activity"
)

// deviceDoubt is what a new country loses where one of the owner's own devices was there: like a managed device on both
// sides of a journey.
const deviceDoubt = 20

// device tells the owner's own devices: a managed one by its id, a phone by the model and version in its agent. Other
// agents are those of thousands of people.
func device(a *activity.Activity, p *detect.Tenant) string {
	if id := detect.ValueOf(activity.FieldDevice).Text(a, p); id != "" {
		return id
	}
	// Outlook for phones says the same on every phone.
	if agent := p.Case.Text(a.Agent); p.Case.Text(a.App) == "Mobile" && !strings.HasPrefix(agent, "Outlook-iOS") {
		return agent
	}
	return ""
}

// vouched is a device of the owner's that was in the country on each day of the rows, or the day before or after: the
// owner was there, too. It must have lived elsewhere for as many days as a baseline needs. "" if there is none, and
// where some of the rows came from a rented network, which has no people in it.
func (d *countries) vouched(t detect.Timeline, p *detect.Tenant, rows []int, country string) string {
	for _, row := range rows {
		switch class := p.Places.At(t.At(row).IP).Place.Class; {
		case class.Home(), class == geo.Satellite:
		default:
			return ""
		}
	}
	there := map[string][]int64{}
	var elsewhere detect.Days
	for row := range detect.Person(d.rule, t, p) {
		a := t.At(row)
		own := device(a, p)
		at, ok := position(a, p)
		switch {
		case own == "" || !ok:
		case at.Place.Country == country:
			there[own] = append(there[own], dayOf(a.Time))
		default:
			elsewhere.Add(own, a.Time)
		}
	}
	for _, own := range elsewhere.Values() {
		if elsewhere.On(own) < d.settings.Baseline.MinDays {
			continue
		}
		stranger := func(row int) bool {
			day := dayOf(t.At(row).Time)
			return !slices.ContainsFunc(there[own], func(n int64) bool { return n >= day-1 && n <= day+1 })
		}
		if !slices.ContainsFunc(rows, stranger) {
			return own
		}
	}
	return ""
}

func dayOf(ms int64) int64 { return ms / (24 * time.Hour).Milliseconds() }
