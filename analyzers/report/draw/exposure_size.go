package draw

import (
	"bytes"
	"context"
	"strings"

	"triage/analyzers/exposure"
	"triage/ingest/activity"
)

// What is read to find the sizes of messages: at most so much of one record, and so many records at once.
const (
	maxSized   = 256 << 10
	sizedBatch = 256
)

// sizes finds the size of messages of which no delivery or trace tells it: the records of Exchange name it beside the
// message's id, for every message that was opened. They are read again for it, because nothing else wants it.
func sizes(ctx context.Context, whole, p *tenantPart, items []*exposure.Item) (map[*exposure.Item]int64, error) {
	found := map[*exposure.Item]int64{}
	by := map[activity.Origin][]*exposure.Item{}
	var order []activity.Origin
	for _, one := range items {
		row, ok := sizedBy(p, one)
		if !ok {
			continue
		}
		at := p.c.Whole(p.c.Activities[row].Origin())
		if by[at] == nil {
			order = append(order, at)
		}
		by[at] = append(by[at], one)
	}
	for start := 0; start < len(order); start += sizedBatch {
		want, texts := map[activity.Origin]bool{}, map[activity.Origin]*CitedRecord{}
		for _, at := range order[start:min(start+sizedBatch, len(order))] {
			want[at] = true
		}
		if err := readCited(ctx, whole, texts, want, maxSized); err != nil {
			return nil, err
		}
		for at := range want {
			for _, one := range by[at] {
				if n := sizeIn(texts[at].Raw, p.c.Text(one.MessageID)); n > 0 {
					found[one] = n
				}
			}
		}
	}
	return found, nil
}

// sizedBy is the record that may tell the size of a message; ok is false where it is known, or no record tells it.
func sizedBy(p *tenantPart, one *exposure.Item) (row uint32, ok bool) {
	if one.Kind != exposure.Message || one.Size > 0 || one.MessageID == 0 {
		return 0, false
	}
	for _, row := range one.Rows {
		a := &p.c.Activities[row]
		if source := p.c.Inputs[a.File].Source; source != activity.SourceAudit {
			continue
		}
		switch a.Type {
		case activity.MailAccess, activity.Send, activity.Delete, activity.Move:
			return row, true
		}
	}
	return 0, false
}

// sizeIn is the SizeInBytes that stands in one object with a message id, in the text of a record in any wrapping; 0 if there
// is none.
func sizeIn(raw []byte, id string) int64 {
	core := []byte(strings.Trim(id, "<>"))
	if len(core) == 0 {
		return 0
	}
	for from := 0; ; {
		at := bytes.Index(raw[from:], core)
		if at < 0 {
			return 0
		}
		at += from
		end := at + len(core)
		from = end
		if at > 0 && idByte(raw[at-1]) && !endsEscaped(raw[:at]) || end < len(raw) && idByte(raw[end]) {
			continue // part of a longer id
		}
		_, rest, ok := bytes.Cut(objectAround(raw, at), []byte("SizeInBytes"))
		if !ok {
			continue
		}
		if n := leading(rest); n > 0 {
			return n
		}
	}
}

// maxObject bounds how far the ends of an object are looked for.
const maxObject = 16 << 10

// objectAround is the innermost object around a place in a text.
func objectAround(raw []byte, at int) []byte {
	end, depth := at, 0
	for ; end < len(raw) && end-at < maxObject && depth >= 0; end++ {
		switch raw[end] {
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	start := at
	for depth = 0; start > 0 && at-start < maxObject && depth >= 0; start-- {
		switch raw[start-1] {
		case '}':
			depth++
		case '{':
			depth--
		}
	}
	return raw[start:end]
}

// endsEscaped says that a text ends in an angle bracket as JSON escapes it: \u003c.
func endsEscaped(text []byte) bool {
	return len(text) >= 6 && bytes.EqualFold(text[len(text)-6:], []byte(`\u003c`))
}

func idByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '@' || c == '-' || c == '_' || c == '+' || c == '='
}

// leading is the number behind the quotes, colons and spaces that a text begins with.
func leading(text []byte) (n int64) {
	text = bytes.TrimLeft(text, `\"': `)
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		if n = 10*n + int64(c-'0'); n > 1<<40 {
			return 0 // no message is that large
		}
	}
	return n
}
