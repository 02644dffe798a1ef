package ordinary

import (
	"slices"
	"time"
)

// Kinds are the ways in which an intruder is hidden.
func Kinds() []string {
	return []string{"device-code", "replayed-session", "adversary-in-the-middle", "spray", "rented-line", "consent", "insider-right", "imap", "contested-home", "internal-phish", "payroll", "rotating-proxies"}
}

// KindsInActivities are those of which Outlook Activities show something: they have neither what delegates nor what
// applications do, and no consents.
func KindsInActivities() []string {
	return slices.DeleteFunc(Kinds(), func(kind string) bool { return kind == "insider-right" || kind == "consent" })
}

// intruder is one at work. at moves on.
type intruder struct {
	w       *world
	kind    string
	who     *person // whose account he uses
	from    internetLine
	at      time.Time
	end     time.Time
	agent   string
	system  string
	session string
	appID   string
	own     bool // the victim's records carry Exchange's session
	none    bool // they carry none
	rotates bool // each act comes from another line
	client  string
	token   string    // one that he stole with the session, for an hour
	silent  time.Time // until then the log does not say what is read
}

// intrude hides one intruder. n counts them.
func (w *world) intrude(n int, kind string) {
	in := &intruder{w: w, kind: kind, who: w.victim(kind), system: "Windows10", appID: outlookWeb, own: w.chance(0.2)}
	in.none = !in.own && w.chance(0.06)
	w.tenant.Truth = append(w.tenant.Truth, Intruder{Kind: kind, Accounts: []string{in.who.address}})
	w.tenant.notes = append(w.tenant.notes, newNotes())
	w.actor = len(w.tenant.Truth)
	defer func() { w.actor = 0 }()
	stays := pick(w, []time.Duration{10 * time.Minute, 3 * time.Hour, 50 * time.Hour, 12 * 24 * time.Hour, 26 * 24 * time.Hour})
	day := w.between(0, 1)
	if !w.opts.FirstDay {
		last := max(w.opts.Days/3, w.opts.Days-1-int(stays/(24*time.Hour)))
		day = w.between(w.opts.Days/3, min(last, w.opts.Days*4/5))
	}
	if in.at = w.at(day, 5+15*w.random.Float64()); w.opts.Case {
		stays, in.at = 26*time.Hour, w.at(w.opts.Days-6, 9.4)
	}
	in.end = in.at.Add(stays)
	in.agent = browser(pick(w, []string{chrome, chrome, chrome, edge, firefox}), max(0, day/7-w.between(0, 4)))
	switch kind {
	case "insider-right":
		in.right()
	case "imap":
		in.byIMAP()
	case "consent":
		in.byConsent()
	case "contested-home":
		in.behindHome()
	case "internal-phish":
		in.phishes()
	case "payroll":
		in.divertsPay()
	default:
		in.comesIn()
		in.client = owa(in.agent)
		if !w.opts.Case && kind != "replayed-session" && w.chance(0.12) { // by a phone, or what calls itself one
			in.agent, in.client, in.appID, in.system = "Outlook-iOS/2.0", "Client=REST;Client=RESTSystem;;", outlookMobile, "Ios 18.1"
		}
		in.works()
		if stays > time.Hour && !w.opts.Case && w.chance(0.35) {
			in.goesOn()
		}
	}
	if in.does(0.35) && kind != "insider-right" && !w.opts.Activities {
		in.isThrownOut()
	}
}

// does says whether he does something that not everybody of his kind does.
func (in *intruder) does(p float64) bool { return in.w.opts.Case || in.w.chance(p) }

// victim is somebody who is there all the time, is nobody's victim yet and no administrator; in a small tenant, anybody.
func (w *world) victim(kind string) *person {
	for tries := 0; ; tries++ {
		p := pick(w, w.people)
		if tries > 10*len(w.people) {
			return p
		}
		taken := slices.ContainsFunc(w.tenant.Truth, func(t Intruder) bool { return slices.Contains(t.Accounts, p.address) })
		if p.joins == 0 && p.leaves >= w.opts.Days && p.kind != administrator && !taken && (kind != "contested-home" || worksAtHome(p)) {
			return p
		}
	}
}

