package geography

import (
	"slices"
	"strconv"
	"strings"

	"triage/geo"
	"triage/rules/detect"
)

// places finds activities from places that a pack names, and from networks that hide where their user is.
type places struct {
	rule     *detect.Rule
	settings Settings
	asns     []uint32
	classes  []geo.Class
}

// class is what the detector makes of an address.
type class struct {
	days  *detect.Tally // of its class; nil for a declared way out, which says nothing by class
	group *placeGroup   // nil: no finding
}

// placeGroup is what one finding is about.
type placeGroup struct {
	values []string
	rows   []int
}

// Mailbox gives one finding per country, network or class and network, in order of first activity.
func (d *places) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var days detect.Days // by class: who always works through a gateway is no finding for the gateway
	var order []*placeGroup
	seen := journalOf(t, p)
	classes := d.judge(seen, p, &days)
	for at, judged := range seen.about(d.rule, t, p) {
		c := classes[at.spot]
		if c.days == nil {
			continue
		}
		c.days.Add(at.time)
		if c.group == nil || !judged {
			continue
		}
		if c.group.rows == nil {
			order = append(order, c.group)
		}
		c.group.rows = append(c.group.rows, int(at.row))
	}
	var findings []detect.Finding
	for _, g := range order {
		if d.byClass() && d.settings.Baseline.Judge(&days, g.values[0]) == detect.Usual {
			continue
		}
		unsure := doubtOf(t, p, g.rows...)
		says := []detect.Statement{detect.Fields(stated()...), detect.MessageFields()}
		f := detect.New(d.rule, t, p, g.rows, g.values, append(says, unsure.says()...)...)
		unsure.limit(&f, d.settings.Ambiguous)
		findings = append(findings, f)
	}
	return findings
}

// judge is what the detector makes of each address.
func (d *places) judge(seen *journal, p *detect.Tenant, days *detect.Days) []class {
	groups := map[string]*placeGroup{}
	return each(seen, func(at *geo.Located) class {
		if d.byClass() && p.Declared.IsEgress(at.Addr.IP) {
			return class{}
		}
		c := class{days: days.Tally(at.Place.Class.String())}
		if values := d.group(at.Place); values != nil {
			key := strings.Join(values, "\x00")
			if groups[key] == nil {
				groups[key] = &placeGroup{values: values}
			}
			c.group = groups[key]
		}
		return c
	})
}

func (d *places) byClass() bool {
	return d.settings.Signal == classIn || d.settings.Signal == anonymizer
}

// group is what makes a place a finding and which one; nil if it is none.
func (d *places) group(at geo.Place) []string {
	switch d.settings.Signal {
	case countryIn:
		if at.Country != "" && d.named(at.Country) {
			return []string{at.Country}
		}
	case countryNotIn:
		if at.Country != "" && !d.named(at.Country) {
			return []string{at.Country}
		}
	case asnIn:
		if slices.Contains(d.asns, at.ASN) {
			return []string{strconv.FormatUint(uint64(at.ASN), 10)}
		}
	case classIn, anonymizer:
		if d.counts(at.Class) {
			return []string{at.Class.String(), strconv.FormatUint(uint64(at.ASN), 10)}
		}
	}
	return nil
}

func (d *places) named(country string) bool {
	return slices.ContainsFunc(d.settings.Countries, func(c string) bool { return strings.EqualFold(c, country) })
}

func (d *places) counts(c geo.Class) bool {
	if len(d.classes) > 0 {
		return slices.Contains(d.classes, c)
	}
	return d.settings.Signal == anonymizer && c.Anonymizer()
}
