package answers

import (
	"strconv"

	"triage/analyzers/campaign"
	"triage/analyzers/exposure"
	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
)

// exposed is what intruders saw, all mailboxes together.
type exposed struct {
	exposure.Sums
	messages []string      // ids of those that are proven
	files    []string      // names or addresses of those that are proven
	wholes   []string      // "mailbox" or "mailbox: folder" of what was taken as a whole, or may have been
	taken    []phrase.Text // the same
	gaps     []phrase.Text // intervals of which nothing is known
	rows     []uint32
}

// reached gathers what exposure says.
func reached(s *inquiry) *exposed {
	x := &exposed{}
	if s.Exposure == nil {
		return x
	}
	x.Sums = s.Exposure.Sums
	for i := range s.Exposure.Boxes {
		box := &s.Exposure.Boxes[i]
		for k := range box.Items {
			one := &box.Items[k]
			switch {
			case one.State != exposure.Proven:
				continue
			case one.Kind == exposure.File:
				x.files = append(x.files, s.text(one.ID))
			default:
				x.messages = append(x.messages, s.text(one.ID))
			}
			if len(one.Rows) > 0 {
				x.rows = append(x.rows, one.Rows[0])
			}
		}
		for k := range box.Wholes {
			one := &box.Wholes[k]
			if one.How == exposure.Opened {
				continue
			}
			text, told := s.text(box.Mailbox), bareName(s.text(box.Mailbox))
			if one.Folder != 0 {
				text += ": " + s.text(one.Folder)
				told = phrase.Say("{1}: {2}", told, bareName(s.text(one.Folder)))
			}
			x.wholes, x.taken = append(x.wholes, text), append(x.taken, told)
			x.rows = append(x.rows, one.Rows[:min(len(one.Rows), 1)]...)
		}
		for k := range box.Unknown {
			one := &box.Unknown[k]
			x.gaps = append(x.gaps, phrase.Say("{1}: {2}", bareName(s.text(box.Mailbox)), phrase.Of(phrase.Sentence, one.Text)))
		}
	}
	x.messages, x.files, x.wholes = eachOnce(x.messages), eachOnce(x.files), eachOnce(x.wholes)
	x.taken, x.gaps = distinctTexts(x.taken), distinctTexts(x.gaps)
	return x
}

// sure says how sure it is that something was seen.
func (x *exposed) sure() Sure {
	switch {
	case x.Messages.Proven+x.Files.Proven > 0:
		return Proven
	case x.Messages.Presumed+x.Files.Presumed+len(x.wholes) > 0:
		return Likely
	}
	return NotKnown
}

// recordsReads says that the case has a log that records what is read in mailboxes.
func recordsReads(s *inquiry) bool {
	return s.holds[activity.SourceActivities] || s.holds[activity.SourceAudit] && len(s.Case.OfType(activity.MailAccess)) > 0
}