// comesIn is how he gets the account, by kind.
func (in *intruder) comesIn() {
	w := in.w
	day := w.dayOf(in.at)
	in.session = w.guid()
	in.from = pick(w, serversAbroad())
	switch in.kind {
	case "device-code":
		in.enters("device code", "proven|likely")
		e := entry{app: "Microsoft Authentication Broker", appID: broker, client: "Mobile Apps and Desktop clients", protocol: "deviceCode"}
		if w.chance(0.3) && !w.opts.Case {
			in.agent = "axios/1.7.9"
		}
		in.logon(e)
		if in.does(0.5) { // a device of his own keeps him in
			w.directory(in.act(), "Add device.", in.who.address)
			in.pass(1, 5)
			w.directory(in.act(), "Register device.", in.who.address)
			w.stands("device: " + in.who.address)
			in.pass(20, 200)
		}
	case "replayed-session":
		in.enters("token replay", "proven|likely")
		in.from, in.session = pick(w, serversAtHome()), in.who.computer.had(day)
		lent := !w.opts.Case && w.chance(0.2) // from somebody's line at home, with the victim's own browser
		if lent {
			in.from = pick(w, append(rentedLines(), in.home()))
		}
		if in.does(0.5) || lent {
			in.agent = browser(in.who.computer.family, day/7)
		}
		if in.does(0.4) { // the token itself, until it ends
			in.token = token(act{at: in.at, session: in.session, ip: in.who.desk(w, day).visit(w, day)})
		}
		if in.does(0.6) {
			in.logon(entry{app: "One Outlook Web", appID: outlookWeb, silent: true})
		}
	case "adversary-in-the-middle":
		in.inTheMiddle(0.4)
	case "spray":
		in.from = pick(w, phonesAbroad())
		in.enters("sprayed password|guessed password", "proven|likely")
		in.sprays()
		e := web("Office 365 Exchange Online", exchangeOnline)
		e.single = true
		in.logon(e)
	case "rotating-proxies":
		in.inTheMiddle(0.4)
		in.rotates, in.from = true, in.home()
	case "rented-line":
		if in.from = pick(w, rentedLines()); w.chance(0.2) {
			in.from = in.home()
		}
		if p := pick(w, w.people); w.chance(0.15) && p != in.who && !p.home.weekly && p.home.v6 == "" {
			in.from = p.home // a program in a colleague's house lends out the line
		}
		in.enters("unknown", "not known|possible|likely")
		if w.chance(0.5) {
			in.agent = browser(in.who.computer.family, day/7)
		}
		in.logon(web("Office 365 Exchange Online", exchangeOnline))
	}
	in.tells()
}

// home is somebody's line at home, which a program there lends out.
func (in *intruder) home() internetLine {
	return sites()[in.who.site].homeLine(in.w, in.w.between(10_000, 50_000))
}

// tells notes where he mostly is.
func (in *intruder) tells() { in.truth().Address = in.from.visit(in.w, in.w.dayOf(in.at)) }

func (in *intruder) truth() *Intruder { return &in.w.tenant.Truth[in.w.actor-1] }

func (in *intruder) act() act {
	if in.rotates && in.w.chance(0.3) {
		in.from = in.home()
	}
	if in.at.Sub(in.truth().First) > 50*time.Minute && !in.truth().First.IsZero() {
		in.token = "" // it has ended
	}
	return act{at: in.at, who: in.who, ip: in.from.visit(in.w, in.w.dayOf(in.at)), agent: in.agent, session: in.session, system: in.system, appID: in.appID, own: in.own, none: in.none, token: in.token}
}

func (in *intruder) pass(low, high int) { in.at = in.w.later(in.at, low, high) }

func (in *intruder) logon(e entry) {
	in.w.signIn(in.act(), e)
	in.pass(20, 200)
}

// sprays tries one password with many, the last of them the one that it opens.
func (in *intruder) sprays() {
	people := slices.Clone(in.w.people)
	in.w.random.Shuffle(len(people), func(i, k int) { people[i], people[k] = people[k], people[i] })
	session := in.session
	in.session = ""
	for _, p := range people[:min(len(people), in.w.between(15, 60))] {
		if p == in.who {
			continue
		}
		a := in.act()
		a.who = p
		in.w.signIn(a, entry{app: "Office 365 Exchange Online", appID: exchangeOnline, code: 50126, single: true})
		in.pass(5, 90)
	}
	in.session = session
	in.end = in.end.Add(time.Hour)
}

// works is what intruders do in a mailbox, in one visit or many.
func (in *intruder) works() {
	w := in.w
	for {
		in.visits()
		next := in.at.Add(time.Duration(w.between(60, 20*60)) * time.Minute)
		if in.end.Sub(in.at) > 4*24*time.Hour {
			next = in.at.Add(time.Duration(w.between(6, 60)) * time.Hour)
		}
		if next.After(in.end) {
			break
		}
		in.at = next
		if w.chance(0.3) {
			in.logon(entry{app: "One Outlook Web", appID: outlookWeb, silent: true})
		}
	}
}

// goesOn takes further accounts from the same line, by mail to colleagues.
func (in *intruder) goesOn() {
	w := in.w
	in.at = in.truth().First.Add(time.Duration(w.between(20, 100)) * time.Minute)
	for range w.between(1, 3) {
		in.who, in.session = w.victim(""), w.guid()
		in.truth().Accounts = append(in.truth().Accounts, in.who.address)
		in.end = in.at.Add(time.Duration(w.between(1, 60)) * time.Hour)
		e := web("Office 365 Exchange Online", exchangeOnline)
		e.single = in.kind == "spray"
		in.logon(e)
		in.works()
		in.at = in.truth().First.Add(time.Duration(w.between(2, 30)) * time.Hour)
	}
}
