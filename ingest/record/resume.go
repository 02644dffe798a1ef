package record

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"
)

// resumeWindow is how far text is searched for a record like those before, until any run of objects will do. It is
// larger than nearly all records, so that what a damaged one holds is rarely taken for records.
const resumeWindow = 1 << 20

// What is kept of records that were cut well, to know the next one by: how many, how much of each, how many keys.
const (
	goodKept  = 8
	goodShown = 64 << 10
	goodKeys  = 64
)

// good is a record that was cut well.
type good struct {
	lead []byte // what its line begins with; nil if it begins none
	text []byte // its beginning
}

// shape is what the last good records look like.
type shape struct {
	lead  []byte   // of the last one
	keys  [][]byte // of all of them, sorted
	most  int      // length of the longest of them
	count int      // of the records of the block that were trusted then
}

// sureAfter is how many records must follow damage before they are trusted: if what a damaged one holds was taken for
// records, it would soon be all that is looked for.
const sureAfter = 64

// recent are the last records of a block that can be trusted.
type recent struct {
	spans [goodKept]int // numbers of spans, by count
	count int
	clean int // records since the last damage
}

// add takes the block's last span.
func (r *recent) add(spans int) {
	if r.clean++; r.clean > sureAfter {
		r.spans[r.count%goodKept] = spans - 1
		r.count++
	}
}

// back yields the spans from the last to the first.
func (r *recent) back(yield func(span int) bool) {
	for i := r.count - 1; i >= max(0, r.count-goodKept); i-- {
		if !yield(r.spans[i%goodKept]) {
			return
		}
	}
}

// keepGood notes the last good records of a block, for damage in the next one.
func (c *Cutter) keepGood(b *Block) {
	var found [goodKept]span
	n := 0
	for i := range c.recent.back {
		found[n] = b.spans[i]
		n++
	}
	c.clean = c.recent.clean
	for i := n - 1; i >= 0; i-- {
		g := good{}
		if len(c.good) == goodKept { // its memory serves again
			g = c.good[0]
			c.good = c.good[:copy(c.good, c.good[1:])]
		}
		g.lead = leadOf(b.Bytes, found[i].start, b.Start.Offset == 0)
		g.text = append(g.text[:0], shown(b, found[i])...)
		c.good = append(c.good, g)
	}
}

func shown(b *Block, s span) []byte { return b.Bytes[s.start:min(s.end, s.start+goodShown)] }

// shapeAt is what the last good records before the end of the spans look like; nil if there was none yet.
func (c *Cutter) shapeAt(b *Block) *shape {
	if c.shape != nil && c.shape.count == c.recent.count {
		return c.shape // as it was for the damage before
	}
	var last []good
	for i := range c.recent.back {
		last = append(last, good{leadOf(b.Bytes, b.spans[i].start, b.Start.Offset == 0), shown(b, b.spans[i])})
	}
	for i := len(c.good) - 1; i >= 0 && len(last) < goodKept; i-- {
		last = append(last, c.good[i])
	}
	if len(last) == 0 {
		return nil
	}
	s := &shape{lead: last[0].lead, count: c.recent.count}
	c.shape = s
	for _, g := range last {
		s.most = max(s.most, len(g.text))
		n := 0
		_, _ = ownKeys(g.text, 0, func(key []byte) bool {
			if at, found := slices.BinarySearchFunc(s.keys, key, bytes.Compare); !found {
				s.keys = slices.Insert(s.keys, at, key)
			}
			n++
			return n < goodKeys
		})
	}
	return s
}

// leadOf is the white space before a place on its line, with list brackets and commas left out. It is nil if something
// else stands there. top says that text begins where the stream does.
func leadOf(text []byte, at int, top bool) []byte {
	start := at
	for start > 0 && at-start < lookBack && (isLead(text[start-1]) || text[start-1] >= utf8.RuneSelf) {
		start--
	}
	if start > 0 && text[start-1] != '\n' || start == 0 && !top {
		return nil
	}
	lead := make([]byte, 0, min(at-start, 32))
	for _, ch := range bytes.TrimPrefix(text[start:at], []byte(utf8BOM)) {
		switch ch {
		case ' ', '\t', '\r':
			lead = append(lead, ch)
		case '[', ',', 0:
		default:
			return nil
		}
	}
	return lead
}

