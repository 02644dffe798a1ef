package record

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"triage/ingest/activity"
)

// Text is a JSON value as text: a string's characters, anything else as it was written, null as nothing. Exports differ
// in whether they write a number or a boolean as such or as a string.
type Text []byte

// UnmarshalJSON takes any value.
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = TextOf(b)
	return nil
}

// TextOf is the text of a JSON value, as a copy. A lone quote, which is none, is itself.
func TextOf(b []byte) Text {
	if len(b) == 0 || string(b) == "null" {
		return nil
	}
	if b[0] != '"' || len(b) == 1 {
		return bytes.Clone(b)
	}
	if bytes.IndexByte(b, '\\') < 0 && isASCII(b) {
		return bytes.Clone(b[1 : len(b)-1])
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return nil
	}
	return Text(s)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// Unquoted is the JSON inside a JSON string, or the value itself if it is none; nothing for null and blank. Azure and
// Sentinel write objects either way.
func Unquoted(raw json.RawMessage) json.RawMessage {
	if len(raw) > 0 && raw[0] == '"' {
		raw = json.RawMessage(TextOf(raw))
	}
	return trimmed(raw)
}

func trimmed(raw json.RawMessage) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// Member is one member of a JSON object.
type Member struct {
	Name  Text
	Value json.RawMessage
}

// Members are an object's members in the order of the log; ok is false for what is no object, or not one to its end.
// They share the memory of raw.
func Members(raw json.RawMessage) (members []Member, ok bool) {
	if members, ok = readMembers(nil, raw); ok {
		return members, true
	}
	return decodeMembers(raw)
}

// readMembers is Members by a cursor; ok is false too where encoding/json must read.
func readMembers(to []Member, raw json.RawMessage) (members []Member, ok bool) {
	var c Cursor
	c.Begin(raw)
	for c.Object(); c.Member(); {
		name := Text(c.Name)
		to = append(to, Member{name, c.Raw()})
	}
	return to, c.End()
}

// decodeMembers is Members by encoding/json.
func decodeMembers(raw json.RawMessage) (members []Member, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		t, err := d.Token()
		name, isName := t.(string)
		if err != nil || !isName {
			return members, false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return members, false
		}
		members = append(members, Member{Text(name), value})
	}
	return members, true
}

// List is the elements of a list; ok is false for what is none. They may share the memory of raw.
func List(raw json.RawMessage) (list []json.RawMessage, ok bool) {
	if list, ok = readList(nil, raw); ok || len(raw) == 0 || raw[0] != '[' {
		return list, ok
	}
	list = nil
	return list, json.Unmarshal(raw, &list) == nil
}

// readList is the elements of a list by a cursor; ok is false where encoding/json must read.
func readList(to []json.RawMessage, raw json.RawMessage) (list []json.RawMessage, ok bool) {
	var c Cursor
	c.Begin(raw)
	for c.List(); c.Element(); {
		to = append(to, c.Raw())
	}
	return to, c.End()
}

// First is the first text that is not blank; nothing if all are.
func First(texts ...Text) Text {
	for _, t := range texts {
		if len(bytes.TrimSpace(t)) > 0 {
			return t
		}
	}
	return nil
}

// ID is an id, or nothing where it is the one that stands for none: a session or a device of 32 zeros is everybody's.
func ID(t Text) Text {
	const none = "00000000-0000-0000-0000-000000000000"
	if len(t) == len(none) && string(t) == none {
		return nil
	}
	return t
}

// maxValue bounds what one value may cost. The longest that a rule has use for, an account's licences before and after,
// is 14 KB in a real export.
const maxValue = 32 << 10

// Bounded cuts an overlong value (32 KiB) of the record at hand at a rune, and counts it.
func Bounded(to *activity.Shard, value Text) Text {
	if len(value) <= maxValue {
		return value
	}
	return cutValue(to, value)
}

func cutValue(to *activity.Shard, value Text) Text {
	to.Tally("texts longer than 32 KiB, of which what stands behind that was not read")
	return Clip(value, maxValue)
}

// Clip is the beginning of a text, at most n bytes, never half a rune.
func Clip[T ~string | ~[]byte](text T, n int) T {
	if len(text) <= n {
		return text
	}
	for i := n; i >= 0 && i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			return text[:i]
		}
	}
	return text[:max(0, n)] // no rune is as long: not UTF-8
}

// Valid is a text in valid UTF-8: nearly every text is, which is seen eight bytes at a time.
func Valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// Lower is a text in lower case, without the white space around it.
func Lower(text Text) Text { return bytes.ToLower(bytes.TrimSpace(text)) }
