package ordinary

import (
	"fmt"
	"strings"
)

// letter is a message that somebody has.
type letter struct {
	id, subject, from string
	item              string
	folder            string
	at                int64 // seconds since 1970
}

// keep bounds what somebody remembers; what is in the mailbox is history.
func (p *person) keep(l letter) {
	p.history = append(p.history, l)
	if p.letters = append(p.letters, l); len(p.letters) > 80 {
		p.letters = append(p.letters[:0], p.letters[40:]...)
	}
}

func subjects() []string {
	return []string{
		"Re: project plan", "Invoice 4711", "Reminder: invoice 4698", "Lunch on Thursday", "Minutes of Monday", "Your order 20418", "Holiday calendar",
		"Contract draft", "Payment terms", "New parking rules", "Password expires soon", "Budget 2026", "Bank holiday", "Shift plan", "Re: offer",
		"Delivery note 88123", "Newsletter March", "Statement of account", "Training in June", "Travel expenses", "Questions about the drawing",
	}
}

// partner is somebody outside.
func (w dice) partner() string {
	return fmt.Sprintf("%s@%s", pick(w, []string{"info", "sales", "j.jansen", "accounts", "m.weber", "news", "orders", "p.martin"}),
		pick(w, []string{"adatum.com", "fabrikam.com", "northwindtraders.com", "wingtiptoys.com", "treyresearch.net", "proseware.com", "tailspintoys.com", "alpineskihouse.com", "wideworldimporters.com", "litwareinc.com"}))
}

// receives is the mail of a day from outside, and newsletters.
func (p *person) receives(w *world, day int) {
	n := w.some(1.5 + p.volume/4)
	if weekend(day) {
		n = w.some(0.7)
	}
	for range n {
		w.deliver(p, w.partner(), pick(w, subjects()), w.at(day, 5+14*w.random.Float64()).Unix())
	}
}

// newsletters go to everybody at once, one a week from outside and one from the company.
func (w *world) newsletters(day int) {
	switch day % 7 {
	case 1:
		for _, p := range w.people {
			if p.employed(day) && mix(uint64(len(p.alias)), p.address)%3 > 0 {
				w.deliver(p, "news@northwindtraders.com", fmt.Sprintf("Northwind newsletter %d", day/7), w.at(day, 8.1).Unix()+int64(w.random.IntN(900)))
			}
		}
	case 3:
		for _, p := range w.people {
			if p.kind == marketer && p.employed(day) && !p.away(day) {
				a := p.onComputer(w, day, p.starts+3, p.desk(w, day))
				w.sends(a, owa(a.agent), fmt.Sprintf("News from the company, week %d", day/7), w.people, nil, nil)
				return
			}
		}
	}
}

// deliver puts a message from outside into somebody's inbox.
func (w *world) deliver(to *person, from, subject string, at int64) {
	l := letter{id: "<" + w.guid() + "@" + from[strings.Index(from, "@")+1:] + ">", subject: subject, from: from, item: w.item(), folder: "Inbox", at: at}
	to.keep(l)
	w.trace(l, to.address)
	w.arrives(to, l)
}

func (w dice) item() string { return "RgAAAA" + w.guid() }

// letter is one that came before a moment.
func (p *person) letter(w *logbook, at int64) letter {
	if w.actor > 0 {
		if l, ok := p.found(w, at, func(*letter) bool { return true }); ok {
			return l
		}
	}
	for range 6 {
		if len(p.letters) == 0 {
			break
		}
		if l := pick(w, p.letters); l.at < at {
			return l
		}
	}
	return letter{id: "<" + w.guid() + "@mail.example>", subject: pick(w, subjects()), from: w.partner(), item: w.item(), folder: "Inbox", at: at - 90_000}
}

// found is a message that an intruder finds in a mailbox, one of the last weeks.
func (p *person) found(w *logbook, at int64, fits func(l *letter) bool) (l letter, ok bool) {
	var list []int
	for i := range p.history {
		if x := &p.history[i]; x.at < at && x.at > at-21*24*3600 && fits(x) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return letter{}, false
	}
	return p.history[pick(w, list)], true
}

// reads is that somebody reads n messages.
func (w *world) reads(a act, client string, n int) {
	if w.opts.Activities {
		shows(w.logbook, a, client, n)
		return
	}
	w.shown(a, client, n, false)
}

// shown is a record of n messages that were read. throttled is that the log reads on no further that day.
func (w *logbook) shown(a act, client string, n int, throttled bool) {
	var read []letter
	for range n {
		read = append(read, a.owner().letter(w, a.at.Unix()))
	}
	w.shownAs(a, client, read, throttled)
}

func (w *logbook) shownAs(a act, client string, read []letter, throttled bool) {
	folders := map[string][]any{}
	for _, l := range read {
		folders[l.folder] = append(folders[l.folder], map[string]any{"InternetMessageId": l.id, "SizeInBytes": 3000 + len(l.subject)*900})
	}
	list := []any{}
	for _, name := range []string{"Inbox", "Sent Items"} {
		if len(folders[name]) > 0 {
			list = append(list, map[string]any{"Path": "\\" + name, "FolderItems": folders[name]})
		}
	}
	w.exchange(a, "MailItemsAccessed", client, map[string]any{
		"RecordType": 50, "OperationCount": len(read), "Folders": list,
		"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Bind"}, map[string]any{"Name": "IsThrottled", "Value": map[bool]string{true: "True", false: "False"}[throttled]}},
	})
	for _, l := range read {
		w.touches(a, l, "read")
	}
}

