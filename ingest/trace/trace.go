// Package trace reads message traces of two further kinds: the reports of a historical search, which go back 90 days, and
// the table EmailEvents of Defender's advanced hunting. A row names a message and one or several of its recipients: each is
// a delivery of its own, the same as the one that an ordinary trace has of it (package message), whose direction is settled
// with theirs.
//
// Parameters, for rules, besides those of other traces: Directionality (Incoming, Originating), Event of an extended
// report, and of EmailEvents spf, dkim, dmarc, compauth, from_domain, from_name, ThreatTypes and DeliveryLocation.
package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// Formats are the exports that this package reads.
func Formats() []record.Format { return row.Formats("trace-further-json", traceKinds()) }

// traceKinds are the records. Names: Microsoft, "Message trace in the modern Exchange admin center" (summary and extended
// reports), and "EmailEvents table in the advanced hunting schema".
func traceKinds() []*row.Kind {
	return []*row.Kind{
		{
			Name: "trace-summary", Source: activity.SourceTrace, Said: "summary report of a historical search",
			Columns: []string{"origin_timestamp_utc", "sender_address", "recipient_status", "message_subject", "total_bytes", "message_id", "network_message_id", "original_client_ip", "directionality"},
			Tells:   [][]string{{"recipientstatus", "senderaddress", "origintimestamputc|origintimestamp"}},
			Dates:   []string{"origintimestamputc", "origintimestamp"},
			Add:     addSummary, ID: []string{"networkmessageid", "messageid"},
		},
		{
			Name: "trace-extended", Source: activity.SourceTrace, Said: "extended report of a historical search",
			Columns: []string{"date_time_utc", "client_ip", "event_id", "source", "message_id", "network_message_id", "recipient_address", "sender_address", "message_subject", "directionality"},
			Tells:   [][]string{{"eventid", "recipientaddress", "senderaddress", "datetimeutc|datetime", "messageid|networkmessageid"}},
			Dates:   []string{"datetimeutc", "datetime"},
			Add:     addExtended, ID: []string{"networkmessageid", "messageid"},
		},
		{
			Name: "email-events", Source: activity.SourceTrace, Said: "EmailEvents of advanced hunting",
			Columns: []string{"Timestamp", "NetworkMessageId", "InternetMessageId", "SenderMailFromAddress", "SenderFromAddress", "SenderIPv4", "RecipientEmailAddress", "Subject", "EmailDirection", "DeliveryAction", "AuthenticationDetails"},
			Tells:   [][]string{{"recipientemailaddress", "emaildirection|deliveryaction", "senderfromaddress|sendermailfromaddress"}},
			Tables:  []string{"emailevents"},
			Dates:   []string{"timestamp", "timegenerated"},
			Add:     addEvent, ID: []string{"networkmessageid", "internetmessageid"},
		},
	}
}

// operation is what package message calls a row of a trace, too.
const operation = "MessageTrace"

var errNoMessage = errors.New("neither a recipient nor a sender: not a message trace")

// tracedMessage is what a row says of one message and one recipient.
type tracedMessage struct {
	id, network, sender, recipient, subject, status row.Text
	time                                            int64
	undated                                         activity.Flags
	result                                          activity.Result
	direction                                       string
}

// The directions of mail, as reports of historical searches spell them.
const (
	incoming    = "Incoming"
	originating = "Originating"
)

