package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
)

// Mended is what a reader says, with a count, of records that Mend made readable.
const Mended = "records with an escape or a control character that JSON does not know, read as the characters that stand there"

// Mend makes JSON of a record that another program wrote with escapes that JSON does not know, or with bare control
// characters in its strings: they stand for themselves. It says whether there was anything to mend; what else is wrong
// with the record stays wrong.
func Mend(raw []byte) (text []byte, changed bool) {
	const hex = "0123456789abcdef"
	var out []byte
	from, inside := 0, false // all before from is in out
	put := func(at, skip int, mended ...byte) {
		out = append(append(out, raw[from:at]...), mended...)
		from, changed = at+skip, true
	}
	for at := 0; at < len(raw); at++ {
		switch ch := raw[at]; {
		case ch == '"':
			inside = !inside
		case !inside:
		case ch < 0x20:
			put(at, 1, '\\', 'u', '0', '0', hex[ch>>4], hex[ch&15])
		case ch == '\\' && at+1 < len(raw):
			if !knownEscape(raw[at+1:]) {
				put(at, 1, '\\', '\\')
				continue // what follows is a character like any other
			}
			at++
		}
	}
	if !changed {
		return raw, false
	}
	return append(out, raw[from:]...), true
}

// knownEscape says whether what follows a backslash is an escape of JSON.
func knownEscape(rest []byte) bool {
	if rest[0] != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0
	}
	if len(rest) < 5 {
		return false
	}
	for _, ch := range rest[1:5] {
		if !('0' <= ch && ch <= '9' || 'a' <= ch|0x20 && ch|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// leadShown is how far into a text an object may begin: behind a syslog header, or a program's own words.
const leadShown = 1 << 10

// ObjectIn is the JSON object or list that a text holds: as it is, with its quotes doubled or escaped once more or
// written as HTML, as a string in quotes of any kind, in base64, or behind words that a log put before it. Nothing if it holds none.
func ObjectIn(text []byte) json.RawMessage {
	text = bytes.TrimSpace(text)
	if len(text) < 2 {
		return nil
	}
	if looksObject(text) {
		return loosened(text)
	}
	if inner := fromBase64(text); inner != nil {
		return inner
	}
	if c := text[0]; (c == '\'' || c == '`') && text[len(text)-1] == c {
		if inner := bytes.TrimSpace(text[1 : len(text)-1]); looksObject(inner) {
			return loosened(inner)
		}
	}
	if text[0] == '"' && text[len(text)-1] == '"' {
		var inner string
		if json.Unmarshal(text, &inner) == nil {
			if inner := bytes.TrimSpace([]byte(inner)); looksObject(inner) {
				return loosened(inner)
			}
			return nil
		}
		if inner := bytes.TrimSpace(text[1 : len(text)-1]); looksObject(inner) {
			return loosened(inner)
		}
		return nil
	}
	at := bytes.IndexByte(text[:min(len(text), leadShown)], '{')
	if at < 0 || text[len(text)-1] != '}' {
		return nil
	}
	return loosened(text[at:])
}

// loosened is an object or list whose quotes are perhaps doubled or escaped once too often. It stays as it is if it is
// not valid either way: what reads it may save a part.
func loosened(text []byte) json.RawMessage {
	after := bytes.TrimLeft(text, "{[ \t\r\n")
	switch {
	case bytes.HasPrefix(after, []byte(`""`)) && !bytes.HasPrefix(after, []byte(`"":`)):
		if undoubled := bytes.ReplaceAll(text, []byte(`""`), []byte(`"`)); json.Valid(undoubled) {
			return undoubled
		}
	case bytes.HasPrefix(after, []byte(`\"`)):
		quoted := append(append([]byte{'"'}, text...), '"')
		var inner string
		if json.Unmarshal(quoted, &inner) == nil && json.Valid([]byte(inner)) {
			return json.RawMessage(inner)
		}
		if plain := bytes.ReplaceAll(text, []byte(`\"`), []byte(`"`)); json.Valid(plain) { // only the quotes were escaped
			return plain
		}
	case bytes.HasPrefix(after, []byte(`&quot;`)), bytes.HasPrefix(after, []byte(`&#34;`)):
		if plain := []byte(html.UnescapeString(string(text))); json.Valid(plain) {
			return plain
		}
	}
	return text
}

// fromBase64 is the object that a text encodes, as cloud queues hand out their messages: {" begins eyJ, [{ begins W3s.
func fromBase64(text []byte) json.RawMessage {
	if !bytes.HasPrefix(text, []byte("eyJ")) && !bytes.HasPrefix(text, []byte("W3s")) {
		return nil
	}
	inner := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(inner, text)
	if inner = bytes.TrimSpace(inner[:n]); err != nil || !looksObject(inner) || !json.Valid(inner) {
		return nil
	}
	return inner
}

func looksObject(raw json.RawMessage) bool { return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') }
