package report

import (
	"triage/analyzers/ledger"
	"triage/ingest/activity"
)

// ledger says what is missing; filters on mailboxes hide what is about others.
func missing(p *part) []LedgerItem {
	list := []LedgerItem{}
	for _, it := range ledger.Of(p.c, ledger.Options{AsOf: p.AsOf}) {
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

func ledgerItem(c *activity.Case, it ledger.Item) LedgerItem {
	out := LedgerItem{
		Code: it.Code, Severity: it.Severity.String(), File: Text(clean(it.Path)), Mailbox: Text(clean(it.Mailbox)),
		First: Time(it.First), Last: Time(it.Last), Text: clean(it.Text), Ask: Text(clean(it.Ask)),
	}
	if it.Part > 0 {
		out.Tenant = tenantOf(c.Parts[it.Part-1].Tenant)
	}
	if it.Source != activity.SourceUnknown {
		out.Source = Text(it.Source.String())
	}
	return out
}
