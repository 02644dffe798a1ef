package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// mail is a message of a case as its recipient has it: the log's delivery, and the headers that came with it.
type mail struct {
	file     string // of the .eml
	msg      message
	auth     string   // the receiving server's Authentication-Results, as Exchange Online writes it
	below    []string // further headers below it, as the message brought them
	replyTo  string
	text     string
	fileName string // of an attachment; "" = none
	content  string
}

// fields are the message's headers in order, each "Name: value".
func (m *mail) fields(to string) []string {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }
	fields := []string{
		"Received: from mail.adatum.com (192.0.2.25) by mailbox.adatum.com with HTTPS; " + stamp(m.msg.received),
		"Authentication-Results: " + m.auth,
		"Received: from mail." + domainOf(m.msg.senderAddress) + " by mail.adatum.com; " + stamp(m.msg.received.Add(-2*time.Second)),
	}
	fields = append(fields, m.below...)
	fields = append(fields, "From: "+m.msg.sender+" <"+m.msg.senderAddress+">")
	if m.replyTo != "" {
		fields = append(fields, "Reply-To: "+m.replyTo)
	}
	return append(fields, "To: "+to, "Subject: "+m.msg.subject, "Message-ID: "+m.msg.internetID,
		"Date: "+stamp(m.msg.received.Add(-4*time.Second)), "MIME-Version: 1.0")
}

// eml is the message as a mail program saves it.
func (m *mail) eml(to string) []byte {
	var out strings.Builder
	for _, f := range m.fields(to) {
		out.WriteString(strings.ReplaceAll(f, "; ", ";\r\n ") + "\r\n")
	}
	if m.fileName == "" {
		out.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n" + m.text + "\r\n")
		return []byte(out.String())
	}
	out.WriteString("Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + m.text +
		"\r\n--part\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + m.fileName + "\"\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(m.content)) + "\r\n--part--\r\n")
	return []byte(out.String())
}

// graphPage is the same messages as Graph lists them.
func graphPage(mails []mail, to string) ([]byte, error) {
	type pair map[string]any
	person := func(name, address string) pair { return pair{"emailAddress": pair{"name": name, "address": address}} }
	var objects []pair
	for i := range mails {
		m := &mails[i]
		var headers []pair
		for _, f := range m.fields(to) {
			name, value, _ := strings.Cut(f, ": ")
			headers = append(headers, pair{"name": name, "value": value})
		}
		object := pair{
			"id": m.msg.item, "receivedDateTime": m.msg.received.UTC().Format(time.RFC3339), "subject": m.msg.subject,
			"internetMessageId": m.msg.internetID, "from": person(m.msg.sender, m.msg.senderAddress),
			"toRecipients": []pair{person(to, to)}, "internetMessageHeaders": headers, "hasAttachments": m.fileName != "",
		}
		if m.fileName != "" {
			object["attachments"] = []pair{{"name": m.fileName, "contentType": "application/octet-stream", "size": base64Decoded(len(m.content))}}
		}
		objects = append(objects, object)
	}
	page := pair{
		"@odata.context": fmt.Sprintf("https://graph.microsoft.com/v1.0/$metadata#users('%s')/messages", strings.ReplaceAll(to, "@", "%40")),
		"value":          objects,
	}
	text, err := json.MarshalIndent(page, "", " ")
	return append(text, '\n'), err
}

// base64Decoded is a size rounded up to whole groups of three bytes, which is all that its base64 text shows.
func base64Decoded(n int) int { return (n + 2) / 3 * 3 }