// whatWasRead answers what was searched, read, synchronised and downloaded.
func whatWasRead(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("nothing is known to have been read by one"), "no-audit-log", "no-mail-access", "no-search-records", "access-throttled")
		return
	}
	x := reached(s)
	searches := queries(s, s.rows(search))
	var parts []phrase.Text
	if len(searches) > 0 {
		parts = append(parts, phrase.Say("searched {1}", quotes(searches)))
	}
	seen := s.messagesOf(s.rows(reads, opens, clicks))
	if len(seen.list) > 0 {
		parts = append(parts, phrase.Say("opened {1}", seen.told()))
	} else if seen.void > 0 {
		parts = append(parts, phrase.Say("opened {1}", phrase.Say("messages that the log does not name")))
	}
	if len(x.files) > 0 {
		parts = append(parts, phrase.Count(len(x.files), "opened, downloaded or changed {n} file|opened, downloaded or changed {n} files"))
	}
	if len(x.wholes) > 0 {
		parts = append(parts, phrase.Say("took as a whole, so that all in it must be presumed read: {1}", phrases(x.taken)))
	}
	a.fact("searches", searches...)
	a.fact("messages", x.messages...)
	a.fact("files", x.files...)
	a.fact("presumed", x.wholes...)
	a.cite(s.rows(search)...)
	a.cite(x.rows...)
	a.Sure = x.sure()
	switch {
	case len(parts) > 0:
		a.say("{1} {2}.", s.actor(), phrase.Parts(parts))
		if a.Sure == NotKnown && recordsReads(s) {
			a.Sure = Likely
			a.say("No message is seen to have been opened.")
		}
	case recordsReads(s):
		a.Sure = Likely
		a.say("No message or file is seen to have been read by {1}.", s.actor())
	default:
		a.Sure = NotKnown
		a.say("What {1} read cannot be known: this data has no log of what is read.", s.actor())
	}
	a.Unknown = append(a.Unknown, x.gaps[:min(len(x.gaps), maxNamed)]...)
	s.lacks(a, "no-mail-access", "no-search-records")
	fetch(s, a, campaign.ExportAccess)
	if !recordsReads(s) {
		s.lacks(a, "no-audit-log")
		fetch(s, a, campaign.ExportAudit)
	}
}

// actor is who did it, in a sentence about all intruders.
func (s *inquiry) actor() phrase.Text {
	if len(s.deeds) > 1 {
		return phrase.Say("the intruders")
	}
	return phrase.Say("the intruder")
}

// sent answers what was sent in the owner's name and what was deleted.
func sent(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("nothing is known to have been sent by one"), "no-message-trace", "no-audit-log")
		return
	}
	out, gone := s.rows(sends, replies, forwards), s.rows(deletes)
	mail, lost := s.messagesOf(out), s.messagesOf(gone)
	to := s.recipients(out)
	a.cite(out...)
	a.cite(gone...)
	a.fact("messages", mail.subjects()...)
	a.fact("recipients", to...)
	a.fact("deleted", lost.subjects()...)
	number := len(s.rows(sends, replies, forwards))
	if number > 0 && s.Exposure != nil { // a trace and a log have the same message; a reply and its sending are one
		number = max(1, s.Exposure.Sums.Did(exposure.Sent))
	}
	switch {
	case number > 0:
		a.Sure = Proven
		a.say("{1} {2}.", s.actor(), sentWords(number, s.messagesOf(s.rows(sends)), s.messagesOf(s.rows(replies, forwards)), to))
		a.next("warn whoever got them, by telephone")
	case recordsSends(s):
		a.Sure = Likely
		a.say("No message is seen to have been sent by {1}.", s.actor())
	default:
		a.say("Whether {1} sent anything cannot be known: this data has no log of what is sent.", s.actor())
	}
	if len(gone) > 0 {
		a.Sure = Proven
		a.say("Deleted: {1}.", lost.told())
	} else if number > 0 {
		a.say("No deletion by {1} is seen.", s.actor())
	}
	s.lacks(a, "no-message-trace")
	if number == 0 || len(to) == 0 {
		fetch(s, a, campaign.ExportTrace)
	}
}

// sentWords says how many messages were sent, what they are called and to whom they went.
func sentWords(number int, mail, answered *touched, to []string) phrase.Text {
	text := phrase.Count(number, "sent {n} message in the owner's name|sent {n} messages in the owner's name")
	if subjects := mail.quoted(); len(subjects) > 0 {
		text = phrase.Say("{1}: {2}", text, phrases(subjects))
	} else if subjects := answered.quoted(); len(subjects) > 0 {
		text = phrase.Say("{1}, in answer to {2}", text, phrases(subjects))
	}
	if len(to) == 0 {
		return phrase.Say("{1}; to whom is not in this data", text)
	}
	return phrase.Say("{1}, to {2}", text, someNames(to))
}

// recordsSends says that the case has a log of what is sent from mailboxes.
func recordsSends(s *inquiry) bool { return len(s.Case.OfType(activity.Send)) > 0 }

