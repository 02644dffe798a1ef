package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendDict writes properties as CPython's repr writes a dict of strings; nothing at all for no properties, because
// the retriever then left the cell empty.
func appendDict(to []byte, properties []property) []byte {
	if len(properties) == 0 {
		return to
	}
	to = append(to, '{')
	for i, p := range properties {
		if i > 0 {
			to = append(to, ", "...)
		}
		to = appendRepr(to, p.name)
		to = append(to, ": "...)
		to = appendRepr(to, p.value)
	}
	return append(to, '}')
}

// appendRepr writes a string as CPython's repr does: single quotes, but double quotes when the text holds an
// apostrophe and no double quote; backslash escapes for what cannot be printed (Objects/unicodeobject.c,
// unicode_repr).
func appendRepr(to []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	to = append(to, quote)
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f {
			if c == quote || c == '\\' {
				to = append(to, '\\')
			}
			to = append(to, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		to = appendReprRune(to, r, s[i:i+size])
		i += size
	}
	return append(to, quote)
}

// appendReprRune writes a character outside printable ASCII; text is the character as it stands in the source.
func appendReprRune(to []byte, r rune, text string) []byte {
	switch {
	case r == utf8.RuneError && len(text) == 1:
		// Not UTF-8: Python could not have held it as a string. Kept as it is, for rows that are meant to be broken.
		return append(to, text...)
	case r == '\t':
		return append(to, `\t`...)
	case r == '\n':
		return append(to, `\n`...)
	case r == '\r':
		return append(to, `\r`...)
	case unicode.IsPrint(r):
		return append(to, text...)
	case r <= 0xff:
		return fmt.Appendf(to, `\x%02x`, r)
	case r <= 0xffff:
		return fmt.Appendf(to, `\u%04x`, r)
	default:
		return fmt.Appendf(to, `\U%08x`, r)
	}
}
