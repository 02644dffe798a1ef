package answers

import (
	"slices"
	"strings"

	"triage/analyzers/attribution"
	"triage/analyzers/campaign"
	"triage/analyzers/report/phrase"
	"triage/geo"
	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// contradicts says that a finding shows by itself that it was not the owner: a password that was guessed at many users, or
// again and again, before it was used; or the owner and somebody else in two places nearer in time than anybody can travel,
// the stranger's end of the journey at a line that people live behind. A rented machine or a VPN is no such line: it may be the
// owner's own.
func (s *inquiry) contradicts(f *detect.Finding, d *deeds) bool {
	if f.Level < detect.Medium {
		return false
	}
	switch {
	case f.Rule.Entry == "guessed password" || f.Rule.Entry == "sprayed password":
		return f.Rule.Accuses == detect.AccusesStranger
	case f.Rule.Accuses == detect.AccusesPlace:
		foreign, _ := f.Fact("foreign").(string) // of an impossible journey
		return slices.ContainsFunc(f.Evidence, func(row uint32) bool {
			ip := s.at(row).IP
			class, known := geo.ParseClass(s.Places.Field(ip, activity.FieldIPClass))
			who, his := s.whose[row]
			return known && class.Home() && his && &s.deeds[who] == d && strings.Contains(foreign, "("+s.Places.Field(ip, activity.FieldIP)+",")
		})
	}
	return false
}

// compromised answers which accounts were taken and which were only tried.
func compromised(s *inquiry, a *Answer) {
	taken, tried, suspect := s.names(s.taken), tried(s, a), s.suspects()
	undecided := undecided(s)
	if s.nobody() {
		a.say("No account shows an intruder.")
		s.unsure(a, "no-sign-ins", "no-audit-log")
		if len(suspect) > 0 {
			a.Sure, a.Said = Possible, nil
			a.say("No act is attributed to an intruder, but findings speak of one in {1}.", someNames(suspect))
			a.next("look at these findings; where they are right, name his address or session (--attacker-ip, --attacker-session) and analyze again: then his acts are told here")
		}
	} else {
		a.Sure = s.certain(a)
		a.Said = append(a.Said, takenBy(len(taken), len(s.deeds), a.Sure == Proven, someNames(taken)))
		if len(suspect) > 0 {
			a.say("Findings speak of somebody in {1}, too, without an act that is attributed.", someNames(suspect))
		}
	}
	if len(tried) > 0 {
		a.say("Only tried: {1}.", someNames(tried))
	} else if !s.nobody() {
		a.say("No finding speaks of attempts at another account.")
	}
	a.fact("taken", taken...)
	a.fact("tried", tried...)
	a.fact("suspect", suspect...)
	a.fact("undecided", undecided...)
	if len(undecided) > 0 {
		a.unknown("whose some acts are in {1} is undecided: the place is strange to the account, and nothing else speaks against it", someNames(undecided))
		a.next("ask {1} whether the undecided visits were theirs", someNames(undecided))
	}
	if !s.nobody() {
		if a.Sure == Likely {
			a.unknown("that it was not the owner only he can say: an account that two people share, a VPN, or a computer far away that is his, look alike")
			a.next("ask {1}, by telephone, whether these visits were theirs, and who else uses the account", someNames(taken))
		}
		s.lacks(a, "no-sign-ins")
		for i := range s.deeds {
			d := &s.deeds[i]
			a.cite(firstOf(d.by[signIn], d.who.Rows)...)
			for _, r := range d.who.Reasons {
				a.Findings = append(a.Findings, r.Findings...)
			}
		}
	}
}

// takenBy says which accounts were taken, and by how many intruders.
func takenBy(accounts, intruders int, proven bool, named phrase.Text) phrase.Text {
	by := phrase.Number(intruders)
	switch {
	case proven && intruders > 1:
		return phrase.Count(accounts, "{1} was taken, by {2} intruders.|{1} were taken, by {2} intruders.", named, by)
	case proven:
		return phrase.Count(accounts, "{1} was taken.|{1} were taken.", named)
	case intruders > 1:
		return phrase.Count(accounts, "{1} was likely taken, by {2} intruders.|{1} were likely taken, by {2} intruders.", named, by)
	}
	return phrase.Count(accounts, "{1} was likely taken.|{1} were likely taken.", named)
}

// firstOf is the first row of the first list that has any.
func firstOf(lists ...[]uint32) []uint32 {
	for _, list := range lists {
		if len(list) > 0 {
			return list[:1]
		}
	}
	return nil
}

// certain says how sure it is that the accounts were taken: as sure as the least sure of the intruders.
func (s *inquiry) certain(a *Answer) Sure {
	for i := range s.deeds {
		proven := false
		for _, f := range s.deeds[i].findings {
			one := &s.Findings[f]
			if s.contradicts(&one.Finding, &s.deeds[i]) || one.Decision != nil && one.Decision.Verdict == decision.Malicious {
				proven = true
				a.Findings = append(a.Findings, f)
			}
		}
		for _, r := range s.deeds[i].who.Reasons { // a responder knows
			proven = proven || strings.HasPrefix(r.Text, "it is said that ")
		}
		if !proven {
			return Likely
		}
	}
	return Proven
}

func (s *inquiry) names(list []activity.Symbol) []string {
	var out []string
	for _, sym := range list {
		out = append(out, s.text(sym))
	}
	return out
}

// tried are the accounts of which only attempts are seen, by name.
func tried(s *inquiry, a *Answer) []string {
	var out []string
	add := func(sym activity.Symbol, row uint32) {
		text := s.text(sym)
		if text == "" || s.wasIn[sym] {
			return
		}
		if at, have := slices.BinarySearch(out, text); !have {
			out = slices.Insert(out, at, text)
			if len(out) <= maxNamed {
				a.cite(row)
			}
		}
	}
	have := map[activity.Symbol]bool{}
	for _, row := range s.rows(attempt) {
		if sym := s.at(row).Mailbox; !have[sym] {
			have[sym] = true
			add(sym, row)
		}
	}
	for i := range s.Findings { // guessing by somebody who got in nowhere
		f := &s.Findings[i]
		if f.Suppressed != nil || f.Level < detect.Medium || f.Rule.Family != "credential" {
			continue
		}
		for _, row := range f.Evidence {
			x := s.at(row)
			if kindOf(s.Case, x) != attempt || have[x.Mailbox] || showsSomebody(s, x.Mailbox) {
				continue
			}
			have[x.Mailbox] = true
			add(x.Mailbox, row)
		}
	}
	return out
}

// showsSomebody says that findings show somebody in a mailbox.
func showsSomebody(s *inquiry, mailbox activity.Symbol) bool {
	for i := range s.Campaign.View.Ranked {
		if r := &s.Campaign.View.Ranked[i]; s.Mailboxes[r.Box].Symbol == mailbox {
			return r.First != 0
		}
	}
	return false
}

// suspects are the mailboxes with a high verdict in which no act is attributed to an intruder, though findings show somebody inside.
func (s *inquiry) suspects() []string {
	var out []string
	for i := range s.Campaign.View.Ranked {
		r := &s.Campaign.View.Ranked[i]
		box := &s.Mailboxes[r.Box]
		if (box.Band == "high" || box.Band == "critical") && r.First != 0 && !s.wasIn[box.Symbol] {
			out = append(out, box.Name)
		}
	}
	return out
}

// undecided are the accounts with visits of which attribution cannot say whose they are.
func undecided(s *inquiry) []string {
	var out []string
	if s.By == nil || s.By.Presences == nil {
		return nil
	}
	for i := range s.By.Presences.Accounts {
		account := &s.By.Presences.Accounts[i]
		for k := range account.Presences {
			number := int(account.First()) + k
			if number < len(s.By.Labels) && s.By.Labels[number] == attribution.Undecided {
				out = append(out, s.text(account.Name))
				break
			}
		}
	}
	return out
}

// way is how somebody got in.
type way struct {
	how  string
	sure Sure
}

// wayOf is the way that a finding shows; "" for others.
func wayOf(f *detect.Finding) way {
	switch f.Rule.Entry {
	case "phishing", "legacy protocol", "adversary in the middle", "token replay": // how he had the password or the session, they do not say
		return way{f.Rule.Entry, Likely}
	}
	return way{f.Rule.Entry, Proven}
}

// howEntered answers how they got in.
func howEntered(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("no way in is known"), "no-sign-ins", "no-audit-log")
		return
	}
	var how, lures, senders []string
	a.Sure = Proven
	for i := range s.deeds {
		d := &s.deeds[i]
		ways := ways(s, a, d)
		lure := lureOf(s, d)
		if lure.subject != "" {
			lures = append(lures, lure.subject)
			if lure.sender != "" {
				senders = append(senders, lure.sender)
			}
			a.cite(lure.row)
			if len(ways) == 0 && lure.opened {
				ways = []way{{"phishing", Possible}}
			}
		}
		if len(ways) == 0 {
			ways = []way{{"unknown", NotKnown}}
		}
		sure := NotKnown
		var words []string
		for _, w := range ways {
			how, sure = append(how, w.how), surest(sure, w.sure)
			words = append(words, w.how)
		}
		a.Sure = leastSure(a.Sure, sure)
		if i < maxNamed {
			a.Said = append(a.Said, entryText(s, i, words, sure, lure))
		}
		a.cite(firstOf(d.by[signIn], d.who.Rows)...)
	}
	if n := len(s.deeds) - maxNamed; n > 0 {
		a.say("Of {1} more, see the facts.", phrase.Number(n))
	}
	a.fact("how", eachOnce(how)...)
	a.fact("lure", eachOnce(lures)...)
	a.fact("lure_sender", eachOnce(senders)...)
	s.lacks(a, "no-sign-ins", "no-message-trace")
	fetch(s, a, campaign.ExportSignins, campaign.ExportMessage)
}

