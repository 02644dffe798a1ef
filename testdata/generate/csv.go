package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// header is the first line of the retriever's CSV
// (CrowdStrike/Forensics, O365-Outlook-Activities/retriever.py).
const header = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n"

// byteOrderMark opens the retriever's files, which it wrote as utf-8-sig; LMG's variant of it wrote plain UTF-8.
const byteOrderMark = "\ufeff"

// appendRow writes a row as the retriever did: Python's csv module, minimal quoting, "\n" at the end.
func appendRow(to []byte, r *row, scratch []byte) (out, scratchOut []byte) {
	if r.rawLine != "" {
		return append(append(to, r.rawLine...), '\n'), scratch
	}
	to = appendCell(to, r.timeText())
	for _, s := range [...]string{r.app, r.kind, r.item, stamp(r.created), r.session} {
		to = append(to, ',')
		to = appendCell(to, s)
	}
	to = append(to, ',')
	if r.rawProperties != "" {
		scratch = append(scratch[:0], r.rawProperties...)
	} else {
		scratch = appendDict(scratch[:0], r.properties)
	}
	to = appendCell(to, scratch)
	return append(to, '\n'), scratch
}

// appendCell quotes a cell only where Python's csv.QUOTE_MINIMAL would with lineterminator "\n".
func appendCell[T string | []byte](to []byte, cell T) []byte {
	quoted := false
	for i := range len(cell) {
		if c := cell[i]; c == ',' || c == '"' || c == '\n' {
			quoted = true
			break
		}
	}
	if !quoted {
		return append(to, cell...)
	}
	to = append(to, '"')
	for i := range len(cell) {
		if cell[i] == '"' {
			to = append(to, '"')
		}
		to = append(to, cell[i])
	}
	return append(to, '"')
}

// csvFile is a whole export with a byte order mark, in the rows' order.
func csvFile(rows []row) []byte {
	return append([]byte(byteOrderMark), plainCSV(rows)...)
}

// plainCSV is a whole export without a byte order mark, as LMG's variant of the retriever wrote it.
func plainCSV(rows []row) []byte {
	out := []byte(header)
	var scratch []byte
	for i := range rows {
		out, scratch = appendRow(out, &rows[i], scratch)
	}
	return out
}

// lineOf is the physical line, from 1, on which each row of a file starts, the first of them on line.
func lineOf(rows []row, line int) []int {
	lines := make([]int, len(rows))
	var text, scratch []byte
	for i := range rows {
		lines[i] = line
		text, scratch = appendRow(text[:0], &rows[i], scratch)
		line += bytes.Count(text, []byte{'\n'})
	}
	return lines
}

// property is one custom property. The service writes every value as text.
type property struct{ name, value string }

// row is one activity as the service recorded it.
type row struct {
	time, created          time.Time
	app, kind              string
	item, session          string
	properties             []property
	plant                  string // names the planted act that the row belongs to; "" for ordinary life
	id                     string // the API's own id of the row, which the CSV does not have
	rawTime, rawProperties string // written as they are instead of time and properties, for broken rows
	rawLine                string // the whole line, for rows that are broken further
}

// stamp writes a time as the service did: UTC, milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// timeText is what stands in the TimeStamp field.
func (r *row) timeText() string {
	if r.rawTime != "" {
		return r.rawTime
	}
	return stamp(r.time)
}

// ascending sorts rows by time. Rows of one time keep the order in which they were made.
func ascending(rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int { return a.time.Compare(b.time) })
}

// descending sorts rows newest first, the order in which the retriever of 2018 received them.
func descending(rows []row) {
	ascending(rows)
	slices.Reverse(rows)
}

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
