package audit

import (
	"bytes"
	"encoding/json"

	"triage/ingest/activity"
)

// cutActions reads a list of actions that ends too early, or is spoiled: the kind of each action that it names, and those of
// its recipients that are whole. An action whose recipients were cut away still is one.
func cutActions(value text) (list []ruleAction) {
	const kind = `"actiontype"`
	for {
		at := indexFold(value, kind)
		if at < 0 {
			return list
		}
		value = value[at+len(kind):]
		colon := bytes.IndexByte(value, ':')
		if colon < 0 {
			return list
		}
		word, rest, ok := wholeText(value[colon+1:])
		if !ok {
			return list
		}
		value = rest
		own := rest
		if next := indexFold(rest, kind); next >= 0 {
			own = rest[:next]
		}
		list = append(list, ruleAction{ActionType: word, known: wholeRecipients(own)})
	}
}

// indexFold is where a text in quotes stands first, in any case; -1: nowhere. Lower-casing the whole would move what stands
// behind bytes that are no UTF-8.
func indexFold(value text, quoted string) int {
	for from := 0; ; {
		at := bytes.IndexByte(value[from:], '"')
		if at < 0 || from+at+len(quoted) > len(value) {
			return -1
		}
		from += at
		if bytes.EqualFold(value[from:from+len(quoted)], []byte(quoted)) {
			return from
		}
		from++
	}
}

// wholeRecipients are the addresses and names of the directory among the whole texts of a piece of JSON.
func wholeRecipients(piece text) text {
	var found []text
	for {
		s, rest, ok := wholeText(piece)
		if !ok {
			return bytes.Join(unique(found), []byte(";"))
		}
		if bytes.IndexByte(s, '@') > 0 || inDirectory(s) {
			found = append(found, s)
		}
		piece = rest
	}
}

// wholeText is the next text of a piece of JSON, if it is whole, and what follows it.
func wholeText(piece text) (s, rest text, ok bool) {
	open := bytes.IndexByte(piece, '"')
	if open < 0 {
		return nil, nil, false
	}
	for i := open + 1; i < len(piece); i++ {
		switch piece[i] {
		case '\\':
			i++
		case '"':
			var word string
			if json.Unmarshal(piece[open:i+1], &word) != nil {
				word = string(piece[open+1 : i])
			}
			return text(word), piece[i+1:], true
		}
	}
	return nil, nil, false
}

// cutProperties is a list of named values that ends too early, as far as it goes: its whole elements, and the name of the
// one in which it was cut, if that says where mail goes. What was left of such a value is no address: it is said to be
// none that the record names. Nothing if the value is no list.
func cutProperties(piece []byte) json.RawMessage {
	piece = bytes.TrimLeft(piece, " \t\r\n:")
	if len(piece) == 0 || piece[0] != '[' {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(piece))
	if _, err := dec.Token(); err != nil {
		return nil
	}
	var elements []json.RawMessage
	end := int64(1)
	for dec.More() {
		var one json.RawMessage
		if dec.Decode(&one) != nil {
			break
		}
		elements, end = append(elements, one), dec.InputOffset()
	}
	if last := cutProperty(piece[end:]); last != nil {
		elements = append(elements, last)
	}
	list, err := json.Marshal(elements)
	if err != nil || len(elements) == 0 {
		return nil
	}
	return list
}

// cutProperty is what is known of a named value that was cut.
func cutProperty(piece text) json.RawMessage {
	label, rest, ok := wholeText(piece)
	if !ok || !bytes.EqualFold(label, []byte("Name")) {
		return nil
	}
	name, rest, ok := wholeText(rest)
	if !ok {
		return nil
	}
	value := text(activity.NoRecipient)
	switch {
	case bytes.EqualFold(name, []byte("RuleActions")), bytes.EqualFold(name, []byte("Actions")), bytes.EqualFold(name, []byte("ServerRule")):
		if _, rest, ok = wholeText(rest); !ok { // the word Value
			return nil
		}
		open := bytes.IndexByte(rest, '"')
		if open < 0 {
			return nil
		}
		value = unescaped(rest[open+1:])
	case !forwardParam(name):
		return nil
	}
	one, err := json.Marshal(map[string]string{"Name": string(name), "Value": string(value)})
	if err != nil {
		return nil
	}
	return one
}

// unescaped is a text of JSON that was cut before its end.
func unescaped(cut text) text {
	for drop := 0; drop <= min(6, len(cut)); drop++ { // an escape may be cut in two
		var s string
		if json.Unmarshal(append(append([]byte{'"'}, cut[:len(cut)-drop]...), '"'), &s) == nil {
			return text(s)
		}
	}
	return nil
}

func forwardParam(name text) bool {
	for _, p := range forwardParams() {
		if bytes.EqualFold(name, []byte(p)) {
			return true
		}
	}
	return false
}
