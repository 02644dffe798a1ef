package record

import (
	"bytes"
	"errors"
	"fmt"
)

// page says where in a page {"value":[…]} the cutter stands. Azure Event Hubs call the list "records".
type page uint8

const (
	noPage   page = iota
	pageList      // inside its list: records follow
	pageTail      // behind it: the rest of the wrapper follows
)

// jsonPlace is what must be known to go on cutting JSON between two records.
type jsonPlace struct {
	page  page
	lists int // open brackets outside any record
}

// maxDepth bounds nesting inside one record; Microsoft's logs nest fewer than ten deep.
const maxDepth = 256

// What can be wrong with a JSON record.
var (
	errStructure  = errors.New("brackets, commas or colons out of place")
	errOpenString = errors.New("newline inside a string")
	errDepth      = errors.New("nested more than 256 deep")
	errCutObject  = errors.New("the stream ends inside it")
	errNoRecord   = errors.New("text outside any record")
)

// lookBack is how much white space before a record stays with it: the record's indentation tells it from what it holds.
const lookBack = 64 << 10

// cutJSON finds the records of a block one by one.
func (c *Cutter) cutJSON(b *Block) int {
	text, last := b.Bytes, c.err != nil
	done := 0 // all before is dealt with
	if c.lost != nil {
		if done = c.passOverJSON(text, 0, last); c.lost != nil {
			return done
		}
	}
	then := c.json // where the cutter stood at done
	for at := done; at < len(text); {
		if c.json.page != pageTail && c.between(text[at]) {
			if at++; at-done > lookBack {
				done, then = at, c.json
			}
			continue
		}
		var next int
		switch {
		case c.json.page == pageTail:
			next = c.tail(b, at, last)
		case text[at] == '{':
			next = c.object(b, at, last)
		default:
			next = c.garbage(b, at, last)
		}
		if next < 0 {
			c.json = then
			return done
		}
		at, done, then = next, next, c.json
		if c.lost != nil {
			return done
		}
	}
	if last {
		return len(text)
	}
	c.json = then
	return done
}

// between takes a byte that may stand between records; false for any other.
func (c *Cutter) between(ch byte) bool {
	switch ch {
	case ' ', '\t', '\r', '\n', ',', 0:
	case '[':
		c.json.lists++
	case ']':
		if c.json.page == pageList {
			c.json.page = pageTail
		} else if c.json.lists > 0 {
			c.json.lists--
		}
	default:
		return false
	}
	return true
}

// garbage is where a stretch of text that is no record ends: before the next bracket or newline. A byte order mark is
// none: it stands at the start, and where files were joined.
func (c *Cutter) garbage(b *Block, at int, last bool) int {
	if bytes.HasPrefix(b.Bytes[at:], []byte(utf8BOM)) {
		return at + len(utf8BOM)
	}
	end := at + 1
	for end < len(b.Bytes) && bytes.IndexByte([]byte("\n{[]"), b.Bytes[end]) < 0 {
		end++
	}
	if end == len(b.Bytes) && !last && end-at <= c.most {
		return -1
	}
	b.spans = append(b.spans, span{at, end, errNoRecord})
	return end
}

// object takes the object at at: a record, or the opening of a page. It returns where reading goes on, -1 for more text.
func (c *Cutter) object(b *Block, at int, last bool) int {
	end, kind, err := scanObject(b.Bytes, at, c.json.page == noPage)
	if errors.Is(err, errMore) {
		switch {
		case !last && len(b.Bytes)-at <= c.most:
			return -1
		case last:
			err = errCutObject
		default:
			err = ErrTooLong
		}
	}
	switch {
	case err == nil && kind == pageList:
		c.json.page = pageList
		return end
	case err == nil:
		b.spans = append(b.spans, span{start: at, end: end})
		return end
	}
	return c.brokenObject(b, at, end, last, err)
}

// brokenObject skips an object that cannot be cut: reading goes on where a line or a brace looks like the next record.
func (c *Cutter) brokenObject(b *Block, at, stopped int, last bool, err error) int {
	shape := lostShape(b, at)
	next := shape.find(b.Bytes, at+1)
	switch {
	case next >= 0:
	case last:
		next = len(b.Bytes)
	case len(b.Bytes)-at > c.most:
		b.spans = append(b.spans, span{at, min(at+lineStartShown, len(b.Bytes)), ErrTooLong})
		c.lost = shape
		return c.passOverJSON(b.Bytes, at+1, last)
	default:
		return -1
	}
	if !errors.Is(err, ErrTooLong) {
		err = fmt.Errorf("cut record: %w at byte %d of it", err, stopped-at+1)
	}
	b.spans = append(b.spans, span{at, next, err})
	return next
}

