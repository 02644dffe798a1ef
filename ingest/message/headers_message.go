package message

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// mailOperation is what a message that was handed over itself is called: no log recorded it.
const mailOperation = "Message"

// copied is one message, however it was handed over: a file, or an object of an API with its headers.
type copied struct {
	owner                            string // the mailbox, where the export names it
	guess                            string // the mailbox, where the message was most likely delivered to it
	id, item, conversation           string
	subject, sender, senderName      string
	replyTo, returnPath              string
	recipients, attachments, transit []string
	references                       []string           // ids of the messages that it answers
	authors                          []string           // of From, where it names several
	moments                          []timestamp.Moment // when it came, the best word first
	sent, whole                      bool               // whole: it has its headers
	auth                             verdict
	cut                              []string // what of it was too much to be read, in words of ours
}

// add makes an activity of a message. Of a message without any time, state is kept: what it is, not when it came.
func (m *copied) add(rec record.Record, to *activity.Shard) {
	at, undated, dated := timestamp.Choose(to, m.moments...)
	a := activity.Activity{Time: at, Offset: rec.Offset, Type: activity.Deliver, Result: activity.Success, Flags: undated}
	if m.sent {
		a.Type = activity.Send
	}
	if !dated {
		a.Flags |= activity.Undated
		to.Note("a message says nowhere when it came: it stands outside of the timeline and is not judged by itself")
	}
	if !m.whole {
		a.Flags |= activity.Lossy
	}
	for _, what := range m.cut {
		to.Tally(what)
	}
	a.Op = to.Symbols.InternString(mailOperation)
	a.Item = to.Symbols.InternString(m.item)
	m.identify(&a, rec)
	if m.owner != "" {
		a.Mailbox = to.InternFold([]byte(m.owner))
		a.ID = a.ID.Mixed(activity.HashID([]byte("mailbox\x00" + to.Symbols.Text(a.Mailbox))))
	} else {
		a.Flags |= activity.OwnerLess
		to.Vote(to.InternFold([]byte(m.guess)))
	}
	m.put(to)
	to.Add(a)
}

// identify: two copies of one message in one mailbox are one. A message id is the sender's to choose, so that what the
// receiving server says decides whether two of them are the same: its judgement, and the line it wrote on receiving.
func (m *copied) identify(a *activity.Activity, rec record.Record) {
	switch {
	case m.id != "":
		a.ID = activity.HashID([]byte("message\x00" + m.id))
	case m.item != "":
		a.ID = activity.HashID([]byte("message item\x00" + m.item))
	default:
		a.ID = activity.HashID(append([]byte("message text\x00"), rec.Bytes...))
	}
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%t\x00%s\x00%s\x00%s\x00%s", m.sent, m.sender, squeezed(m.subject), m.auth.sumText(), m.receipt())
	a.Sum = sum.Sum64()
}

// receipt is the Received line of the server that the mailbox is on: one for each time it took a message in.
func (m *copied) receipt() string {
	if len(m.transit) == 0 {
		return ""
	}
	return squeezed(m.transit[0])
}

// squeezed is text without its white space: folding and encoding move it about.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

func (m *copied) put(to *activity.Shard) {
	put := func(f activity.Field, values ...string) {
		for _, v := range values {
			to.Put(f, record.Bounded(to, text(v)))
		}
	}
	put(activity.FieldMessageID, m.id)
	put(activity.FieldConversation, m.conversation)
	put(activity.FieldSubject, m.subject)
	put(activity.FieldSender, m.sender)
	put(activity.FieldRecipients, m.recipients...)
	put(activity.FieldAttachments, m.attachments...)
	from := domainIn(m.sender)
	for _, p := range []struct{ name, value string }{
		{"from_domain", from},
		{"from_name", m.senderName},
		{"reply_to", m.replyTo},
		{"return_path", m.returnPath},
	} {
		if p.value != "" {
			to.PutNamed([]byte("params."+p.name), record.Bounded(to, text(p.value)))
		}
	}
	for _, author := range m.authors {
		to.PutNamed([]byte("params.from_several"), record.Bounded(to, text(author)))
	}
	if reply := domainIn(m.replyTo); reply != "" && from != "" {
		to.PutNamed([]byte("params.reply_to_differs"), fmt.Appendf(nil, "%t", !related(reply, from)))
	}
	for _, id := range m.references {
		to.PutNamed([]byte("params.references"), record.Bounded(to, text(id)))
	}
	for _, hop := range m.transit {
		to.PutNamed([]byte("params.received"), record.Bounded(to, text(hop)))
	}
	if m.whole && !m.sent {
		m.auth.put(to)
	}
}

// related says that one domain is the other, or lies below it.
func related(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}

// maxTransit bounds the servers that are named; the topmost are those nearest to the mailbox.
const maxTransit = 30

// maxPeople bounds the recipients that are named. Exchange Online allows 1,000 by default.
const maxPeople = 2000

