package unwrap

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
)

// leadShown is how far into a text an object may begin: behind a syslog header, or a program's own words.
const leadShown = 1 << 10

// fromText is the JSON object or list that a text holds: as it is, with its quotes doubled or escaped once more, as a
// string in quotes, or behind words that a log put before it. Nothing if it holds none.
func fromText(text []byte) json.RawMessage {
	text = bytes.TrimSpace(text)
	if len(text) < 2 {
		return nil
	}
	if isObject(text) {
		return loosened(text)
	}
	if inner := fromBase64(text); inner != nil {
		return inner
	}
	if text[0] == '"' && text[len(text)-1] == '"' {
		var inner string
		if json.Unmarshal(text, &inner) == nil {
			if inner := bytes.TrimSpace([]byte(inner)); isObject(inner) {
				return loosened(inner)
			}
			return nil
		}
		if inner := bytes.TrimSpace(text[1 : len(text)-1]); isObject(inner) {
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
	if inner = bytes.TrimSpace(inner[:n]); err != nil || !isObject(inner) || !json.Valid(inner) {
		return nil
	}
	return inner
}
