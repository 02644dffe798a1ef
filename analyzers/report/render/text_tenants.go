package render

import (
	"slices"

	"triage/analyzers/report"
)

// firsts are the first mailboxes: the case's, or each tenant's.
func firsts(v *report.TenantView) []report.FirstMailbox {
	if v.First != nil {
		return []report.FirstMailbox{*v.First}
	}
	return v.Firsts
}

// tenantRows are the tenants for a table, at most so many.
func tenantRows(r *report.Report, most int) [][]string {
	names := r.TenantNames()
	var rows [][]string
	for i := range r.Tenants[:min(len(r.Tenants), most)] {
		t := &r.Tenants[i]
		rows = append(rows, []string{
			report.Short(names[report.NamedTenant(string(t.ID))], 60), orUnknown(t.ID), report.Grouped(t.Mailboxes), report.Grouped(t.Activities),
			report.Grouped(len(t.Inputs)), report.Short(report.NameList(t.Domains, topPeople), 200),
		})
	}
	return rows
}

// labelled is the report with every mailbox called by its tenant as well, for people: two tenants may have the same name.
// A report about one tenant is itself.
func labelled(r *report.Report) *report.Report {
	if !r.Several() {
		return r
	}
	out, names := *r, r.TenantNames()
	label := func(mailbox string, t report.TenantOf) string {
		if name := names[t]; name != "" && mailbox != "" {
			return mailbox + " [" + name + "]"
		} else if name != "" {
			return "tenant " + name
		}
		return mailbox
	}
	ofText := func(mailbox report.Text, t report.TenantOf) report.Text {
		return report.Text(label(string(mailbox), t))
	}
	out.Ledger = relabel(r.Ledger, func(x *report.LedgerItem) { x.Mailbox = ofText(x.Mailbox, x.Tenant) })
	out.Coverage = relabel(r.Coverage, func(x *report.Coverage) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Caveats = relabel(r.Caveats, func(x *report.Caveat) {
		if len(x.Mailboxes) == 0 {
			x.Mailbox = ofText(x.Mailbox, x.Tenant)
		}
		x.Mailboxes = slices.Clone(x.Mailboxes)
		for i, m := range x.Mailboxes {
			x.Mailboxes[i] = label(m, x.Tenant)
		}
	})
	out.NotEvaluated = relabel(r.NotEvaluated, func(x *report.NotEvaluated) {
		if x.Mailbox != "" { // else it is of every mailbox of its tenant
			x.Mailbox = ofText(x.Mailbox, x.Tenant)
		}
	})
	out.Accounts = relabel(r.Accounts, func(x *report.Account) { x.Account = label(x.Account, x.Tenant) })
	out.Identities = relabel(r.Identities, func(x *report.AccountName) { x.Account = label(x.Account, x.Tenant) })
	out.Mailboxes = relabel(r.Mailboxes, func(x *report.Mailbox) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Addresses = relabel(r.Addresses, func(x *report.Address) { x.IP = label(x.IP, x.Tenant) })
	out.Searches = relabel(r.Searches, func(x *report.Search) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Exposure = relabel(r.Exposure, func(x *report.Exposure) { x.Mailbox = ofText(x.Mailbox, x.Tenant) })
	out.Threads = relabel(r.Threads, func(x *report.Thread) { x.Mailbox = ofText(x.Mailbox, x.Tenant) })
	out.Findings = relabel(r.Findings, func(x *report.Finding) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Containment = relabel(r.Containment, func(x *report.Containment) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.NextEvidence = relabel(r.NextEvidence, func(x *report.NextEvidence) { x.Text = label(x.Text, x.Tenant) })
	v := &out.Tenant
	v.Mailboxes = relabel(v.Mailboxes, func(x *report.RankedMailbox) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	v.Firsts = relabel(v.Firsts, func(x *report.FirstMailbox) { x.Text = label("", x.Tenant) + ": " + x.Text })
	v.Shared = relabel(v.Shared, func(x *report.Shared) { x.Value = label(x.Value, x.Tenant) })
	v.Spread = relabel(v.Spread, func(x *report.Spread) { x.From, x.To = label(x.From, x.Tenant), label(x.To, x.Tenant) })
	return &out
}

func relabel[T any](list []T, set func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		set(&list[i])
	}
	return list
}