// notify answers how much is exposed, for whoever must be notified.
func notify(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("no message or file is known to be exposed"), "no-mail-access", "no-audit-log", "access-throttled")
		return
	}
	x := reached(s)
	proven, presumed := x.Messages.Proven+x.Files.Proven, x.Messages.Presumed+x.Files.Presumed
	contested := x.Messages.Contested + x.Files.Contested
	boxes := exposedBoxes(s)
	a.cite(x.rows...)
	a.fact("proven", strconv.Itoa(proven))
	a.fact("presumed", strconv.Itoa(presumed))
	a.fact("contested", strconv.Itoa(contested))
	a.fact("unknown", strconv.Itoa(len(x.gaps)))
	a.fact("mailboxes", boxes...)
	a.Sure = x.sure()
	text := phrase.Count(proven, "{n} message or file is proven to have been in the intruder's hands, {1} presumed|{n} messages and files are proven to have been in the intruder's hands, {1} presumed", phrase.Number(presumed))
	if len(boxes) > 0 {
		text = phrase.Say("of {1}: {2}", someNames(boxes), text)
	}
	if contested > 0 {
		text = phrase.Say("{1}, {2} contested (his or the owner's)", text, phrase.Number(contested))
	}
	if len(x.wholes) > 0 && presumed == 0 {
		text = phrase.Say("{1} by name; taken as a whole: {2}", text, phrases(x.taken))
	}
	if n := len(x.gaps); n > 0 {
		text = phrase.Count(n, "{1}; of {n} stretch nothing can be known|{1}; of {n} stretches nothing can be known", text)
	}
	a.say("{1}.", text)
	if a.Sure == NotKnown && recordsReads(s) {
		a.Sure = Likely
	}
	a.Unknown = append(a.Unknown, x.gaps[:min(len(x.gaps), maxNamed)]...)
	if !recordsReads(s) {
		s.lacks(a, "no-audit-log")
	}
	a.next("hand exposure.csv to counsel: one row a message or file")
}

// exposedBoxes are the mailboxes of which anything is exposed; else those that were taken.
func exposedBoxes(s *inquiry) []string {
	var out []string
	if s.Exposure != nil {
		for i := range s.Exposure.Boxes {
			if box := &s.Exposure.Boxes[i]; box.Mailbox != 0 && len(box.Items)+len(box.Wholes) > 0 {
				out = append(out, s.text(box.Mailbox))
			}
		}
	}
	if len(out) == 0 {
		out = s.names(s.taken)
	}
	return eachOnce(out)
}

// money answers which payment threads were touched.
func money(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("no payment thread is known to have been touched by one"), "no-message-trace", "no-mail-access", "no-audit-log")
		return
	}
	var threads, check []string
	var alike, changed []phrase.Text
	if s.Threads != nil {
		for i := range s.Threads.List {
			one := &s.Threads.List[i]
			threads = append(threads, one.Title)
			for k := range one.LookAlikes {
				alike = append(alike, phrase.Say("{1} (like {2})", bareName(one.LookAlikes[k].Domain), bareName(one.LookAlikes[k].Like)))
				a.fact("lookalikes", one.LookAlikes[k].Domain)
				a.cite(one.LookAlikes[k].Rows...)
			}
			for k := range one.Changed {
				changed = append(changed, phrase.Say("from {1} to {2}", bareName(one.Changed[k].Was), bareName(one.Changed[k].Now)))
				a.cite(one.Changed[k].Row)
			}
			for _, k := range one.Check {
				check = append(check, one.Messages[k].Subject)
				a.cite(one.Messages[k].Row)
			}
			for k := range one.Messages {
				if one.Messages[k].Item >= 0 {
					a.cite(one.Messages[k].Row)
					break
				}
			}
		}
	}
	a.Facts = mergeFacts(a.Facts)
	threads, alike, changed, check = eachOnce(threads), distinctTexts(alike), distinctTexts(changed), eachOnce(check)
	a.fact("threads", threads...)
	a.fact("check", check...)
	switch {
	case len(threads) > 0:
		a.Sure = Proven
		a.count(len(threads), "{n} payment thread was touched: {1}.|{n} payment threads were touched: {1}.", quotes(threads))
		a.next("check the bank details in these threads with the counterparty, by a telephone number that is not from the mail")
		if s.Threads.More > 0 {
			a.Unknown = append(a.Unknown, phrase.Count(s.Threads.More, "{n} thread beyond those listed|{n} threads beyond those listed"))
		}
	case recordsReads(s):
		a.Sure = Likely
		a.say("No payment thread is seen to have been touched.")
	default:
		a.say("Which payment threads were touched cannot be known: this data has no log of what is read and sent.")
	}
	if len(alike) > 0 {
		a.say("Look-alike domains in them: {1}.", phrases(alike))
	}
	if len(changed) > 0 {
		a.say("An address changed on the way: {1}.", phrases(changed))
	}
	s.lacks(a, "no-message-trace", "no-mail-access")
}

