package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/audit/operation"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// flat reads records whose AuditData was spread over columns or keys: by a collector, by Sentinel, or by Exchange's own
// mailbox audit. It is used by one goroutine.
type flat struct {
	reader
	setters map[string]setter // by name as written, for JSON
	columns []setter          // by column, for CSV
	usual   text              // the operation of rows that name none

	times            []timestamp.TimeField // what may say when it was, in the order of the record
	item             map[string]string
	params, property []property // what stands in columns of its own
	command          text       // the parameters once more, as they were typed
	lossy            bool
	local            text // a column whose times are of the exporter's own clock; nil: none
}

// setter takes the value of one column or key; nil where the model has no place for it.
type setter func(f *flat, value text)

// noteLossy says what an export lost that wrote the names of types for what they held.
const noteLossy = "the export flattened lists and objects (System.Object[], @{…}): parameters, folders or message ids are lost; export the records as JSON"

func newFlat(usual string) *flat {
	return &flat{reader: reader{words: operation.NewVocabulary()}, setters: map[string]setter{}, usual: text(usual)}
}

// newFlatTable makes the decoder of a table from its columns.
func newFlatTable(h record.Head, usual string) record.Decoder {
	f := newFlat(usual)
	var times []string
	for _, column := range h.Header {
		f.columns = append(f.columns, setterOf(column))
		if isTime(dataNames.Column(column)) {
			name, _ := record.ColumnName(column)
			times = append(times, name)
		}
	}
	f.order = timestamp.OrderOf(record.ColumnsOf(h.Header).Cells(h.Rows, times...))
	return f
}

// Decode implements record.Decoder.
func (f *flat) Decode(rec record.Record, to *activity.Shard) error {
	a := activity.Activity{Offset: rec.Offset}
	if err := f.read(rec); err != nil {
		return err
	}
	if a.Flags |= lossOf(rec); !f.readLists() || f.lossy {
		a.Flags |= activity.Lossy
	}
	if f.lossy {
		to.Note(noteLossy)
	}
	if len(f.params) == 0 && len(f.lists.params) == 0 {
		f.params = commandLine(f.command)
	}
	f.lists.params = append(f.lists.params, f.params...)
	f.lists.operation = append(f.lists.operation, f.property...)
	var ok bool
	var undated activity.Flags
	if a.Time, undated, ok = timestamp.When(to, f.times...); !ok {
		return fmt.Errorf("CreationTime %.40q: no time that can be read", f.data.CreationTime)
	}
	a.Flags |= undated
	if f.local != nil {
		timestamp.NoteLocal(to, string(f.local))
	}
	if len(f.data.UserID) == 0 {
		f.data.UserID = record.First(f.data.UserKey, f.data.LogonUserSID)
	}
	f.finish(&a, wrapped{}, f.writer(to))
	return nil
}

// ServiceID is the record's id.
func (f *flat) ServiceID(rec record.Record) string {
	if f.read(rec) != nil {
		return ""
	}
	return string(f.data.ID)
}

// read fills the reader's data from a row or an object.
func (f *flat) read(rec record.Record) error {
	f.begin()
	f.item, f.command, f.times = nil, nil, f.times[:0]
	f.params, f.property, f.lossy = f.params[:0], f.property[:0], false
	f.local = nil
	for i, cell := range rec.Cells {
		if i < len(f.columns) && f.columns[i] != nil && len(cell) > 0 {
			f.columns[i](f, cell)
		}
	}
	if rec.Cells == nil {
		f.whole = rec.Bytes
		members, ok := record.Members(rec.Bytes)
		if !ok {
			return errNames
		}
		for _, m := range members {
			set, known := f.setters[string(m.Name)]
			if !known {
				name := string(m.Name)
				set = setterOf(name)
				f.remember(name, set)
			}
			if value := record.TextOf(m.Value); set != nil && len(value) > 0 {
				set(f, value)
			}
		}
	}
	f.data.Operation = record.First(f.data.Operation, f.usual)
	if len(f.item) > 0 {
		if object, err := json.Marshal(f.item); err == nil {
			f.data.Item = object
		}
	}
	if len(f.data.Operation) == 0 {
		return errNames
	}
	return nil
}

// maxKeys bounds the memory of keys seen: their names come from the file.
const maxKeys = 4096

func (f *flat) remember(name string, set setter) {
	if len(f.setters) < maxKeys {
		f.setters[name] = set
	}
}

// setterOf is what takes the value of a column.
func setterOf(column string) setter {
	name, _ := record.ColumnName(column)
	if parameter, ok := strings.CutPrefix(name, "param_"); ok {
		_, parameter, _ = strings.Cut(strings.TrimRight(strings.TrimSpace(column), "_"), "_") // in its own spelling
		return func(f *flat, value text) {
			f.params = append(f.params, property{Name: text(parameter), Value: bytes.Clone(value)})
		}
	}
	if name == "parameterstring" {
		return func(f *flat, value text) { f.command = bytes.Clone(value) }
	}
	if name == "fullcommand" { // the same behind the cmdlet's name
		return func(f *flat, value text) {
			if f.command == nil {
				f.command = bytes.Clone(value)
			}
		}
	}
	if name == "mailaccesstype" || name == "isthrottled" {
		return func(f *flat, value text) {
			f.property = append(f.property, property{Name: text(name), Value: bytes.Clone(value)})
		}
	}
	if part := itemNames.Called(column); part != nil {
		return func(f *flat, value text) {
			if f.item == nil {
				f.item = map[string]string{}
			}
			f.item[part.Name] = string(value)
		}
	}
	if part := dataNames.Called(column); part != nil && (part.Name == "Folder" || part.Name == "DestFolder") {
		return func(f *flat, value text) { // the folder's path
			if object, err := json.Marshal(map[string]string{"Path": string(value)}); err == nil {
				*part.Of(&f.data) = object
			}
		}
	}
	field := dataNames.Column(column)
	switch {
	case field == nil:
		return nil
	case isTime(field):
		return setterOfTime(column)
	}
	return setterOfField(field)
}

func isTime(field *record.Name[data]) bool { return field != nil && field.Name == "CreationTime" }

// setterOfTime takes a time. The record's own counts before that of taking it in, and the first column of several, unless
// it cannot be true.
func setterOfTime(column string) setter {
	name, local := record.ColumnName(column)
	own := name == "creationtime"
	return func(f *flat, value text) {
		if local {
			f.local = text(column)
		}
		value = bytes.Clone(value)
		said := timestamp.TimeField{Name: strings.TrimSpace(column), Text: value, Order: f.order, Local: local}
		if own {
			f.times = slices.Insert(f.times, 0, said)
			f.data.CreationTime = value
			return
		}
		f.times = append(f.times, said)
		f.data.CreationTime = record.First(f.data.CreationTime, value)
	}
}

// setterOfField fills a field of data. The first column of two that mean the same counts.
func setterOfField(field *record.Name[data]) setter {
	return func(f *flat, value text) {
		if record.Flattened(value) && !isPrinted(field, value) {
			f.lossy = true
			return
		}
		if to := field.Of(&f.data); len(*to) == 0 {
			*to = bytes.Clone(value)
		}
	}
}

// isPrinted says whether a field of named values holds them as the shell prints them, whole.
func isPrinted(field *record.Name[data], value text) bool {
	switch field.Name {
	case "Parameters", "OperationProperties", "ExtendedProperties", "ModifiedProperties", "DeviceProperties":
		_, ok := printed(value)
		return ok
	}
	return false
}