func entryText(s *inquiry, i int, words []string, sure Sure, lure lure) phrase.Text {
	who, by := nameOfIntruder(s, i), phrases(each(words, entryWord))
	var text phrase.Text
	switch {
	case words[0] == "unknown":
		text = phrase.Say("how {1} got in is not seen", who)
	case sure == Proven:
		text = phrase.Say("{1} came in by {2}", who, by)
	case sure == Likely:
		text = phrase.Say("{1} probably came in by {2}", who, by)
	default:
		text = phrase.Say("{1} may have come in by {2}", who, by)
	}
	d := &s.deeds[i]
	if rows := d.by[signIn]; len(rows) > 0 {
		x := s.at(rows[0])
		on, to := inSentence(x.Time), name(s.text(x.Mailbox))
		if x.IP != 0 {
			text = phrase.Say("{1}; the first sign-in that succeeded is of {2}, to {3} from {4}", text, on, to, s.place(x.IP))
		} else {
			text = phrase.Say("{1}; the first sign-in that succeeded is of {2}, to {3}", text, on, to)
		}
	}
	switch {
	case lure.subject == "":
	case lure.opened && lure.unnamed:
		text = phrase.Say("{1}; before it the owner opened a message whose subject is not in this data", text)
	case lure.opened:
		text = phrase.Say("{1}; before it the owner opened {2}", text, quote(lure.subject))
	default:
		text = phrase.Say("{1}; before it came {2} from {3}, the first mail of that domain in this data, which may be the lure", text, quote(lure.subject), name(lure.sender))
	}
	return phrase.Say("{1}.", text)
}

