// Package retriever writes Outlook Activities as the retriever of 2018 did (CrowdStrike/Forensics,
// O365-Outlook-Activities/retriever.py), byte for byte, so that tools made for its CSV read ours.
package retriever

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BOM is what the retriever wrote first (utf-8-sig).
const BOM = "\xEF\xBB\xBF"

// Header is the retriever's header, without a line end.
const Header = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties"

// Columns is the number of cells in a row.
const Columns = 7

// Property is one custom property.
type Property struct{ Name, Value string }

// AppendRow appends a row with its line end, as Python's csv module of that time wrote it with minimal quoting and "\n"
// as its line end: only cells that hold a comma, a double quote or "\n" are quoted.
func AppendRow(to []byte, cells [Columns]string) []byte {
	for i, cell := range cells {
		if i > 0 {
			to = append(to, ',')
		}
		if strings.ContainsAny(cell, ",\"\n") {
			to = append(to, '"')
			to = append(to, strings.ReplaceAll(cell, `"`, `""`)...)
			to = append(to, '"')
			continue
		}
		to = append(to, cell...)
	}
	return append(to, '\n')
}

// Dict is repr() of the dictionary of the properties; nothing for none, as the retriever left the cell empty. Of a
// repeated name the last value counts and the first place, as in Python.
func Dict(props []Property) string {
	values := make([]dictEntry, len(props))
	for i, p := range props {
		values[i] = dictEntry{p.Name, Repr(p.Value)}
	}
	if len(values) == 0 {
		return ""
	}
	return dict(values)
}

// dictEntry is an entry of a dictionary whose value is Python text already.
type dictEntry struct{ name, text string }

func dict(values []dictEntry) string {
	at := map[string]int{}
	var kept []dictEntry
	for _, v := range values {
		if i, ok := at[v.name]; ok {
			kept[i].text = v.text
			continue
		}
		at[v.name] = len(kept)
		kept = append(kept, v)
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range kept {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Repr(v.name))
		b.WriteString(": ")
		b.WriteString(v.text)
	}
	b.WriteByte('}')
	return b.String()
}

// Repr is repr() of a string: double quotes only where it holds an apostrophe and no double quote; what is not printable
// is escaped, everything else stays (CPython, Objects/unicodeobject.c, unicode_repr). Bytes that are no UTF-8, which
// Python could not have held, become U+FFFD.
func Repr(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case ' ' <= r && r < utf8.RuneSelf && r != 0x7F:
			b.WriteByte(byte(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xFF:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}
