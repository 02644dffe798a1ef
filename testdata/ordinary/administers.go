package ordinary

import "fmt"

// administers is an administrator's day: rights to shared mailboxes, a role for some hours, accounts, consents, scripts.
func (p *person) administers(w *world, a act) {
	other, box := pick(w, w.people), pick(w, w.shared)
	if w.chance(0.3) {
		w.admin(a, "Add-MailboxPermission", box.address, "Identity", box.address, "User", other.address, "AccessRights", "FullAccess")
	}
	if w.chance(0.2) {
		w.admin(a, "Add-RecipientPermission", box.address, "Identity", box.address, "Trustee", other.address, "AccessRights", "SendAs")
	}
	if w.chance(0.1) {
		w.admin(a, "Remove-MailboxPermission", box.address, "Identity", box.address, "User", other.address, "AccessRights", "FullAccess")
	}
	if w.chance(0.3) {
		w.directory(a, "Add member to role completed (PIM activation).", p.address, changedProperty{"Role.DisplayName", "Exchange Administrator"})
		b := a
		b.at = w.later(a.at, 3600, 20000)
		w.directory(b, "Remove member from role (PIM activation expired).", p.address, changedProperty{"Role.DisplayName", "Exchange Administrator"})
	}
	a.at = w.later(a.at, 60, 900)
	if w.chance(0.15) {
		w.directory(a, "Add member to group.", other.address, changedProperty{"Group.DisplayName", "Project"})
	}
	if w.chance(0.1) {
		w.directory(a, "Update user.", other.address, changedProperty{"TelephoneNumber", "[\"+31 20 555 0100\"]"})
	}
	if w.chance(0.05) {
		w.consents(a, program{"Project tool", "0b6a3f1e-7a52-4a0e-9c3b-54f7a1b8f0d1", "User.Read Files.Read", false})
	}
	if w.chance(0.03) {
		w.admin(a, "Set-Mailbox", other.alias, "Identity", other.alias, "ForwardingAddress", "info@contoso.com", "DeliverToMailboxAndForward", "True")
	}
	if w.chance(0.03) {
		w.admin(a, "Set-TransportRule", "Disclaimer", "Identity", "Disclaimer", "ApplyHtmlDisclaimerText", "Confidential")
	}
	if w.chance(0.02) {
		w.directory(a, "Add member to role.", other.address, changedProperty{"Role.DisplayName", "Helpdesk Administrator"})
	}
	if w.chance(0.04) {
		w.directory(a, "Update application – Certificates and secrets management ", "Backup tool", changedProperty{"KeyDescription", "[\"[KeyIdentifier=1,KeyType=Password,KeyUsage=Verify,DisplayName=2026]\"]"})
	}
	if w.chance(0.4) { // a script in the shell
		b := a
		b.agent, b.appID = "PowerShell/7.5 (Microsoft.Graph)", graphShell
		w.signIn(b, entry{app: "Microsoft Graph Command Line Tools", appID: graphShell, client: "Mobile Apps and Desktop clients"})
	}
}

// joins is a new colleague: an administrator makes the account, the first day brings a computer and second factors.
func (w *world) joins(p *person, day int) {
	boss := pick(w, w.admins)
	a := boss.onComputer(w, day, p.starts, boss.desk(w, day))
	w.directory(a, "Add user.", p.address)
	w.directory(a, "Change user license.", p.address)
	w.admin(a, "Set-Mailbox", p.alias, "Identity", p.alias, "RetainDeletedItemsFor", "30.00:00:00")
	b := p.onComputer(w, day, p.starts+0.6, p.desk(w, day))
	w.signIn(b, web("Office 365 Exchange Online", exchangeOnline))
	w.directory(b, "Change user password.", p.address)
	w.directory(b, "User registered security info.", p.address, changedProperty{"StrongAuthenticationMethod", "PhoneAppNotification"})
	w.directory(b, "Add device.", p.address)
}

// leaves is a colleague's last day: the account is closed, the mail goes to somebody else.
func (w *world) leaves(p *person, day int) {
	boss, heir := pick(w, w.admins), pick(w, w.people)
	a := boss.onComputer(w, day, p.starts+9.8, boss.desk(w, day))
	w.directory(a, "Disable account.", p.address, changedProperty{"AccountEnabled", "[false]"})
	w.directory(a, "Reset user password.", p.address)
	w.directory(a, "Update StsRefreshTokenValidFrom Timestamp.", p.address)
	w.admin(a, "Add-MailboxPermission", p.alias, "Identity", p.alias, "User", heir.address, "AccessRights", "FullAccess")
	w.admin(a, "Set-Mailbox", p.alias, "Identity", p.alias, "Type", "Shared", "ForwardingAddress", heir.alias, "DeliverToMailboxAndForward", "True")
	for d := day + 1; d < w.opts.Days && heir.employed(d); d += 3 { // who looks after what comes in
		b := heir.onComputer(w, d, heir.starts+2, heir.desk(w, d))
		b.box = p
		w.reads(b, "Client=OWA;Action=ViaProxy", w.between(1, 6))
	}
}

// migrates is a mailbox that moves, once in a while.
func (w *world) migrates(day int) {
	if day%20 != 9 {
		return
	}
	boss := pick(w, w.admins)
	a := boss.onComputer(w, day, 15, boss.desk(w, day))
	for i := range 3 {
		p := pick(w, w.people)
		w.admin(a, "New-MoveRequest", p.alias, "Identity", p.address, "BatchName", fmt.Sprintf("batch %d", i))
		m := act{at: w.at(day, 20), who: p, ip: "20.190.160.9", agent: "Microsoft.Exchange.MailboxReplicationService"}
		for range 30 {
			m.at = w.later(m.at, 20, 90)
			w.syncs(m, "Client=MSExchangeMigration")
		}
	}
}
