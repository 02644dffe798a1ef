package draw

import (
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// identities are the names that were joined to accounts, as far as the filter lets these through, and how many are not
// listed.
func identities(p *tenantPart) (list []report.AccountName, more int) {
	list = []report.AccountName{}
	listed := eachIdentity(p, func(x *activity.Alias) {
		list = append(list, report.AccountName{
			Account: report.Clean(p.c.Text(x.Account)), Name: report.Clean(p.c.Text(x.Name)), Why: x.Why, Activities: x.Rows,
			Evidence: p.citation(x.First),
		})
	})
	return list, listed - len(list)
}

// eachIdentity calls f for each name that is listed, and says how many there are.
func eachIdentity(p *tenantPart, f func(*activity.Alias)) int {
	n := 0
	for i := range p.c.Aliases {
		x := &p.c.Aliases[i]
		if !p.Filter.mailbox(p.c.Text(x.Account)) {
			continue
		}
		if n++; n <= maxIdentities {
			f(x)
		}
	}
	return n
}
