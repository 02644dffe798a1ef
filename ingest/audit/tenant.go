package audit

import (
	"bytes"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
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

// putContact adds what a mail contact or mail user is called, and the address outside that its mail goes to: a rule that
// sends mail on names the contact, not the address. Sources: New-MailContact, Set-MailContact, New-MailUser, Set-MailUser,
// Enable-MailUser (ExternalEmailAddress).
func putContact(r *reader, out *writer) {
	outside := record.Addresses(find(r.lists.params, "ExternalEmailAddress"))
	if len(outside) == 0 {
		return
	}
	for _, to := range outside {
		out.named("", []byte(activity.ContactAddress), to)
	}
	var names []text
	for _, name := range []string{
		"Name", "Alias", "DisplayName", "Identity", "PrimarySmtpAddress", "WindowsEmailAddress", "MicrosoftOnlineServicesID",
	} {
		names = append(names, find(r.lists.params, name))
	}
	names = append(append(names, r.data.ObjectID), record.Addresses(find(r.lists.params, "EmailAddresses"))...)
	for _, name := range unique(names) {
		if name = bytes.ToLower(bytes.TrimSpace(name)); len(name) > 0 {
			out.named("", []byte(activity.ContactName), name)
		}
	}
}
