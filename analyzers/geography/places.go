package geography

import (
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/detect"
	"triage/geo"
)

// places finds activities from places that a pack names, and from networks that hide where their user is.
type places struct {
	rule     *detect.Rule
	settings Settings
	asns     []uint32
	classes  []geo.Class
}

// Mailbox gives one finding per country, network or class and network, in order of first activity.
func (d *places) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var days detect.Days // by class: who always works through a gateway is no finding for the gateway
	var order []string
	groups := map[string][]string{}
	rows := map[string][]int{}
	for row, judged := range detect.Person(d.rule, t, p) {
		at, ok := position(t.At(row), p)
		if !ok || d.byClass() && p.Declared.IsEgress(at.Addr.IP) {
			continue
		}
		days.Add(at.Place.Class.String(), t.At(row).Time)
		group := d.group(at.Place)
		if group == nil || !judged {
			continue
		}
		key := strings.Join(group, "\x00")
		if groups[key] == nil {
			order, groups[key] = append(order, key), group
		}
		rows[key] = append(rows[key], row)
	}
	var findings []detect.Finding
	for _, key := range order {
		if d.byClass() && d.settings.Baseline.Judge(&days, groups[key][0]) == detect.Usual {
			continue
		}
		f := detect.New(d.rule, t, rows[key], groups[key]...)
		note(&f, t, p, rows[key])
		doubt(&f, t, p, rows[key], d.settings.Ambiguous)
		f.Raise()
		findings = append(findings, f)
	}
	return findings
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
