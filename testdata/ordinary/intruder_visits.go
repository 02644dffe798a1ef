package ordinary

import (
	"time"

	"triage/testdata/truth"
)

// enters notes how he came in, and how sure an answer may be of it. Outlook Activities hardly say.
func (in *intruder) enters(how, sure string) {
	n := in.w.tenant.notes[in.w.actor-1]
	if n.entry, n.entrySure = how, sure; in.w.opts.Activities {
		n.entry, n.entrySure = "", "proven|likely|possible|not known"
	}
}

// inTheMiddle is a page between the victim and the service, whose session is then used from elsewhere.
func (in *intruder) inTheMiddle(stays float64) {
	w := in.w
	in.enters("adversary in the middle|phishing", "proven|likely")
	in.from = pick(w, phishers())
	if in.does(0.5) && !w.opts.Activities {
		in.lures("Voice message from +31 20 555 0177")
	}
	in.logon(web("OfficeHome", officeHome))
	in.from = pick(w, serversAtHome())
	if in.does(stays) {
		w.directory(in.act(), "User registered security info.", in.who.address, changedProperty{"StrongAuthenticationMethod", "PhoneAppOTP"})
		w.stands("method: " + in.who.address)
		in.pass(20, 300)
	}
}

// visits is one visit: read, search, take, hide, send.
func (in *intruder) visits() {
	w := in.w
	in.reads(2, 9)
	if in.does(0.6) {
		in.searches("invoice", "wire transfer", "bank details", "iban", "payment", "password", "contract")
	}
	if in.does(0.2) {
		for range w.between(2, 15) {
			w.file(in.act(), "FileDownloaded", pick(w, []string{"contract.pdf", "payroll.xlsx", "customers.xlsx", "passwords.docx"}))
			in.pass(2, 40)
		}
	}
	if w.chance(0.12) || w.opts.Case && w.noted() != nil && len(w.noted().standing) == 0 { // rules are rare in taken accounts
		in.hides()
	}
	if in.does(0.3) {
		for range w.between(1, 4) {
			in.answers()
		}
	}
	if w.chance(0.04) && !w.opts.Activities {
		in.plants()
	}
}

// reads is some records of messages read, in a mail program's folder now and then.
func (in *intruder) reads(low, high int) {
	w := in.w
	for range w.between(low, high) {
		switch throttled := w.chance(0.004) && !w.opts.Activities; {
		case in.at.Before(in.silent):
		case w.opts.Activities:
			w.reads(in.act(), in.client, w.between(1, 12))
		case in.kind == "device-code" && w.chance(0.1):
			a := in.act()
			a.agent, a.appID = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.18526; Pro)", outlookDesktop
			w.syncs(a, "Client=MSExchangeRPC")
		default:
			if w.shown(in.act(), in.client, w.between(1, 12), throttled); throttled && w.noted() != nil {
				in.silent = in.at.Add(24 * time.Hour)
				n := w.noted()
				n.unknown = append(n.unknown, truth.Line{Truth: truth.Unknown, Mailbox: in.who.address, First: stampOf(in.at), Last: stampOf(in.silent), How: []string{"throttled"}})
			}
		}
		in.pass(10, 200)
	}
}

func (in *intruder) searches(terms ...string) {
	for range in.w.between(1, 3) {
		in.w.searches(in.act(), in.client, pick(in.w, terms))
		in.pass(15, 200)
	}
}

// answers is a reply in a payment thread of the mailbox, or of his own invention; what it answered goes, or the reply.
func (in *intruder) answers() {
	w := in.w
	l, ok := in.who.found(w.logbook, in.at.Unix(), func(l *letter) bool { return l.outside() && moneyed(l.subject) })
	to, subject := w.partner(), "Re: Invoice 4711"
	if ok {
		to, subject = l.from, "Re: "+subjectAlone(l.subject)
	}
	w.sends(in.act(), in.client, subject, nil, []string{to}, nil)
	in.pass(20, 300)
	switch {
	case w.chance(0.3) && ok:
		w.takesAway(in.act(), in.client, "HardDelete", l)
	case w.chance(0.3):
		w.takesAway(in.act(), in.client, "HardDelete", in.who.history[len(in.who.history)-1])
	default:
		return
	}
	in.pass(5, 60)
}

// plants is an application of his own that he consents to in the victim's name; the directory says so with Microsoft's
// address. It reads from another server for some days.
func (in *intruder) plants() {
	w := in.w
	x := program{pick(w, []string{"Perfect Mail Sync", "Mail Archiver", "eDocs Reader"}), w.guid(), "Mail.Read offline_access User.Read", false}
	w.consents(in.act(), x)
	app := *in
	app.token = ""
	app.from, app.agent, app.session, app.appID, app.client = pick(w, serversAbroad()), "", "", x.id, "Client=REST;Client=RESTSystem;;"
	for range w.between(1, 6) {
		app.pass(600, 90_000)
		for range w.between(1, 5) {
			w.reads(app.act(), app.client, w.between(1, 8))
			w.presumes(app.act(), "", "application")
			app.pass(5, 60)
		}
	}
	in.pass(20, 200)
}

func (in *intruder) hides() {
	in.w.admin(in.act(), "New-InboxRule", in.who.alias+"\\.", "Name", ".", "SubjectOrBodyContainsWords", "invoice;payment", "MoveToFolder", "RSS Feeds", "MarkAsRead", "True")
	in.w.stands("rule: .")
	in.pass(30, 300)
}
