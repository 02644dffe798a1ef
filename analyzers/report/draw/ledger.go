package draw

import (
	"triage/analyzers/ledger"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// ledger says what is missing; filters on mailboxes hide what is about others.
func missingItems(p *tenantPart) []report.LedgerItem {
	list := []report.LedgerItem{}
	items := p.Result.Missing
	if items == nil {
		items = ledger.Of(p.c, ledger.Options{AsOf: p.AsOf})
	}
	for _, it := range items {
		tenant := p.c.Tenant
		if it.Part > 0 {
			tenant = p.c.Parts[it.Part-1].Tenant
		}
		if (it.Path != "" || p.Filter.tenant(tenant)) && (it.Mailbox == "" || p.Filter.mailbox(it.Mailbox)) {
			list = append(list, ledgerItem(p.c, it))
		}
	}
	return list
}

func ledgerItem(c *activity.Case, it ledger.Item) report.LedgerItem {
	out := report.LedgerItem{
		Code: it.Code, Severity: it.Severity.String(), File: report.Text(report.Clean(it.Path)), Mailbox: report.Text(report.Clean(it.Mailbox)),
		First: report.Time(it.First), Last: report.Time(it.Last), Text: report.Clean(it.Text), Ask: report.Text(report.Clean(it.Ask)),
	}
	if it.Part > 0 {
		out.Tenant = report.NamedTenant(c.Parts[it.Part-1].Tenant)
	}
	if it.Source != activity.SourceUnknown {
		out.Source = report.Text(it.Source.String())
	}
	return out
}
