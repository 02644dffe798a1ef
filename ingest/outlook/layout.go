package outlook

import (
	"bytes"
	"slices"
)

// layout is how the properties of one record were written: the text before each value, between them and behind the
// last. Nearly all records of a kind are written alike, so the next record's values are found by comparing what stands
// between them, and its names are known. Whatever does not compare equal, or holds a backslash, is read by the parser: a
// layout never decides what a text means, it repeats what the parser made of the same bytes.
type layout struct {
	gaps  [][]byte // one more than values; but for the last, each ends with the quote that opens the next value
	slots []uint8  // by value: the place of its name in set
	set   *nameSet
}

// Bounds on what is kept of layouts: how many, of how many values each, of texts how long, and how many are ever made of
// one stream.
const (
	maxLayouts      = 32
	maxLayoutValues = 64
	maxLayoutText   = 64 << 10
	maxLearned      = 4096
)

// replay reads the properties at the head of text by a layout known from records before. end is where they end; ok is
// false if none fits.
func (d *decoder) replay(text []byte) (end int, ok bool) {
	if bytes.IndexByte(text, '\\') >= 0 {
		return 0, false
	}
	for i, l := range d.layouts {
		if end, ok = l.read(text, d); !ok {
			continue
		}
		if i > 0 { // those that occur most drift to the head
			d.layouts[i-1], d.layouts[i] = l, d.layouts[i-1]
		}
		d.set = l.set
		return end, true
	}
	return 0, false
}

// read takes the values of a text without escapes into d.values, in the order of their names; of a repeated name the
// last one counts.
func (l *layout) read(text []byte, d *decoder) (end int, ok bool) {
	if !bytes.HasPrefix(text, l.gaps[0]) {
		return 0, false
	}
	at := len(l.gaps[0])
	values := d.room(len(l.set.slots))
	for i, gap := range l.gaps[1:] {
		n := bytes.IndexByte(text[at:], text[at-1])
		if n < 0 || !bytes.HasPrefix(text[at+n:], gap) {
			return 0, false
		}
		values[l.slots[i]] = text[at : at+n]
		at += n + len(gap)
	}
	return at, true
}

// room is d.values with a place for each of n values.
func (d *decoder) room(n int) [][]byte {
	if cap(d.values) < n {
		d.values = make([][]byte, n)
	}
	d.values = d.values[:n]
	return d.values
}

// settle takes the properties that the parser has just read, from d.lit.text[start:d.lit.at], and learns how they were
// written.
func (d *decoder) settle(start int) {
	d.written = append(d.written[:0], d.props...)
	d.sortProperties()
	d.set = d.setOf(d.props)
	values := d.room(len(d.props))
	for i, p := range d.props {
		values[i] = p.value
	}
	d.learn(start)
}

// learn keeps the layout of d.written if each value stands in the text as it is.
func (d *decoder) learn(start int) {
	decoded := func(p customProperty) bool { return p.at == 0 }
	if n := len(d.written); n == 0 || n > maxLayoutValues || d.lit.at-start > maxLayoutText || d.learned == maxLearned ||
		slices.ContainsFunc(d.written, decoded) || bytes.IndexByte(d.lit.text[start:d.lit.at], '\\') >= 0 {
		return
	}
	l := &layout{set: d.set}
	at := start
	for _, p := range d.written {
		l.gaps = append(l.gaps, bytes.Clone(d.lit.text[at:p.at]))
		l.slots = append(l.slots, d.set.place(p.name))
		at = p.at + len(p.value)
	}
	l.gaps = append(l.gaps, bytes.Clone(d.lit.text[at:d.lit.at]))
	d.learned++
	if len(d.layouts) < maxLayouts {
		d.layouts = append(d.layouts, nil)
	}
	d.layouts[len(d.layouts)-1] = l
}
