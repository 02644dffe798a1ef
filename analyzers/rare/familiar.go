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

// networkOf is what stands for the network of an address; "" where there is none. Lines of people go by their company,
// which gives them another address every week. A rented network is everybody's, so that only near addresses are one.
func networkOf(ip activity.Symbol, p *detect.Tenant) string {
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

// lodgings are the networks that the values which are findings came from.
type lodgings struct {
	names  map[activity.Symbol]string // by address
	byName map[string]*lodging
	many   *value // stands for more than one
}

// lodging is which values came from a network on which day.
type lodging struct {
	days  map[int64]*value // the only one that came, or many; nil is what has none of the values
	alone map[*value]int   // days on which no other one came
}

// lodgings looks at all values together: each of thousands of findings would read the whole mailbox again.
func (d *Detector) lodgings(t detect.Timeline, p *detect.Tenant, seen *values, told []*value) *lodgings {
	if d.Familiar.MinDays == 0 {
		return nil
	}
	l := &lodgings{names: map[activity.Symbol]string{}, byName: map[string]*lodging{}, many: &value{}}
	for _, v := range told {
		for _, row := range v.rows {
			if name := l.name(t.At(row).IP, p); name != "" && l.byName[name] == nil {
				l.byName[name] = &lodging{days: map[int64]*value{}, alone: map[*value]int{}}
			}
		}
	}
	if len(l.byName) == 0 {
		return l
	}
	byIP := map[activity.Symbol]*lodging{}
	for row := range detect.Person(d.Rule, t, p) {
		a := t.At(row)
		if a.IP == 0 || a.Result == activity.Failure {
			continue
		}
		at, known := byIP[a.IP]
		if !known {
			at = l.byName[l.name(a.IP, p)]
			byIP[a.IP] = at
		}
		if at == nil {
			continue
		}
		var own *value
		if list := seen.of(a); len(list) > 0 {
			own = list[0]
		}
		at.add(activity.Day(a.Time), own, l.many)
	}
	return l
}

func (l *lodgings) name(ip activity.Symbol, p *detect.Tenant) string {
	name, known := l.names[ip]
	if !known {
		name = networkOf(ip, p)
		l.names[ip] = name
	}
	return name
}

func (l *lodging) add(day int64, v, many *value) {
	switch here, any := l.days[day]; {
	case !any:
		l.days[day] = v
		l.alone[v]++
	case here != v && here != many:
		l.days[day] = many
		l.alone[here]--
	}
}

// familiar says whether all addresses of a value's activities lie in networks from which other values came on enough
// days. A value without any address is never familiar.
func (d *Detector) familiar(t detect.Timeline, v *value, l *lodgings) bool {
	if l == nil {
		return false
	}
	located := false
	for _, row := range v.rows {
		at := l.byName[l.names[t.At(row).IP]]
		if at == nil {
			continue
		}
		located = true
		if len(at.days)-at.alone[v] < d.Familiar.MinDays {
			return false
		}
	}
	return located
}