func isLead(ch byte) bool {
	switch ch {
	case ' ', '\t', '\r', '[', ',', 0:
		return true
	}
	return false
}

// search is a search for the record that follows damage. What is taken for one depends on the text around it and on the
// records before, and on nothing that differs from block to block.
type search struct {
	shape   *shape // nil: no record was cut well yet
	lines   bool   // records begin lines, and so does the damage
	page    bool   // the damage lies in a page's list, or in a page's opening
	opening bool   // in its opening
	window  int
	budget  int // what may still be looked at in the window
	sound   int // up to there the record looked whole: what ends before it is inside
	first   int // where the next record can begin at the earliest
	from    int // where to go on
	start   int // of the window at hand: all before it was searched in every way
}

// searchFrom begins the search for the record that follows damage at at, not before from. Up to sound it looked whole.
func (c *Cutter) searchFrom(b *Block, at, from, sound int) *search {
	f := &search{shape: c.shapeAt(b), window: c.window, opening: c.json.page == noPage && opensPage(b.Bytes, at), sound: sound, first: from, from: from, start: at}
	f.page = f.opening || c.json.page == pageList
	if f.shape != nil && f.shape.lead != nil {
		own := leadOf(b.Bytes, at, b.Start.Offset == 0)
		f.lines = own != nil && bytes.Equal(own, f.shape.lead)
	}
	if c.spent > spentFree+spentShare*(b.Start.Offset+int64(at)) {
		f.window = min(f.window, spentWindow)
	}
	return f
}

// What searches may look at in vain: so much, and so much for each byte of the stream. Beyond that they look less far, so
// that a stream which is nothing but damage costs no more than in proportion to its length.
const (
	spentFree   = 64 << 20
	spentShare  = 4
	spentWindow = 4 << 10
)

// opensPage says whether the opening of a page stands at at, damaged as its first record may be.
func opensPage(text []byte, at int) bool {
	const longest = 4 << 10
	head := text[at:min(len(text), at+longest)]
	if head[0] != '{' {
		return false
	}
	for _, key := range []string{`"value"`, `"records"`} {
		if i := bytes.Index(head, []byte(key)); i >= 0 {
			rest := bytes.TrimLeft(head[i+len(key):], ": \t\r\n")
			return bytes.HasPrefix(rest, []byte("[")) && !bytes.ContainsAny(head[1:i], "{[")
		}
	}
	return false
}

// find is where the next record begins; -1 if the text shows none or cannot say yet: f knows what was searched.
func (f *search) find(text []byte, last bool) (next int, then leaves) {
	for {
		end := min(f.start+f.window, len(text))
		f.budget = looks * f.window
		whole := end == f.start+f.window
		next, opens, more := f.alike(text, end, last)
		if next >= 0 || more || !whole && !last {
			return next, f.leaves(opens)
		}
		// Behind the last record nothing looks like one; where much follows, something else has begun.
		if f.shape == nil || whole || end-f.start > muchFollows*f.shape.most {
			if next = f.run(text[:end]); next >= 0 {
				return next, f.leaves(false)
			}
		}
		f.start = end
		f.from = max(f.from, end)
		if end == len(text) {
			return -1, leavesAll
		}
	}
}

// leaves is where the record, or the opening of a page, that was found leaves the cutter.
func (f *search) leaves(opens bool) leaves {
	switch {
	case opens:
		return leavesNoPage
	case f.opening:
		return leavesList
	default:
		return leavesAll
	}
}

// alike finds an object that looks like the records before, and begins before end. more says that there is one that
// cannot be judged by the text at hand.
func (f *search) alike(text []byte, end int, last bool) (next int, opens, more bool) {
	if f.shape == nil {
		return -1, false, false
	}
	for f.from < end {
		i := bytes.IndexByte(text[f.from:end], '{')
		if i < 0 {
			break
		}
		f.from += i
		switch fits, opens := f.judge(text, f.from, last); fits {
		case yes:
			return f.from, opens, false
		case unknown:
			return -1, false, true
		}
		f.from++
	}
	return -1, false, false
}

