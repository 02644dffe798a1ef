package unwrap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// Rows reads records that are lists of values, as Log Analytics and Azure Data Explorer answer queries with them:
// {"tables":[{"columns":[{"name":…}],"rows":[[…]]}]}. The names stand before the rows.
func Rows(h record.Head, formats []record.Format) (Format, bool) {
	names := columnsOf(h.Page)
	if len(names) == 0 {
		return Format{}, false
	}
	r := readersOf(formats)
	for _, row := range h.Objects {
		object, err := rowObject(names, row)
		if err != nil {
			continue
		}
		f, err := r.find(object)
		if err != nil {
			continue
		}
		inner := r.formats[f.format]
		why := "rows of columns that stand before them: "
		if len(f.steps) > 0 || f.rebuilt != "" {
			why += "records " + f.name() + ": "
		}
		return Format{
			Format: record.Format{
				Name: inner.Name, Source: inner.Source, Shape: record.JSON, Recognise: inner.Recognise,
				New: func(record.Head) record.Decoder { return &rows{readers: readersOf(formats), names: names} },
			},
			Why: why + f.why,
		}, true
	}
	return Format{}, false
}

// columnsOf are the names of the columns that a page's text before its first row has last.
func columnsOf(page []byte) []string {
	at := bytes.LastIndex(bytes.ToLower(page), []byte(`"columns"`))
	if at < 0 {
		return nil
	}
	rest := bytes.TrimLeft(page[at+len(`"columns"`):], " \t\r\n:")
	var columns []json.RawMessage
	if json.NewDecoder(bytes.NewReader(rest)).Decode(&columns) != nil || len(columns) > record.MaxColumns {
		return nil
	}
	names := make([]string, len(columns))
	for i, column := range columns {
		var named struct{ Name, ColumnName string }
		if json.Unmarshal(column, &named) == nil {
			names[i] = named.Name + named.ColumnName
		} else {
			names[i] = string(record.TextOf(column))
		}
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// rows reads rows of a table in JSON. It is used by one goroutine.
type rows struct {
	readers
	names []string
}

var errRow = errors.New("a row that is no list of values")

// rowObject is a row as an object.
func rowObject(names []string, row []byte) ([]byte, error) {
	var values []json.RawMessage
	if json.Unmarshal(row, &values) != nil {
		return nil, errRow
	}
	if len(values) != len(names) {
		return nil, fmt.Errorf("row has %d values instead of %d", len(values), len(names))
	}
	object := append(make([]byte, 0, 2*len(row)), '{')
	for i, value := range values {
		if string(value) == "null" || string(value) == `""` || names[i] == "" {
			continue
		}
		if len(object) > 1 {
			object = append(object, ',')
		}
		name, err := json.Marshal(names[i])
		if err != nil {
			return nil, err // cannot be: texts always have a JSON form
		}
		object = append(append(append(object, name...), ':'), value...)
	}
	return append(object, '}'), nil
}

// Decode implements record.Decoder.
func (d *rows) Decode(rec record.Record, to *activity.Shard) error {
	object, err := rowObject(d.names, rec.Bytes)
	if err != nil {
		return err
	}
	f, err := d.find(object)
	if err != nil {
		return err
	}
	return d.hand(f, rec, to)
}

// ServiceID is the id of the row.
func (d *rows) ServiceID(rec record.Record) string {
	object, err := rowObject(d.names, rec.Bytes)
	if err != nil {
		return ""
	}
	f, err := d.find(object)
	if err != nil {
		return ""
	}
	return d.identify(f)
}
