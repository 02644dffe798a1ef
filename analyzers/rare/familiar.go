package rare

import (
	"net/netip"
	"strconv"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Familiar lowers the confidence of a value that comes only from networks which the mailbox's other values come from: a
// new program at home is the owner's own, mostly.
type Familiar struct {
	MinDays    int `yaml:"min_days" doc:"days on which other values came from a network, for it to be familiar; 0: none ever is"`
	Confidence int `yaml:"confidence" doc:"points of confidence that a value from familiar networks loses, beside its boost"`
}

// network is what stands for the network of an address; "" where there is none. Lines of people go by their company,
// which gives them another address every week. A rented network is everybody's, so that only near addresses are one.
func network(ip activity.Symbol, p *detect.Tenant) string {
	if ip == 0 || p.Places == nil {
		return ""
	}
	at := p.Places.At(ip)
	switch {
	case !at.Addr.IP.IsValid():
		return ""
	case at.Place.Class.Home() && at.Place.ASN != 0:
		return "AS" + strconv.FormatUint(uint64(at.Place.ASN), 10)
	case at.Place.Class == geo.MSService:
		return "" // says nothing of where the client is
	}
	bits := 24
	if at.Addr.IP.Is6() {
		bits = 48
	}
	near := netip.PrefixFrom(at.Addr.IP, bits).Masked()
	return near.String()
}

// familiar says whether all addresses of a value's activities lie in networks from which other values came on enough
// days. A value without any address is never familiar.
func (d *Detector) familiar(t detect.Timeline, p *detect.Tenant, seen *values, v *value, rows []int) bool {
	if d.Familiar.MinDays == 0 {
		return false
	}
	var days detect.Days // of the other values
	mine := map[string]*detect.Tally{}
	for _, row := range rows {
		if name := network(t.At(row).IP, p); name != "" && mine[name] == nil {
			mine[name] = days.Tally(name)
		}
	}
	if len(mine) == 0 {
		return false
	}
	networks := map[activity.Symbol]*detect.Tally{} // by address; nil: none of mine
	for row := range detect.Person(d.Rule, t, p) {
		a := t.At(row)
		if a.IP == 0 || a.Result == activity.Failure {
			continue
		}
		if own := seen.of(a); len(own) > 0 && own[0] == v {
			continue
		}
		tally, known := networks[a.IP]
		if !known {
			tally = mine[network(a.IP, p)]
			networks[a.IP] = tally
		}
		if tally != nil {
			tally.Add(a.Time)
		}
	}
	for name := range mine {
		if days.On(name) < d.Familiar.MinDays {
			return false
		}
	}
	return true
}