// syncs is that a mail program fetches a folder.
func (w *world) syncs(a act, client string) {
	if w.opts.Activities {
		if w.app(a, client); strings.Contains(client, "IMAP4") {
			w.presumes(a, "", "imap")
		}
		return
	}
	w.exchange(a, "MailItemsAccessed", client, map[string]any{
		"RecordType":          50,
		"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Sync"}, map[string]any{"Name": "IsThrottled", "Value": "False"}},
		"Item":                map[string]any{"Id": "LgAAAA", "ParentFolder": map[string]any{"Path": "\\Inbox", "Name": "Inbox"}},
	})
	if strings.Contains(client, "IMAP4") {
		w.presumes(a, "", "imap")
	} else {
		w.presumes(a, "Inbox", "sync")
	}
}

// searches is that somebody looks for something.
func (w *world) searches(a act, client, text string) {
	if w.opts.Activities {
		w.row(a, client, "SearchResult", "", [2]string{"Query", "<Query><RawQuery>" + text + "</RawQuery></Query>"}, [2]string{"Sid", w.guid()})
	} else {
		w.exchange(a, "SearchQueryInitiatedExchange", client, map[string]any{"QueryText": text})
	}
	if n := w.noted(); n != nil {
		n.searches[text] = true
	}
}

// removes is that somebody moves or deletes a message. op is the audit log's.
func (w *world) removes(a act, client, op string) {
	w.takesAway(a, client, op, a.owner().letter(w.logbook, a.at.Unix()))
}

func (w *logbook) takesAway(a act, client, op string, l letter) {
	defer func() {
		if how := "deleted"; op == "Move" {
			w.touches(a, l, "moved")
		} else if w.touches(a, l, how); w.noted() != nil && !w.nameless(l) {
			w.noted().deleted[l.subject] = true
		}
	}()
	if w.opts.Activities {
		if op == "Move" {
			w.row(a, client, "Move", l.item, [2]string{"MoveType", "Move"}, [2]string{"SourceFolder", "Inbox"}, [2]string{"TargetFolder", "Archive"})
		} else {
			w.row(a, client, "Delete", l.item, [2]string{"DeleteType", op}, [2]string{"SourceDefaultFolderType", "Inbox"})
		}
		return
	}
	w.exchange(a, op, client, map[string]any{
		"RecordType": 3, "Folder": map[string]any{"Path": "\\" + l.folder},
		"AffectedItems": []any{map[string]any{"Id": l.item, "InternetMessageId": l.id, "Subject": l.subject, "ParentFolder": map[string]any{"Path": "\\" + l.folder}}},
	})
}

// sends is that somebody sends a message. as is whose name it is in, if that is another's.
func (w *world) sends(a act, client, subject string, to []*person, outside []string, as *person) {
	from, op := a.who, "Send"
	more := map[string]any{}
	if as != nil {
		from, a.box = as, as
		op = "SendAs"
		name := "SendAsUserSmtp"
		if w.chance(0.4) {
			op, name = "SendOnBehalf", "SendOnBehalfOfUserSmtp"
		}
		more[name] = as.address
	}
	l := letter{id: "<" + w.guid() + "@contoso.com>", subject: subject, from: from.address, item: w.item(), folder: "Sent Items", at: a.at.Unix()}
	more["Item"] = map[string]any{
		"Id": l.item, "InternetMessageId": l.id, "Subject": subject, "ParentFolder": map[string]any{"Path": "\\Sent Items"}, "SizeInBytes": w.between(3000, 90_000),
	}
	if w.opts.Activities {
		w.row(a, client, "MessageSent", l.item, [2]string{"ItemSchemaType", "Message"})
	} else {
		w.exchange(a, op, client, more)
	}
	notesSent(w.logbook, a, l, to, outside)
	from.keep(l)
	for _, p := range to {
		got := l
		got.folder, got.item = "Inbox", w.item()
		p.keep(got)
		w.trace(l, p.address)
		w.arrives(p, got)
	}
	for _, address := range outside {
		w.trace(l, address)
	}
}

// notesSent notes what an intruder sent, and to whom.
func notesSent(w *logbook, a act, l letter, to []*person, outside []string) {
	n := w.noted()
	if n == nil {
		return
	}
	w.touches(a, l, "sent")
	n.sent[l.subject] = true
	if w.opts.Activities {
		return // they do not say to whom
	}
	for _, p := range to {
		n.recipients[p.address] = true
	}
	for _, address := range outside {
		n.recipients[address] = true
	}
}

// trace adds a row of the message trace.
func (w *world) trace(l letter, to string) {
	if w.opts.Activities {
		return
	}
	id := w.guid()
	at := timeOf(l.at)
	w.add(Record{Time: at, ID: id, Log: Trace, Op: "trace", Text: fmt.Appendf(nil, "%q,%q,%q,%q,%q,\"Delivered\",%q,\"\",\"\",\"%d\"\n",
		id, at.Format("2006-01-02T15:04:05.000Z"), l.from, to, l.subject, l.id, 3000+len(l.subject)*900)})
}
