package ordinary

import "fmt"

// changes are what happens to a person once: a new computer, a new phone, a forgotten password, another mail program.
func (p *person) changes(w *world, day int) {
	at := p.onComputer(w, day, p.starts+1.2, p.desk(w, day))
	switch day {
	case p.newComputer:
		p.getsComputer(w, day)
	case p.newOutlook:
		turnsOnOutlook(p)
	case p.newPhone:
		p.phone.system, p.phone.session = pick(w, []string{"Ios 18.3", "Android 15"}), ""
		w.directory(at, "User registered security info.", p.address, changedProperty{"StrongAuthenticationMethod", "PhoneAppNotification"})
		at.at = w.later(at.at, 2, 90)
		w.directory(at, "Update user.", p.address, changedProperty{"StrongAuthenticationPhoneAppDetail", "[{\"DeviceName\":\"phone\"}]"})
		if w.chance(0.4) { // the old phone goes
			at.at = w.later(at.at, 30, 4000)
			w.directory(at, "User deleted security info.", p.address)
		}
		w.signIn(p.onPhone(w, day, p.starts+1.4), entry{app: p.phone.app, appID: p.phone.appID, client: "Mobile Apps and Desktop clients"})
	case p.forgets:
		p.forgetsPassword(w, at)
	}
	if p.program != nil && day >= p.consents && !weekend(day) {
		p.usesProgram(w, day)
	}
}

func (p *person) getsComputer(w *world, day int) {
	p.computer.id, p.computer.session = w.guid(), ""
	if w.chance(0.3) {
		p.computer.system, p.computer.family = "MacOs", safari
	}
	at := p.onComputer(w, day, p.starts+1.2, p.desk(w, day))
	w.signIn(at, web("Windows Sign In", "38aa3b87-a06d-4817-b275-7a316988d93b"))
	w.directory(at, "Add device.", p.address)
	w.directory(at, "Register device.", p.address)
	files := w.between(150, 600)
	if w.opts.Case {
		files /= 15
	}
	for i := range files { // the drive comes down
		at.at = w.later(at.at, 0, 2)
		at.agent = "Microsoft SkyDriveSync 25.1 ship; Windows NT 10.0 (22631)"
		w.file(at, "FileSyncDownloadedFull", fmt.Sprintf("doc-%d.docx", i))
	}
	for range w.between(10, 40) { // and the mailbox
		at.at = w.later(at.at, 2, 60)
		at.agent, at.appID = p.computer.agent, p.computer.appID
		w.syncs(at, p.computer.client)
	}
}

func (p *person) forgetsPassword(w *world, at act) {
	wrong := web("Office 365 Exchange Online", exchangeOnline)
	for range w.between(2, 9) {
		wrong.code = 50126
		at.at = w.later(at.at, 5, 60)
		w.signIn(at, wrong)
	}
	if w.chance(0.3) {
		wrong.code = 50053 // locked
		w.signIn(at, wrong)
	}
	at.at = w.later(at.at, 120, 1200)
	if w.chance(0.5) {
		w.directory(at, "Reset password (self-service).", p.address)
	} else {
		a := at
		a.who = pick(w, w.admins)
		w.directory(a, "Reset user password.", p.address)
	}
	at.at = w.later(at.at, 30, 200)
	w.signIn(at, web("Office 365 Exchange Online", exchangeOnline))
	p.stalePhone = w.between(1, 3)
}

// stale is a phone that goes on with the old password: failures by the dozen from a mobile network.
func (p *person) stale(w *world, day int) {
	if p.stalePhone == 0 || day == p.forgets {
		return
	}
	p.stalePhone--
	for range w.between(5, 25) {
		a := p.onPhone(w, day, 6+16*w.random.Float64())
		a.session = ""
		w.signIn(a, entry{app: "Office 365 Exchange Online", appID: exchangeOnline, code: 50126, client: "Exchange ActiveSync", silent: true, single: true})
	}
}

// usesProgram is a mail program that was consented to, on the person's computer or on its maker's servers.
func (p *person) usesProgram(w *world, day int) {
	at := p.onComputer(w, day, p.starts+3+4*w.random.Float64(), p.desk(w, day))
	if day == p.consents {
		w.consents(at, *p.program)
	}
	at.appID, at.own, at.none = p.program.id, false, w.chance(0.5)
	client := "Client=REST;;"
	if p.program.name == "Thunderbird" {
		client = "Client=POP3/IMAP4;Protocol=IMAP4"
	}
	if p.program.desktop {
		at.agent = p.program.name + "/9.2"
		w.signIn(at, entry{app: p.program.name, appID: p.program.id, client: "Mobile Apps and Desktop clients", silent: day != p.consents})
	} else {
		at.ip, at.agent, at.session, at.device, at.managed = internetLine{block: "52.59.10", last: 17}.visit(w, day), "", "", "", false
		if p.program.name == "Calendly" || p.program.name == "Zoom" {
			return // they read no mail
		}
	}
	for range w.between(1, 4) {
		at.at = w.later(at.at, 60, 5000)
		if client == "Client=REST;;" {
			w.reads(at, client, w.between(1, 4))
		} else {
			w.syncs(at, client)
		}
	}
}