// mergeFacts puts the values of facts of one name together.
func mergeFacts(list []Fact) []Fact {
	var out []Fact
	for _, f := range list {
		if n := len(out); n > 0 && out[n-1].Name == f.Name {
			out[n-1].Values = eachOnce(append(out[n-1].Values, f.Values...))
			continue
		}
		out = append(out, f)
	}
	return out
}

// spread answers which other mailboxes the intruders came to.
func spread(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("no way to another mailbox is known"), "no-sign-ins", "no-audit-log")
		return
	}
	a.fact("mailboxes", s.names(s.taken)...)
	var parts []phrase.Text
	for i := range s.deeds {
		d := &s.deeds[i]
		for _, account := range s.taken {
			since, his := d.since[account]
			if !his {
				continue
			}
			row := s.firstIn(d, account)
			a.cite(row...)
			if len(d.since) < 2 {
				continue
			}
			parts = append(parts, s.by(d, row, phrase.Say("{1} on {2}", name(s.text(account)), inSentence(since))))
		}
	}
	switch {
	case len(parts) > 0:
		a.Sure = Proven
		a.say("In this order: {1}.", phrases(parts))
	case len(s.deeds) > 1:
		a.Sure = Likely
		a.say("Each intruder is seen in one mailbox only.")
	case s.people() < 2:
		a.Sure = NotKnown
		a.say("This data is of one mailbox: whether the intruder came to another cannot be known.")
	default:
		a.Sure = Likely
		a.say("No other mailbox of this data shows the intruder.")
	}
	tellVictims(s, a)
	fetch(s, a, campaign.ExportAddresses)
}

// people is how many people's mailboxes the case has.
func (s *inquiry) people() int {
	n := 0
	for i := range s.Mailboxes {
		if s.Mailboxes[i].Lane == activity.Person {
			n++
		}
	}
	return n
}

// firstIn is an intruder's first act in an account.
func (s *inquiry) firstIn(d *deeds, account activity.Symbol) []uint32 {
	for _, row := range d.who.Rows {
		a := s.at(row)
		if (a.Mailbox == account || a.Actor == account) && a.Result != activity.Failure && a.Flags&activity.Undated == 0 && kindOf(s.Case, a) != attempt {
			return []uint32{row}
		}
	}
	return nil
}

// by adds what an intruder's first act in an account was.
func (s *inquiry) by(d *deeds, rows []uint32, text phrase.Text) phrase.Text {
	if len(rows) == 0 {
		return text
	}
	a := s.at(rows[0])
	if kindOf(s.Case, a) == signIn && a.IP != 0 {
		from := quote(s.text(a.IP))
		if address := s.Places.Field(a.IP, activity.FieldIP); address != "" {
			from = phrase.Of(phrase.Name, address)
		}
		return phrase.Say("{1} by a sign-in from {2}", text, from)
	}
	if a.Actor != 0 && a.Actor != a.Mailbox {
		return phrase.Say("{1} by way of {2}", text, name(s.text(a.Actor)))
	}
	return text
}
