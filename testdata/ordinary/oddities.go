package ordinary

import (
	"fmt"
	"time"
)

// changes are what happens to a person once: a new computer, a new phone, a forgotten password, another mail program.
func (p *person) changes(w *world, day int) {
	at := p.onComputer(w, day, 9.2, p.here(w, day))
	switch day {
	case p.newComputer:
		p.computer.id, p.session = w.guid(), ""
		at = p.onComputer(w, day, 9.2, p.here(w, day))
		w.signIn(at, "Windows Sign In", 0, nil)
		w.directory(at, "Register device.", p.address)
		for i := range w.between(150, 600) { // the drive comes down
			at.at = at.at.Add(time.Duration(w.between(0, 2)) * time.Second)
			at.agent = "Microsoft SkyDriveSync 25.1 ship; Windows NT 10.0 (22631)"
			w.file(at, "FileSyncDownloadedFull", fmt.Sprintf("doc-%d.docx", i))
		}
	case p.newPhone:
		p.phone.system, p.phoneSession = pick(w, []string{"Ios 18.3", "Android 15"}), ""
		w.directory(at, "User registered security info.", p.address, "StrongAuthenticationMethod", "PhoneAppNotification")
		w.directory(at, "Update user.", p.address, "StrongAuthenticationPhoneAppDetail", "[{\"DeviceName\":\"phone\"}]")
		w.signIn(p.onPhone(w, day, 9.5), p.phone.app, 0, nil)
	case p.forgets:
		for range w.between(2, 9) {
			at.at = at.at.Add(time.Duration(w.between(5, 60)) * time.Second)
			w.signIn(at, "Office 365 Exchange Online", 50126, nil)
		}
		at.at = at.at.Add(3 * time.Minute)
		if w.chance(0.5) {
			w.directory(at, "Reset password (self-service).", p.address)
		} else {
			a := at
			a.who = pick(w, w.admins)
			w.directory(a, "Reset user password.", p.address)
		}
		at.at = at.at.Add(time.Minute)
		w.signIn(at, "Office 365 Exchange Online", 0, nil)
	case p.joins + 3:
		if p.mailApp != "" {
			w.directory(at, "Consent to application.", p.mailApp, "ConsentAction.Permissions", "[] => [[Id: x, Scope: "+
				pick(w, []string{"Mail.ReadWrite offline_access", "User.Read openid profile", "IMAP.AccessAsUser.All", "Calendars.ReadWrite"})+"]]",
				"ConsentContext.IsAdminConsent", "False")
		}
	}
}

// oddities are what somebody does now and then, by kind.
func (p *person) oddities(w *world, day int) {
	at := p.onComputer(w, day, 8.5+8*w.random.Float64(), p.here(w, day))
	if w.chance(0.03) { // a private window: no device, a session of its own
		a := at
		a.device, a.session = "", w.guid()
		w.signIn(a, "OfficeHome", 0, nil)
		p.read(w, a, "Client=OWA;Action=ViaProxy", w.between(1, 5))
	}
	if w.chance(0.015) { // another's computer, or a new browser
		a := at
		a.device, a.session, a.agent = "", w.guid(), browser(pick(w, []string{chrome, firefox, safari}), day/7)
		w.signIn(a, "Office 365 Exchange Online", 0, nil)
		p.search(w, a)
	}
	if w.chance(0.012) {
		p.sorts(w, at)
	}
	switch p.kind {
	case clerk:
		for range w.some(1.5) {
			p.search(w, at)
		}
	case assistant:
		if w.chance(0.7) {
			p.read(w, act{at: at.at, who: p, ip: at.ip, agent: at.agent, session: at.session, system: at.system}, "Client=OWA;Action=ViaProxy", 3)
			w.exchange(at, "SendOnBehalf", "Client=OWA;"+at.agent, map[string]any{
				"MailboxOwnerUPN": p.boss.address, "SendOnBehalfOfUserSmtp": p.boss.address, "LogonType": 2, "Item": w.message(p, "Sent Items"),
			})
		}
	case marketer:
		if w.chance(0.1) {
			p.send(w, at, w.between(30, 120))
		}
	case lawyer:
		if w.chance(0.06) {
			for i := range w.between(40, 200) {
				at.at = at.at.Add(time.Duration(w.between(1, 4)) * time.Second)
				w.file(at, "FileDownloaded", fmt.Sprintf("matter-%d.pdf", i))
			}
		}
	case administrator:
		p.administers(w, at)
	}
}

