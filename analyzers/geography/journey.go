package geography

import (
	"iter"

	"triage/geo"
	"triage/rules/detect"
)

// journey is the part of a journal that a rule on travel is about.
type journey struct {
	*journal
	rule *detect.Rule
	t    detect.Timeline
	p    *detect.Tenant
}

// positions are the sightings in geo's words, but for those of phones that their network shows at home, if there is a
// home to leave them out of.
func (j *journey) positions(withoutPhonesAt []string) iter.Seq[geo.Position] {
	return func(yield func(geo.Position) bool) {
		for s := range j.about(j.rule, j.t, j.p) {
			at := &j.spots[s.spot]
			if s.local { // a journey is judged by its times
				continue
			}
			if len(withoutPhonesAt) > 0 && isPhone(&at.Place, s.phone, withoutPhonesAt) {
				continue
			}
			here := geo.Position{
				Time: s.time, IP: at.Addr.IP, Place: &at.Place, Session: uint32(s.session), Device: uint32(s.device),
				Row: int(s.row), Logon: s.logon, Succeeded: true, Ambiguous: s.ambiguous,
			}
			if !yield(here) {
				return
			}
		}
	}
}

// days counts on which days the person was in each country and network.
func (j *journey) days() (countries, networks *detect.Days) {
	countries, networks = &detect.Days{}, &detect.Days{}
	tallies := each(j.journal, func(at *geo.Located) [2]*detect.Tally {
		return [2]*detect.Tally{countries.Tally(at.Place.Country), networks.Tally(networkName(at.Place.ASN))}
	})
	for s := range j.about(j.rule, j.t, j.p) {
		for _, tally := range tallies[s.spot] {
			tally.Add(s.time)
		}
	}
	return countries, networks
}
