package record

import (
	"bytes"
	"errors"
	"fmt"
)

// lineStartShown is how much of a line RowStart needs to see at most.
const lineStartShown = 4 << 10

// cutLenient finds the rows one by one. Where one does not follow the quoting rules, or holds several lines and another
// number of cells than the table has, that row is broken and reading goes on at the next line that begins a row.
func (c *Cutter) cutLenient(b *Block) int {
	w := Walker{Sep: c.cut.Sep}
	text, last := b.Bytes, c.err != nil
	for at := 0; at < len(text); {
		next, known := c.passKnown(b, at)
		if !known {
			next = c.row(b, &w, at, last)
		}
		if next < 0 {
			return at
		}
		at = next
	}
	return len(text)
}

// row takes the row at at. It returns where the next one begins, -1 for more text.
func (c *Cutter) row(b *Block, w *Walker, at int, last bool) int {
	text := b.Bytes
	whole := min(len(text), at+c.most)
	n, err := w.split(text[at:whole], last && whole == len(text))
	line := trimLineEnd(text[at:min(len(text), at+n)])
	switch {
	case err == nil && len(line) == 0:
		return at + n
	case err == nil && (c.cut.Cells == 0 || w.width() == c.cut.Cells || bytes.IndexByte(line, '\n') < 0):
		b.spans = append(b.spans, recordSpan{start: at, end: at + n})
		return at + n
	case err == nil:
		// A quote too many or too few made one row of several, unless it came so.
		cells := w.width()
		next := c.nextRow(w, text, at, at+n, last)
		switch {
		case next < 0:
			return -1
		case next >= at+n:
			b.spans = append(b.spans, recordSpan{start: at, end: at + n})
			return at + n
		}
		b.skip(at, next, fmt.Errorf("cut row: %d cells instead of %d", cells, c.cut.Cells), leavesAll)
		return next
	case errors.Is(err, errMore) && whole == at+c.most:
		err = ErrTooLong
	case errors.Is(err, errMore):
		return -1
	default:
		err = fmt.Errorf("cut row: %w", err)
	}
	next := c.nextRow(w, text, at, len(text), last)
	if next < 0 && len(text)-at > c.most {
		c.lost = &lost{at: at, shown: lineStartShown, why: err, rest: &nextRow{c: c, w: *w}}
	}
	if next >= 0 {
		b.skip(at, next, err, leavesAll)
	}
	return next
}

// nextRow is where the next row begins after the broken one at start, if that is before end; else end. -1 asks for more
// text.
func (c *Cutter) nextRow(w *Walker, text []byte, start, end int, last bool) int {
	for at := start; ; {
		i := bytes.IndexByte(text[at:end], '\n')
		if i < 0 {
			break
		}
		if at += i + 1; at == end {
			break
		}
		switch c.startsRow(w, text[at:], last) {
		case yes:
			return at
		case unknown:
			return -1
		}
	}
	if last || end < len(text) {
		return end
	}
	return -1
}

// startsRow says whether a row begins at the head of text, which is that of a line: the format knows, else it has as many
// cells as the table.
func (c *Cutter) startsRow(w *Walker, text []byte, last bool) verdict {
	line := text
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		line = text[:end]
	} else if !last && len(text) < lineStartShown {
		return unknown
	}
	switch {
	case len(trimLineEnd(line)) == 0:
		return no
	case c.cut.RowStart != nil && c.cut.RowStart(trimLineEnd(line)):
		return yes
	case c.cut.Cells == 0 && c.cut.RowStart == nil:
		return yes
	case c.cut.Cells == 0:
		return no
	}
	whole := last || len(text) >= resumeWindow
	_, err := w.split(text[:min(len(text), resumeWindow)], last)
	switch {
	case errors.Is(err, errMore) && !whole:
		return unknown
	case err == nil && w.width() == c.cut.Cells:
		return yes
	}
	return no
}

// nextRow finds the end of a row that is too long to be kept.
type nextRow struct {
	c *Cutter
	w Walker
}

func (r *nextRow) find(text []byte, last bool) (next int, then leaves) {
	return r.c.nextRow(&r.w, text, 0, len(text), last), leavesAll
}

func (r *nextRow) drop(text []byte) int {
	// Keep the last line if it may still turn out to begin a row.
	if i := bytes.LastIndexByte(text, '\n'); i > 0 && len(text)-i < lineStartShown {
		return i
	}
	return len(text)
}
