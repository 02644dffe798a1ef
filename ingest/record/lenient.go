package record

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// lost is a broken record whose rest is being passed over: it is too long to be kept.
type lost struct {
	indent, key []byte // JSON: what the next record is expected to look like
}

// lineStartShown is how much of a line RowStart needs to see at most.
const lineStartShown = 4 << 10

// cutLenient finds the rows one by one. Where one does not follow the quoting rules, that row is broken and reading
// goes on at the next line that begins a row.
func (c *Cutter) cutLenient(b *Block) int {
	w := Walker{Sep: c.cut.Sep}
	text, last := b.Bytes, c.err != nil
	at := 0
	if c.lost != nil {
		if at = c.passOver(text, last); c.lost != nil {
			return at
		}
	}
	for at < len(text) {
		n, err := w.split(text[at:], last)
		if err == nil {
			if len(trimLineEnd(text[at:at+n])) > 0 {
				b.spans = append(b.spans, span{start: at, end: at + n})
			}
			at += n
			continue
		}
		if errors.Is(err, errMore) {
			if len(text)-at <= c.most {
				return at
			}
			err = ErrTooLong
		}
		next := c.nextRow(text, at, last)
		switch {
		case next >= 0:
			b.spans = append(b.spans, broken(at, next, err))
			at = next
		case len(text)-at > c.most:
			b.spans = append(b.spans, broken(at, min(at+lineStartShown, len(text)), ErrTooLong))
			c.lost = &lost{}
			return at + c.passOver(text[at:], last)
		default:
			return at
		}
	}
	return at
}

func broken(start, end int, reason error) span {
	if errors.Is(reason, ErrTooLong) {
		return span{start, end, reason}
	}
	return span{start, end, fmt.Errorf("cut row: %w", reason)}
}

// nextRow is where the next row begins after the broken one at start; len(text) if nothing follows, -1 if more text is
// needed to say.
func (c *Cutter) nextRow(text []byte, start int, last bool) int {
	for at := start; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		line := text[at:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		} else if !last && len(line) < lineStartShown {
			return -1
		}
		if len(line) > 0 && c.startsRow(line) {
			return at
		}
	}
	if last {
		return len(text)
	}
	return -1
}

func (c *Cutter) startsRow(line []byte) bool {
	return c.cut.RowStart == nil || c.cut.RowStart(trimLineEnd(line))
}

// passOver says how much of text belongs to the lost row; c.lost is nil once the next row is found.
func (c *Cutter) passOver(text []byte, last bool) int {
	if next := c.nextRow(text, 0, last); next >= 0 {
		c.lost = nil
		return next
	}
	// Keep the last line if it may still turn out to begin a row.
	if i := bytes.LastIndexByte(text, '\n'); i > 0 && len(text)-i < lineStartShown {
		return i
	}
	return len(text)
}

// HeaderRow cuts the first row of text, for recognising its format. rest is where the next row begins; ok is false if
// text does not hold a whole row.
func HeaderRow(text []byte, sep byte, last bool) (cells []string, rest int, ok bool) {
	w := Walker{Sep: sep}
	n, err := w.split(text, last)
	if err != nil {
		return nil, 0, false
	}
	for _, cell := range w.cells {
		cells = append(cells, strings.ToValidUTF8(string(cell), "\uFFFD"))
	}
	return cells, n, true
}
