package draw

import (
	"triage/analyzers/register"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// accounts are those that somebody changed, as far as the filter lets them through.
func accounts(p *tenantPart) []report.Account {
	list := []report.Account{}
	for i := range p.Result.Accounts {
		x := &p.Result.Accounts[i]
		if !p.Filter.mailbox(x.Name) {
			continue
		}
		one := report.Account{
			Account: report.Clean(x.Name), Activities: x.Activities, First: report.Time(x.First), Last: report.Time(x.Last), More: x.More,
			Changes: make([]report.AccountAct, len(x.Acts)),
		}
		for k := range x.Acts {
			one.Changes[k] = accountAct(p, &x.Acts[k])
		}
		list = append(list, one)
	}
	return list
}

func accountAct(p *tenantPart, x *register.Act) report.AccountAct {
	a := &p.c.Activities[x.Row]
	text := func(s activity.Symbol) report.Text { return report.Text(report.Clean(p.c.Text(s))) }
	out := report.AccountAct{
		Type: a.Type.String(), Op: text(a.Op), What: report.Text(report.Clean(x.What)), Group: report.Text(report.Clean(x.Group)), By: text(a.Actor),
		Evidence: p.citation(x.Row),
	}
	if a.Type == activity.PermissionChange {
		out.On = text(a.Mailbox)
	}
	return out
}

// eachChange yields the rows of those changes.
func eachChange(p *tenantPart, yield func(row uint32)) {
	for i := range p.Result.Accounts {
		if x := &p.Result.Accounts[i]; p.Filter.mailbox(x.Name) {
			for k := range x.Acts {
				yield(x.Acts[k].Row)
			}
		}
	}
}
