package analyzers

import (
	"strconv"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// NewPlaces locates every distinct address of a case once. First, of several addresses of one record, the one that is not
// the service's own becomes the activity's.
func NewPlaces(l *geo.Locator, c *activity.Case) *Places {
	chooseIPs(l, c)
	addresses := func(yield func(activity.Symbol, string) bool) {
		seen := make([]bool, c.Symbols.Len())
		for i := range c.Activities {
			if ip := c.Activities[i].IP; ip != 0 && !seen[ip] {
				seen[ip] = true
				if !yield(ip, c.Text(ip)) {
					return
				}
			}
		}
	}
	p := &Places{table: geo.NewTable(l, addresses), texts: map[activity.Symbol]addressTexts{}}
	same := map[placeTexts]*placeTexts{}
	for symbol, located := range p.table.All() {
		texts := textsOf(located.Place)
		if same[texts] == nil {
			same[texts] = &texts
		}
		of := addressTexts{placeTexts: same[texts]}
		if located.Addr.IP.IsValid() {
			of.ip = located.Addr.IP.String()
		}
		p.texts[activity.Symbol(symbol)] = of
	}
	return p
}

// Places is what the databases say of a case's addresses. It is safe for concurrent use.
type Places struct {
	table *geo.Table
	texts map[activity.Symbol]addressTexts
}

var _ detect.Places = (*Places)(nil)

// addressTexts are the fields that rules read, made once per address.
type addressTexts struct {
	*placeTexts
	ip string
}

// placeTexts are those of a place, which many addresses share.
type placeTexts struct{ country, asn, org, class string }

func textsOf(at geo.Place) placeTexts {
	t := placeTexts{country: at.Country, org: at.Org}
	if at.ASN != 0 {
		t.asn = strconv.FormatUint(uint64(at.ASN), 10)
	}
	if at.Class != 0 {
		t.class = at.Class.String()
	}
	return t
}

// Field is the text of ip, country, asn, org or ip_class; "" where it is unknown.
func (p *Places) Field(ip activity.Symbol, f activity.Field) string {
	t := p.texts[ip]
	if t.placeTexts == nil {
		return ""
	}
	switch f {
	case activity.FieldIP:
		return t.ip
	case activity.FieldCountry:
		return t.country
	case activity.FieldASN:
		return t.asn
	case activity.FieldOrg:
		return t.org
	case activity.FieldIPClass:
		return t.class
	default:
		return ""
	}
}

// At is all that is known of an address.
func (p *Places) At(ip activity.Symbol) geo.Located { return p.table.At(uint32(ip)) }

// Faults says why addresses could not be placed, and how many.
func (p *Places) Faults() []geo.Unplaced { return p.table.Faults() }

// Unreadable lists the address fields that hold no address.
func (p *Places) Unreadable() []uint32 { return p.table.Unreadable() }
