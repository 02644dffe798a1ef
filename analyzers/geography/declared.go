package geography

import (
	"fmt"
	"slices"

	"triage/geo"
	"triage/rules/detect"
)

// declared is what the pack says of where one user belongs: it always wins over what the days show, which an intruder's
// days may have poisoned.
type declared struct {
	home   []string // countries
	travel []detect.Journey
}

func declarations(name string, p *detect.Tenant) declared {
	return declared{home: p.Declared.HomesOf(name), travel: p.Declared.JourneysOf(name)}
}

func (d *declared) windows() []geo.Window {
	windows := make([]geo.Window, len(d.travel))
	for i, j := range d.travel {
		windows[i] = geo.Window{Country: j.Country, From: j.From, To: j.To}
	}
	return windows
}

// journey is the index of the declared journey that explains a country at a time; -1 if none does.
func (d *declared) journey(country string, ms int64) int {
	return slices.IndexFunc(d.travel, func(j detect.Journey) bool { return j.Country == country && j.From <= ms && ms < j.To })
}

// explained tells which journeys of the pack kept a rule from judging activities: whoever declares one too many must be
// able to see it.
func (d *declared) explained(r *detect.Rule, t detect.Timeline, p *detect.Tenant, counts []int) {
	for i, n := range counts {
		if j := d.travel[i]; n > 0 && p.Unable != nil {
			p.Unable(detect.NotEvaluated{
				Rule: r.ID, Mailbox: t.Mailbox,
				Reason: fmt.Sprintf("on a journey to %s that the pack declares (%s): %d activities", j.Country, j.Reason, n),
			})
		}
	}
}
