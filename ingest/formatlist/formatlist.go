// Package formatlist reads what PowerShell's Format-List prints, a line a property, as JSON: an object a record, with as
// many lines as it had.
package formatlist

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// least is how many lines of one column tell a list: a person writes "Name : value" now and then as well, and of a cmdlet no
// more properties may be asked for.
const least = 3

// mark is the byte order mark of UTF-8.
const mark = "\xEF\xBB\xBF"

// Is says whether text begins as Format-List's does: behind blank lines, and one of a banner at most, names that are
// padded to one column, a colon there, and values.
func Is(text []byte) bool {
	lines := strings.Split(string(bytes.TrimPrefix(text[:min(len(text), 16<<10)], []byte(mark))), "\n")
	seen := 0
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if at := colon(line); at > 0 {
			return padded(lines[i:], at)
		}
		if seen++; seen > 1 {
			return false
		}
	}
	return false
}

// padded says whether lines are properties with the colon at a column, with lines between that a long value goes on in.
func padded(lines []string, at int) bool {
	n := 0
	for _, line := range lines {
		switch {
		case isProperty(line, at):
			n++
		case n >= least, strings.TrimSpace(line) == "":
			return n >= least
		case !strings.HasPrefix(line, "  "):
			return false
		}
	}
	return n >= least
}

// mostName bounds a property's name.
const mostName = 80

// colon is the column of the colon behind a padded name; 0 where the line is no property.
func colon(line string) int {
	at := strings.Index(line, " :")
	if at < 0 || !isProperty(line, at+1) {
		return 0
	}
	return at + 1
}

// isProperty says whether a line is a property whose colon stands at a column.
func isProperty(line string, at int) bool {
	line = strings.TrimRight(line, "\r")
	if at < 2 || at > mostName || len(line) <= at || line[at] != ':' || line[at-1] != ' ' || len(line) > at+1 && line[at+1] != ' ' {
		return false
	}
	name := strings.TrimRight(line[:at], " ")
	if name == "" || name[0] == ' ' {
		return false
	}
	for _, c := range []byte(name) {
		if c != '_' && c != ' ' && c != '.' && c != '@' && c != '-' && !('a' <= c|0x20 && c|0x20 <= 'z') && !('0' <= c && c <= '9') {
			return false
		}
	}
	return true
}

// mostLine bounds a line. One that is longer goes on as if it had been wrapped.
const mostLine = 1 << 20

// Reader reads Format-List's text as JSON.
type Reader struct {
	in    *bufio.Reader
	out   bytes.Buffer
	at    int    // column of the colon in the record at hand; 0: between records
	name  string // of the property at hand; "" for none
	value []byte
	lines int // that the property at hand has taken
	open  bool
	err   error
}

// NewReader reads text that Is has told.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, mostLine)} }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for r.out.Len() == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.next()
	}
	return r.out.Read(p)
}

func (r *Reader) next() {
	line, err := r.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		r.line(string(line), false)
		return
	case len(line) > 0:
		r.line(string(line), line[len(line)-1] == '\n')
	}
	if err != nil {
		r.end(false)
		r.err = err
	}
}

// line takes a line, or a part of one.
func (r *Reader) line(line string, whole bool) {
	text := strings.TrimPrefix(strings.TrimRight(line, "\r\n"), mark)
	at := r.at
	if at == 0 {
		at = colon(text)
	}
	switch {
	case strings.TrimSpace(text) == "":
		r.end(whole)
	case at > 0 && isProperty(text, at):
		r.flush()
		r.at, r.name = at, strings.TrimRight(text[:at], " ")
		r.value = append(r.value[:0], strings.TrimPrefix(text[at+1:], " ")...)
		r.lines = count(whole)
	case r.name != "":
		text = text[len(text)-len(strings.TrimLeft(text, " ")):]
		if len(r.value) > 0 && r.value[0] != '{' && r.value[0] != '[' {
			r.value = append(r.value, ' ')
		}
		r.value = append(r.value, text...)
		r.lines += count(whole)
	default: // of no record
		r.out.WriteString(strings.Repeat("\n", count(whole)))
	}
	if len(r.value) > mostValue { // nothing wraps so much: the rest is read as a property that is called the same
		r.flush()
		r.value = r.value[:0]
	}
}

// mostValue bounds a value.
const mostValue = 8 << 20

func count(whole bool) int {
	if whole {
		return 1
	}
	return 0
}

// flush writes the property at hand.
func (r *Reader) flush() {
	if r.name == "" {
		return
	}
	before := byte(',')
	if !r.open {
		before, r.open = '{', true
	}
	r.out.WriteByte(before)
	r.quote(r.name)
	r.out.WriteByte(':')
	r.quote(string(bytes.TrimRight(r.value, " ")))
	r.out.WriteString(strings.Repeat("\n", r.lines))
	r.name, r.lines = "", 0
}

func (r *Reader) quote(text string) {
	enc := json.NewEncoder(&r.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a text always can be
	r.out.Truncate(r.out.Len() - 1)
}

// end ends the record at hand with a blank line.
func (r *Reader) end(whole bool) {
	r.flush()
	if r.open {
		r.out.WriteByte('}')
	}
	r.open, r.at = false, 0
	r.out.WriteString(strings.Repeat("\n", count(whole)))
}
