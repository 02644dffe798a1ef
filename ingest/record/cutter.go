package record

import (
	"bytes"
	"errors"
	"io"
)

// BlockSize is how much of a stream one worker takes at a time: large enough that handing it over costs nothing, small
// enough to stay in a core's cache.
const BlockSize = 512 << 10

// MaxRecord bounds one record. A larger one is skipped with a reason, so that one row cannot exhaust the memory.
const MaxRecord = 64 << 20

// ErrQuoting says that a CSV stream does not follow the quoting rules somewhere, so that rows cannot be told apart by
// counting quotes: it must be cut again with Cut.Lenient.
var ErrQuoting = errors.New("broken CSV quoting")

// ErrTooLong is the reason of a record larger than MaxRecord.
var ErrTooLong = errors.New("record larger than 64 MiB")

// Cut says how a stream is cut into records.
type Cut struct {
	Shape    Shape
	Sep      byte                   // CSV: the separator
	Lenient  bool                   // CSV: read row by row, and get over broken quoting
	RowStart func(line []byte) bool // CSV, lenient: as in Format
}

// Place is a point of a stream between two records, from which cutting can go on.
type Place struct {
	Offset int64 // in the decoded stream
	json   jsonPlace
}

// Block is a stretch of a stream that holds whole records. It is reused: see Cutter.Next.
type Block struct {
	Start Place  // where Bytes begins
	Bytes []byte // the stretch itself
	Lines int64  // newlines in Bytes

	spans   []span // the records, where the cutter had to find them itself
	spanned bool
}

// span is one record of a block, or a broken stretch that stands for one.
type span struct {
	start, end int
	broken     error
}

// Cutter reads a stream and cuts it into blocks of whole records. It is used by one goroutine; the blocks can be
// walked by others.
type Cutter struct {
	cut   Cut
	r     io.Reader
	at    Place
	carry []byte // read, but not given out yet
	err   error  // what ended the reading: io.EOF or worse
	json  jsonPlace
	lost  *lost // the rest of a record that is too long is being passed over

	size, most int // BlockSize and MaxRecord; smaller in tests
}

// NewCutter cuts what r yields, which begins at a place of the stream.
func NewCutter(r io.Reader, how Cut, at Place) *Cutter {
	return &Cutter{cut: how, r: r, at: at, json: at.json, size: BlockSize, most: MaxRecord}
}

// Place is where the next block will begin.
func (c *Cutter) Place() Place { return c.at }

// Open says that the stream, as far as it was cut, stands inside a JSON list or page: at its end, it was truncated.
func (c *Cutter) Open() bool { return c.json.page != noPage || c.json.lists > 0 }

// Next fills the block with the next records. At the end it returns io.EOF; ErrQuoting asks for a lenient cut of the
// whole stream; any other error is the reader's own, returned after all that could be read was given out.
func (c *Cutter) Next(b *Block) error {
	b.reset(c.at)
	b.Bytes = append(b.Bytes, c.carry...)
	c.carry = c.carry[:0]
	want := c.size
	if len(b.Bytes) >= want {
		want = 2 * len(b.Bytes)
	}
	for ; ; want *= 2 {
		c.fill(b, want)
		if len(b.Bytes) == 0 {
			return c.err
		}
		n, err := c.cutBlock(b)
		if err != nil {
			return err
		}
		if n == 0 && c.err == nil {
			continue
		}
		c.carry = append(c.carry, b.Bytes[n:]...)
		b.Bytes = b.Bytes[:n]
		break
	}
	b.Lines = int64(bytes.Count(b.Bytes, []byte{'\n'}))
	c.at = Place{b.Start.Offset + int64(len(b.Bytes)), c.json}
	return nil
}

func (b *Block) reset(at Place) {
	if cap(b.Bytes) > 4*BlockSize {
		b.Bytes = nil // one huge record must not cost memory for ever
	}
	if b.Bytes == nil {
		b.Bytes = make([]byte, 0, BlockSize+BlockSize/8)
	}
	b.Bytes, b.spans, b.spanned = b.Bytes[:0], b.spans[:0], false
	b.Start, b.Lines = at, 0
}

// fill reads until the block holds want bytes or the stream ends.
func (c *Cutter) fill(b *Block, want int) {
	for c.err == nil && len(b.Bytes) < want {
		if cap(b.Bytes) < want {
			b.Bytes = append(make([]byte, 0, want+want/8), b.Bytes...)
		}
		n, err := c.r.Read(b.Bytes[len(b.Bytes):want])
		b.Bytes = b.Bytes[:len(b.Bytes)+n]
		c.err = err
	}
}

// cutBlock says how many bytes at the head of the block are whole records; 0 asks for more.
func (c *Cutter) cutBlock(b *Block) (int, error) {
	switch {
	case c.cut.Shape == JSON:
		b.spans, b.spanned = b.spans[:0], true
		return c.cutJSON(b), nil
	case c.cut.Shape == Mail:
		b.spans, b.spanned = b.spans[:0], true
		return c.cutMail(b), nil
	case c.cut.Lenient:
		b.spans, b.spanned = b.spans[:0], true
		return c.cutLenient(b), nil
	default:
		return c.cutStrict(b)
	}
}

// cutStrict ends the block at the last newline outside quotes: one before which the quotes are even.
func (c *Cutter) cutStrict(b *Block) (int, error) {
	if c.err != nil {
		return len(b.Bytes), nil
	}
	quote := []byte{'"'}
	quotes := bytes.Count(b.Bytes, quote)
	for end := len(b.Bytes); ; {
		i := bytes.LastIndexByte(b.Bytes[:end], '\n')
		if i < 0 {
			break
		}
		quotes -= bytes.Count(b.Bytes[i:end], quote)
		if quotes%2 == 0 {
			return i + 1, nil
		}
		end = i
	}
	// No row ends here. Either it is a huge one, or a stray quote has turned everything after it inside out.
	w := Walker{Sep: c.cut.Sep}
	if _, err := w.split(b.Bytes, false); err != nil && !errors.Is(err, errMore) || len(b.Bytes) > c.most {
		return 0, ErrQuoting
	}
	return 0, nil
}