// start makes an activity of a message; its details follow.
func (m *tracedMessage) start(r *row.Row, to *activity.Shard) activity.Activity {
	a := activity.Activity{Time: m.time, Offset: r.Offset, Type: activity.Deliver, Result: m.result, Flags: m.undated}
	a.Op = to.Symbols.InternString(operation)
	recipient, sender := to.InternFold(record.Bounded(to, m.recipient)), to.InternFold(record.Bounded(to, m.sender))
	a.Mailbox = recipient
	if recipient == 0 || m.direction == originating && r.Has("emaildirection") {
		a.Mailbox, a.Type = sender, activity.Send
	}
	// The same as an ordinary trace: its MessageTraceId is the network message id.
	id := bytes.ToLower(bytes.TrimSpace(m.network))
	if len(id) == 0 {
		id = fmt.Appendf(bytes.Clone(m.id), "\x00%d", m.time)
	}
	a.ID = activity.HashID(bytes.Join([][]byte{[]byte("trace"), id, []byte(to.Symbols.Text(recipient))}, []byte{0}))
	sum := fnv.New64a()
	sum.Write(bytes.Join([][]byte{bytes.TrimSpace(m.id), bytes.ToLower(bytes.TrimSpace(m.sender)), bytes.TrimSpace(m.subject)}, []byte{0}))
	a.Sum = sum.Sum64()
	row.Put(to, activity.FieldMessageID, m.id)
	row.Put(to, activity.FieldSubject, m.subject)
	to.PutSymbol(activity.FieldSender, sender)
	to.PutSymbol(activity.FieldRecipients, recipient)
	to.PutNamed([]byte("params.Status"), m.status)
	if m.direction != "" {
		to.PutNamed([]byte("params.Directionality"), []byte(m.direction))
	}
	r.Raw(to)
	r.Tenant(to)
	return a
}

// direction is a word for where a message goes, in one spelling; "" where there is none that says more than both ends do.
func direction(word row.Text) string {
	switch strings.ToLower(string(bytes.TrimSpace(word))) {
	case "incoming", "inbound":
		return incoming
	case "originating", "outbound", "outgoing":
		return originating
	}
	return ""
}

// addSummary makes a delivery of each recipient: address##event, event;address##….
func addSummary(r *row.Row, to *activity.Shard) error {
	m := tracedMessage{
		id: r.Get("messageid"), network: r.Get("networkmessageid"), sender: r.Get("senderaddress"), subject: r.Get("messagesubject", "subject"),
		direction: direction(r.Get("directionality")),
	}
	var ok bool
	if m.time, m.undated, ok = r.When(to, "origintimestamputc", "origintimestamp"); !ok {
		return fmt.Errorf("origin_timestamp_utc %.40q: no time that can be read", r.Get("origintimestamputc", "origintimestamp"))
	}
	add, several := to.Add, 0
	for part := range bytes.SplitSeq(r.Get("recipientstatus"), []byte(";")) {
		address, events, _ := bytes.Cut(part, []byte("##"))
		if m.recipient = bytes.TrimSpace(address); len(m.recipient) == 0 {
			continue
		}
		m.status = bytes.TrimSpace(events)
		m.result = became(m.status)
		a := m.start(r, to)
		addresses(r, to)
		add(a)
		if several++; several == 2 {
			to.Tally("messages to several people, each of whom is a row")
		}
		add = to.AddMore
	}
	if several > 0 {
		return nil
	}
	if len(m.sender) == 0 {
		return errNoMessage
	}
	a := m.start(r, to)
	addresses(r, to)
	to.Add(a)
	return nil
}

// addresses adds the sending machine's address, which is not the user's, and the size.
func addresses(r *row.Row, to *activity.Shard) {
	row.Param(to, "FromIP", r.Get("originalclientip", "clientip"))
	row.Param(to, "Size", r.Get("totalbytes"))
	row.Param(to, "Connector", r.Get("connectorid"))
}

// became is what became of a message by its events, of which the last counts.
func became(events row.Text) activity.Result {
	result := activity.Unknown
	for event := range bytes.FieldsFuncSeq(bytes.ToLower(events), func(c rune) bool { return c == ',' || c == ' ' }) {
		switch string(event) {
		case "deliver", "delivered", "send", "expand", "expanded", "resolve", "resolved", "junked", "filteredasspam", "duplicatedeliver":
			result = activity.Success
		case "fail", "failed", "drop", "quarantine", "quarantined", "badmail", "poisonmessage", "blocked":
			result = activity.Failure
		}
	}
	return result
}

