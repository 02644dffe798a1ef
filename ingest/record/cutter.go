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
	Cells    int                    // CSV, lenient: how many cells a row has; 0 is unknown
	List     []string               // JSON: the way to the list of records in a page; nil: "value" or "records"
	Rows     bool                   // JSON: that list holds lists, each of them a record
	Texts    bool                   // JSON: a record is a text, in a list or on a line of its own
	Led      bool                   // JSON: every record stands behind words on its line, as in a log of syslog
	Lines    bool                   // JSON: each line is one object, as the decoder must prove: see ErrLines
	Lenient  bool                   // CSV: read row by row, and get over broken quoting
	RowStart func(line []byte) bool // CSV, lenient: as in Format
}

// Place is a point of a stream between two records, from which cutting can go on.
type Place struct {
	Offset int64 // in the decoded stream
	json   jsonPlace
	broken []byte // stretches of the block that begins here: see know
}

// Block is a stretch of a stream that holds whole records. It is reused: see Cutter.Next.
type Block struct {
	Start Place  // where Bytes begins
	Bytes []byte // the stretch itself
	Lines int64  // newlines in the stretch
	Size  int64  // bytes of the stretch: more than are in Bytes where one record was too long to be kept

	spans   []recordSpan // the records, where the cutter had to find them itself
	spanned bool
	told    int // where the last stretch ends that Start knows
}

// recordSpan is one record of a block, or a broken stretch. Of the only one that is too long to be kept, Bytes hold the beginning.
type recordSpan struct {
	start, end int
	broken     error
}

// Cutter reads a stream and cuts it into blocks of whole records. It is used by one goroutine; the blocks can be
// walked by others.
type Cutter struct {
	cut    Cut
	r      io.Reader
	at     Place
	carry  []byte // read, but not given out yet
	err    error  // what ended the reading: io.EOF or worse
	json   jsonPlace
	known  []stretch // broken ones that an earlier cut of the same text found
	lost   *lost     // a record that is too long, found in the block at hand
	good   []good    // the last records before the block that were cut well
	clean  int       // records before the block since the last damage
	shape  *shape    // of the records before the last damage in the block
	recent recent    // of the block
	spent  int64     // bytes that were searched in vain

	size, most, window int // BlockSize, MaxRecord and resumeWindow; smaller in tests
}

// NewCutter cuts what r yields, which begins at a place of the stream.
func NewCutter(r io.Reader, how Cut, at Place) *Cutter {
	return &Cutter{
		clean: sureAfter,
		cut:   how, r: r, at: Place{Offset: at.Offset, json: at.json}, json: at.json, known: at.stretches(),
		size: BlockSize, most: MaxRecord, window: resumeWindow,
	}
}

// Sized says how long the text is at most: a short one takes a short block.
func (c *Cutter) Sized(bytes int64) *Cutter {
	c.size = int(min(int64(c.size), max(1, bytes)))
	return c
}

// Place is where the next block will begin.
func (c *Cutter) Place() Place { return c.at }

// Open says that the stream, as far as it was cut, stands inside a JSON list or page: at its end, it was truncated.
func (c *Cutter) Open() bool { return c.json.page != noPage || c.json.lists > 0 }

// Next fills the block with the next records. At the end it returns io.EOF; ErrQuoting asks for a lenient cut of the
// whole stream; any other error is the reader's own, returned after all that could be read was given out.
func (c *Cutter) Next(b *Block) error {
	b.reset(c.at, c.size)
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
		if n == 0 && c.lost != nil {
			c.passOver(b)
			break
		}
		if n == 0 && c.err == nil {
			continue
		}
		c.carry = append(c.carry, b.Bytes[n:]...)
		b.Bytes = b.Bytes[:n]
		b.Lines, b.Size = int64(bytes.Count(b.Bytes, []byte{'\n'})), int64(n)
		if c.cut.Shape == JSON {
			c.keepGood(b)
		}
		break
	}
	c.at = Place{Offset: b.Start.Offset + b.Size, json: c.json}
	return nil
}

func (b *Block) reset(at Place, size int) {
	if cap(b.Bytes) > 4*BlockSize {
		b.Bytes = nil // one huge record must not cost memory for ever
	}
	if b.Bytes == nil {
		b.Bytes = make([]byte, 0, size+size/8)
	}
	b.Bytes, b.spans, b.spanned = b.Bytes[:0], b.spans[:0], false
	b.Start, b.Lines, b.Size = at, 0, 0
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

// cutBlock says how many bytes at the head of the block are whole records; 0 asks for more, unless c.lost is set.
func (c *Cutter) cutBlock(b *Block) (int, error) {
	c.lost, c.shape, c.recent = nil, nil, recent{clean: c.clean}
	b.spans, b.spanned, b.told, b.Start.broken = b.spans[:0], true, 0, b.Start.broken[:0]
	switch {
	case c.cut.Lines:
		return c.cutLines(b)
	case c.cut.Shape == JSON:
		return c.cutJSON(b), nil
	case c.cut.Shape == Mail:
		return c.cutMail(b), nil
	case c.cut.Lenient:
		return c.cutLenient(b), nil
	default:
		b.spanned = false
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