// fromHeaders fills what a message's headers say.
func (m *copied) fromHeaders(h headers) {
	m.whole = true
	m.id = messageID(h.first("message-id"))
	m.references = references(h)
	m.subject = decodeWords(h.first("subject"))
	m.senderName, m.sender = headerPerson(h.first("from"))
	if from := people(h.all("from")); len(from) > 1 {
		m.authors = from
	}
	if m.sender == "" {
		_, m.sender = headerPerson(h.first("sender"))
	}
	_, m.replyTo = headerPerson(h.first("reply-to"))
	_, m.returnPath = headerPerson(h.first("return-path"))
	for _, name := range []string{"to", "cc", "bcc"} {
		list := people(h.all(name))
		m.recipients = append(m.recipients, list...)
		m.bound(len(list) == maxPeople, "messages with 2,000 recipients and perhaps more in one header, of which no more were read")
	}
	received := h.all("received")
	m.bound(len(received) > maxTransit, "messages with more than 30 Received headers, of which the topmost were read")
	m.bound(len(h.all(authHeader)) > maxLower, "messages with more than 20 Authentication-Results, of which the topmost were read")
	for _, hop := range received[:min(len(received), maxTransit)] {
		m.transit = append(m.transit, strings.Join(strings.Fields(hop), " "))
	}
	m.moments = arrival(received, h.first("date"))
	m.owner, m.guess = deliveredTo(h)
	m.auth = judge(h)
	// No server ever received it: a copy of what was sent, as Sent Items holds it. Nobody judges such a message.
	if m.sent = len(received) == 0 && !m.auth.present && h.first(spfHeader) == "" && h.first("return-path") == "" && m.sender != ""; m.sent {
		m.owner, m.guess = "", m.sender
	}
}

// messageID is what stands in the angle brackets: a comment or a blank beside them, or a line folded within them, is no
// part of the id.
func messageID(value string) string {
	value = strings.TrimSpace(value)
	from := strings.IndexByte(value, '<')
	if from < 0 {
		return value
	}
	end := strings.IndexByte(value[from:], '>')
	if end < 0 {
		return value
	}
	return "<" + squeezed(value[from+1:from+end]) + ">"
}

// maxReferences bounds the messages of a conversation that are named: those nearest to the message.
const maxReferences = 50

// references are the ids of the messages that one answers, as In-Reply-To and References name them, each once.
func references(h headers) (ids []string) {
	for _, name := range []string{"references", "in-reply-to"} {
		for _, value := range h.all(name) {
			for value != "" {
				from := strings.IndexByte(value, '<')
				end := strings.IndexByte(value[max(from, 0):], '>')
				if from < 0 || end < 0 {
					break
				}
				if id := "<" + squeezed(value[from+1:from+end]) + ">"; id != "<>" && !slices.Contains(ids[max(0, len(ids)-maxReferences):], id) {
					ids = append(ids, id)
				}
				value = value[from+end+1:]
			}
		}
	}
	return ids[max(0, len(ids)-maxReferences):]
}

// bound notes that something of the message was not read.
func (m *copied) bound(cut bool, what string) {
	if cut {
		m.cut = append(m.cut, what)
	}
}

// arrival is when the nearest server received the message, which it says behind the semicolon of its Received header;
// the sender's own Date only if no server says it.
func arrival(received []string, date string) []timestamp.Moment {
	var all []timestamp.Moment
	add := func(name, text string) {
		if at, ok := parseDate(text); ok {
			all = append(all, timestamp.Moment{Name: name, Text: []byte(strings.TrimSpace(text)), Time: at})
		}
	}
	for _, hop := range received[:min(len(received), maxTransit)] {
		add("Received", hop[strings.LastIndexByte(hop, ';')+1:])
	}
	add("Date", date)
	return all
}

func parseDate(date string) (int64, bool) {
	date = strings.TrimSpace(date)
	if date == "" || len(date) > 100 {
		return 0, false
	}
	if t, err := mail.ParseDate(date); err == nil {
		return t.UnixMilli(), true
	}
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 MST", date); err == nil {
		return t.UTC().UnixMilli(), true
	}
	return timestamp.Parse([]byte(date), timestamp.Unsettled)
}

// deliveredTo is whose mailbox the message came from. Only a Delivered-To above every Received header is the last
// server's own word (owner); anything else may be the sender's, and is a guess.
func deliveredTo(h headers) (owner, guess string) {
	for _, f := range h {
		switch f.name {
		case "delivered-to", "x-delivered-to", "envelope-to":
			if _, address := headerPerson(f.value); address != "" {
				return address, ""
			}
		}
		if f.name == "received" {
			break
		}
	}
	for _, name := range []string{"delivered-to", "x-original-to", "x-envelope-to"} {
		if _, address := headerPerson(h.first(name)); address != "" {
			return "", address
		}
	}
	if to := people(append(h.all("to"), h.all("cc")...)); len(to) == 1 {
		return "", to[0]
	}
	return "", ""
}

// headerPerson is the name and the address, in lower case, in a header that names one.
func headerPerson(value string) (name, address string) {
	if value = strings.TrimSpace(value); value == "" {
		return "", ""
	}
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}
	if a, err := parser.Parse(value); err == nil {
		return decodeWords(a.Name), strings.ToLower(a.Address)
	}
	all := record.Addresses(text(value))
	for _, a := range all {
		if bytes.IndexByte(a, '@') >= 0 {
			before, _, _ := strings.Cut(value, "<")
			return decodeWords(strings.Trim(before, ` "'`)), string(a)
		}
	}
	return decodeWords(value), ""
}

// people are the addresses in headers that name several.
func people(values []string) []string {
	var out []string
	for _, value := range values {
		for _, a := range record.Addresses(text(value)) {
			if bytes.IndexByte(a, '@') > 0 && len(out) < maxPeople {
				out = append(out, string(a))
			}
		}
	}
	return out
}
