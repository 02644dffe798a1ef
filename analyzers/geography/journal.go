package geography

import (
	"iter"

	"triage/analyzers/detect"
	"triage/geo"
	"triage/ingest/activity"
)

// sighting is one activity that shows where the person was. A mailbox has hundreds of thousands, which are walked
// several times: what these walks need stands here, so that no walk goes through all of the mailbox again.
type sighting struct {
	time            int64
	row             uint32
	session, device activity.Symbol
	spot            uint32 // index in journal.spots
	logon           bool
	ambiguous       bool
	phone           bool // the program is a phone's
}

// journal is where one mailbox's person was, oldest first, as far as the rule is about it.
type journal struct {
	blocks [][]sighting   // all but the last are full: growing one list would copy it a dozen times
	spots  []*geo.Located // each address once
}

const blockSize = 4096 // 128 KiB

func (d *travel) see(t detect.Timeline, p *detect.Tenant) *journal {
	j := &journal{}
	spots := newSpots(p, func(at *geo.Located) uint32 {
		j.spots = append(j.spots, at)
		return uint32(len(j.spots) - 1)
	})
	mobile := p.Case.Symbols.Find(mobileApp)
	for row := range detect.Person(d.rule, t, p) {
		a := t.At(row)
		at := spots.position(a)
		if at == nil {
			continue
		}
		j.add(sighting{
			time: a.Time, row: uint32(row), spot: at.says, session: a.Session, device: p.Case.Get(a, activity.FieldDevice),
			logon: a.Type == activity.Logon, ambiguous: at.Addr.Ambiguous || a.Flags&activity.ChainedIP != 0,
			phone: mobile != 0 && a.App == mobile,
		})
	}
	return j
}

func (j *journal) add(s sighting) {
	last := len(j.blocks) - 1
	if last < 0 || len(j.blocks[last]) == blockSize {
		size := blockSize
		if last < 0 {
			size = 8 // and grows: most mailboxes are small
		}
		j.blocks = append(j.blocks, make([]sighting, 0, size))
		last++
	}
	j.blocks[last] = append(j.blocks[last], s)
}

// all yields the sightings with their spots.
func (j *journal) all(yield func(*sighting, *geo.Located) bool) {
	for _, block := range j.blocks {
		for i := range block {
			if !yield(&block[i], j.spots[block[i].spot]) {
				return
			}
		}
	}
}

// positions are the sightings in geo's words, but for those of phones that their network shows at home, if there is a
// home to leave them out of.
func (j *journal) positions(withoutPhonesAt []string) iter.Seq[geo.Position] {
	return func(yield func(geo.Position) bool) {
		for s, at := range j.all {
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
func (j *journal) days() (countries, networks *detect.Days) {
	countries, networks = &detect.Days{}, &detect.Days{}
	tallies := make([][2]*detect.Tally, len(j.spots))
	for i, at := range j.spots {
		tallies[i] = [2]*detect.Tally{countries.Tally(at.Place.Country), networks.Tally(network(at.Place.ASN))}
	}
	for s := range j.all {
		for _, tally := range tallies[s.spot] {
			tally.Add(s.time)
		}
	}
	return countries, networks
}