// muchFollows is how many records' length behind the damage are more than a last record.
const muchFollows = 16

// verdict is whether a place begins a record.
type verdict uint8

const (
	no verdict = iota
	yes
	unknown // for want of text
)

// What is looked at of an object to judge it: so many bytes and so many keys; and of objects inside objects, so often the
// length of the window, then only so many bytes.
const (
	judgedBytes  = 64 << 10
	judgedKeys   = 24
	looks        = 8
	judgedLittle = 512
)

// judge says whether the object at at looks like the records before: it begins a line as they do, or most of its keys
// are theirs.
func (f *search) judge(text []byte, at int, last bool) (fits verdict, opens bool) {
	most := judgedBytes
	if f.budget < 0 {
		most = judgedLittle
	}
	whole := last || len(text)-at >= most
	text = text[:min(len(text), at+most)]
	switch begins := beginsObject(text, at); {
	case begins == unknown && !whole:
		return unknown, false
	case begins != yes:
		return no, false
	case f.lines && beginsLine(text, at, f.shape.lead):
		return yes, false
	case isValue(text, at, f.start):
		return no, false
	}
	seen, known, named := 0, 0, false
	looked, err := ownKeys(text, at, func(key []byte) bool {
		if seen == 0 {
			named = isPageKey(key)
		}
		if _, found := slices.BinarySearchFunc(f.shape.keys, key, bytes.Compare); found {
			known++
		}
		seen++
		return seen < judgedKeys
	})
	f.budget -= looked - at
	if errors.Is(err, errMore) && !whole {
		return unknown, false
	}
	if named {
		if _, kind, _ := scanObject(text, at, true); kind == pageList {
			return yes, true
		}
	}
	// Records of one log may share no more than their common fields; what they hold shares none or few of them.
	const (
		sure   = 2 // keys of an object that is damaged as well
		common = 5
	)
	if known >= common || known*2 > seen && (err == nil || seen >= sure) {
		return yes, false
	}
	return no, false
}

// beginsLine says whether what stands at at begins a line with so much white space.
func beginsLine(text []byte, at int, lead []byte) bool {
	own := leadOf(text, at, false)
	return own != nil && bytes.Equal(own, lead)
}

func isPageKey(key []byte) bool {
	return bytes.HasPrefix(key, []byte("@odata.")) || string(key) == "value" || string(key) == "records"
}

// beginsObject says whether an object can begin at a brace: a key or the closing brace follows.
func beginsObject(text []byte, at int) verdict {
	switch rest := bytes.TrimLeft(text[at+1:], " \t\r\n"); {
	case len(rest) == 0:
		return unknown
	case rest[0] == '"' || rest[0] == '}':
		return yes
	default:
		return no
	}
}

// isValue says whether what stands at at is a value inside a record: of a key, or the first one of a key's list that is
// no page's.
func isValue(text []byte, at, start int) bool {
	before := bytes.TrimRight(text[min(start, at):at], " \t\r\n")
	if list, found := bytes.CutSuffix(before, []byte("[")); found {
		key, named := bytes.CutSuffix(bytes.TrimRight(list, " \t\r\n"), []byte(":"))
		return named && !endsInPageKey(key)
	}
	return bytes.HasSuffix(before, []byte(":"))
}

// endsInPageKey says whether the text before a colon is the name of a page's list. It may have lost a quote.
func endsInPageKey(text []byte) bool {
	text = bytes.TrimRight(text, "\" \t\r\n")
	return bytes.HasSuffix(text, []byte("value")) || bytes.HasSuffix(text, []byte("records"))
}

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
		inside := isValue(text, at, f.start)
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
		next, _, err := scanObject(text, at, false)
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
	page := f.page || list && endsInPageKey(bytes.TrimRight(before, ": \t\r\n"))
	switch {
	case len(rest) == 0 || rest[0] == '{' || rest[0] == '[':
		return true
	case rest[0] == '}': // of a page; or of a record, with another one behind it
		return page && !bytes.HasPrefix(bytes.TrimLeft(rest[1:], " \t\r\n"), []byte(","))
	default:
		return page && bytes.HasPrefix(rest, []byte(`"@odata.`))
	}
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
