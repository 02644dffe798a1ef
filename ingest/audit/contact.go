package audit

import (
	"bytes"

	"triage/ingest/activity"
	"triage/ingest/record"
)

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
