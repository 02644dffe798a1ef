package exposure

import (
	"cmp"
	"strings"

	"triage/ingest/activity"
)

// told takes what an act's own record says of the messages that it names. Folders of MailItemsAccessed stand before their
// messages and a subject after its message; in every other record a subject stands before its message, and folders last.
func (r *reading) told(b *box, a *activity.Activity, named int) {
	if named > 1 || a.Type == activity.MailAccess {
		r.toldEach(b, a)
		return
	}
	key, _ := itemKey{}, 0
	if id := r.c.Get(a, activity.FieldMessageID); id != 0 {
		key = itemKey{ByMessageID, r.canonical(id)}
	} else {
		key, _ = r.unnamed(b, a)
	}
	i, ok := b.index[key]
	if !ok {
		return
	}
	one := &b.Items[i]
	fill(&one.Item, a.Item)
	for d := range r.c.Details(a) {
		switch d.Key {
		case activity.KeyOf(activity.FieldSubject):
			fill(&one.Subject, d.Value)
		case activity.KeyOf(activity.FieldSender):
			fill(&one.Sender, d.Value)
		case activity.KeyOf(activity.FieldFolder):
			fill(&one.Folder, d.Value)
		case activity.KeyOf(activity.FieldConversation):
			fill(&one.Conversation, d.Value)
		case r.keys.size:
			if one.Size == 0 {
				one.Size = sizeOf(r.c.Text(d.Value))
			}
		}
	}
	if len(one.Attachments) == 0 {
		one.Attachments = detailValues(r.c, a, activity.FieldAttachments, maxAttachments)
	}
	if a.Type == activity.Send {
		fill(&one.Sender, a.Mailbox)
		one.Received = cmp.Or(one.Received, a.Time)
	}
}

// maxAttachments bounds what is kept of one message.
const maxAttachments = 50

// toldEach takes what a record of several messages says of each.
func (r *reading) toldEach(b *box, a *activity.Activity) {
	ids, subjects := 0, 0
	for d := range r.c.Details(a) {
		switch d.Key {
		case activity.KeyOf(activity.FieldMessageID):
			ids++
		case activity.KeyOf(activity.FieldSubject):
			subjects++
		}
	}
	whole := subjects == ids // else nobody can say which subject is whose
	before := a.Type != activity.MailAccess
	var folder, subject activity.Symbol
	var last *Item
	if before {
		folder = r.c.Get(a, activity.FieldFolder)
	}
	for d := range r.c.Details(a) {
		switch d.Key {
		case activity.KeyOf(activity.FieldFolder):
			folder = d.Value
		case activity.KeyOf(activity.FieldSubject):
			if subject = d.Value; whole && !before && last != nil {
				fill(&last.Subject, subject)
			}
		case activity.KeyOf(activity.FieldMessageID):
			i, ok := b.index[itemKey{ByMessageID, r.canonical(d.Value)}]
			if !ok {
				continue
			}
			last = &b.Items[i]
			fill(&last.Folder, folder)
			if whole && before {
				fill(&last.Subject, subject)
			}
		}
	}
}

func fill(to *activity.Symbol, value activity.Symbol) {
	if *to == 0 {
		*to = value
	}
}

// detailValues are the first of a field's values.
func detailValues(c *activity.Case, a *activity.Activity, f activity.Field, most int) (list []activity.Symbol) {
	for d := range c.Details(a) {
		if d.Key == activity.KeyOf(f) && len(list) < most {
			list = append(list, d.Value)
		}
	}
	return list
}

// describing is the reading of what deliveries and traces know.
type describing struct{ *reading }

// describe fills what deliveries and traces know of each message: those in the same mailbox first, then any with its id.
// Who received what an intruder sent is gathered from all of them.
func (r *describing) describe() {
	type place struct {
		b *box
		i int32
	}
	wanted := map[activity.Symbol][]place{} // by message id: what lacks something
	for _, b := range r.boxes {
		for i := range b.Items {
			one := &b.Items[i]
			if one.Told > 0 {
				r.delivered(one, &r.c.Activities[one.Told-1])
			}
			if one.Kind != Message || one.MessageID == 0 {
				continue
			}
			if one.Subject == 0 || one.Sender == 0 || one.Size == 0 || one.Acts&Sent != 0 {
				wanted[one.MessageID] = append(wanted[one.MessageID], place{b, int32(i)})
			}
			if one.Acts&Sent != 0 {
				for _, row := range one.Rows {
					r.receivers(b, int32(i), &r.c.Activities[row])
				}
			}
		}
	}
	r.guess()
	if len(wanted) == 0 {
		return
	}
	for _, t := range [...]activity.Type{activity.Deliver, activity.Send, activity.Delete, activity.Move} {
		for _, row := range r.c.OfType(t) {
			a := &r.c.Activities[row]
			id := r.c.Get(a, activity.FieldMessageID)
			if id == 0 {
				continue
			}
			for _, p := range wanted[r.canonical(id)] {
				one := &p.b.Items[p.i]
				if t == activity.Deliver || t == activity.Send {
					r.delivered(one, a)
					if one.Told == 0 {
						one.Told = row + 1
					}
					if one.Acts&Sent != 0 {
						r.receivers(p.b, p.i, a)
					}
				} else if s := r.c.Get(a, activity.FieldSubject); only(r.c, a) {
					fill(&one.Subject, s)
				}
			}
		}
	}
}

