package rare

import (
	"net/netip"
	"strconv"

	"triage/analyzers/detect"
	"triage/geo"
	"triage/ingest/activity"
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
func (d *Detector) familiar(t detect.Timeline, p *detect.Tenant, text string, rows []int) bool {
	if d.Familiar.MinDays == 0 {
		return false
	}
	mine := map[string]bool{}
	for _, row := range rows {
		if name := network(t.At(row).IP, p); name != "" {
			mine[name] = true
		}
	}
	if len(mine) == 0 {
		return false
	}
	var days detect.Days
	for row := range detect.Person(d.Rule, t, p) {
		a := t.At(row)
		if d.Value.Text(a, p) == text || a.Result == activity.Failure {
			continue
		}
		if name := network(a.IP, p); mine[name] {
			days.Add(name, a.Time)
		}
	}
	for name := range mine {
		if days.On(name) < d.Familiar.MinDays {
			return false
		}
	}
	return true
}