// addExtended makes a delivery of an event that ends a message's way. The others, some ten a message, are acts of the
// transport, and nobody's.
func addExtended(r *row.Row, to *activity.Shard) error {
	event := bytes.TrimSpace(r.Get("eventid"))
	m := tracedMessage{
		id: r.Get("messageid"), network: r.Get("networkmessageid"), sender: r.Get("senderaddress"), subject: r.Get("messagesubject"),
		status: event, result: became(event), direction: direction(r.Get("directionality")),
	}
	var ok bool
	if m.time, m.undated, ok = r.When(to, "datetimeutc", "datetime"); !ok {
		return fmt.Errorf("date_time_utc %.40q: no time that can be read", r.Get("datetimeutc", "datetime"))
	}
	add := to.Add
	for _, recipient := range r.List("recipientaddress") {
		m.recipient = recipient
		a := m.start(r, to)
		if m.result == activity.Unknown {
			transport(&a, event, to)
		}
		row.Param(to, "Event", event)
		addresses(r, to)
		add(a)
		add = to.AddMore
	}
	if len(m.recipient) > 0 {
		return nil
	}
	if len(m.sender) == 0 {
		return errNoMessage
	}
	a := m.start(r, to)
	transport(&a, event, to)
	to.Add(a)
	return nil
}

// transport makes an activity one of the machinery.
func transport(a *activity.Activity, event row.Text, to *activity.Shard) {
	a.Type, a.Lane, a.ActorType = activity.Other, activity.System, activity.ActorSystem
	a.ID = activity.HashID(fmt.Appendf(nil, "%s\x00%s\x00%d", a.ID, bytes.ToLower(event), a.Time))
	a.Mailbox = to.Symbols.InternString("message transport")
	a.Actor = a.Mailbox
}

// addEvent makes a delivery or a sending of a row of EmailEvents.
func addEvent(r *row.Row, to *activity.Shard) error {
	from := r.Get("senderfromaddress", "sendermailfromaddress")
	m := tracedMessage{
		id: r.Get("internetmessageid"), network: r.Get("networkmessageid"), sender: from, recipient: r.Get("recipientemailaddress"),
		subject: r.Get("subject"), status: r.Get("deliveryaction"), direction: direction(r.Get("emaildirection")),
	}
	if len(m.sender) == 0 && len(m.recipient) == 0 {
		return errNoMessage
	}
	m.result = became(m.status)
	var ok bool
	if m.time, m.undated, ok = r.When(to, "timestamp", "timegenerated", "time"); !ok {
		return fmt.Errorf("timestamp %.40q: no time that can be read", r.Get("timestamp", "timegenerated"))
	}
	a := m.start(r, to)
	row.Param(to, "FromIP", r.Get("senderipv4", "senderipv6"))
	row.Param(to, "sender_ip", r.Get("senderipv4", "senderipv6"))
	row.Param(to, "from_domain", r.Get("senderfromdomain"))
	row.Param(to, "from_name", r.Get("senderdisplayname"))
	row.Param(to, "mailfrom_domain", r.Get("sendermailfromdomain"))
	row.Param(to, "return_path", r.Get("sendermailfromaddress"))
	row.Param(to, "DeliveryLocation", r.Get("deliverylocation"))
	row.Param(to, "ThreatTypes", r.Get("threattypes"))
	results(r.JSON("authenticationdetails"), to)
	to.Add(a)
	return nil
}

// results adds what the receiving server found out of the sender.
func results(raw json.RawMessage, to *activity.Shard) {
	members, _ := record.Members(raw)
	for _, member := range members {
		value := bytes.ToLower(record.TextOf(member.Value))
		switch name := strings.ToLower(string(member.Name)); name {
		case "spf", "dkim", "dmarc", "compauth":
			row.Param(to, name, value)
		}
	}
}
