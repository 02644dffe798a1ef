package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf8"
)

// errMore says that a row goes on beyond the text at hand.
var errMore = errors.New("row is not complete")

// What can be wrong with a row's quoting.
var (
	errBareQuote  = errors.New("quote inside an unquoted cell")
	errAfterQuote = errors.New("text after a closing quote")
	errOpenQuote  = errors.New("quoted cell without an end")
)

// Walker goes through the records of blocks. It owns the memory of the records that it shows; one goroutine uses it.
type Walker struct {
	Sep byte // CSV: the separator

	cells  [][]byte
	beyond int    // cells of the row behind the MaxColumns that are kept
	text   []byte // unquoted cells
	valid  []byte // a record whose invalid UTF-8 was replaced
}

// Walk shows every record of a block in order. broken is why a record cannot be read at all: rec.Bytes is then the
// broken stretch. An error of visit ends the walk; ErrQuoting says that the block does not follow the quoting rules.
//
// Invalid UTF-8 never reaches visit: here, and only here, each run of invalid bytes becomes U+FFFD. NUL bytes stay.
func (w *Walker) Walk(b *Block, visit func(rec Record, broken error) error) error {
	valid := utf8.Valid(b.Bytes)
	if b.spanned {
		return w.walkSpans(b, valid, visit)
	}
	for at := 0; at < len(b.Bytes); {
		n, err := w.split(b.Bytes[at:], true)
		if err != nil {
			return ErrQuoting
		}
		if line := trimLineEnd(b.Bytes[at : at+n]); !w.blank(line) {
			rec := Record{
				Offset: b.Start.Offset + int64(at), Bytes: line, Cells: w.cells, Beyond: w.beyond, Length: int64(len(line)),
			}
			if !valid {
				w.repair(&rec)
			}
			if err := visit(rec, nil); err != nil {
				return err
			}
		}
		at += n
	}
	return nil
}

func (w *Walker) walkSpans(b *Block, valid bool, visit func(Record, error) error) error {
	for _, s := range b.spans {
		rec := b.record(s)
		if w.Sep != 0 && s.broken == nil {
			if _, err := w.split(rec.Bytes, true); err != nil {
				s.broken = err // cannot happen: the lenient cutter has split it before
			}
			rec.Bytes, rec.Cells, rec.Beyond = trimLineEnd(rec.Bytes), w.cells, w.beyond
			rec.Length = int64(len(rec.Bytes))
			if s.broken == nil && w.blank(rec.Bytes) {
				continue
			}
		}
		if !valid {
			w.repair(&rec)
		}
		if err := visit(rec, s.broken); err != nil {
			return err
		}
	}
	return nil
}

// record is what a span of a block shows.
func (b *Block) record(s recordSpan) Record {
	return Record{Offset: b.Start.Offset + int64(s.start), Bytes: b.Bytes[s.start:min(s.end, len(b.Bytes))], Length: int64(s.end - s.start)}
}

// repair replaces invalid UTF-8 in a record and in its cells.
func (w *Walker) repair(rec *Record) {
	if utf8.Valid(rec.Bytes) {
		return
	}
	w.valid = append(w.valid[:0], bytes.ToValidUTF8(rec.Bytes, []byte("\uFFFD"))...)
	rec.Bytes = w.valid
	for i, cell := range rec.Cells {
		rec.Cells[i] = bytes.ToValidUTF8(cell, []byte("\uFFFD"))
	}
}

