package message

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

type text = record.Text

// trace is one row of a message trace: one message and one of its recipients. Names are those of Get-MessageTraceV2,
// and of Graph's exchangeMessageTrace where they differ; keys are compared without case.
type trace struct {
	MessageID, MessageTraceID, ID, Received, ReceivedDateTime text
	SenderAddress, RecipientAddress, Subject, Status          text
	FromIP, ToIP, Size                                        text
}

// traceNames are its members and columns.
var traceNames = record.NewNames([]record.Name[trace]{
	{Name: "MessageId", Text: func(m *trace) *text { return &m.MessageID }},
	{Name: "MessageTraceId", Text: func(m *trace) *text { return &m.MessageTraceID }},
	{Name: "id", Text: func(m *trace) *text { return &m.ID }},
	{Name: "Received", Text: func(m *trace) *text { return &m.Received }},
	{Name: "receivedDateTime", Text: func(m *trace) *text { return &m.ReceivedDateTime }},
	{Name: "SenderAddress", Text: func(m *trace) *text { return &m.SenderAddress }},
	{Name: "RecipientAddress", Text: func(m *trace) *text { return &m.RecipientAddress }},
	{Name: "Subject", Text: func(m *trace) *text { return &m.Subject }},
	{Name: "Status", Text: func(m *trace) *text { return &m.Status }},
	{Name: "FromIP", Text: func(m *trace) *text { return &m.FromIP }},
	{Name: "ToIP", Text: func(m *trace) *text { return &m.ToIP }},
	{Name: "Size", Text: func(m *trace) *text { return &m.Size }},
})

// operation is our word for a row of a trace: the service has none.
const operation = "MessageTrace"

var errNoMessage = errors.New("neither a recipient nor a sender: not a message trace")

// add makes an activity of a row: for now a delivery to the recipient. Direct settles which rows are sendings, when it is
// known whose domains are the tenant's own. FromIP is the sending server's address: never the user's.
func (m *trace) add(rec record.Record, order timestamp.Order, to *activity.Shard) error {
	if len(m.RecipientAddress) == 0 && len(m.SenderAddress) == 0 {
		return errNoMessage
	}
	ms, undated, ok := timestamp.When(to, timestamp.TimeField{Name: "Received", Text: m.Received, Order: order},
		timestamp.TimeField{Name: "ReceivedDateTime", Text: m.ReceivedDateTime, Order: order})
	if !ok {
		return fmt.Errorf("time of receipt %.40q cannot be read", record.First(m.Received, m.ReceivedDateTime))
	}
	a := activity.Activity{Time: ms, Offset: rec.Offset, Type: activity.Deliver, Result: delivered(m.Status), Flags: undated}
	a.Op = to.Symbols.InternString(operation)
	recipient, sender := to.InternFold(record.Bounded(to, m.RecipientAddress)), to.InternFold(record.Bounded(to, m.SenderAddress))
	a.Mailbox = recipient
	if recipient == 0 {
		a.Mailbox, a.Type = sender, activity.Send
	}
	m.identify(&a, to.Symbols.Text(recipient))
	to.Put(activity.FieldMessageID, record.Bounded(to, bytes.TrimSpace(m.MessageID)))
	to.Put(activity.FieldSubject, record.Bounded(to, m.Subject))
	to.PutSymbol(activity.FieldSender, sender)
	to.PutSymbol(activity.FieldRecipients, recipient)
	to.PutNamed([]byte("params.Status"), m.Status)
	wanted := to.Interest.Params
	for _, p := range [...]struct {
		name  string
		value text
	}{{"FromIP", m.FromIP}, {"ToIP", m.ToIP}, {"Size", m.Size}} {
		if len(p.value) > 0 && (wanted == nil || wanted[strings.ToLower(p.name)]) {
			to.PutNamed([]byte("params."+p.name), record.Bounded(to, p.value))
		}
	}
	to.Add(a)
	return nil
}

// identify: a message has one row per recipient. Pages overlap, and a query by sender repeats what one by recipient
// has said. The sum leaves out the status, which changes while a message is on its way.
func (m *trace) identify(a *activity.Activity, recipient string) {
	id := record.Lower(record.First(m.MessageTraceID, m.ID))
	if len(id) == 0 {
		id = append(bytes.Clone(m.MessageID), record.First(m.Received, m.ReceivedDateTime)...)
	}
	a.ID = activity.HashID(bytes.Join([][]byte{[]byte("trace"), id, []byte(recipient)}, []byte{0}))
	sum := fnv.New64a()
	sum.Write(bytes.Join([][]byte{bytes.TrimSpace(m.MessageID), record.Lower(m.SenderAddress), bytes.TrimSpace(m.Subject)}, []byte{0}))
	a.Sum = sum.Sum64()
}

// delivered is what became of a message. Source: Get-MessageTraceV2, "Status".
func delivered(status text) activity.Result {
	switch string(record.Lower(status)) {
	case "delivered", "expanded", "resolved", "filteredasspam":
		return activity.Success
	case "failed", "quarantined":
		return activity.Failure
	default: // Pending, GettingStatus, None
		return activity.Unknown
	}
}

// traceJSON reads traces as Graph and ConvertTo-Json write them.
type traceJSON struct{ cursor record.Cursor }

// Decode implements record.Decoder.
func (d *traceJSON) Decode(rec record.Record, to *activity.Shard) error {
	var m trace
	d.cursor.Forget()
	if err := traceNames.Fill(&d.cursor, rec.Bytes, &m); err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	return m.add(rec, timestamp.Unsettled, to)
}

// ServiceID is the message trace's id.
func (d *traceJSON) ServiceID(rec record.Record) string {
	var m trace
	d.cursor.Forget()
	_ = traceNames.Fill(&d.cursor, rec.Bytes, &m) // what cannot be read has no id
	return string(record.First(m.MessageTraceID, m.ID))
}

func recogniseTraceJSON(h record.Head) string {
	for _, object := range h.Objects {
		var m trace
		if traceNames.Decode(object, &m) == nil && len(m.SenderAddress) > 0 && len(m.RecipientAddress) > 0 &&
			len(record.First(m.Received, m.ReceivedDateTime)) > 0 {
			return "objects with senderAddress, recipientAddress and the time received (message trace)"
		}
	}
	return ""
}
