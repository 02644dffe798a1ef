package record

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// stretch is text that is no record, by its offsets in the stream.
type stretch struct {
	start, end int64
	leaves     leaves
}

// leaves is where a stretch that is no record leaves the cutter: where it was, outside of a page, or in a page's list.
type leaves uint8

const (
	leavesAll leaves = iota
	leavesNoPage
	leavesList
	leavesBits = 2
)

// errKnown stands for why a stretch is broken, where it was found to be before.
var errKnown = errors.New("broken")

// skip enters a broken stretch of a block, and lets its start know: a stream that is cut again from there, to look up a
// record, is not asked again where damage ends, which may have rested on text behind the block.
func (b *Block) skip(start, end int, why error, then leaves) {
	length := uint64(end-start)<<leavesBits | uint64(then)
	b.Start.broken = binary.AppendUvarint(b.Start.broken, uint64(start-b.told))
	b.Start.broken = binary.AppendUvarint(b.Start.broken, length)
	b.told = end
	b.spans = append(b.spans, recordSpan{start: start, end: end, broken: why})
}

// stretches are the broken ones of the block that begins here.
func (p *Place) stretches() []stretch {
	var list []stretch
	at, rest := p.Offset, p.broken
	for len(rest) > 0 {
		before, n := binary.Uvarint(rest)
		length, m := binary.Uvarint(rest[n:])
		rest = rest[n+m:]
		start := at + int64(before)
		at = start + int64(length>>leavesBits)
		list = append(list, stretch{start, at, leaves(length & (1<<leavesBits - 1))})
	}
	return list
}

// passKnown skips a stretch at at that an earlier cut found broken. It returns where reading goes on, -1 for more text;
// ok is false if there is none.
func (c *Cutter) passKnown(b *Block, at int) (next int, ok bool) {
	if len(c.known) == 0 {
		return 0, false
	}
	i, ok := slices.BinarySearchFunc(c.known, b.Start.Offset+int64(at), func(s stretch, offset int64) int { return cmp.Compare(s.start, offset) })
	if !ok {
		return 0, false
	}
	s := c.known[i]
	switch next = at + int(s.end-s.start); {
	case next <= len(b.Bytes):
		b.skip(at, next, errKnown, s.leaves)
		c.leave(s.leaves)
		return next, true
	case next-at > c.most:
		c.lost = &lost{at: at, shown: lineStartShown, why: errKnown, rest: &remaining{next, s.leaves}}
	}
	return -1, true
}

// lost is a record that is too long to be kept, or damage with no record behind it in as much text as may be kept.
type lost struct {
	at    int // where it begins in its block
	shown int // how many bytes of it stay
	why   error
	rest  rest
}

// rest tells where a lost record ends.
type rest interface {
	// find is where the text goes on with something else, -1 for more text.
	find(text []byte, last bool) (next int, then leaves)
	// drop says how many bytes of the text need not be seen again: find will be asked about what follows them.
	drop(text []byte) int
}

// passOver goes through a lost record up to its end. Only its beginning stays in the block.
func (c *Cutter) passOver(b *Block) {
	l := c.lost
	for _, ch := range b.Bytes[:l.at] {
		c.between(ch)
	}
	shown := bytes.Clone(b.Bytes[:min(len(b.Bytes), l.at+l.shown)])
	lines, gone := int64(0), 0
	var next int
	var then leaves
	for {
		last := c.err != nil
		if next, then = l.rest.find(b.Bytes, last); next >= 0 || last {
			break
		}
		n := l.rest.drop(b.Bytes)
		lines += int64(bytes.Count(b.Bytes[:n], []byte{'\n'}))
		gone += n
		b.Bytes = b.Bytes[:copy(b.Bytes, b.Bytes[n:])]
		c.fill(b, len(b.Bytes)+c.size)
	}
	if next < 0 {
		next = len(b.Bytes)
		c.closedBy(b.Bytes)
	}
	if c.cut.Shape == JSON {
		next = len(bytes.TrimRight(b.Bytes[:next], " \t\r\n,\x00"))
	}
	c.carry = append(c.carry[:0], b.Bytes[next:]...)
	b.Lines, b.Size = lines+int64(bytes.Count(b.Bytes[:next], []byte{'\n'})), int64(gone+next)
	b.Bytes = shown
	if l.why == nil {
		b.spans = append(b.spans, recordSpan{start: l.at, end: gone + next})
		return
	}
	b.skip(l.at, gone+next, l.why, then)
	c.leave(then)
	c.clean = 0
}

// remaining is a rest whose length is known.
type remaining struct {
	bytes int
	then  leaves
}

func (r *remaining) find(text []byte, _ bool) (next int, then leaves) {
	if r.bytes <= len(text) {
		return r.bytes, r.then
	}
	return -1, leavesAll
}

func (r *remaining) drop(text []byte) int {
	r.bytes -= len(text)
	return len(text)
}

// toEnd is a rest that ends with the stream.
type toEnd struct{}

func (toEnd) find([]byte, bool) (next int, then leaves) { return -1, leavesAll }
func (toEnd) drop(text []byte) int                      { return len(text) }

func (f *search) drop(text []byte) int {
	n := max(0, min(f.start, f.from)-lineStartShown) // how a line begins may still count
	f.start, f.from, f.first, f.sound = f.start-n, f.from-n, f.first-n, f.sound-n
	return n
}
