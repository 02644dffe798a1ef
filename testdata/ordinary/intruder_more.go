package ordinary

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// worksAtHome says whether somebody is often at home, where an address stays.
func worksAtHome(p *person) bool {
	return p.homeDays > 0.15 && !p.home.weekly && p.home.v6 == "" && p.movesHome < 0 && !p.relay
}

// behindHome is an intruder who comes from a rented server first and then from behind the owner's own line at home, as
// programs that sell the lines of those who installed them let him: one address, two people.
func (in *intruder) behindHome() {
	w := in.w
	in.enters("unknown", "not known|possible|likely")
	in.session, in.from = w.guid(), pick(w, serversAbroad())
	in.agent = browser(pick(w, slices.DeleteFunc([]string{chrome, edge, firefox, chromes}, func(f string) bool { return f == in.who.computer.family || f == in.who.private.family })), 1)
	in.client = owa(in.agent)
	in.tells()
	in.logon(web("Office 365 Exchange Online", exchangeOnline))
	in.reads(5, 9)
	in.searches("invoice", "iban", "payment")
	in.hides()
	in.from = in.who.home
	in.end = maxTime(in.end, in.at.Add(30*time.Hour))
	in.pass(3600, 20_000)
	in.session = w.guid()
	in.logon(web("Office 365 Exchange Online", exchangeOnline))
	in.works()
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// phishes takes one mailbox by a page in the middle, writes from it to colleagues, and takes those who fall for it.
func (in *intruder) phishes() {
	w := in.w
	in.session = w.guid()
	in.inTheMiddle(0.2)
	in.tells()
	in.client = owa(in.agent)
	in.visits()
	var to []*person
	for range w.between(3, 8) {
		if p := w.victim(""); !slices.Contains(to, p) {
			to = append(to, p)
		}
	}
	const subject = "Document shared with you"
	w.sends(in.act(), in.client, subject, to, nil, nil)
	in.pass(10, 100)
	w.takesAway(in.act(), in.client, "SoftDelete", in.who.history[len(in.who.history)-1]) // from the sent items
	first, from := in.who, in.from
	for _, p := range to[:w.between(1, min(2, len(to)))] {
		in.pass(900, 40_000)
		in.who, in.session = p, w.guid()
		in.truth().Accounts = append(in.truth().Accounts, p.address)
		in.from = from
		in.logon(web("OfficeHome", officeHome))
		in.end = in.at.Add(time.Duration(w.between(1, 30)) * time.Hour)
		at := in.at
		in.works()
		in.at = at
	}
	in.who = first
}

// divertsPay is somebody who changes where an employee's pay goes, in a portal that is no part of the logs: here are the
// searches for it, and the portal's notices that the employee must not see.
func (in *intruder) divertsPay() {
	w := in.w
	in.session = w.guid()
	in.inTheMiddle(0.5)
	in.tells()
	in.client = owa(in.agent)
	in.reads(2, 5)
	in.searches("payroll", "direct deposit", "salary", "hr portal", "payslip")
	w.admin(in.act(), "New-InboxRule", in.who.alias+"\\..", "Name", "..", "FromAddressContainsWords", "hrportal", "DeleteMessage", "True")
	w.stands("rule: ..")
	in.pass(200, 2000)
	for range w.between(1, 3) {
		l := w.lure(in.who, "noreply@hrportal.example", pick(w, []string{"Your payment elections have changed", "Your one-time code", "Bank details updated"}), in.at.Unix())
		in.pass(20, 200)
		if in.does(0.7) {
			w.reads(in.act(), in.client, 1)
			in.pass(3, 30)
		}
		w.takesAway(in.act(), in.client, pick(w, []string{"HardDelete", "SoftDelete"}), l)
		in.pass(60, 900)
	}
	if in.end.Sub(in.at) > 10*time.Hour {
		in.at = in.at.Add(time.Duration(w.between(5, 10)) * time.Hour)
		in.works()
	}
}

// lure is a message from outside that comes because of an intruder: nobody's act, and not there without him.
func (w *world) lure(to *person, from, subject string, at int64) letter {
	actor := w.actor
	w.actor, w.lured = 0, actor
	w.deliver(to, from, subject, at)
	w.actor, w.lured = actor, 0
	return to.history[len(to.history)-1]
}

// lures is the message that brings the victim to his page, and that the victim reads an hour before: the owner's act, that
// is there only because of him.
func (in *intruder) lures(subject string) {
	w, p := in.w, in.who
	if w.noted() == nil && w.tenant.notes[w.actor-1].lure != "" {
		return
	}
	w.tenant.notes[w.actor-1].lure = subject
	l := w.lure(p, "voice@"+pick(w, []string{"contoso-voice.example", "msg-center.example"}), subject, in.at.Add(-50*time.Minute).Unix())
	in.because(func() {
		day := w.dayOf(in.at)
		a := p.onComputer(w, day, 0, p.desk(w, day))
		a.at, a.session = in.at.Add(-time.Duration(w.between(60, 1500))*time.Second), p.computer.had(day)
		w.shownAs(a, "Client=OWA;Action=ViaProxy", []letter{l}, false)
	})
}

// because makes records that are nobody's act of an intruder, and that are there because of him.
func (in *intruder) because(do func()) {
	w, actor := in.w, in.w.actor
	w.actor, w.lured = 0, actor
	do()
	w.actor, w.lured = actor, 0
}

// isThrownOut is that an administrator resets passwords, ends sessions and takes back what he left, some time after his last
// act in the mailbox.
func (in *intruder) isThrownOut() {
	w, n := in.w, in.w.tenant.notes[in.w.actor-1]
	if n.last.IsZero() {
		return
	}
	boss := w.admins[0]
	at := n.last.Add(time.Duration(w.between(40, 900)) * time.Minute)
	day := w.dayOf(at)
	if day >= w.opts.Days || in.truth().Accounts[0] == boss.address {
		return
	}
	accounts, standing := slices.Clone(in.truth().Accounts), slices.Sorted(maps.Keys(n.standing))
	in.because(func() {
		a := boss.onComputer(w, day, 0, boss.desk(w, day))
		a.at, a.session = at, boss.computer.had(day)
		for _, account := range accounts {
			if w.directory(a, "Reset user password.", account); w.kept {
				n.contained = append(n.contained, "password reset of "+account)
			}
			a.at = w.later(a.at, 5, 60)
			if w.directory(a, "Update StsRefreshTokenValidFrom Timestamp.", account); w.kept {
				n.contained = append(n.contained, "sessions revoked of "+account)
			}
			a.at = w.later(a.at, 20, 400)
		}
		for _, what := range standing {
			name, ok := strings.CutPrefix(what, "rule: ")
			if !ok || !in.does(0.7) {
				continue
			}
			if w.admin(a, "Remove-InboxRule", in.who.alias+"\\"+name, "Identity", in.who.alias+"\\"+name, "Mailbox", in.who.address); w.kept {
				n.contained, n.removed = append(n.contained, "removed "+what), append(n.removed, what)
				delete(n.standing, what)
			}
			a.at = w.later(a.at, 20, 400)
		}
	})
}
