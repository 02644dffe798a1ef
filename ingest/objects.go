package ingest

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// asObjects lets objects be read as rows of the tables whose columns they name: what one collector exports as CSV another
// writes as JSON, with the same names. They come after all that read objects by themselves; tables that have a reader of
// their own for objects need none.
func asObjects(formats []record.Format) []record.Format {
	var out []record.Format
	for _, f := range formats {
		name, table := strings.CutSuffix(f.Name, "-csv")
		if !table || !slices.Contains(tablesAlone(), name) {
			continue
		}
		out = append(out, record.Format{
			Name: name + "-objects-json", Source: f.Source, Shape: record.JSON,
			Recognise: func(h record.Head) string {
				if head := rowsOf(h.Objects); len(head.Header) > 0 {
					if why := f.Recognise(head); why != "" {
						return "objects with the columns of a table: " + why
					}
				}
				return ""
			},
			New: func(h record.Head) record.Decoder {
				head := rowsOf(h.Objects)
				return &objectRows{format: f, head: head, inner: f.New(head)}
			},
		})
	}
	return out
}

// tablesAlone are the tables whose records no reader of objects knows.
func tablesAlone() []string {
	return []string{"audit-mailbox", "audit-sessions", "audit-messages", "signin-portal", "entra-audit-portal", "rules"}
}

// rowsOf are objects as the head of a table: their names as its header, and their values as its rows.
func rowsOf(objects [][]byte) record.Head {
	o := objectRows{head: record.Head{Shape: record.CSV}}
	for _, object := range objects {
		if cells, _, ok := o.cells(object); ok {
			row := make([]string, len(cells))
			for i, c := range cells {
				row[i] = string(c)
			}
			o.head.Rows = append(o.head.Rows, row)
		}
	}
	return o.head
}

// objectRows reads objects by a table's decoder. It is used by one goroutine.
type objectRows struct {
	format record.Format
	head   record.Head
	inner  record.Decoder
}

// cells are an object's values in the order of the header, which grows by what it has besides.
func (o *objectRows) cells(object []byte) (cells [][]byte, grown, ok bool) {
	members, ok := record.Members(object)
	if !ok {
		return nil, false, false
	}
	cells = make([][]byte, len(o.head.Header), len(o.head.Header)+len(members))
	for i, m := range members {
		at := i // nearly all objects have the same members in the same order
		if at >= len(o.head.Header) || o.head.Header[at] != string(m.Name) {
			at = slices.Index(o.head.Header, string(m.Name))
		}
		if at < 0 {
			if len(o.head.Header) == record.MaxColumns {
				continue
			}
			at, grown = len(o.head.Header), true
			o.head.Header = append(slices.Clip(o.head.Header), string(m.Name))
			cells = append(cells, nil)
		}
		if cells[at] == nil {
			cells[at] = cellOf(m.Value)
		}
	}
	return cells, grown, true
}

// cellOf is a value as a table has it: truth is written as PowerShell does.
func cellOf(value []byte) []byte {
	switch value = bytes.TrimSpace(value); string(value) {
	case "true":
		return []byte("True")
	case "false":
		return []byte("False")
	case "null", "[]", "{}":
		return []byte{}
	}
	return record.TextOf(value)
}

// row is an object as a row; the decoder is made anew where the object has a name that none before it had.
func (o *objectRows) row(rec record.Record) (record.Record, bool) {
	cells, grown, ok := o.cells(rec.Bytes)
	if !ok {
		return rec, false
	}
	if grown {
		o.inner = o.format.New(o.head)
	}
	rec.Cells = cells
	return rec, true
}

// Decode implements record.Decoder.
func (o *objectRows) Decode(rec record.Record, to *activity.Shard) error {
	row, ok := o.row(rec)
	if !ok {
		return errNoObject
	}
	return o.inner.Decode(row, to)
}

var errNoObject = errors.New("JSON that is no whole object")

// ServiceID implements Identifier.
func (o *objectRows) ServiceID(rec record.Record) string {
	named, ok := o.inner.(Identifier)
	if !ok {
		return ""
	}
	if rec, ok = o.row(rec); !ok {
		return ""
	}
	return named.ServiceID(rec)
}
