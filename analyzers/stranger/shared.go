package stranger

import (
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// sharedLines judges lines that are strange to several accounts.
type sharedLines struct{ detector }

// accounts are the first accounts, by name, that an address is strange to: colleagues who travel together, or have one provider of
// VPN, may share a line.
type accounts map[string][]string

// named bounds the accounts that a finding names.
const named = 20

// Profile says which lines are strange to the account. What nobody did anything from is left out.
func (d *sharedLines) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	var all accounts
	for _, v := range visits(t, p, d.From) {
		if v.acts.Len()+v.reads == v.byApp { // nothing, or an application that several people have
			continue
		}
		if all == nil {
			all = accounts{}
		}
		for _, place := range v.places(t, p) {
			all[place] = []string{p.Case.Text(t.Mailbox)}
		}
	}
	if all == nil {
		return nil
	}
	return all
}

// Merge joins what two parts of the tenant say.
func (d *sharedLines) Merge(a, b detect.Partial) detect.Partial {
	to, _ := a.(accounts)
	from, _ := b.(accounts)
	if len(to) < len(from) {
		to, from = from, to
	}
	if to == nil {
		to = accounts{}
	}
	for line, names := range from {
		to[line] = detect.Lowest(named+1, to[line], names...)
	}
	return to
}

// Mailbox gives one finding per line that is strange to another account, too.
func (d *sharedLines) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	all, _ := p.Partial.(accounts)
	if len(all) == 0 {
		return nil
	}
	name := p.Case.Text(t.Mailbox)
	var findings []detect.Finding
	for _, v := range visits(t, p, d.From) {
		if v.acts.Len()+v.reads == v.byApp { // nothing, or an application that several people have
			continue
		}
		var names []string
		for _, place := range v.places(t, p) {
			names = append(names, all[place]...)
		}
		slices.Sort(names)
		names = slices.Compact(names)
		others := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
		if len(others) == 0 {
			continue
		}
		f := d.finding(t, p, v, d.rule.Level, detect.Say("accounts", len(names)), detect.List("others", others))
		findings = append(findings, f)
	}
	return findings
}

// places are what a visit may have in common with another account's. A relay is everybody's.
func (v *visit) places(t detect.Timeline, p *detect.Tenant) []string {
	if v.relay || p.Places == nil {
		return nil
	}
	var list []string
	for _, row := range v.at {
		list = append(list, p.Places.Field(t.At(row).IP, activity.FieldIP))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