// entryWord is a way in, as a sentence names it. The catalogue has each of them.
func entryWord(how string) phrase.Text { return phrase.Say(how) }

// nameOfIntruder is what an intruder is called in a sentence.
func nameOfIntruder(s *inquiry, i int) phrase.Text {
	if len(s.deeds) == 1 {
		return phrase.Say("the intruder")
	}
	return phrase.Say("intruder {1}", fixed(s.deeds[i].who.Name))
}

// ways are those that findings and attribution show, by their words.
func ways(s *inquiry, a *Answer, d *deeds) []way {
	var out []way
	add := func(w way) bool {
		if w.how == "" || slices.ContainsFunc(out, func(x way) bool { return x.how == w.how }) {
			return w.how != ""
		}
		out = append(out, w)
		return true
	}
	for _, f := range d.findings {
		if one := &s.Findings[f]; one.Level >= detect.Low && add(wayOf(&one.Finding)) {
			a.Findings = append(a.Findings, f)
		}
	}
	for _, method := range d.who.Methods {
		add(way{method, Likely})
	}
	if row, ok := relayed(s, d); ok {
		add(way{"adversary in the middle", Likely})
		a.cite(row)
	}
	// A consent of an account that he was in already is no way in.
	if len(d.by[signIn]) > 0 {
		out = slices.DeleteFunc(out, func(w way) bool { return w.how == "consent" || w.how == "insider right" })
	}
	return out
}

// explained are the accounts of which a finding tells by which password or code an intruder got in.
func explained(s *inquiry, d *deeds) map[activity.Symbol]bool {
	accounts := map[activity.Symbol]bool{}
	for _, f := range d.findings {
		switch one := &s.Findings[f]; one.Rule.Entry {
		case "", "consent", "insider right", "token replay", "phishing":
		default:
			accounts[one.Mailbox] = accounts[one.Mailbox] || one.Level >= detect.Low
		}
	}
	return accounts
}

