package record

import (
	"bytes"
	"errors"
	"fmt"

	"triage/ingest/charset"
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

// lookBack is how much white space before a record stays with it: how its line begins tells it from what it holds.
const lookBack = 64 << 10

// cutJSON finds the records of a block one by one.
func (c *Cutter) cutJSON(b *Block) int {
	text, last := b.Bytes, c.err != nil
	done, then := 0, c.json // all before is dealt with; where the cutter stood there
	for at := done; at < len(text); {
		if c.json.page != pageTail && !c.beginsRow(text[at]) && c.between(text[at]) {
			if at++; at-done > lookBack {
				done, then = at, c.json
			}
			continue
		}
		if c.json.page != pageTail && bytes.HasPrefix(text[at:], []byte(charset.BOM)) {
			at += len(charset.BOM) // at the start, and where files were joined
			continue
		}
		next, known := c.passKnown(b, at)
		switch {
		case known:
		case c.json.page == pageTail:
			next = c.tail(b, at, last)
		case text[at] == '{', c.beginsRow(text[at]), c.cut.Texts && text[at] == '"':
			next = c.object(b, at, last)
		default:
			if n := c.lead(text[at:]); n > 0 {
				at += n
				continue
			}
			next = c.damaged(b, at, at, at, last, errNoRecord)
		}
		if next < 0 {
			c.json = then
			return done
		}
		at, done, then = next, next, c.json
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

// lead is the length of the words before the object on this line; 0 where there are none, or none are expected.
func (c *Cutter) lead(text []byte) int {
	const longest = 4 << 10
	if !c.cut.Led {
		return 0
	}
	line := text[:min(len(text), longest)]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return max(0, bytes.Index(line, []byte(`{"`)))
}

// beginsRow says whether a row begins here: in a page's list of lists, a record is a list.
func (c *Cutter) beginsRow(ch byte) bool { return c.cut.Rows && ch == '[' && c.json.page == pageList }

// scanRow is scanObject for a list.
func scanRow(text []byte, at int, _ bool, _ []string) (end int, kind page, err error) {
	s := scanner{text: text, at: at + 1, depth: 1, prev: '['}
	s.objects[0] = 1 // of a level that nothing asks about, so that run does not take it for an object
	err = s.run(false)
	return s.at, noPage, err
}

// scanText is scanObject for a text.
func scanText(text []byte, at int, _ bool, _ []string) (end int, kind page, err error) {
	s := scanner{text: text, at: at, depth: 1, prev: ':'}
	err = s.string(false)
	return s.at, noPage, err
}

// object takes the object at at: a record, or the opening of a page. It returns where reading goes on, -1 for more text.
func (c *Cutter) object(b *Block, at int, last bool) int {
	text := b.Bytes[:min(len(b.Bytes), at+c.most)]
	scan := scanObject
	switch text[at] {
	case '[':
		scan = scanRow
	case '"':
		scan = scanText
	}
	end, kind, err := scan(text, at, c.json.page == noPage, c.cut.List)
	if errors.Is(err, errMore) {
		switch {
		case len(text) == at+c.most:
			err = ErrTooLong
		case !last:
			return -1
		default:
			err = errCutObject
		}
	}
	switch {
	case err == nil && kind == pageList:
		c.json.page = pageList
		return end
	case err == nil:
		b.spans = append(b.spans, recordSpan{start: at, end: end})
		c.recent.add(len(b.spans))
		return end
	case errors.Is(err, ErrTooLong):
		end = at
	default:
		err = fmt.Errorf("cut record: %w at byte %d of it", err, end-at+1)
	}
	return c.damaged(b, at, at+1, end, last, err)
}

// tail passes over what follows a page's list, up to the end of its wrapper. -1 asks for more text.
func (c *Cutter) tail(b *Block, at int, last bool) int {
	s := behindList(b.Bytes, at, c.cut.List)
	err := s.run(c.cut.List != nil)
	switch {
	case err == nil && s.page: // the next list of the same wrapper
		c.json.page = pageList
		return s.at
	case err == nil:
		c.json.page = noPage
		return s.at
	case errors.Is(err, errMore) && !last && len(b.Bytes)-at <= c.most:
		return -1
	case errors.Is(err, errMore) && last:
		return len(b.Bytes) // the page was cut behind its records; Cutter.Open says so
	}
	if next := len(b.Bytes) - len(bytes.TrimLeft(b.Bytes[at:], " \t\r\n,\x00")); next < len(b.Bytes) && b.Bytes[next] == '{' {
		c.json.page = pageList // a bracket too many among its records
		return next
	}
	// The wrapper is broken: its records are safe.
	return c.damaged(b, at, at, at, last, errNoRecord)
}

// damaged skips a stretch at at that is no record, though it looked like one up to sound: reading goes on at what looks
// like one, from the earliest. It returns where the stretch ends, -1 for more text.
func (c *Cutter) damaged(b *Block, at, from, sound int, last bool, why error) int {
	text := b.Bytes
	f := c.searchFrom(b, at, from, sound)
	next, then := f.find(text, last)
	switch {
	case next >= 0:
		c.spent += int64(max(0, f.from-next))
	case last:
		next = len(text)
		c.closedBy(text[at:])
	case len(text)-at <= c.most:
		return -1
	default: // too much to keep
		c.lost = &lost{at: at, shown: lineStartShown, why: why, rest: f}
		return -1
	}
	end := at + max(1, len(bytes.TrimRight(text[at:next], " \t\r\n,\x00")))
	c.leave(then)
	b.skip(at, end, why, then)
	return end
}

// leave goes on behind a stretch that is no record. The rest of a page that is damaged cannot be told any more.
func (c *Cutter) leave(then leaves) {
	c.recent.clean = 0
	switch {
	case then == leavesList:
		c.json.page = pageList
	case then == leavesNoPage || c.json.page == pageTail:
		c.json.page = noPage
	}
}

// closedBy settles whether what is open was closed by a stretch that reaches the end of the stream: a damaged last
// record is no reason to say that the stream was cut.
func (c *Cutter) closedBy(stretch []byte) {
	stretch = bytes.TrimRight(stretch, " \t\r\n\x00")
	list, object := bytes.LastIndexByte(stretch, ']'), bytes.LastIndexByte(stretch, '{')
	switch {
	case c.json.page != noPage && bytes.HasSuffix(stretch, []byte("}")) && list > object:
		c.json.page = noPage
	case c.json.page == noPage && bytes.HasSuffix(stretch, []byte("]")):
		c.json.lists = 0
	}
}
