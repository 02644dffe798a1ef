package message

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
	"triage/ingest/timestamp"
)

// apiMessage is a message as Graph and the Outlook REST API (v1.0, v2.0, beta) write it; keys are compared without
// case. Mailbox, UserName and UserPrincipalName are what collectors add, ActivityItemID the id by which a log knows the
// message, which `triage fetch messages` adds: Graph's own is another.
type apiMessage struct {
	ID, InternetMessageID, ConversationID, Subject text
	WebLink, BodyPreview                           text
	ReceivedDateTime, DateTimeReceived             text
	SentDateTime, DateTimeSent                     text
	IsDraft                                        text
	From, Sender                                   *graphRecipient
	ToRecipients, CcRecipients, BccRecipients      []graphRecipient
	ReplyTo                                        []graphRecipient
	InternetMessageHeaders                         []struct{ Name, Value string }
	Attachments                                    []struct {
		Name, ContentType string
		Size              int64
	}
	Mailbox, UserName, UserPrincipalName text
	ActivityItemID                       text
}

func recogniseHeadersJSON(h record.Head) string {
	for _, object := range h.Objects {
		var m apiMessage
		if json.Unmarshal(object, &m) != nil {
			continue
		}
		switch {
		case len(m.InternetMessageHeaders) > 0:
			return "objects with internetMessageHeaders (messages of an API)"
		case len(m.WebLink) > 0 && len(m.ID) > 0 && (len(m.Subject) > 0 || len(m.BodyPreview) > 0),
			len(m.InternetMessageID) > 0 && len(m.ReceivedDateTime) > 0 && (m.From != nil || m.Sender != nil):
			return "objects with a message's subject and link or id (messages of an API, without headers)"
		}
	}
	return ""
}

// headersJSON reads messages of an API. The objects do not say whose they are; the page around them may.
type headersJSON struct{ mailbox text }

func newHeadersJSON(h record.Head) record.Decoder {
	return &headersJSON{mailbox: row.PageOwner(h.Page)}
}

// Decode implements record.Decoder.
func (d *headersJSON) Decode(rec record.Record, to *activity.Shard) error {
	var api apiMessage
	if err := json.Unmarshal(rec.Bytes, &api); err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	if len(api.ID) == 0 && len(api.InternetMessageID) == 0 && len(api.InternetMessageHeaders) == 0 {
		return fmt.Errorf("no id, no message id and no headers: %w", errNotMail)
	}
	m := api.message()
	if owner := record.First(api.Mailbox, api.UserPrincipalName, api.UserName, d.mailbox); len(owner) > 0 {
		m.owner = string(owner)
	}
	m.add(rec, to)
	return nil
}

// message is what the object says, on top of what its headers say: the service decoded and stored it, whatever its
// sender wrote.
func (api *apiMessage) message() copied {
	var m copied
	if len(api.InternetMessageHeaders) > 0 {
		var h headers
		for _, f := range api.InternetMessageHeaders[:min(len(api.InternetMessageHeaders), maxHeaders)] {
			value := strings.Join(strings.Fields(f.Value), " ")
			h = append(h, header{strings.ToLower(strings.TrimSpace(f.Name)), value})
		}
		m.fromHeaders(h)
		m.bound(len(api.InternetMessageHeaders) > maxHeaders, "messages with more than 2,000 headers, of which the first were read")
	}
	set := func(to *string, value text) {
		if len(value) > 0 {
			*to = string(value)
		}
	}
	set(&m.id, api.InternetMessageID)
	set(&m.item, record.First(api.ActivityItemID, api.ID))
	set(&m.conversation, api.ConversationID)
	set(&m.subject, api.Subject)
	for _, who := range []*graphRecipient{api.Sender, api.From} {
		if who != nil && who.EmailAddress.Address != "" {
			m.senderName, m.sender = who.EmailAddress.Name, strings.ToLower(who.EmailAddress.Address)
		}
	}
	if to := graphAddresses(api.ToRecipients, api.CcRecipients, api.BccRecipients); len(to) > 0 {
		m.recipients = to
		m.bound(len(to) == maxPeople, "messages with 2,000 recipients and perhaps more, of which no more were read")
	}
	if reply := graphAddresses(api.ReplyTo); len(reply) > 0 {
		m.replyTo = reply[0]
	}
	if m.owner == "" && m.guess == "" && len(m.recipients) == 1 {
		m.guess = m.recipients[0]
	}
	m.sent = m.sent || string(api.IsDraft) == "true"
	m.bound(len(api.Attachments) > maxParts, "messages with more than 1,000 attachments, of which the first were read")
	for _, f := range api.Attachments[:min(len(api.Attachments), maxParts)] {
		m.attachments = append(m.attachments, fmt.Sprintf("%s (%db)", first(f.Name, f.ContentType), f.Size))
	}
	first := objectTime("receivedDateTime", record.First(api.ReceivedDateTime, api.DateTimeReceived))
	last := objectTime("sentDateTime", record.First(api.SentDateTime, api.DateTimeSent))
	m.moments = slices.Concat(first, m.moments, last)
	return m
}

// objectTime is a time of the object, if it is one.
func objectTime(name string, said text) []timestamp.Moment {
	if at, ok := timestamp.Parse(said, timestamp.Unsettled); ok {
		return []timestamp.Moment{{Name: name, Text: said, Time: at}}
	}
	return nil
}

func graphAddresses(lists ...[]graphRecipient) []string {
	var out []string
	for _, list := range lists {
		for _, r := range list {
			if r.EmailAddress.Address != "" && len(out) < maxPeople {
				out = append(out, strings.ToLower(r.EmailAddress.Address))
			}
		}
	}
	return out
}

// ServiceID is the message's id in its mailbox, else its Message-ID.
func (d *headersJSON) ServiceID(rec record.Record) string {
	var api apiMessage
	if json.Unmarshal(rec.Bytes, &api) != nil {
		return ""
	}
	return string(record.First(api.ID, api.InternetMessageID))
}
