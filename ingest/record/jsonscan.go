package record

import "bytes"

// scanObject finds the end of the object at at. It checks where brackets, commas and colons stand, no more: that is
// enough to notice a cut record early. If pages is set and the object holds a list of objects under "value" or "records", or
// where list leads to, kind is pageList and end is behind that list's bracket.
func scanObject(text []byte, at int, pages bool, list []string) (end int, kind page, err error) {
	s := scanner{text: text, at: at + 1, depth: 1, prev: '{', list: list}
	s.objects[0] = 1 << 1
	err = s.run(pages)
	if s.page {
		return s.at, pageList, err
	}
	return s.at, noPage, err
}

// scanner walks the structure of one object. prev is the last token: a bracket, a comma, a colon, or '"' for a value.
type scanner struct {
	text    []byte
	at      int
	depth   int
	prev    byte
	key     bool // the last string is a key of the outermost object and names a page's list
	page    bool
	list    []string                // the way to a page's list; nil: "value" or "records" of the outermost object
	matched int                     // how many of its steps the open brackets have gone
	objects [maxDepth/64 + 1]uint64 // one bit a level: whether it is an object
}

func (s *scanner) inObject() bool { return s.objects[s.depth/64]>>(s.depth%64)&1 == 1 }

// run goes on until the outermost object is closed, or the list of a page is opened.
func (s *scanner) run(pages bool) error {
	if s.objects[0] == 0 {
		s.objects[0] = 1 << 1
	}
	for s.at < len(s.text) {
		ch := s.text[s.at]
		switch ch {
		case ' ', '\t', '\r', '\n':
			s.at++
			continue
		case '"':
			if err := s.string(pages); err != nil {
				return err
			}
			continue
		case '{', '[':
			if err := s.open(ch, pages); err != nil || s.page {
				return err
			}
		case '}', ']':
			if err := s.close(ch); err != nil || s.depth == 0 {
				return err
			}
			ch = '"'
		case ',':
			if s.prev != '"' {
				return errStructure
			}
		case ':':
			if s.prev != '"' || !s.inObject() {
				return errStructure
			}
		default: // a number or a word
			ch = '"'
		}
		s.prev = ch
		s.at++
	}
	return errMore
}

// string passes over a string. A newline inside means that its end is missing.
func (s *scanner) string(pages bool) error {
	if s.prev == '"' {
		return errStructure
	}
	start := s.at + 1
	for at := start; ; {
		i := bytes.IndexByte(s.text[at:], '"')
		if i < 0 {
			if bytes.IndexByte(s.text[start:], '\n') >= 0 {
				return errOpenString
			}
			return errMore
		}
		at += i + 1
		if quoteEscaped(s.text[start : at-1]) {
			continue
		}
		body := s.text[start : at-1]
		if bytes.IndexByte(body, '\n') >= 0 {
			return errOpenString
		}
		if pages && s.depth == s.matched+1 {
			s.key = s.prev != ':' && s.namesList(body)
		}
		s.at, s.prev = at, '"'
		return nil
	}
}

// quoteEscaped says whether a quote behind body is escaped: an odd number of backslashes stands before it.
func quoteEscaped(body []byte) bool {
	n := len(body)
	for n > 0 && body[n-1] == '\\' {
		n--
	}
	return (len(body)-n)%2 == 1
}

func (s *scanner) open(ch byte, pages bool) error {
	if s.prev != ':' && (s.inObject() || s.prev == '"') {
		return errStructure
	}
	if pages && s.depth == s.matched+1 {
		ok, opens := s.along(ch)
		if opens {
			return s.openPage()
		}
		if s.key = false; ok {
			s.matched++
		}
	}
	if s.depth++; s.depth > maxDepth {
		return errDepth
	}
	bit := uint64(1) << (s.depth % 64)
	if s.objects[s.depth/64] &^= bit; ch == '{' {
		s.objects[s.depth/64] |= bit
	}
	return nil
}

// openPage decides whether the list under "value" holds records: its first element is an object, or it has none.
func (s *scanner) openPage() error {
	rest := bytes.TrimLeft(s.text[s.at+1:], " \t\r\n")
	switch {
	case len(rest) == 0:
		return errMore
	case rest[0] == '{' || rest[0] == ']' || rest[0] == '[' && s.list != nil:
		s.page = true
		s.at++
		return nil
	}
	s.key = false
	return s.open('[', false)
}

func (s *scanner) close(ch byte) error {
	if s.inObject() != (ch == '}') || s.prev == ':' {
		return errStructure
	}
	if s.matched > 0 && s.depth == s.matched+1 {
		s.matched--
	}
	s.depth--
	if s.depth == 0 {
		s.at++
	}
	return nil
}

// ownKeys shows the keys of the object at at, and none of what it holds, until visit has had enough. The error is nil then
// and at the object's end; errMore where the text ends; else what is wrong. looked is how far it came.
func ownKeys(text []byte, at int, visit func(key []byte) bool) (looked int, err error) {
	s := scanner{text: text, at: at + 1, depth: 1, prev: '{'}
	s.objects[0] = 1 << 1
	for {
		s.blanks()
		if s.at == len(text) {
			return s.at, errMore
		}
		switch ch := text[s.at]; {
		case ch == '}':
			return s.at, nil
		case ch == ',' && s.prev == '"':
			s.prev = ch
			s.at++
			continue
		case ch != '"':
			return s.at, errStructure
		}
		start := s.at + 1
		if err := s.string(false); err != nil {
			return s.at, err
		}
		if !visit(text[start : s.at-1]) {
			return s.at, nil
		}
		if err := s.value(); err != nil {
			return s.at, err
		}
	}
}

func (s *scanner) blanks() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t' || s.text[s.at] == '\r' || s.text[s.at] == '\n') {
		s.at++
	}
}

// value passes over a colon and the value behind it.
func (s *scanner) value() error {
	s.blanks()
	if s.at == len(s.text) {
		return errMore
	}
	if s.text[s.at] != ':' {
		return errStructure
	}
	s.at++
	s.prev = ':'
	s.blanks()
	if s.at == len(s.text) {
		return errMore
	}
	switch ch := s.text[s.at]; ch {
	case '"':
		return s.string(false)
	case '{', '[':
		inner := scanner{text: s.text, at: s.at + 1, depth: 1, prev: ch}
		if inner.objects[0] = 1 << 1; ch == '[' {
			inner.objects[0] = 1 // of a level that nothing asks about, so that run does not take it for an object
		}
		err := inner.run(false)
		s.at, s.prev = inner.at, '"'
		return err
	}
	n := bytes.IndexAny(s.text[s.at:], ",}] \t\r\n\"")
	if n < 0 {
		return errMore
	}
	s.at, s.prev = s.at+n, '"'
	return nil
}