// guess gives items of which only the conversation is known what the data knows of that.
func (r *describing) guess() {
	for _, b := range r.boxes {
		for i := range b.Items {
			one := &b.Items[i]
			if one.Kind != Message || one.Subject != 0 || one.Conversation == 0 || one.Told > 0 || len(one.Rows) == 0 {
				continue
			}
			if told, how := r.c.Message(&r.c.Activities[one.Rows[0]]); how == activity.ByConversation {
				one.Guess, one.Subject, one.Sender = true, r.c.Get(told, activity.FieldSubject), cmp.Or(one.Sender, r.c.Get(told, activity.FieldSender))
			}
		}
	}
}

// only says that a record names one message.
func only(c *activity.Case, a *activity.Activity) bool {
	n := 0
	for range c.Messages(a) {
		n++
	}
	return n == 1
}

// delivered takes what a delivery or a sending says of a message.
func (r *describing) delivered(one *Item, a *activity.Activity) {
	if only := r.c.Get(a, activity.FieldMessageID); one.MessageID == 0 && only != 0 {
		one.MessageID = r.canonical(only)
	}
	fill(&one.Item, a.Item)
	fill(&one.Subject, r.c.Get(a, activity.FieldSubject))
	fill(&one.Sender, r.c.Get(a, activity.FieldSender))
	if a.Type == activity.Send {
		fill(&one.Sender, a.Mailbox)
	}
	fill(&one.Conversation, r.c.Get(a, activity.FieldConversation))
	if folder := r.c.Get(a, activity.FieldFolder); folder != 0 {
		fill(&one.Folder, folder)
	}
	if one.Received == 0 && a.Flags&activity.Undated == 0 {
		one.Received = a.Time
	}
	if one.Size == 0 {
		one.Size = sizeOf(r.param(a, r.keys.size))
	}
	if len(one.Attachments) == 0 {
		one.Attachments = detailValues(r.c, a, activity.FieldAttachments, maxAttachments)
	}
}

// receivers are those to whom a sending or a delivery of a message went.
func (r *describing) receivers(b *box, i int32, a *activity.Activity) {
	one := &b.Items[i]
	if b.went == nil {
		b.went = map[int32]map[activity.Symbol]bool{}
	}
	if b.went[i] == nil {
		b.went[i] = map[activity.Symbol]bool{}
	}
	known := b.went[i]
	add := func(to activity.Symbol) {
		switch {
		case to == 0 || known[to]:
			return
		case len(one.Recipients) == MaxRecipients:
			one.More++
		default:
			one.Recipients = append(one.Recipients, to)
		}
		known[to] = true
	}
	found := false
	for d := range r.c.Details(a) {
		if d.Key == activity.KeyOf(activity.FieldRecipients) {
			found = true
			add(d.Value)
		}
	}
	if !found && a.Type == activity.Deliver {
		add(a.Mailbox)
	}
}

// folder is a folder as folders are compared: in lower case, without the slashes around it, in English where it is the
// inbox or what was sent.
func (r *lookup) folder(s activity.Symbol) string {
	text, ok := r.texts[s]
	if !ok {
		text = strings.Trim(strings.ToLower(r.c.Text(s)), `\/ `)
		if english, known := wellKnown()[text]; known {
			text = english
		}
		r.texts[s] = text
	}
	return text
}

// The folders that deliveries and sendings are in unless something else is said.
const (
	inbox     = "inbox"
	sentItems = "sent items"
)

// wellKnown are the names of those folders in the languages of Outlook.
func wellKnown() map[string]string {
	names := map[string]string{}
	for folder, list := range map[string]string{
		inbox: "posteingang,boîte de réception,bandeja de entrada,posta in arrivo,postvak in,caixa de entrada,skrzynka odbiorcza,inkorgen,innboks," +
			"indbakke,saapuneet,doručená pošta,beérkezett üzenetek,mesaje primite,gelen kutusu,входящие,вхідні,受信トレイ,收件箱,收件匣,받은 편지함",
		sentItems: "sent,gesendete elemente,éléments envoyés,elementos enviados,posta inviata,verzonden items,itens enviados,elementy wysłane,skickat," +
			"sendte elementer,sendt post,lähetetyt,odeslaná pošta,elküldött elemek,elemente trimise,gönderilmiş öğeler,отправленные,надіслані," +
			"送信済みアイテム,已发送邮件,寄件備份,보낸 편지함",
	} {
		for name := range strings.SplitSeq(list, ",") {
			names[name] = folder
		}
	}
	return names
}
