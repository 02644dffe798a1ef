package message

import (
	"bytes"
	"strings"
)

// Bounds on a message's headers. Exchange refuses more than 256 KiB of them by default.
const (
	maxHeaderBytes = 1 << 20
	maxHeaders     = 2000
)

// header is one header field: name in lower case, value unfolded, as the message has it otherwise.
type header struct{ name, value string }

// headers are a message's, topmost first: each server puts its own above those that it received.
type headers []header

// first is the value of the topmost header of a name; "" if there is none.
func (h headers) first(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all are the values of every header of a name, topmost first.
func (h headers) all(name string) []string {
	var out []string
	for _, f := range h {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

// parseHeaders reads a header block up to the empty line, and returns what follows it. A line that is neither a header
// nor the continuation of one is counted in odd and passed over, so that one broken line cannot hide the others.
func parseHeaders(text []byte) (h headers, body []byte, odd int) {
	var value []byte // of the last header: joined once, since a sender decides how often it is folded
	flush := func() {
		if len(h) > 0 {
			h[len(h)-1].value = string(value)
		}
	}
	for at := 0; at < len(text); {
		line, next := cutLine(text[at:])
		at += next
		switch {
		case len(line) == 0:
			flush()
			return h, text[at:], odd
		case at > maxHeaderBytes || len(h) == maxHeaders:
			odd++
		case line[0] == ' ' || line[0] == '\t':
			if len(h) > 0 {
				value = append(append(value, ' '), bytes.TrimSpace(line)...)
			}
		default:
			name, rest, ok := splitHeader(line)
			if !ok {
				odd++
				continue
			}
			flush()
			h, value = append(h, header{name: name}), append(value[:0], rest...)
		}
	}
	flush()
	return h, nil, odd
}

// cutLine is the first line without its end, and where the next one begins.
func cutLine(text []byte) (line []byte, next int) {
	end := bytes.IndexByte(text, '\n')
	if end < 0 {
		return bytes.TrimRight(text, "\r"), len(text)
	}
	return bytes.TrimRight(text[:end], "\r"), end + 1
}

// splitHeader cuts "Name: value". RFC 5322 allows a name any visible ASCII but the colon.
func splitHeader(line []byte) (name string, value []byte, ok bool) {
	before, after, ok := bytes.Cut(line, []byte{':'})
	before = bytes.TrimRight(before, " \t")
	if !ok || len(before) == 0 || len(before) > 200 {
		return "", nil, false
	}
	for _, c := range before {
		if c <= ' ' || c > '~' {
			return "", nil, false
		}
	}
	return strings.ToLower(string(before)), bytes.TrimSpace(after), true
}
