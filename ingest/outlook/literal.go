package outlook

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"triage/ingest/record"
)

// maxNesting bounds how deep a literal may nest; real properties are flat.
const maxNesting = 32

// literal reads a Python literal or a JSON text: the retriever wrote CustomProperties with Python's repr, re-exports
// hold JSON. Both have strings, numbers, lists and dictionaries; each one's escapes are taken in both.
type literal struct {
	text  []byte
	at    int
	spare []byte // decoded strings; its memory is the caller's to keep
	depth int
	plain int // where the last value stands in text, if it is a string without escapes; else 0
}

// syntaxError is what is wrong with a literal, at a byte counted from 1.
type syntaxError struct {
	what string
	at   int
}

// Error names the byte.
func (e *syntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.at+1) }

func (l *literal) fail(what string, at int) error { return &syntaxError{what, at} }

// space passes over white space. NUL bytes count as such: interrupted writers leave them.
func (l *literal) space() {
	for l.at < len(l.text) {
		switch l.text[l.at] {
		case ' ', '\t', '\r', '\n', 0:
			l.at++
		default:
			return
		}
	}
}

// peek is the next byte that is not white space; 0 at the end.
func (l *literal) peek() byte {
	l.space()
	if l.at < len(l.text) {
		return l.text[l.at]
	}
	return 0
}

// expect passes over one byte.
func (l *literal) expect(want byte) error {
	if got := l.peek(); got != want {
		if l.at >= len(l.text) {
			return l.fail(fmt.Sprintf("text ends where %q should be", want), l.at)
		}
		return l.fail(fmt.Sprintf("want %q, got %q", want, got), l.at)
	}
	l.at++
	return nil
}

// more steps to the next element of a list or dictionary; false at its end, which it passes. A comma before the end is
// allowed, as Python has it.
func (l *literal) more(first bool, end byte) (bool, error) {
	c := l.peek()
	if c == end {
		l.at++
		return false, nil
	}
	if first {
		return true, nil
	}
	if c != ',' {
		return false, l.expect(',')
	}
	l.at++
	if l.peek() == end {
		l.at++
		return false, nil
	}
	return true, nil
}

// quoteAt is the length of what comes before a string's quote: Python 2 wrote u'…'; -1 if no string begins here.
func (l *literal) quoteAt() int {
	for i := l.at; i < min(l.at+3, len(l.text)); i++ {
		switch l.text[i] {
		case '\'', '"':
			return i - l.at
		case 'u', 'U', 'b', 'B':
		default:
			return -1
		}
	}
	return -1
}

// string reads a string. What it returns is part of the text, or of l.spare if there was something to decode.
func (l *literal) string() ([]byte, error) {
	l.space()
	prefix := l.quoteAt()
	if prefix < 0 {
		return nil, l.fail("want a string", l.at)
	}
	l.at += prefix
	open, quote := l.at, l.text[l.at]
	start := open + 1
	body := l.text[start:]
	end := bytes.IndexByte(body, quote)
	if end >= 0 && bytes.IndexByte(body[:end], '\\') < 0 {
		l.at, l.plain = start+end+1, start
		return body[:end], nil
	}
	return l.decode(open, quote)
}

// decode reads a string that holds escapes.
func (l *literal) decode(open int, quote byte) ([]byte, error) {
	from := len(l.spare)
	l.plain = 0
	for at := open + 1; at < len(l.text); {
		switch c := l.text[at]; c {
		case quote:
			l.at = at + 1
			return l.spare[from:len(l.spare):len(l.spare)], nil
		case '\\':
			n, err := l.escape(at)
			if err != nil {
				return nil, err
			}
			at += n
		default:
			l.spare = append(l.spare, c)
			at++
		}
	}
	return nil, l.fail("unterminated string", open)
}

// escape decodes the escape at at, and returns its length. An unknown one stands for itself, as Python has it.
func (l *literal) escape(at int) (int, error) {
	if at+1 >= len(l.text) {
		return 0, l.fail("escape without an end", at)
	}
	c := l.text[at+1]
	if i := bytes.IndexByte([]byte(`'"\/nrtbfav`), c); i >= 0 {
		l.spare = append(l.spare, "'\"\\/\n\r\t\b\f\a\v"[i])
		return 2, nil
	}
	switch c {
	case '\n': // a continued line
		return 2, nil
	case 'x':
		return l.hex(at, 2)
	case 'u':
		return l.hex(at, 4)
	case 'U':
		return l.hex(at, 8)
	}
	if '0' <= c && c <= '7' {
		return l.octal(at), nil
	}
	l.spare = append(l.spare, '\\', c)
	return 2, nil
}

