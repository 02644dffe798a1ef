package message

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// MailFormats are the messages themselves: .eml files, and objects of an API with their headers.
func MailFormats() []record.Format {
	return []record.Format{
		{
			Name: "message-eml", Source: activity.SourceMessage, Shape: record.Mail,
			Recognise: recogniseEML, New: func(record.Head) record.Decoder { return emlDecoder{} },
		},
		{
			Name: "message-headers-json", Source: activity.SourceMessage, Shape: record.JSON,
			Recognise: recogniseHeadersJSON, Tells: []string{"internetmessageheaders", "weblink", "internetmessageid"}, New: newHeadersJSON,
		},
	}
}

func recogniseEML(h record.Head) string {
	if len(h.Objects) == 0 {
		return ""
	}
	fields, _, _ := parseHeaders(h.Objects[0])
	var seen []string
	for _, name := range []string{"received", "from", "to", "subject", "date", "message-id", authHeader, "return-path"} {
		if slices.ContainsFunc(fields, func(f header) bool { return f.name == name }) {
			seen = append(seen, name)
		}
	}
	return fmt.Sprintf("begins with a message's headers: %s", strings.Join(seen, ", "))
}

// emlDecoder reads a message as RFC 5322 has it.
type emlDecoder struct{}

var errNotMail = errors.New("not a message")

var errMbox = errors.New("several messages in one file (mbox): split it into one .eml file a message")

// Decode implements record.Decoder.
func (emlDecoder) Decode(rec record.Record, to *activity.Shard) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(rec.Bytes, []byte("\uFEFF")), "\r\n")
	if bytes.HasPrefix(text, []byte("From ")) {
		line, next := cutLine(text)
		if _, more := mboxDate(line); more && severalMessages(text[next:]) {
			return errMbox
		}
		text = text[next:]
	}
	h, body, odd := parseHeaders(text)
	if len(h) == 0 {
		return errors.New("no header that can be read")
	}
	if odd > 0 {
		to.Note("some lines among a message's headers are no headers, or too many: they were passed over")
	}
	var m copied
	m.fromHeaders(h)
	parts := partWalker{}
	parts.walk(h, body, 0)
	m.attachments = parts.names
	if parts.cut || len(rec.Bytes) >= record.MaxRecord {
		to.Note("a message is larger or has more parts than are read, or ends early: not all its attachments are named")
	}
	m.add(rec, to)
	return nil
}

// mboxDate says whether a line begins a message in an mbox: "From alice@contoso.com Mon Mar  2 08:00:00 2026".
func mboxDate(line []byte) (year string, ok bool) {
	words := bytes.Fields(line)
	if len(words) < 6 || string(words[0]) != "From" {
		return "", false
	}
	last := words[len(words)-1]
	return string(last), len(last) >= 4
}

func severalMessages(text []byte) bool {
	for {
		i := bytes.Index(text, []byte("\nFrom "))
		if i < 0 {
			return false
		}
		text = text[i+1:]
		line, _ := cutLine(text)
		if _, ok := mboxDate(line); ok {
			return true
		}
	}
}

// ServiceID is the Message-ID.
func (emlDecoder) ServiceID(rec record.Record) string {
	h, _, _ := parseHeaders(rec.Bytes)
	return strings.TrimSpace(h.first("message-id"))
}