// blank says whether a row says nothing: a blank line, or the separators of one that a spreadsheet leaves.
func (w *Walker) blank(line []byte) bool {
	for at := 0; at < len(line); at++ {
		switch line[at] {
		case w.Sep, ' ', '\t':
		case '"': // a cell of two quotes is empty, one of four is a quote
			at++
			if at >= len(line) || line[at] != '"' || at > 1 && line[at-2] != w.Sep || at+1 < len(line) && line[at+1] != w.Sep {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func trimLineEnd(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}

// width is how many cells the row has that was split last.
func (w *Walker) width() int { return len(w.cells) + w.beyond }

// split cuts the row at the head of text into w.cells, and returns its length with its line end. last says that
// nothing follows text; if something does, errMore asks for it.
func (w *Walker) split(text []byte, last bool) (int, error) {
	w.cells, w.beyond, w.text = w.cells[:0], 0, w.text[:0]
	for at := 0; ; {
		if at < len(text) && text[at] == '"' {
			end, err := w.quoted(text, at+1, last)
			if err != nil {
				return end, err
			}
			at = end
		} else {
			end := plainEnd(text, at, w.Sep)
			if end == len(text) && !last {
				return end, errMore
			}
			if end < len(text) && text[end] == '"' {
				return end, errBareQuote
			}
			if len(w.cells) < MaxColumns {
				w.cells = append(w.cells, text[at:end])
			} else {
				w.beyond++
			}
			at = end
		}
		if at < len(text) && text[at] == w.Sep {
			at++
			continue
		}
		if w.beyond == 0 {
			last := len(w.cells) - 1
			w.cells[last] = trimCarriage(w.cells[last], text, at)
		}
		if at < len(text) && text[at] == '\r' {
			at++
		}
		return min(at+1, len(text)), nil
	}
}

// trimCarriage drops the CR of a line end from the row's last cell if that is unquoted.
func trimCarriage(cell, text []byte, at int) []byte {
	if n := len(cell); n > 0 && cell[n-1] == '\r' && at > 0 && text[at-1] == '\r' {
		return cell[:n-1]
	}
	return cell
}

// plainEnd is where an unquoted cell ends: at a separator, a newline or a quote, or with the text. It looks at eight
// bytes at a time: item ids have a hundred and more (byte by byte it was a tenth of all decoding).
func plainEnd(text []byte, at int, sep byte) int {
	seps := ones * uint64(sep)
	for ; at+8 <= len(text); at += 8 {
		word := binary.LittleEndian.Uint64(text[at:])
		if hits := zeros(word^seps) | zeros(word^newlines) | zeros(word^quotes); hits != 0 {
			return at + bits.TrailingZeros64(hits)/8
		}
	}
	for ; at < len(text); at++ {
		if c := text[at]; c == sep || c == '\n' || c == '"' {
			return at
		}
	}
	return at
}

const (
	ones     = 0x0101010101010101
	newlines = ones * '\n'
	quotes   = ones * '"'
)

// zeros has the high bit of the lowest zero byte of a word set, and nothing below it; above it, it may be wrong.
func zeros(word uint64) uint64 { return (word - ones) &^ word & (ones << 7) }

// quoted reads a quoted cell whose first byte after the quote is at start, adds it to w.cells and returns where the
// text goes on: at a separator, at a line end or at the end of text.
func (w *Walker) quoted(text []byte, start int, last bool) (int, error) {
	i := bytes.IndexByte(text[start:], '"')
	end, cell := start+i+1, text[start:start+max(i, 0)]
	if i >= 0 && end < len(text) && text[end] == '"' {
		cell, end = w.undouble(text, start, end+1)
	}
	switch {
	case i < 0 || end < 0:
		if last {
			return len(text), errOpenQuote
		}
		return len(text), errMore
	case end == len(text) && !last:
		return end, errMore
	}
	if len(w.cells) < MaxColumns {
		w.cells = append(w.cells, cell)
	} else {
		w.beyond++
	}
	return w.afterQuote(text, end, last)
}

func (w *Walker) afterQuote(text []byte, at int, last bool) (int, error) {
	switch {
	case at == len(text) || text[at] == w.Sep || text[at] == '\n':
		return at, nil
	case text[at] != '\r':
		return at, errAfterQuote
	case at+1 < len(text) && text[at+1] == '\n' || at+1 == len(text) && last:
		return at, nil
	case at+1 == len(text):
		return at, errMore
	}
	return at, errAfterQuote
}

// undouble copies the cell that begins at start, with each "" made one quote; the first of them ends before at. end is
// behind the closing quote; -1 if there is none. Cells of JSON have a doubled quote every ten bytes, so that one pass
// over eight bytes at a time takes a third of what looking for each quote and copying between them took.
func (w *Walker) undouble(text []byte, start, at int) (cell []byte, end int) {
	from := len(w.text)
	out := append(w.text, text[start:at-1]...)
	n := len(out)
	for out = out[:cap(out)]; at+8 <= len(text); {
		if n+8 > len(out) {
			out = append(out, make([]byte, len(out)+64)...)
			out = out[:cap(out)]
		}
		word := binary.LittleEndian.Uint64(text[at:])
		binary.LittleEndian.PutUint64(out[n:], word)
		hits := zeros(word ^ quotes)
		if hits == 0 {
			at, n = at+8, n+8
			continue
		}
		i := bits.TrailingZeros64(hits) / 8
		at, n = at+i+1, n+i
		if at == len(text) || text[at] != '"' {
			w.text = out[:n]
			return out[from:n:n], at
		}
		at, n = at+1, n+1 // the quote was copied with its word
	}
	for out = out[:n]; at < len(text); at++ {
		if text[at] == '"' {
			if at++; at == len(text) || text[at] != '"' {
				w.text = out
				return out[from:len(out):len(out)], at
			}
		}
		out = append(out, text[at])
	}
	return nil, -1
}