// hex decodes \xNN, \uNNNN and \UNNNNNNNN. Two halves of a surrogate pair make one character; a lone half, and
// anything beyond Unicode, becomes U+FFFD.
func (l *literal) hex(at, digits int) (int, error) {
	r, ok := l.number(at+2, digits)
	if !ok {
		return 0, l.fail("escape without its hexadecimal digits", at)
	}
	n := 2 + digits
	if utf16.IsSurrogate(r) && bytes.HasPrefix(l.text[min(at+n, len(l.text)):], []byte(`\u`)) {
		if low, ok := l.number(at+n+2, 4); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				l.spare = utf8.AppendRune(l.spare, pair)
				return n + 6, nil
			}
		}
	}
	l.spare = utf8.AppendRune(l.spare, r)
	return n, nil
}

func (l *literal) number(at, digits int) (rune, bool) {
	if at+digits > len(l.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(l.text[at:at+digits]), 16, 32)
	if err != nil || v > utf8.MaxRune {
		return utf8.RuneError, err == nil
	}
	return rune(v), true
}

func (l *literal) octal(at int) int {
	n, r := 1, rune(0)
	for n < 4 && at+n < len(l.text) && '0' <= l.text[at+n] && l.text[at+n] <= '7' {
		r = r*8 + rune(l.text[at+n]-'0')
		n++
	}
	l.spare = utf8.AppendRune(l.spare, r)
	return n
}

// value reads any value as text. None and null are the empty text, true is True (the service writes .NET booleans), a
// list or dictionary is compact JSON, so that the CSV and the JSON of one record agree.
func (l *literal) value() ([]byte, error) {
	l.space()
	if l.quoteAt() >= 0 {
		return l.string()
	}
	defer func() { l.plain = 0 }()
	switch l.peek() {
	case '{', '[':
		from := len(l.spare)
		out, err := l.nested(nil)
		if err != nil {
			return nil, err
		}
		l.spare = append(l.spare[:from], out...)
		return l.spare[from:len(l.spare):len(l.spare)], nil
	}
	return l.word()
}

func (l *literal) word() ([]byte, error) {
	start := l.at
	for l.at < len(l.text) && isWordByte(l.text[l.at]) {
		l.at++
	}
	word := l.text[start:l.at]
	switch {
	case len(word) == 0 && start == len(l.text):
		return nil, l.fail("text ends where a value should be", start)
	case len(word) == 0:
		return nil, l.fail(fmt.Sprintf("want a value, got %q", l.text[start]), start)
	}
	switch string(word) {
	case "None", "null":
		return nil, nil
	case "true", "True":
		return []byte("True"), nil
	case "false", "False":
		return []byte("False"), nil
	case "NaN", "nan", "inf", "Infinity", "-inf", "-Infinity":
		return word, nil
	}
	if c := word[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return nil, l.fail(fmt.Sprintf("unknown word %q", record.Clip(word, 20)), start)
	}
	return word, nil
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '+' || c == '.' || c == '_'
}

// nested reads a list or dictionary and appends it to out as compact JSON.
func (l *literal) nested(out []byte) ([]byte, error) {
	if l.depth++; l.depth > maxNesting {
		return nil, l.fail(fmt.Sprintf("nested more than %d deep", maxNesting), l.at)
	}
	defer func() { l.depth-- }()
	open := l.peek()
	end := open + 2 // ] and } stand two behind [ and {
	l.at++
	out = append(out, open)
	for first := true; ; first = false {
		ok, err := l.more(first, end)
		if err != nil {
			return nil, err
		}
		if !ok {
			return append(out, end), nil
		}
		if !first {
			out = append(out, ',')
		}
		if open == '{' {
			if out, err = l.element(out); err != nil {
				return nil, err
			}
			if err := l.expect(':'); err != nil {
				return nil, err
			}
			out = append(out, ':')
		}
		if out, err = l.element(out); err != nil {
			return nil, err
		}
	}
}

func (l *literal) element(out []byte) ([]byte, error) {
	switch c := l.peek(); {
	case l.quoteAt() >= 0:
		from := len(l.spare)
		text, err := l.string()
		out = strconv.AppendQuote(out, string(text))
		l.spare = l.spare[:from]
		return out, err
	case c == '{' || c == '[':
		return l.nested(out)
	}
	word, err := l.word()
	if word == nil {
		return append(out, "null"...), err
	}
	return append(out, word...), err
}
