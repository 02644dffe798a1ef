package audit

import (
	"slices"
	"strings"

	"triage/ingest/activity"
)

// TenantDomains are the domains of the tenant's own people, in lower case and order: those of the owners of Exchange
// mailboxes and of whoever ran an Exchange cmdlet. Sign-ins and file activities do not count, because guests have them
// too; failed logons could name anybody. Nor do partners and guests.
func TenantDomains(c *activity.Case) []string {
	if !c.From(activity.SourceAudit) {
		return nil
	}
	seen := map[string]bool{}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Lane != activity.Person || a.ActorType == activity.ActorPartnerTechnician || a.ActorType == activity.ActorGuest ||
			c.Text(c.Get(a, activity.FieldWorkload)) != "Exchange" {
			continue
		}
		for _, name := range [2]activity.Symbol{a.Mailbox, a.Actor} {
			if _, domain, ok := strings.Cut(c.Text(name), "@"); ok && domain != "" && !strings.Contains(domain, "@") {
				seen[domain] = true
			}
		}
	}
	domains := make([]string, 0, len(seen))
	for d := range seen {
		domains = append(domains, d)
	}
	slices.Sort(domains)
	return domains
}
