package flatten

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// isRepr says whether a cell is a list or an object as Python prints it, which pandas writes into tables.
func isRepr(cell []byte) bool {
	if len(cell) < 4 || cell[0] != '[' && cell[0] != '{' {
		return false
	}
	inner := bytes.TrimLeft(cell, "[{ ")
	return len(inner) > 0 && inner[0] == '\'' && len(inner) < len(cell)
}

// fromRepr is the JSON of what Python printed; ok is false for what is none.
func fromRepr(cell []byte) (text []byte, ok bool) {
	text = make([]byte, 0, len(cell)+len(cell)/8)
	for at := 0; at < len(cell); {
		switch ch := cell[at]; {
		case ch == '\'' || ch == '"':
			s, n := quotedBy(cell[at:], ch)
			if n == 0 {
				return nil, false
			}
			text = appendQuoted(text, s)
			at += n
		case bytes.HasPrefix(cell[at:], []byte("None")):
			text, at = append(text, "null"...), at+len("None")
		case bytes.HasPrefix(cell[at:], []byte("True")):
			text, at = append(text, "true"...), at+len("True")
		case bytes.HasPrefix(cell[at:], []byte("False")):
			text, at = append(text, "false"...), at+len("False")
		case bytes.HasPrefix(cell[at:], []byte("nan")):
			text, at = append(text, "null"...), at+len("nan")
		default:
			text = append(text, ch)
			at++
		}
	}
	return text, json.Valid(text)
}

// quotedBy is the text in quotes at the head of a cell, and the length with its quotes; 0 where it has no end.
func quotedBy(cell []byte, quote byte) (text []byte, n int) {
	for at := 1; at < len(cell); at++ {
		switch ch := cell[at]; {
		case ch == quote:
			return text, at + 1
		case ch != '\\' || at+1 == len(cell):
			text = append(text, ch)
		default:
			at++
			text, at = escaped(text, cell, at)
		}
	}
	return nil, 0
}

// escaped appends what a backslash before the byte at at stands for; the second is the last byte of it.
func escaped(text, cell []byte, at int) ([]byte, int) {
	digits := 0
	switch cell[at] {
	case 'n':
		return append(text, '\n'), at
	case 'r':
		return append(text, '\r'), at
	case 't':
		return append(text, '\t'), at
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return append(text, cell[at]), at
	}
	r := rune(0)
	if at+digits >= len(cell) {
		return append(text, '\\', cell[at]), at
	}
	for _, ch := range cell[at+1 : at+1+digits] {
		i := bytes.IndexByte([]byte("0123456789abcdef"), ch|0x20)
		if i < 0 {
			return append(text, '\\', cell[at]), at
		}
		r = r<<4 | rune(i)
	}
	return utf8.AppendRune(text, r), at + digits
}

// countedList says whether a text may hold lists as Windows PowerShell writes them where it counts a list's members:
// {"value":[…],"Count":2} in place of […].
func countedList(text []byte) bool {
	return bytes.Contains(text, []byte(`"Count"`)) && bytes.Contains(text, []byte(`"value"`))
}

// uncounted is a value with its lists in place of what PowerShell wrote; changed says that there was one.
func uncounted(raw json.RawMessage, depth int) (plain json.RawMessage, changed bool) {
	if depth > maxSteps || !countedList(raw) {
		return raw, false
	}
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '{':
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return raw, false
		}
		if list := bytes.TrimSpace(members["value"]); len(members) == 2 && members["Count"] != nil && len(list) > 0 && list[0] == '[' {
			plain, _ = uncounted(list, depth+1)
			return plain, true
		}
		for name, value := range members {
			if plain, also := uncounted(value, depth+1); also {
				members[name], changed = plain, true
			}
		}
		if !changed {
			return raw, false
		}
		whole, err := json.Marshal(members)
		return whole, err == nil
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return raw, false
		}
		for i, value := range list {
			if plain, also := uncounted(value, depth+1); also {
				list[i], changed = plain, true
			}
		}
		if !changed {
			return raw, false
		}
		whole, err := json.Marshal(list)
		return whole, err == nil
	}
	return raw, false
}
