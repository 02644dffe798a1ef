package record

import (
	"bytes"
	"errors"
)

// JSON is read twice where it is cut by its brackets: once to find where records end, once to decode them. Where each object
// stands on a line of its own, its newline says where it ends, and the decoder, which reads every byte of it, proves that
// the line is one whole object and nothing else. A line of which that is not so ends the cut with ErrLines: the stream is
// then cut by its brackets from its beginning, so that damage costs what it always cost.

// ErrLines says that a stream does not have one whole object on each line: it must be cut again without Cut.Lines.
var ErrLines = errors.New("not one object on each line")

// linesSeen is how many whole lines must be objects before a stream is cut at its newlines.
const linesSeen = 2

// OneALine is the cut with Lines where the beginning of a stream has one object on each line.
func (c Cut) OneALine(sample []byte) Cut {
	if c.Shape != JSON || c.List != nil || c.Rows || c.Texts || c.Led {
		return c
	}
	n := 0
	for at := 0; ; n++ {
		end := bytes.IndexByte(sample[at:], '\n')
		if end < 0 {
			break
		}
		if from, to := objectIn(sample[at : at+end]); from == to || !OneObject(sample[at+from:at+to]) {
			return c
		}
		at += end + 1
	}
	c.Lines = n >= linesSeen
	return c
}

// Prover is a decoder that reads records to their end. Proved says that the record decoded last was one whole object and
// nothing else, and no page: OneObject would say the same of it.
type Prover interface{ Proved() bool }

// OneObject says whether a text is one whole object, by the brackets that a stream is cut by, and no page that holds records.
func OneObject(text []byte) bool {
	if len(text) == 0 || text[0] != '{' {
		return false
	}
	end, kind, err := scanObject(text, 0, true, nil)
	return err == nil && kind == noPage && end == len(text)
}

// objectIn is where in a line an object seems to stand; nowhere (from == to) where there is none.
func objectIn(line []byte) (from, to int) {
	to = len(line)
	for from < to && isBlank(line[from]) {
		from++
	}
	for to > from && isBlank(line[to-1]) {
		to--
	}
	if to-from < 2 || line[from] != '{' || line[to-1] != '}' {
		return 0, 0
	}
	return from, to
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// cutLines takes each line of a block for a record.
func (c *Cutter) cutLines(b *Block) (int, error) {
	text, last := b.Bytes, c.err != nil
	at := 0
	for at < len(text) {
		end, next := len(text), len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		} else if !last {
			break
		}
		if from, to := objectIn(text[at:end]); to > from && to-from <= c.most {
			b.spans = append(b.spans, recordSpan{start: at + from, end: at + to})
		} else if len(bytes.TrimLeft(text[at:end], " \t\r")) > 0 {
			return 0, ErrLines
		}
		at = next
	}
	if len(text)-at > c.most {
		return 0, ErrLines
	}
	return at, nil
}
