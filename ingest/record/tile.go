package record

import "bytes"

// Piece is what a stretch of a stream is.
type Piece uint8

// The pieces. Every byte of a stream belongs to exactly one.
const (
	Framing  Piece = iota // what stands between records: white space, commas and line ends, list brackets, the wrapper of a page
	Readable              // a record
	Broken                // a stretch that is skipped
)

// LinesOf is how many physical lines a record of the block stands on, as far as it is in the stream.
func (b *Block) LinesOf(rec Record) int64 {
	start := int(rec.Offset - b.Start.Offset)
	end := start + int(rec.Length)
	if end > len(b.Bytes) { // too long to be kept: the last of the block
		return b.Lines - int64(bytes.Count(b.Bytes[:start], []byte{'\n'})) + 1
	}
	text := b.Bytes[start:end]
	lines := int64(bytes.Count(text, []byte{'\n'}))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		lines++
	}
	return lines
}

// Tile shows what each stretch of a block is, in order, by offsets in the stream. Records that Walk shows are readable,
// what it shows with a reason is broken, all else is framing. The block must be one that Walk has gone through before.
func (b *Block) Tile(visit func(kind Piece, start, end int64)) {
	at := b.Start.Offset
	show := func(kind Piece, start, end int64) {
		if start > at {
			visit(Framing, at, start)
		}
		if end > start {
			visit(kind, start, end)
		}
		at = end
	}
	var w Walker
	_ = w.Skim(b, func(rec Record, broken error) error {
		kind := Readable
		if broken != nil {
			kind = Broken
		}
		show(kind, rec.Offset, rec.Offset+rec.Length)
		return nil
	})
	show(Framing, b.Start.Offset+b.Size, b.Start.Offset+b.Size)
}
