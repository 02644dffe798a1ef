package record

import (
	"bytes"
	"errors"
)

// run finds the first run of whole objects that is no list inside a record.
func (f *search) run(text []byte) int {
	for at, budget := max(f.first, f.start), looks*f.window; budget > 0; {
		i := bytes.IndexByte(text[at:], '{')
		if i < 0 {
			break
		}
		at += i
		if beginsObject(text, at) != yes {
			at++
			continue
		}
		most := len(text)
		inside := f.isValue(text, at)
		if inside {
			most = 1 // what follows it may be records: the record that holds it has lost its end
		}
		n, end, looked := objects(text, at, most)
		budget -= looked - at
		if n > 0 && !inside && end > f.sound && f.endsWell(text, at, end, n) {
			return at
		}
		at = max(end, at+1)
	}
	return -1
}

// objects counts the objects that follow each other, up to so many, and says where they end, and how far it looked.
func objects(text []byte, at, most int) (n, end, looked int) {
	for {
		next, _, err := scanObject(text, at, false, nil)
		switch {
		case errors.Is(err, errMore):
			return n, len(text), len(text)
		case err != nil:
			return n, at, next
		}
		n++
		at = next + len(text[next:]) - len(bytes.TrimLeft(text[next:], " \t\r\n,\x00"))
		if at == len(text) || text[at] != '{' || n == most {
			return n, at, at
		}
	}
}

// endsWell says whether n objects from at to end can be records by what follows them: inside a record, a list ends before
// another key or the record's own end.
func (f *search) endsWell(text []byte, at, end, n int) bool {
	const sure = 2
	rest := text[end:]
	switch {
	case len(rest) == 0 || rest[0] == '{' || rest[0] == '[':
		return true
	case rest[0] != ']':
		return rest[0] != '}' && n >= sure
	}
	rest = bytes.TrimLeft(rest[1:], " \t\r\n,\x00")
	before, list := bytes.CutSuffix(bytes.TrimRight(text[f.start:at], " \t\r\n"), []byte("["))
	page := f.page || list && f.endsInPageKey(bytes.TrimRight(before, ": \t\r\n"))
	switch {
	case len(rest) == 0 || rest[0] == '{' || rest[0] == '[':
		return true
	case rest[0] == '}': // of a page; or of what a record holds, with more of it behind
		return page && endsPage(bytes.TrimLeft(rest[1:], " \t\r\n"))
	default:
		return page && bytes.HasPrefix(rest, []byte(`"@odata.`))
	}
}

// endsPage says whether what follows the brace behind a list can follow a page: nothing, another page or record, or the
// end of a list of pages.
func endsPage(rest []byte) bool {
	if list, ok := bytes.CutPrefix(rest, []byte("]")); ok {
		return len(bytes.TrimLeft(list, " \t\r\n\x00")) == 0
	}
	return len(rest) == 0 || rest[0] == '{' || rest[0] == '['
}
