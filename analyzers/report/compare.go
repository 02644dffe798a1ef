package report

import (
	"encoding/json"
	"slices"
)

// Compare says what differs between two reports over the same case.
func Compare(old, new *Report) *Comparison {
	old, new = sideBySide(old, new)
	c := &Comparison{Schema: CompareName, Old: compared(old), New: compared(new), Run: runChanges(old, new), Notes: notes(old, new)}
	c.Inputs = compareInputs(old.Inputs, new.Inputs)
	c.Packs = compareLists(old.Packs, new.Packs, func(p Pack) string { return p.ID }, func(a, b *Pack, d *diff) {
		d.text("version", a.Version, b.Version)
		d.text("sha256", a.SHA256, b.SHA256)
	})
	c.Geo = compareLists(each(old.Geo, databaseOf), each(new.Geo, databaseOf),
		func(x ComparedDatabase) string { return key(x.Database, x.Source) },
		func(a, b *ComparedDatabase, d *diff) {
			d.text("built", a.Built, b.Built)
			d.text("sha256", string(a.SHA256), string(b.SHA256))
		})
	c.Mailboxes = compareLists(each(old.Mailboxes, mailboxOf), each(new.Mailboxes, mailboxOf),
		func(m ComparedMailbox) string { return withTenant(m.Mailbox, m.Tenant) }, mailboxChanges)
	c.Findings = compareLists(each(old.Findings, findingOf), each(new.Findings, findingOf),
		func(f ComparedFinding) string { return withTenant(f.Fingerprint, f.Tenant) }, findingChanges)
	for i := range c.Findings.Gone {
		f := &c.Findings.Gone[i]
		f.OldID, f.NewID = f.NewID, ""
	}
	sortFindings(&c.Findings)
	c.Caveats = compareLists(each(old.Caveats, caveatOf), each(new.Caveats, caveatOf),
		func(x ComparedCaveat) string { return withTenant(key(x.Code, string(x.Mailbox), x.Text), x.Tenant) }, nil)
	c.NotEvaluated = compareLists(old.NotEvaluated, new.NotEvaluated,
		func(n NotEvaluated) string { return withTenant(key(n.Rule, string(n.Mailbox), n.Reason), n.Tenant) }, nil)
	c.Same = len(c.Run) == 0 && c.Inputs.None() && c.Packs.None() && c.Geo.None() && c.Mailboxes.None() && c.Findings.None() &&
		c.Caveats.None() && c.NotEvaluated.None()
	return c
}

// sideBySide makes two reports say alike which tenant a thing is about: of one that is about several, the other one says
// its own. Where that does not know it, tenants are no help.
func sideBySide(old, new *Report) (*Report, *Report) {
	if !old.Several() && !new.Several() {
		return old.ofTenant(""), new.ofTenant("")
	}
	for _, r := range []*Report{old, new} {
		if !r.Several() && (len(r.Tenants) == 0 || r.Tenants[0].ID == "") {
			return old.ofTenant(""), new.ofTenant("")
		}
	}
	for _, r := range []**Report{&old, &new} {
		if !(*r).Several() {
			*r = (*r).ofTenant(TenantOf((*r).Tenants[0].ID))
		}
	}
	return old, new
}

// ofTenant is the report with all that a comparison looks at said of one tenant.
func (r *Report) ofTenant(t TenantOf) *Report {
	out := *r
	out.Mailboxes = relabel(r.Mailboxes, func(x *Mailbox) { x.Tenant = t })
	out.Findings = relabel(r.Findings, func(x *Finding) { x.Tenant = t })
	out.Caveats = relabel(r.Caveats, func(x *Caveat) { x.Tenant = t })
	out.NotEvaluated = relabel(r.NotEvaluated, func(x *NotEvaluated) { x.Tenant = t })
	return &out
}

// withTenant is a key that tells tenants apart.
func withTenant(key string, t TenantOf) string {
	if t == "" {
		return key
	}
	return key + "\x00" + string(t)
}

func compared(r *Report) Compared {
	return Compared{clean(r.Tool.Version), r.AsOf, len(r.Inputs), len(r.Mailboxes), len(r.Findings)}
}

func runChanges(old, new *Report) []Change {
	d := &diff{changes: []Change{}}
	d.text("tool", old.Tool.Version, new.Tool.Version)
	d.text("as_of", old.AsOf, new.AsOf)
	d.text("effective_rules_sha256", old.EffectiveRulesSHA256, new.EffectiveRulesSHA256)
	d.text("filters", filterText(old.Filters), filterText(new.Filters))
	return d.changes
}

// filterText is what a report was filtered by; "" if it was not.
func filterText(f *Filters) string {
	if f == nil {
		return ""
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// notes warn of what makes two reports hard to compare.
func notes(old, new *Report) []string {
	list := []string{}
	if filterText(old.Filters) != filterText(new.Filters) {
		list = append(list, "the reports are filtered differently: what is new or gone may only have been left out")
	} else if old.Filters != nil {
		list = append(list, "both reports are filtered: what they leave out is not compared")
	}
	both := func(in Input) bool {
		return slices.ContainsFunc(new.Inputs, func(n Input) bool { return n.SHA256 == in.SHA256 || n.Path == in.Path })
	}
	if len(old.Inputs) > 0 && len(new.Inputs) > 0 && !slices.ContainsFunc(old.Inputs, both) {
		list = append(list, "the reports have no input in common: they may be about different cases")
	}
	return list
}