// relayed says that the intruder's first sign-in to an account came from rented machines, from which he did nothing else, and that he then
// acted from a network from which he had not signed in: a page in the middle signs in for its victim, and hands the session over. row is
// the first act elsewhere.
func relayed(s *inquiry, d *deeds) (row uint32, ok bool) {
	type relay struct {
		first  string // network of the first sign-in
		signed map[string]bool
		row    uint32 // the first act elsewhere
		left   bool
		worked bool // from the first network
	}
	relays, known := map[activity.Symbol]*relay{}, explained(s, d)
	var order []*relay
	for _, row := range d.who.Rows {
		a := s.at(row)
		asn := s.Places.Field(a.IP, activity.FieldASN)
		k, r := kindOf(s.Case, a), relays[a.Mailbox]
		switch {
		case asn == "" || k == nothing || k == attempt || known[a.Mailbox]:
		case r == nil && k == signIn:
			r = &relay{first: asn, signed: map[string]bool{asn: true}}
			relays[a.Mailbox] = r
			if class, known := geo.ParseClass(s.Places.Field(a.IP, activity.FieldIPClass)); known && class.Rented() {
				order = append(order, r)
			}
		case r == nil:
			relays[a.Mailbox] = &relay{signed: map[string]bool{}, worked: true} // he was there without a sign-in
		case k == signIn:
			r.signed[asn] = true
		case asn == r.first:
			r.worked = true
		case !r.left && !r.signed[asn]:
			r.row, r.left = row, true
		}
	}
	for _, r := range order {
		if r.left && !r.worked {
			return r.row, true
		}
	}
	return 0, false
}

// lurePause is how long before the intruder's first act what the owner opened may have let him in.
const lurePause = int64(72 * 60 * 60 * 1000)

// shortestName is how long a domain's name is at least that others bear on purpose.
const shortestName = 5

// lure is a message that may have let somebody in.
type lure struct {
	subject string
	sender  string
	row     uint32
	opened  bool // the owner opened a link or an attachment of it
	unnamed bool // no record has its subject, and subject says so
}

// noSubject is what facts call a message whose subject no record has.
const noSubject = "a message whose subject is not in this data"

// lureOf is what the owner of a taken account opened before, else what came to it from a domain that never wrote before.
func lureOf(s *inquiry, d *deeds) lure {
	if subject, rows := clicked(s, d); len(rows) > 0 {
		if subject == "" {
			return lure{subject: noSubject, row: rows[0], opened: true, unnamed: true}
		}
		return lure{subject: subject, row: rows[0], opened: true}
	}
	return stranger(s, d)
}

// stranger is the last message that came to the account that an intruder was in first, within three days before, from a domain
// whose mail this data has not before, though it has a week's, or that bears the name of the account's own.
func stranger(s *inquiry, d *deeds) (out lure) {
	firstTaken := activity.Symbol(0)
	for _, sym := range s.taken {
		if since, his := d.since[sym]; his && since == d.who.First {
			firstTaken = sym
			break
		}
	}
	const week = 7 * 24 * 60 * 60 * 1000
	own, _, _ := strings.Cut(detect.DomainOf(s.text(firstTaken)), ".")
	first := map[string]int64{}
	begin := int64(0)
	for _, row := range s.Case.OfType(activity.Deliver) {
		a := s.at(row)
		if a.Flags&activity.Undated != 0 || a.Result == activity.Failure || a.Time > d.who.First {
			continue
		}
		if begin == 0 {
			begin = a.Time
		}
		sender := account.Address(s.text(s.Case.Get(a, activity.FieldSender)))
		domain := detect.DomainOf(sender)
		if domain == "" || s.Domains == nil || s.Domains.External(sender) != detect.True {
			continue
		}
		if _, known := first[domain]; !known {
			first[domain] = a.Time
		}
		if a.Mailbox == firstTaken && activity.Later(first[domain], d.who.First) <= lurePause && (activity.Later(begin, first[domain]) >= week || len(own) >= shortestName && strings.Contains(domain, own)) {
			if subject := s.text(s.Case.Get(a, activity.FieldSubject)); subject != "" {
				out = lure{subject: subject, sender: sender, row: row}
			}
		}
	}
	return out
}

// clicked is the subject of the last message with a link or attachment that findings speak of and that the owner of a taken
// account opened before the intruder's first act there.
func clicked(s *inquiry, d *deeds) (subject string, rows []uint32) {
	last := int64(0)
	for i := range s.Findings {
		f := &s.Findings[i]
		since, his := d.since[f.Mailbox]
		if f.Suppressed != nil || !his || f.Level < detect.Medium || f.Rule.Family != "delivery" && f.Rule.Family != "chain" {
			continue
		}
		for _, row := range f.Evidence {
			x := s.at(row)
			if k := kindOf(s.Case, x); k != opens && k != clicks || x.Time > since || activity.Later(x.Time, since) > lurePause || x.Time < last {
				continue
			}
			if _, his := s.whose[row]; his {
				continue
			}
			last = x.Time
			subject, rows = s.messages(row)[0].subject, []uint32{row}
		}
	}
	return subject, rows
}

func rank(x Sure) int { return slices.Index([]Sure{NotKnown, Possible, Likely, Proven}, x) }

func surest(x, y Sure) Sure {
	if rank(x) > rank(y) {
		return x
	}
	return y
}

func leastSure(x, y Sure) Sure {
	if rank(x) < rank(y) {
		return x
	}
	return y
}
