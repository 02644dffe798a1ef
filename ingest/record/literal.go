package record

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// How JSON writes strings, numbers and words. Source: RFC 8259.

// plainString is where a string's plain characters end: at a quote, a backslash or a control character, or with the
// text; ascii says whether all are in ASCII. It looks at eight bytes at a time, as plainEnd does.
func plainString(text []byte, at int) (end int, ascii bool) {
	const (
		slashes = ones * '\\'
		blanks  = ones * ' '
		high    = ones << 7
	)
	wide := uint64(0)
	for ; at+8 <= len(text); at += 8 {
		word := binary.LittleEndian.Uint64(text[at:])
		hits := zeros(word^quotes) | zeros(word^slashes) | (word-blanks)&^word&high
		if hits != 0 {
			n := bits.TrailingZeros64(hits) / 8
			wide |= word & (1<<(8*n) - 1)
			return at + n, wide&high == 0
		}
		wide |= word
	}
	for ; at < len(text); at++ {
		ch := text[at]
		if ch == '"' || ch == '\\' || ch < ' ' {
			break
		}
		wide |= uint64(ch)
	}
	return at, wide&high == 0
}

// escape is the length of the escape at the head of a text; 0 where there is none.
func escape(text []byte) int {
	if len(text) < 2 || text[0] != '\\' {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if hex(text[2:]) >= 0 {
			return 6
		}
	}
	return 0
}

// unescape appends a string's characters; ok is false where two escapes may be the halves of one.
func unescape(to, body []byte) (decoded []byte, ok bool) {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 {
			return append(to, body...), true
		}
		to = append(to, body[:i]...)
		ch := body[i+1]
		body = body[i+2:]
		switch ch {
		case 'b':
			ch = '\b'
		case 'f':
			ch = '\f'
		case 'n':
			ch = '\n'
		case 'r':
			ch = '\r'
		case 't':
			ch = '\t'
		case 'u':
			r := hex(body)
			if 0xD800 <= r && r < 0xE000 {
				return nil, false
			}
			to, body = utf8.AppendRune(to, r), body[4:]
			continue
		}
		to = append(to, ch)
	}
}

// hex is the number that four hexadecimal digits at the head of a text write; -1 where there are none.
func hex(text []byte) rune {
	if len(text) < 4 {
		return -1
	}
	r := rune(0)
	for _, ch := range text[:4] {
		switch {
		case '0' <= ch && ch <= '9':
			ch -= '0'
		case 'a' <= ch|0x20 && ch|0x20 <= 'f':
			ch = ch | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(ch)
	}
	return r
}

// word is the length of a word if it stands at the head of a text; 0 where it does not.
func word(text []byte, word string) int {
	if len(text) < len(word) || string(text[:len(word)]) != word {
		return 0
	}
	return len(word)
}

// numberLength is the length of the number at the head of a text; 0 where there is none.
func numberLength(text []byte) int {
	at := 0
	digits := func() bool {
		start := at
		for at < len(text) && '0' <= text[at] && text[at] <= '9' {
			at++
		}
		return at > start
	}
	is := func(ch byte) bool {
		if at < len(text) && text[at] == ch {
			at++
			return true
		}
		return false
	}
	is('-')
	if !is('0') && !digits() || is('.') && !digits() {
		return 0
	}
	if is('e') || is('E') {
		if !is('-') {
			is('+')
		}
		if !digits() {
			return 0
		}
	}
	return at
}
