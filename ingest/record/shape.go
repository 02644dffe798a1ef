package record

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"triage/ingest/charset"
)

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
	var found [goodKept]recordSpan
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

func shown(b *Block, s recordSpan) []byte { return b.Bytes[s.start:min(s.end, s.start+goodShown)] }

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
	for _, ch := range bytes.TrimPrefix(text[start:at], []byte(charset.BOM)) {
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