// oddDay are what somebody does now and then, by kind.
func oddDay(p *person, w *world, day int) {
	at := p.onComputer(w, day, p.starts+1+7*w.random.Float64(), p.desk(w, day))
	if w.chance(0.03) { // a private window: no device, a session of its own
		a := at
		a.device, a.managed, a.session = "", false, w.guid()
		w.signIn(a, web("OfficeHome", officeHome))
		a.at = w.later(a.at, 10, 60)
		w.reads(a, "Client=OWA;Action=ViaProxy", w.between(1, 5))
	}
	if w.chance(0.015) || p.trip != nil && day == p.trip.borrowed { // another's computer, or a new browser
		a := at
		a.device, a.managed, a.session, a.agent = "", false, w.guid(), browser(pick(w, []string{chrome, firefox, safari, chromes}), day/7)
		w.signIn(a, web("Office 365 Exchange Online", exchangeOnline))
		for range w.between(1, 4) {
			a.at = w.later(a.at, 20, 300)
			if w.chance(0.5) {
				p.search(w, a, owa(a.agent))
			} else {
				w.reads(a, owa(a.agent), w.between(1, 6))
			}
		}
	}
	if w.chance(0.02) && !p.away(day) { // a café, a customer's office, somebody else's home: a line never seen before
		from := sites()[p.site].homeLine(w, w.between(5000, 9000))
		for range w.between(1, 8) {
			p.works(w, p.onComputer(w, day, p.starts+6+2*w.random.Float64(), from))
		}
	}
	if w.chance(0.012) {
		p.sorts(w, at)
	}
	if w.chance(0.002) { // away for some weeks, or to one's own second address of the company
		w.admin(at, "Set-MailboxAutoReplyConfiguration", p.alias, "Identity", p.address, "AutoReplyState", "Enabled")
	}
	p.trade(w, day, at)
}

// trade is what somebody does because of the trade.
func (p *person) trade(w *world, day int, at act) {
	switch p.kind {
	case clerk:
		for range w.some(2.5) {
			at.at = w.later(at.at, 30, 900)
			w.searches(at, owa(at.agent), pick(w, []string{"invoice", "invoice 4711", "payment", "bank details", "iban", "statement of account", "wire transfer", "overdue"}))
		}
	case assistant:
		p.assists(w, at)
	case marketer:
		if w.chance(0.1) { // a burst
			for range w.between(30, 120) {
				at.at = w.later(at.at, 2, 40)
				w.sends(at, owa(at.agent), "Spring offers", nil, []string{w.partner()}, nil)
			}
		}
	case lawyer:
		p.exports(w, day, at)
	case administrator:
		p.administers(w, at)
	}
}

// assists is work in another's mailbox.
func (p *person) assists(w *world, at act) {
	if !w.chance(0.8) || p.boss == p {
		return
	}
	in := at
	in.box = p.boss
	for range w.between(2, 8) {
		in.at = w.later(in.at, 30, 1500)
		switch draw := w.random.Float64(); {
		case draw < 0.6:
			w.reads(in, "Client=OWA;Action=ViaProxy", w.between(1, 5))
		case draw < 0.75:
			w.removes(in, owa(at.agent), "Move")
		default:
			w.sends(in, owa(at.agent), pick(w, subjects()), []*person{pick(w, w.people)}, nil, p.boss)
		}
	}
}

// exports is a matter's files, and now and then mail by a search of the whole tenant.
func (p *person) exports(w *world, day int, at act) {
	if w.chance(0.06) {
		for i := range w.between(40, 200) {
			at.at = w.later(at.at, 1, 4)
			w.file(at, "FileDownloaded", fmt.Sprintf("matter-%d.pdf", i))
		}
	}
	if w.chance(0.02) {
		name := fmt.Sprintf("matter %d", day)
		w.admin(at, "New-ComplianceSearch", name, "Name", name, "ContentMatchQuery", "subject:contract", "ExchangeLocation", "All")
		at.at = w.later(at.at, 100, 4000)
		w.admin(at, "New-ComplianceSearchAction", name, "SearchName", name, "Export", "True")
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
		{"scans", []string{"From", "scanner@contoso.com", "MoveToFolder", "Scans", "MarkAsRead", "True"}},
	})
	op := "New-InboxRule"
	if w.chance(0.2) {
		op = "Set-InboxRule"
	}
	w.admin(a, op, p.alias+"\\"+r.name, append([]string{"Name", r.name, "StopProcessingRules", "True"}, r.more...)...)
}