// passOverJSON says where the lost record has ended by now; c.lost is nil once the next one is found.
func (c *Cutter) passOverJSON(text []byte, from int, last bool) int {
	if next := c.lost.find(text, from); next >= 0 {
		c.lost = nil
		return next
	}
	if last {
		c.lost = nil
		return len(text)
	}
	return max(from, len(text)-lineStartShown)
}

// lostShape notes what a record at at looks like, so that the next one can be told from what it contains: the
// indentation of its line if it begins one, and its first key.
func lostShape(b *Block, at int) *lost {
	l := &lost{}
	text := b.Bytes
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	lead := text[start:at]
	if begins := start > 0 || b.Start.Offset == 0; begins && len(bytes.Trim(lead, " \t\r[,\x00"+utf8BOM)) == 0 {
		l.indent = append([]byte{'\n'}, bytes.TrimRight(lead, "[,\x00"+utf8BOM)...)
	}
	key := bytes.TrimLeft(text[at+1:], " \t\r\n")
	if len(key) > 1 && key[0] == '"' {
		if end := bytes.IndexByte(key[1:min(len(key), 256)], '"'); end > 0 {
			l.key = bytes.Clone(key[:end+2])
		}
	}
	return l
}

// find is where the next object of that shape begins; -1 if there is none.
func (l *lost) find(text []byte, from int) int {
	for at := from; ; at++ {
		i := bytes.IndexByte(text[at:], '{')
		if i < 0 {
			return -1
		}
		at += i
		if l.startsLine(text, at) || l.startsKey(text, at) {
			return at
		}
	}
}

func (l *lost) startsLine(text []byte, at int) bool {
	if l.indent == nil {
		return false
	}
	return bytes.HasSuffix(bytes.TrimRight(text[max(0, at-512):at], "[,"), l.indent)
}

func (l *lost) startsKey(text []byte, at int) bool {
	return l.key != nil && bytes.HasPrefix(bytes.TrimLeft(text[at+1:min(len(text), at+512)], " \t\r\n"), l.key)
}

// tail passes over what follows a page's list, up to the end of its wrapper. -1 asks for more text.
func (c *Cutter) tail(b *Block, at int, last bool) int {
	s := scanner{text: b.Bytes, at: at, depth: 1, prev: '"'}
	err := s.run(false)
	switch {
	case err == nil:
		c.json.page = noPage
		return s.at
	case errors.Is(err, errMore) && !last && len(b.Bytes)-at <= c.most:
		return -1
	case errors.Is(err, errMore) && last:
		return len(b.Bytes) // the page was cut behind its records; Cutter.Open says so
	}
	// The wrapper is broken: its records are safe. Go on at the next line or object.
	end := bytes.IndexAny(b.Bytes[s.at:], "\n{")
	switch {
	case end >= 0:
		end += s.at
	case !last && len(b.Bytes)-at <= c.most:
		return -1
	default:
		end = len(b.Bytes)
	}
	c.json.page = noPage
	b.spans = append(b.spans, span{at, end, errNoRecord})
	return end
}

// scanObject finds the end of the object at at. It checks where brackets, commas and colons stand, no more: that is
// enough to notice a cut record early. If pages is set and the object holds a list of objects under "value" or "records", kind is
// pageList and end is behind that list's bracket.
func scanObject(text []byte, at int, pages bool) (end int, kind page, err error) {
	s := scanner{text: text, at: at + 1, depth: 1, prev: '{'}
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
		if escaped(s.text[start : at-1]) {
			continue
		}
		body := s.text[start : at-1]
		if bytes.IndexByte(body, '\n') >= 0 {
			return errOpenString
		}
		if pages && s.depth == 1 {
			s.key = s.prev != ':' && (string(body) == "value" || string(body) == "records")
		}
		s.at, s.prev = at, '"'
		return nil
	}
}

// escaped says whether a quote behind body is escaped: an odd number of backslashes stands before it.
func escaped(body []byte) bool {
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
	if pages && ch == '[' && s.depth == 1 && s.key {
		return s.openPage()
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
	case rest[0] == '{' || rest[0] == ']':
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
	s.depth--
	if s.depth == 0 {
		s.at++
	}
	return nil
}
