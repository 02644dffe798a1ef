package unwrap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// recordColumn is a column of a table whose cells hold records.
type recordColumn struct {
	at     int
	format int
	why    string
	count  int
}

// cellTable reads rows that have records in their cells. It is used by one goroutine.
type cellTable struct {
	readers
	header  []string
	columns []recordColumn
	own     record.Decoder // of the table as it is, for rows whose cells hold no record; nil if no format claims it
}

// rowsTried is how many rows are asked for records in their cells.
const rowsTried = 20

func newTable(formats []record.Format) *cellTable { return &cellTable{readers: readersOf(formats)} }

// plan finds the columns that hold records: the one with most of them first.
func (t *cellTable) plan(h record.Head) {
	t.header = h.Header
	for _, row := range h.Rows[:min(len(h.Rows), rowsTried)] {
		for i, cell := range row {
			if i < len(h.Header) {
				t.try(i, cell, row)
			}
		}
	}
	slices.SortStableFunc(t.columns, func(x, y recordColumn) int { return y.count - x.count })
}

// places are the columns that hold records.
func (t *cellTable) places() []int {
	list := make([]int, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.at
	}
	return list
}

// headerIsRow says whether what should be a header is a row: one of its cells has JSON in it, whole or damaged.
func headerIsRow(header []string) bool {
	return slices.ContainsFunc(header, func(cell string) bool {
		return strings.Contains(cell, `{"`) || strings.Contains(cell, `":`) || strings.Contains(cell, `{\"`)
	})
}

// leastCell is shorter than any record.
const leastCell = 40

func (t *cellTable) try(at int, cell string, row []string) {
	inner := cellOf([]byte(cell))
	if inner == nil {
		return
	}
	f, err := t.inside(inner)
	if err != nil {
		cells := make([][]byte, len(row))
		for i := range row {
			cells[i] = []byte(row[i])
		}
		f, err = t.search(inner, t.row(record.Record{Cells: cells}))
	}
	if err != nil {
		return
	}
	i := slices.IndexFunc(t.columns, func(c recordColumn) bool { return c.at == at })
	if i < 0 {
		i = len(t.columns)
		t.columns = append(t.columns, recordColumn{at: at, format: f.format, why: f.why})
	}
	t.columns[i].count++
}

// cellOf is the JSON of a cell; nil if it has none.
func cellOf(cell []byte) json.RawMessage {
	if len(cell) < leastCell {
		return nil
	}
	return record.ObjectIn(cell)
}

// inside is the record that a cell's JSON is or holds.
func (t *cellTable) inside(cell json.RawMessage) (found, error) {
	if cell[0] == '{' {
		return t.find(cell)
	}
	return t.search(cell)
}

// row is a row as an object, for what it says around its records.
func (t *cellTable) row(rec record.Record) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, cell := range rec.Cells {
		if i >= len(t.header) || len(cell) == 0 || len(cell) > longest {
			continue
		}
		value, err := json.Marshal(string(cell))
		if cell[0] == '{' && json.Valid(cell) {
			value = cell // columns that were members of one object
		}
		if err != nil || t.header[i] == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name := strings.TrimSpace(strings.TrimPrefix(t.header[i], "\ufeff"))
		name = strings.TrimSuffix(strings.TrimSuffix(name, " [UTC]"), " [utc]")
		fmt.Fprintf(&b, "%q:%s", name, value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func (t *cellTable) ofRow(rec record.Record) (f found, err error) {
	err = errNothing
	for _, c := range t.columns {
		if c.at >= len(rec.Cells) {
			continue
		}
		inner := cellOf(rec.Cells[c.at])
		if inner == nil {
			continue
		}
		row := t.row(rec)
		if f, err = t.inside(inner); err == nil {
			f.around = append([]json.RawMessage{row}, f.around...)
			return f, nil
		}
		if f, err = t.search(inner, row); err == nil { // nearly a record: other columns complete it
			return f, nil
		}
	}
	return found{}, err
}

// Decode implements record.Decoder.
func (t *cellTable) Decode(rec record.Record, to *activity.Shard) error {
	f, err := t.ofRow(rec)
	if err == nil {
		return t.hand(f, rec, to)
	}
	if t.own != nil {
		return t.own.Decode(rec, to)
	}
	return err
}

// ServiceID is the id of the record inside.
func (t *cellTable) ServiceID(rec record.Record) string {
	f, err := t.ofRow(rec)
	if err == nil {
		return t.identify(f)
	}
	if named, ok := t.own.(interface{ ServiceID(record.Record) string }); ok {
		return named.ServiceID(rec)
	}
	return ""
}
