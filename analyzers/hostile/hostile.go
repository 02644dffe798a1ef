// Package hostile is the detector for what came from where an intruder was: an address that is hostile in one mailbox makes
// what it did in any other a finding of its own, however little is known of that one's habits. It is asked once it is known
// whose act each activity was, and accuses nobody.
package hostile

import (
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings. There are none.
type Settings struct{}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "hostile",
		Doc:      "one finding for each address that an intruder used in another mailbox, about the rows from there that the rule matches; it is asked after attribution, and accuses nobody",
		Settings: func() detect.Settings { return &Settings{} },
	}
}

// Validate finds nothing wrong.
func (*Settings) Validate() error { return nil }

// States implements detect.Settings.
func (*Settings) States() detect.Facts {
	return detect.Facts{"accounts": detect.NumberFact, "others": detect.TextFact}.With(stated()...)
}

// stated are the fields that say who did what, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldIP, activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass,
		activity.FieldApp, activity.FieldAgent, activity.FieldSession,
	}
}

// Detector is the detector that these settings describe.
func (*Settings) Detector(r *detect.Rule) detect.Detector { return &detector{r} }

type detector struct{ rule *detect.Rule }

// Mailbox finds nothing: nobody knows yet whose act anything was.
func (*detector) Mailbox(detect.Timeline, *detect.Tenant) []detect.Finding { return nil }

// from are the rows from one address.
type from struct {
	address string
	others  []string // accounts that an intruder was in from there, the first of them
	all     int
	rows    []int
}

// Later gives one finding per address, in order of the first row from there.
func (d *detector) Later(t detect.Timeline, p *detect.Tenant, h detect.Hostile) []detect.Finding {
	var order []*from
	by, asked := map[string]*from{}, map[activity.Symbol]*from{}
	for row, a := range t.Matches() {
		if a.Actor != t.Mailbox {
			continue
		}
		x, known := asked[a.IP]
		if !known {
			if address, others, all := h.Elsewhere(a.IP, t.Mailbox); all > 0 {
				if x = by[address]; x == nil {
					x = &from{address: address, others: accountNames(p.Case, others), all: all}
					by[address] = x
					order = append(order, x)
				}
			}
			asked[a.IP] = x
		}
		if x != nil {
			x.rows = append(x.rows, row)
		}
	}
	findings := make([]detect.Finding, 0, len(order))
	for _, x := range order {
		findings = append(findings, detect.New(d.rule, t, p, x.rows, []string{x.address},
			detect.Say("accounts", x.all), detect.List("others", x.others), detect.Fields(stated()...), detect.MessageFields()))
	}
	return findings
}

// accountNames are the names of accounts, sorted.
func accountNames(c *activity.Case, accounts []activity.Symbol) []string {
	list := make([]string, len(accounts))
	for i, s := range accounts {
		list[i] = c.Text(s)
	}
	slices.Sort(list)
	return list
}
