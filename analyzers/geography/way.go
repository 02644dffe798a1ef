package geography

import (
	"cmp"
	"math"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// ways are the rented networks that the owner's own computers go out by, as with a VPN that is on now and then, by number:
// one of them logged on from there that is also seen on a line of people, or two sessions that began there a week apart
// came from both. A thief has the one session that he stole, and no device.
func (j *journal) ways() map[uint32]bool {
	type thing struct{ session, device activity.Symbol }
	rented, lines := map[uint32]map[thing]int64{}, map[thing]bool{} // when first
	for _, block := range j.blocks {
		for i := range block {
			at := &j.spots[block[i].spot].Place
			for _, one := range []thing{{session: block[i].session}, {device: block[i].device}} {
				switch {
				case one == thing{}:
				case at.Class.Home():
					lines[one] = true
				case at.ASN != 0:
					if rented[at.ASN] == nil {
						rented[at.ASN] = map[thing]int64{}
					}
					if _, known := rented[at.ASN][one]; !known {
						rented[at.ASN][one] = block[i].time
					}
				}
			}
		}
	}
	ways := map[uint32]bool{}
	for asn, things := range rented {
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for one, at := range things {
			switch {
			case !lines[one]:
			case one.device != 0:
				ways[asn] = true
			default:
				first, last = min(first, at), max(last, at)
			}
		}
		ways[asn] = ways[asn] || last > first && last-first >= (7*24*time.Hour).Milliseconds()
	}
	return ways
}

// ownWay names the network where all rows that came from no line of people came by ways of the owner's own; "" if one did
// not.
func ownWay(t detect.Timeline, p *detect.Tenant, rows []int) string {
	ways, spots, name := journalOf(t, p).ways(), newSpots(p), ""
	for _, row := range rows {
		at := &spots.of(t.At(row).IP).Place
		switch {
		case at.Class.Home(), at.Class == geo.Satellite:
		case ways[at.ASN]:
			name = cmp.Or(at.Org, networkName(at.ASN))
		default:
			return ""
		}
	}
	return name
}
