// Package record cuts exports into records, whatever they are wrapped in, and says what a reader of one format must
// offer. It knows text encodings, CSV and JSON, but nothing of what the records mean.
package record

import (
	"errors"

	"triage/ingest/activity"
)

// Shape is how a stream is cut into records.
type Shape uint8

// The shapes. Unshaped is the zero value: text that is neither.
const (
	Unshaped Shape = iota
	CSV            // one record a row; a quoted cell may hold newlines
	JSON           // one record an object: JSON lines, arrays, pages {"value":[…]}, concatenated arrays, a bare object
	Mail           // the whole stream is one record: a message with its headers
)

// Record is one record of a stream. Bytes are the reader's memory, valid until Decode returns.
type Record struct {
	Offset int64    // of its first byte in the decoded stream
	Bytes  []byte   // a CSV row without its line end, or a JSON object
	Cells  [][]byte // CSV only: the cells, unquoted, at most MaxColumns; reused between records
	Beyond int      // CSV only: further cells, which are counted and not shown
	Lossy  bool     // it lost a part before it was read
	Filled bool     // what is around it had to fill in what it does not say
	Length int64    // of the record in the decoded stream: more than Bytes where it was too long to be kept
	// Ask asks the reader to answer ErrSpread instead of reading a record whose lists stand spread over members.
	Ask bool
}

// ErrSpread says that a record has members whose names lead into lists or objects, as "Name_0_Value": an export spread them.
var ErrSpread = errors.New("its lists and objects are spread over members with a place in their names")

// MaxColumns is how many columns of a table are read: a row of commas would cost thirty times its size. The widest
// export that is known has 96.
const MaxColumns = 4096

// Head is what the beginning of a stream shows, for recognising its format.
type Head struct {
	Shape   Shape
	Header  []string   // CSV: cells of the first row as written, without a BOM; at most MaxColumns
	Beyond  int        // CSV: further cells of the first row
	Rows    [][]string // CSV: the first rows after the one in Header (at most 500), whether Header is a header or data
	Objects [][]byte   // JSON: the first objects (at most 5); Mail: its headers, as far as the sample shows them
	Page    []byte     // JSON: the wrapper's text before its first record, as in {"@odata.context":…,"value":[
}

// Format is one kind of export.
type Format struct {
	Name   string          // "activities-csv"
	Source activity.Source // what kind of log it is
	Shape  Shape
	// Columns are the header of a CSV format, so that an unknown table can be told which known one is nearest.
	Columns []string
	// Recognise says why a stream is of this format; "" if it is not.
	Recognise func(h Head) (why string)
	// Outline says that its records may hold the service's own record, which says more: where they do, that one is read.
	Outline bool
	// Tells are members, in lower case, of which every JSON record has one at least, so that few objects are asked about;
	// nil: not known.
	Tells []string
	// NoHeader says that Head.Header is data: the first row is a record as well. Nil means that there always is one.
	NoHeader func(h Head) bool
	// RowStart says whether a line of text begins a new CSV row: where a row was cut, reading goes on at the next line
	// that does. Nil: after any newline.
	RowStart func(line []byte) bool
	// New makes a decoder for one worker and one stream.
	New func(h Head) Decoder
}

// ErrForeign is what a decoder returns for a record of another log, which a stream may hold beside its own: diagnostic
// settings write sign-ins and audit records into one file.
var ErrForeign = errors.New("a record of another log")

// Decoder turns records of one stream into activities. It is used by one goroutine.
type Decoder interface {
	// Decode adds one activity to the shard, or returns why the record cannot be one: the caller then skips it.
	// It never does both, and never neither.
	Decode(rec Record, to *activity.Shard) error
}
