package record

import (
	"bytes"
	"slices"
)

// A page's list may lie anywhere in its wrapper, as in {"hits":{"hits":[…]}}: Cut.List is the way to it.

// element is the step of a way from a list to the objects in it.
const element = "[]"

// What is looked at to find ways: so deep, so many.
const (
	listDepth = 6
	mostLists = 16
)

// namesList notes, behind a key, whether the list that the way leads to stands there, or a step to it.
func (s *scanner) namesList(body []byte) bool {
	if s.list == nil {
		return namesPage(body)
	}
	return s.matched < len(s.list) && string(body) == s.list[s.matched]
}

// namesPage knows the members that Microsoft's pages keep their records in.
func namesPage(name []byte) bool { return string(name) == "value" || string(name) == "records" }

// along takes the bracket behind such a key, or of an object in a list on the way; ok is false where the way does not go
// on. opens says that it is the list itself.
func (s *scanner) along(ch byte) (ok, opens bool) {
	if s.list == nil {
		return false, ch == '[' && s.key
	}
	if !s.inObject() { // in a list on the way
		return ch == '{' && s.list[s.matched] == element, false
	}
	switch {
	case !s.key:
		return false, false
	case s.matched+1 == len(s.list):
		return false, ch == '['
	case s.list[s.matched+1] == element:
		return ch == '[', false
	}
	return ch == '{', false
}

// behindList is a scanner of what follows a page's list.
func behindList(text []byte, at int, list []string) scanner {
	s := scanner{text: text, at: at, depth: 1, prev: '"', list: list}
	if list == nil {
		return s
	}
	s.depth, s.matched = len(list), len(list)-1
	s.objects[0] = 1 << 1
	for level := 2; level <= len(list); level++ {
		if list[level-1] != element {
			s.objects[level/64] |= 1 << (level % 64)
		}
	}
	return s
}

// Lists are the ways to lists of objects, or of lists, inside the first object of a text, which may be cut: those that lie
// least deep first.
func Lists(sample []byte) [][]string {
	at := bytes.IndexByte(sample, '{')
	if at < 0 {
		return nil
	}
	l := lister{s: scanner{text: sample, at: at + 1, depth: 1, prev: '{'}}
	l.object(nil, 1)
	slices.SortStableFunc(l.found, func(x, y []string) int { return len(x) - len(y) })
	return l.found
}

// lister walks a text as far as it goes.
type lister struct {
	s     scanner
	found [][]string
}

// object walks the members of an object whose brace was passed; false where the text ends or is damaged.
func (l *lister) object(way []string, depth int) bool {
	s := &l.s
	for {
		s.blanks()
		if s.at >= len(s.text) {
			return false
		}
		switch s.text[s.at] {
		case '}':
			s.at++
			return true
		case ',':
			s.at++
			continue
		case '"':
		default:
			return false
		}
		start := s.at + 1
		s.prev = ','
		if s.string(false) != nil {
			return false
		}
		name := string(s.text[start : s.at-1])
		s.blanks()
		if s.at >= len(s.text) || s.text[s.at] != ':' {
			return false
		}
		s.at++
		if !l.value(append(slices.Clone(way), name), depth) {
			return false
		}
	}
}

// value walks the value at hand.
func (l *lister) value(way []string, depth int) bool {
	s := &l.s
	s.blanks()
	if s.at >= len(s.text) {
		return false
	}
	switch ch := s.text[s.at]; {
	case ch == '{' && depth < listDepth:
		s.at++
		return l.object(way, depth+1)
	case ch == '[' && depth < listDepth:
		return l.inList(way, depth)
	}
	return l.pass()
}

// pass passes over the value at hand.
func (l *lister) pass() bool {
	s := &l.s
	inner := scanner{text: s.text, at: s.at, depth: 1, prev: ':'}
	switch s.text[s.at] {
	case '"':
		if inner.string(false) != nil {
			return false
		}
	case '{', '[':
		inner.at, inner.prev = s.at+1, s.text[s.at]
		if inner.objects[0] = 1 << 1; inner.prev == '[' {
			inner.objects[0] = 1
		}
		if inner.run(false) != nil {
			return false
		}
	default:
		n := bytes.IndexAny(s.text[s.at:], ",}] \t\r\n\"")
		if n < 0 {
			return false
		}
		inner.at = s.at + n
	}
	s.at = inner.at
	return true
}

// inList notes a list of objects or lists, and looks into its first object.
func (l *lister) inList(way []string, depth int) bool {
	s := &l.s
	rest := bytes.TrimLeft(s.text[s.at+1:], " \t\r\n")
	if len(rest) == 0 {
		return false
	}
	if rest[0] != '{' && rest[0] != '[' {
		return l.pass()
	}
	if len(l.found) < mostLists {
		l.found = append(l.found, way)
	}
	if rest[0] == '{' {
		first := lister{s: scanner{text: s.text, at: len(s.text) - len(rest) + 1, depth: 1, prev: '{'}}
		first.object(append(slices.Clone(way), element), depth+2)
		for _, inner := range first.found {
			if len(l.found) < mostLists {
				l.found = append(l.found, inner)
			}
		}
	}
	return l.pass()
}
