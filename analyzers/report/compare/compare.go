// Package compare says what differs between two reports.
package compare

import (
	"cmp"
	"encoding/json"
	"slices"

	"triage/analyzers/report"
)

// Compare says what differs between two reports over the same case.
func Compare(old, new *report.Report) *report.Comparison {
	old, new = sideBySide(old, new)
	c := &report.Comparison{Schema: report.CompareName, Old: compared(old), New: compared(new), Run: runChanges(old, new), Notes: comparisonNotes(old, new)}
	c.Inputs = compareInputs(old.Inputs, new.Inputs)
	c.Packs = compareLists(old.Packs, new.Packs, func(p report.Pack) string { return p.ID }, func(a, b *report.Pack, d *diff) {
		d.text("version", a.Version, b.Version)
		d.text("sha256", a.SHA256, b.SHA256)
	})
	c.Geo = compareLists(mapped(old.Geo, databaseOf), mapped(new.Geo, databaseOf),
		func(x report.ComparedDatabase) string { return keyText(x.Database, x.Source) },
		func(a, b *report.ComparedDatabase, d *diff) {
			d.text("built", a.Built, b.Built)
			d.text("sha256", string(a.SHA256), string(b.SHA256))
		})
	c.Mailboxes = compareLists(mapped(old.Mailboxes, comparedMailbox), mapped(new.Mailboxes, comparedMailbox),
		func(m report.ComparedMailbox) string { return withTenant(m.Mailbox, m.Tenant) }, mailboxChanges)
	before := beforeMoves(old.Findings, new.Findings)
	c.Findings = compareLists(mapped(old.Findings, findingOf), mapped(new.Findings, findingOf),
		func(f report.ComparedFinding) string {
			return withTenant(cmp.Or(before[f.Fingerprint], f.Fingerprint), f.Tenant)
		}, findingChanges)
	for i := range c.Findings.Gone {
		f := &c.Findings.Gone[i]
		f.OldID, f.NewID = f.NewID, ""
	}
	sortFindings(&c.Findings)
	c.Caveats = compareLists(mapped(old.Caveats, caveatOf), mapped(new.Caveats, caveatOf),
		func(x report.ComparedCaveat) string {
			return withTenant(keyText(x.Code, string(x.Mailbox), x.Text), x.Tenant)
		}, nil)
	c.NotEvaluated = compareLists(old.NotEvaluated, new.NotEvaluated,
		func(n report.NotEvaluated) string {
			return withTenant(keyText(n.Rule, string(n.Mailbox), n.Reason), n.Tenant)
		}, nil)
	c.Same = len(c.Run) == 0 && c.Inputs.None() && c.Packs.None() && c.Geo.None() && c.Mailboxes.None() && c.Findings.None() &&
		c.Caveats.None() && c.NotEvaluated.None()
	return c
}

// beforeMoves are the fingerprints that findings had before their rules were moved, where the older report knows them
// by it: each stands for one finding.
func beforeMoves(old, new []report.Finding) map[string]string {
	known, before := map[string]bool{}, map[string]string{}
	for i := range old {
		known[old[i].Fingerprint] = true
	}
	for i := range new {
		delete(known, new[i].Fingerprint)
	}
	for i := range new {
		for _, print := range new[i].Formerly {
			if known[print] {
				before[new[i].Fingerprint] = print
				delete(known, print)
				break
			}
		}
	}
	return before
}

// sideBySide makes two reports say alike which tenant a thing is about: of one that is about several, the other one says
// its own. Where that does not know it, tenants are no help.
func sideBySide(old, new *report.Report) (*report.Report, *report.Report) {
	if !old.Several() && !new.Several() {
		return allOf(old, ""), allOf(new, "")
	}
	for _, r := range []*report.Report{old, new} {
		if !r.Several() && (len(r.Tenants) == 0 || r.Tenants[0].ID == "") {
			return allOf(old, ""), allOf(new, "")
		}
	}
	for _, r := range []**report.Report{&old, &new} {
		if !(*r).Several() {
			*r = allOf((*r), report.TenantOf((*r).Tenants[0].ID))
		}
	}
	return old, new
}

// allOf is the report with all that a comparison looks at said of one tenant.
func allOf(r *report.Report, t report.TenantOf) *report.Report {
	out := *r
	out.Mailboxes = marked(r.Mailboxes, func(x *report.Mailbox) { x.Tenant = t })
	out.Findings = marked(r.Findings, func(x *report.Finding) { x.Tenant = t })
	out.Caveats = marked(r.Caveats, func(x *report.Caveat) { x.Tenant = t })
	out.NotEvaluated = marked(r.NotEvaluated, func(x *report.NotEvaluated) { x.Tenant = t })
	return &out
}

// withTenant is a key that tells tenants apart.
func withTenant(key string, t report.TenantOf) string {
	if t == "" {
		return key
	}
	return key + "\x00" + string(t)
}

func compared(r *report.Report) report.Compared {
	return report.Compared{Tool: report.Clean(r.Tool.Version), AsOf: r.AsOf, Inputs: len(r.Inputs), Mailboxes: len(r.Mailboxes), Findings: len(r.Findings)}
}

func runChanges(old, new *report.Report) []report.Change {
	d := &diff{changes: []report.Change{}}
	d.text("tool", old.Tool.Version, new.Tool.Version)
	d.text("as_of", old.AsOf, new.AsOf)
	d.text("effective_rules_sha256", old.EffectiveRulesSHA256, new.EffectiveRulesSHA256)
	d.text("filters", filterText(old.Filters), filterText(new.Filters))
	return d.changes
}

// filterText is what a report was filtered by; "" if it was not.
func filterText(f *report.Filters) string {
	if f == nil {
		return ""
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// comparisonNotes warn of what makes two reports hard to compare.
func comparisonNotes(old, new *report.Report) []string {
	list := []string{}
	if filterText(old.Filters) != filterText(new.Filters) {
		list = append(list, "the reports are filtered differently: what is new or gone may only have been left out")
	} else if old.Filters != nil {
		list = append(list, "both reports are filtered: what they leave out is not compared")
	}
	both := func(in report.Input) bool {
		return slices.ContainsFunc(new.Inputs, func(n report.Input) bool { return n.SHA256 == in.SHA256 || n.Path == in.Path })
	}
	if len(old.Inputs) > 0 && len(new.Inputs) > 0 && !slices.ContainsFunc(old.Inputs, both) {
		list = append(list, "the reports have no input in common: they may be about different cases")
	}
	return list
}

// marked is a list with something set of each.
func marked[T any](list []T, set func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		set(&list[i])
	}
	return list
}
