package ordinary

import "time"

// byIMAP guesses a password and fetches the mailbox.
func (in *intruder) byIMAP() {
	w := in.w
	in.from, in.agent, in.system, in.appID, in.own = pick(w, phonesAbroad()), "BAV2ROPC", "", "", true
	if w.chance(0.5) {
		in.from = pick(w, serversAbroad())
	}
	in.tells()
	in.enters("guessed password|legacy protocol", "proven|likely")
	e := entry{app: "Office 365 Exchange Online", appID: exchangeOnline, client: "IMAP4", single: true, protocol: "ropc"}
	for range w.between(4, 30) {
		e.code = 50126
		w.signIn(in.act(), e)
		in.pass(1, 90)
	}
	e.code = 0
	in.client = "Client=POP3/IMAP4;Protocol=IMAP4"
	for {
		in.logon(e)
		for range w.between(2, 12) {
			w.syncs(in.act(), in.client)
			in.pass(10, 400)
		}
		next := in.at.Add(time.Duration(w.between(1, 40)) * time.Hour)
		if next.After(in.end) {
			return
		}
		in.at = next
	}
}

// byConsent is an application that the victim lets in, and that reads and sends from its maker's server. The consent itself
// is the victim's act, and counts as the intruder's: it is what lets him in.
func (in *intruder) byConsent() {
	w := in.w
	x := program{pick(w, []string{"Mail Backup Pro", "Docu-Sign Viewer", "HR Portal 2026"}), w.guid(), "Mail.ReadWrite Mail.Send offline_access User.Read", false}
	in.from = pick(w, append(serversAbroad(), serversAtHome()...))
	in.tells()
	in.enters("consent", "proven|likely")
	day := w.dayOf(in.at)
	a := in.who.onComputer(w, day, 0, in.who.desk(w, day))
	a.at = in.at
	w.consents(a, x)
	in.pass(10, 2000)
	in.agent, in.appID, in.client, in.session = "", x.id, "Client=REST;Client=RESTSystem;;", ""
	for {
		for range w.between(2, 12) {
			w.reads(in.act(), in.client, w.between(1, 12))
			w.presumes(in.act(), "", "application")
			in.pass(5, 120)
		}
		if in.does(0.3) {
			for range w.between(1, 5) {
				w.sends(in.act(), in.client, pick(w, []string{"Re: Invoice 4711", "Changed bank details", "Document shared with you"}), nil, []string{w.partner()}, nil)
				in.pass(5, 90)
			}
		}
		next := in.at.Add(time.Duration(w.between(2, 30)) * time.Hour)
		if next.After(in.end) {
			return
		}
		in.at = next
	}
}

// right is an insider: an administrator who gives himself another's mailbox and reads it, from his own desk.
func (in *intruder) right() {
	w, boss, insider := in.w, in.who, pick(in.w, in.w.admins)
	in.truth().Accounts = []string{boss.address, insider.address}
	in.enters("insider right", "proven|likely")
	day := w.dayOf(in.at)
	for weekend(day) || insider.away(day) {
		day++
	}
	do := func(day int, hour float64) act {
		return insider.onComputer(w, day, hour, insider.desk(w, day))
	}
	a := do(day, insider.starts+2+6*w.random.Float64())
	in.truth().Address = a.ip
	w.admin(a, "Add-MailboxPermission", boss.alias, "Identity", boss.alias, "User", insider.address, "AccessRights", "FullAccess", "AutoMapping", "False")
	at, last := a.at, a.at.Add(in.end.Sub(in.at))
	for {
		a.box, a.at = boss, w.later(at, 60, 900)
		for range w.between(3, 10) {
			w.reads(a, "Client=OWA;"+a.agent, w.between(1, 10))
			w.presumes(a, "", "right")
			a.at = w.later(a.at, 20, 400)
		}
		if w.chance(0.4) {
			w.searches(a, "Client=OWA;"+a.agent, pick(w, []string{"salary", "confidential", "contract", "board"}))
			a.at = w.later(a.at, 20, 400)
		}
		for day++; weekend(day) || insider.away(day) || !w.chance(0.4); day++ {
		}
		if at = w.at(day, insider.starts+2+6*w.random.Float64()); at.After(last) || day >= w.opts.Days {
			break
		}
		a = do(day, 0)
	}
	if !w.chance(0.3) {
		w.stands("right: " + insider.address + " on " + boss.address)
	} else {
		a.box = nil
		w.admin(a, "Remove-MailboxPermission", boss.alias, "Identity", boss.alias, "User", insider.address, "AccessRights", "FullAccess")
	}
}
