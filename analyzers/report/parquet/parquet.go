// Package parquet writes a table as Apache Parquet: typed columns and lists of texts, compressed with zstd, in memory that does
// not grow with the rows but for some bytes a row group. The same rows give the same bytes.
//
// It writes the part of the format that a table of activities needs (data pages of version 1, values as they are, levels as
// runs), by https://parquet.apache.org/docs/file-format and parquet.thrift of format 2.10. The library that does all of it
// (parquet-go 0.32.0) brings seven more modules, protobuf among them, 20 s of CPU to a first build that may take 110, and 16 MB
// to the binary.
package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zstd"
)

// Kind is the type of a column. Each value may be unknown.
type Kind uint8

const (
	Text  Kind = iota // UTF-8
	Int               // 64 bits
	Float             // 64 bits
	Time              // milliseconds since 1970, UTC
	Texts             // a list of texts, each of which may be unknown
)

// Column is one column of the table.
type Column struct {
	Name string
	Kind Kind
}

// When pages and row groups end.
const (
	pageBytes  = 256 << 10 // of one column, before compression
	groupRows  = 131_072   // a little more than DuckDB gives to a thread
	groupBytes = 64 << 20  // of all columns, compressed
)

const magic = "PAR1"

// Writer writes a table row by row: one call for each column, then EndRow. Its errors come up at EndRow and Close.
type Writer struct {
	out     io.Writer
	zip     *zstd.Encoder
	columns []*chunk
	at      int64 // bytes written
	rows    int64
	inGroup int64
	groups  []groupMeta
	err     error
}

// groupMeta is what the footer says of a row group.
type groupMeta struct {
	columns []chunkMeta
	rows    int64
	offset  int64
}

// NewWriter begins a table.
func NewWriter(out io.Writer, columns []Column) (*Writer, error) {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	w := &Writer{out: out, zip: zip}
	for _, c := range columns {
		w.columns = append(w.columns, &chunk{Column: c})
	}
	w.write([]byte(magic))
	return w, w.err
}

func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.out.Write(b)
	w.at += int64(n)
	w.err = err
}

// Text sets the value of a column in this row.
func (w *Writer) Text(column int, value string, known bool) {
	c := w.columns[column]
	if c.level(0, known) {
		c.text(value)
	}
}

// Int sets the value of a column in this row, Time's too.
func (w *Writer) Int(column int, value int64, known bool) {
	c := w.columns[column]
	if c.level(0, known) {
		c.values = binary.LittleEndian.AppendUint64(c.values, uint64(value))
		c.bounds(value)
	}
}

// Float sets the value of a column in this row.
func (w *Writer) Float(column int, value float64, known bool) {
	c := w.columns[column]
	if c.level(0, known) {
		c.values = binary.LittleEndian.AppendUint64(c.values, math.Float64bits(value))
	}
}

// Texts sets the list of a column in this row. "" is a text that is not known.
func (w *Writer) Texts(column int, list []string) {
	c := w.columns[column]
	if len(list) == 0 {
		c.add(0, 0)
	}
	for i, value := range list {
		c.add(min(i, 1), 1+min(len(value), 1))
		if value != "" {
			c.text(value)
		}
	}
}

// EndRow ends a row of which every column was set once.
func (w *Writer) EndRow() error {
	w.rows++
	w.inGroup++
	size := 0
	for _, c := range w.columns {
		if len(c.values)+c.count >= pageBytes { // a level is a byte at most
			w.endPage(c)
		}
		size += len(c.pages)
	}
	if w.inGroup == groupRows || size >= groupBytes {
		w.endGroup()
	}
	return w.err
}

// endPage compresses what a column has.
func (w *Writer) endPage(c *chunk) {
	if c.count == 0 {
		return
	}
	body := c.body()
	packed := w.zip.EncodeAll(body, nil)
	if len(body) > math.MaxInt32 || len(packed) > math.MaxInt32 {
		w.err = errors.Join(w.err, fmt.Errorf("column %s: a page of %d bytes", c.Name, len(body)))
		return
	}
	head := pageHeader(len(body), len(packed), c.count)
	c.pages = append(append(c.pages, head...), packed...)
	c.meta.values += int64(c.count)
	c.meta.size += int64(len(head) + len(body))
	c.reset()
}

// endGroup writes the pages of all columns, column by column.
func (w *Writer) endGroup() {
	if w.inGroup == 0 {
		return
	}
	g := groupMeta{rows: w.inGroup, offset: w.at}
	for _, c := range w.columns {
		w.endPage(c)
		c.meta.offset, c.meta.packed = w.at, int64(len(c.pages))
		w.write(c.pages)
		g.columns = append(g.columns, c.meta)
		c.pages, c.meta = c.pages[:0], chunkMeta{}
	}
	w.groups = append(w.groups, g)
	w.inGroup = 0
}

// Close writes what is left and the footer. It does not close what it writes to.
func (w *Writer) Close() error {
	w.endGroup()
	foot := w.footer()
	w.write(foot)
	w.write(binary.LittleEndian.AppendUint32(nil, uint32(len(foot))))
	w.write([]byte(magic))
	return errors.Join(w.err, w.zip.Close())
}
