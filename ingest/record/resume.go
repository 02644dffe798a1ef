package record

import (
	"bytes"
	"errors"
	"slices"
)

// resumeWindow is how far text is searched for a record like those before, until any run of objects will do. It is
// larger than nearly all records, so that what a damaged one holds is rarely taken for records.
const resumeWindow = 1 << 20

// search is a search for the record that follows damage. What is taken for one depends on the text around it and on the
// records before, and on nothing that differs from block to block.
type search struct {
	shape   *shape // nil: no record was cut well yet
	lines   bool   // records begin lines, and so does the damage
	page    bool   // the damage lies in a page's list, or in a page's opening
	opening bool   // in its opening
	window  int
	budget  int      // what may still be looked at in the window
	sound   int      // up to there the record looked whole: what ends before it is inside
	first   int      // where the next record can begin at the earliest
	from    int      // where to go on
	list    []string // the way to a page's list; nil: the usual ones
	start   int      // of the window at hand: all before it was searched in every way
}

// searchFrom begins the search for the record that follows damage at at, not before from. Up to sound it looked whole.
func (c *Cutter) searchFrom(b *Block, at, from, sound int) *search {
	f := &search{shape: c.shapeAt(b), window: c.window, opening: c.json.page == noPage && opensPage(b.Bytes, at), sound: sound, first: from, from: from, start: at, list: c.cut.List}
	f.page = f.opening || c.json.page != noPage
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
	case f.isValue(text, at):
		return no, false
	}
	seen, known, named := 0, 0, false
	looked, err := ownKeys(text, at, func(key []byte) bool {
		if seen == 0 {
			named = f.isPageKey(key)
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
		if _, kind, _ := scanObject(text, at, true, f.list); kind == pageList {
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

func (f *search) isPageKey(key []byte) bool {
	return len(f.list) > 0 && string(key) == f.list[0] || bytes.HasPrefix(key, []byte("@odata.")) || string(key) == "value" || string(key) == "records"
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
func (f *search) isValue(text []byte, at int) bool {
	before := bytes.TrimRight(text[min(f.start, at):at], " \t\r\n")
	if list, found := bytes.CutSuffix(before, []byte("[")); found {
		key, named := bytes.CutSuffix(bytes.TrimRight(list, " \t\r\n"), []byte(":"))
		return named && !f.endsInPageKey(key)
	}
	return bytes.HasSuffix(before, []byte(":"))
}

// endsInPageKey says whether the text before a colon is the name of a page's list. It may have lost a quote.
func (f *search) endsInPageKey(text []byte) bool {
	text = bytes.TrimRight(text, "\" \t\r\n")
	if len(f.list) > 0 {
		return bytes.HasSuffix(text, []byte(f.list[len(f.list)-1]))
	}
	return bytes.HasSuffix(text, []byte("value")) || bytes.HasSuffix(text, []byte("records"))
}