// sorts makes an inbox rule, as people do.
func (p *person) sorts(w *world, a act) {
	type rule struct {
		name string
		more []string
	}
	r := pick(w, []rule{
		{"HR", []string{"From", "hr@contoso.com", "MoveToFolder", "HR"}},
		{"Newsletters", []string{"SubjectContainsWords", "newsletter;unsubscribe", "MoveToFolder", "News", "MarkAsRead", "True"}},
		{"Invoices", []string{"SubjectContainsWords", "invoice", "MoveToFolder", "Invoices"}},
		{"junk", []string{"FromAddressContainsWords", "shop.example", "DeleteMessage", "True"}},
		{"jira", []string{"From", "jira@contoso.com", "MoveToFolder", "Jira"}},
		{"to Jan", []string{"SubjectContainsWords", "shift plan", "ForwardTo", "jan@contoso.com"}},
	})
	w.admin(a, "New-InboxRule", p.alias+"\\"+r.name, append([]string{"Name", r.name, "StopProcessingRules", "True"}, r.more...)...)
}

// administers is an administrator's day: rights to shared mailboxes, a role for a day, accounts, consents.
func (p *person) administers(w *world, a act) {
	other := pick(w, w.people)
	if w.chance(0.3) {
		w.admin(a, "Add-MailboxPermission", "info@contoso.com", "Identity", "info@contoso.com", "User", other.address, "AccessRights", "FullAccess")
	}
	if w.chance(0.2) {
		w.admin(a, "Add-RecipientPermission", "info@contoso.com", "Identity", "info@contoso.com", "Trustee", other.address, "AccessRights", "SendAs")
	}
	if w.chance(0.3) {
		w.directory(a, "Add member to role completed (PIM activation).", p.address, "Role.DisplayName", "Exchange Administrator")
	}
	if w.chance(0.15) {
		w.directory(a, "Add member to group.", other.address, "Group.DisplayName", "Project")
	}
	if w.chance(0.1) {
		w.directory(a, "Update user.", other.address, "AccountEnabled", "[true]")
	}
	if w.chance(0.05) {
		w.directory(a, "Consent to application.", "Project tool", "ConsentAction.Permissions", "[] => [[Id: y, Scope: User.Read Files.Read]]", "ConsentContext.IsAdminConsent", "True")
	}
	if w.chance(0.05) {
		w.admin(a, "Set-Mailbox", other.alias, "Identity", other.alias, "ForwardingAddress", "info@contoso.com", "DeliverToMailboxAndForward", "True")
	}
}

// machines are what programs do in the tenant each day: a scanner that sends by IMAP and SMTP, a migration.
func (w *world) machines(day int) {
	scanner := &person{address: "scanner@contoso.com", alias: "scanner", object: "5ca00000-0000-4000-8000-000000000001", puid: "10032000BBBB0001", mailbox: "5ca00000-0000-4000-8000-000000000002"}
	a := act{at: w.at(day, 6), who: scanner, ip: offices()[0].visit(w), agent: "BAV2ROPC"}
	for range 4 {
		a.at = a.at.Add(2 * time.Hour)
		w.signIn(a, "Office 365 Exchange Online", 0, map[string]any{"clientAppUsed": "Authenticated SMTP", "authenticationRequirement": "singleFactorAuthentication"})
		w.exchange(a, "Send", "Client=SMTP;Protocol=SMTP", map[string]any{"Item": w.message(scanner, "Sent Items")})
	}
	if day%20 == 9 { // a mailbox is migrated
		p := pick(w, w.people)
		m := act{at: w.at(day, 22), who: p, ip: "20.190.160.9", agent: "Microsoft.Exchange.MailboxReplicationService"}
		for range 30 {
			m.at = m.at.Add(time.Minute)
			w.exchange(m, "MailItemsAccessed", "Client=MSExchangeMigration", map[string]any{
				"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Sync"}},
			})
		}
	}
}

// strangers are the internet's daily tries at the tenant's accounts, none of which succeeds.
func (w *world) strangers(day int) {
	if !w.chance(0.1) {
		return
	}
	from := place{fmt.Sprintf("%d.%d.%d", w.between(45, 190), w.between(1, 250), w.between(1, 250)), w.between(1, 250), ""}
	a := act{at: w.at(day, 24*w.random.Float64()), ip: from.visit(w), agent: "python-requests/2.31"}
	for range w.between(2, 14) {
		a.at = a.at.Add(time.Duration(w.between(1, 3000)) * time.Second)
		a.who = pick(w, w.people)
		w.signIn(a, "Azure Active Directory PowerShell", pick(w, []int{50126, 50126, 50053, 50034}), map[string]any{"clientAppUsed": "Other clients"})
	}
}
