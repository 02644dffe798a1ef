package record

import (
	"bytes"
	"encoding/json"
)

// Addresses are the recipients in a parameter, in lower case: "smtp:a@b", `"Bob" <a@b>`, `"Bob" [SMTP:a@b]`, several
// parted by semicolons or commas or in a JSON list. A recipient of the directory ("Bob" [EX:/o=…]) is its directory
// name: whether that is a contact outside, the record does not say.
func Addresses(value Text) []Text {
	var list []Text
	if bytes.HasPrefix(value, []byte("[")) && json.Unmarshal(value, &list) == nil {
		var all []Text
		for _, v := range list {
			all = append(all, Addresses(v)...)
		}
		return all
	}
	for part := range partsOf(value) {
		if to := recipientAddress(part); len(to) > 0 {
			list = append(list, to)
		}
	}
	return list
}

// partsOf yields what semicolons and commas part, outside of quotes and brackets.
func partsOf(value Text) func(yield func(Text) bool) {
	return func(yield func(Text) bool) {
		start, quoted, depth := 0, false, 0
		for i, c := range value {
			switch c {
			case '"':
				quoted = !quoted
			case '[', '<':
				depth++
			case ']', '>':
				depth--
			case ';', ',':
				if quoted || depth > 0 {
					continue
				}
				if !yield(value[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(value[start:])
	}
}

// recipientAddress is the address in one recipient.
func recipientAddress(part Text) Text {
	part = bytes.TrimSpace(part)
	for _, pair := range [][2]string{{"[", "]"}, {"<", ">"}} {
		open, end := bytes.LastIndex(part, []byte(pair[0])), bytes.LastIndex(part, []byte(pair[1]))
		if open >= 0 && end > open+1 {
			part = part[open+1 : end]
		}
	}
	part = bytes.Trim(part, `"' `)
	for _, prefix := range []string{"smtp:", "mailto:", "ex:"} {
		if len(part) >= len(prefix) && bytes.EqualFold(part[:len(prefix)], []byte(prefix)) {
			part = part[len(prefix):]
		}
	}
	return bytes.ToLower(part)
}

// Client tells the addresses apart that one record names under several names, in order of trust: the first that is there,
// and those that say another one. A port, brackets or quotes make no other address. Which of them is the client's is
// settled when it is known whose they are.
func Client(named ...Text) (first Text, others [][]byte) {
	for _, next := range named {
		switch {
		case len(next) == 0 || bytes.Equal(next, first):
		case len(first) == 0:
			first = next
		default:
			if !knownAddress(bareAddress(next), first, others) {
				others = append(others, next)
			}
		}
	}
	return first, others
}

func knownAddress(bare, first []byte, others [][]byte) bool {
	if len(bare) == 0 || bytes.EqualFold(bare, bareAddress(first)) {
		return true
	}
	for _, known := range others {
		if bytes.EqualFold(bare, bareAddress(known)) {
			return true
		}
	}
	return false
}

// bareAddress is an address without what programs write around it; nothing where the text says that there is none.
func bareAddress(value []byte) []byte {
	value = bytes.Trim(value, " \t\r\n\"'")
	if open, end := bytes.IndexByte(value, '['), bytes.IndexByte(value, ']'); open == 0 && end > 0 {
		value = value[1:end]
	} else if bytes.Count(value, []byte(":")) == 1 {
		value = value[:bytes.IndexByte(value, ':')]
	}
	value = bytes.Trim(value, "\"'")
	const mapped = "::ffff:"
	if len(value) > len(mapped) && bytes.EqualFold(value[:len(mapped)], []byte(mapped)) {
		value = value[len(mapped):]
	}
	if len(value) <= len("localhost") {
		switch string(bytes.ToLower(value)) {
		case "<null>", "null", "-", "unknown", "localhost", "none", "n/a":
			return nil
		}
	}
	return value
}
