package record

import (
	"bytes"
	"slices"
	"strings"

	"triage/ingest/charset"
)

// LookMail shows the headers of a stream that begins as a message does; ok is false for any other text.
func LookMail(sample []byte) (look Look, ok bool) {
	const (
		longest = 1 << 20 // of a header block; maxHeaderBytes of package message
		enough  = 2       // headers that every message has some of
		most    = 100     // characters of a header's name
	)
	text := bytes.TrimLeft(bytes.TrimPrefix(sample[:min(len(sample), longest)], []byte(charset.BOM)), "\r\n")
	if bytes.HasPrefix(text, []byte("From ")) { // what mail programs of Unix put before a message
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	var known []string
	end, odd, lines := 0, 0, 0
	for end < len(text) {
		line, _, whole := bytes.Cut(text[end:], []byte{'\n'})
		row := bytes.TrimRight(line, "\r")
		if len(row) == 0 || !whole && lines > 0 {
			break
		}
		name, _, colon := bytes.Cut(row, []byte{':'})
		switch {
		case row[0] == ' ' || row[0] == '\t':
		case !colon || len(name) > most || bytes.ContainsAny(name, " \t,;|\"'"):
			odd++
		default:
			if word := strings.ToLower(string(name)); slices.Contains(mailHeaders(), word) && !slices.Contains(known, word) {
				known = append(known, word)
			}
		}
		end, lines = min(end+len(line)+1, len(text)), lines+1
		if lines == 1 && odd > 0 {
			return Look{}, false
		}
	}
	if len(known) < enough || odd*4 > lines {
		return Look{}, false
	}
	return Look{Head: Head{Shape: Mail, Objects: [][]byte{bytes.Clone(text[:end])}}, Cut: Cut{Shape: Mail}}, true
}

// mailHeaders are names that tell a message from other text. Source: RFC 5322, and what Exchange puts at the top.
func mailHeaders() []string {
	return []string{
		"received", "from", "to", "subject", "date", "message-id", "return-path", "delivered-to", "mime-version",
		"content-type", "authentication-results", "arc-seal", "arc-message-signature", "arc-authentication-results",
		"received-spf", "dkim-signature", "x-ms-exchange-organization-authas", "x-forefront-antispam-report",
	}
}

// cutMail takes the whole stream as one record. Of one larger than MaxRecord that much is kept: its headers stand at its
// head.
func (c *Cutter) cutMail(b *Block) int {
	switch {
	case c.err == nil && len(b.Bytes) < c.most:
		return 0
	case c.err == nil:
		c.lost = &lost{shown: c.most, rest: toEnd{}}
		return 0
	}
	b.spans = append(b.spans, recordSpan{start: 0, end: len(b.Bytes)})
	return len(b.Bytes)
}
