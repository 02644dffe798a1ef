package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// flat reads records whose AuditData was spread over columns or keys: by a collector, by Sentinel, or by Exchange's own
// mailbox audit. It is used by one goroutine.
type flat struct {
	reader
	setters map[string]setter // by name as written, for JSON
	columns []setter          // by column, for CSV
	usual   text              // the operation of rows that name none

	times            []record.TimeField // what may say when it was, in the order of the record
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
	return &flat{reader: reader{words: newVocabulary()}, setters: map[string]setter{}, usual: text(usual)}
}

// newFlatTable makes the decoder of a table from its columns.
func newFlatTable(h record.Head, usual string) record.Decoder {
	f := newFlat(usual)
	var dates [][]byte
	for i, name := range h.Header {
		f.columns = append(f.columns, setterOf(name))
		if fieldName(name) != "CreationTime" {
			continue
		}
		for _, row := range h.Rows {
			if i < len(row) {
				dates = append(dates, []byte(row[i]))
			}
		}
	}
	f.order = record.OrderOf(dates)
	return f
}

// Decode implements record.Decoder.
func (f *flat) Decode(rec record.Record, to *activity.Shard) error {
	a := activity.Activity{Offset: rec.Offset}
	if err := f.read(rec); err != nil {
		return err
	}
	if !f.readLists() || f.lossy || rec.Lossy {
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
	if a.Time, undated, ok = record.When(to, f.times...); !ok {
		return fmt.Errorf("CreationTime %.40q: no time that can be read", f.data.CreationTime)
	}
	a.Flags |= undated
	if f.local != nil {
		to.Note(fmt.Sprintf("times of column %q are of the exporter's own clock, whose offset from UTC is not known: read as UTC", f.local))
	}
	if len(f.data.UserID) == 0 {
		f.data.UserID = f.data.UserKey
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
	name := strings.TrimRight(columnName(column), "_")
	if parameter, ok := strings.CutPrefix(name, "param_"); ok {
		parameter = column[len(column)-len(parameter):] // in its own spelling
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
	if key, ok := itemColumns()[name]; ok {
		return func(f *flat, value text) {
			if f.item == nil {
				f.item = map[string]string{}
			}
			f.item[key] = string(value)
		}
	}
	if part, ok := folderColumns()[name]; ok {
		return func(f *flat, value text) {
			if object, err := json.Marshal(map[string]string{"Path": string(value)}); err == nil {
				part(f, object)
			}
		}
	}
	if fieldName(column) == "CreationTime" {
		return setterOfTime(column)
	}
	return setterOfField(fieldName(column))
}

// setterOfTime takes a time. The first column of several counts, unless it cannot be true.
func setterOfTime(column string) setter {
	_, local := bareName(column)
	return func(f *flat, value text) {
		if local {
			f.local = text(column)
		}
		value = bytes.Clone(value)
		f.times = append(f.times, record.TimeField{Name: strings.TrimSpace(column), Text: value, Order: f.order})
		f.data.CreationTime = record.First(f.data.CreationTime, value)
	}
}

// bareName is a column's name without what Log Analytics puts behind it: underscores, and the zone of its times. local says
// that this is the exporter's own.
func bareName(column string) (name string, local bool) {
	name, local = strings.CutSuffix(strings.TrimRight(columnName(column), "_"), " [local time]")
	return strings.TrimSuffix(name, " [utc]"), local
}

// fieldName is the name of data's field for a column; "" for none.
func fieldName(column string) string {
	name, _ := bareName(column)
	if other, ok := flatColumns()[name]; ok {
		return other
	}
	field, ok := reflect.TypeFor[data]().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, name) })
	if !ok {
		return ""
	}
	return field.Name
}

// setterOfField fills a field of data. The first column of two that mean the same counts.
func setterOfField(name string) setter {
	field, ok := reflect.TypeFor[data]().FieldByName(name)
	if !ok {
		return nil
	}
	index := field.Index[0]
	return func(f *flat, value text) {
		if flattened(value) {
			f.lossy = true
			return
		}
		to := reflect.ValueOf(&f.data).Elem().Field(index)
		if to.Len() == 0 {
			to.SetBytes(bytes.Clone(value))
		}
	}
}

// fromPowerShell reads an AuditData object that PowerShell wrote as text, @{CreationTime=…; Id=…; Parameters=System.Object[]}:
// its texts only. whole is false where the end is missing; the last member is then left out, as it may be cut.
func fromPowerShell(raw []byte, d *data) (whole bool) {
	body, whole := bytes.CutSuffix(bytes.TrimSpace(raw[len("@{"):]), []byte("}"))
	to := reflect.ValueOf(d).Elem()
	parts := bytes.Split(body, []byte("; "))
	if !whole && len(parts) > 0 {
		parts = parts[:len(parts)-1]
	}
	for _, part := range parts {
		name, value, ok := bytes.Cut(part, []byte("="))
		if !ok || flattened(value) || len(value) == 0 {
			continue
		}
		field := to.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, string(name)) })
		if field.IsValid() && field.Type() == reflect.TypeFor[text]() && field.Len() == 0 {
			field.SetBytes(bytes.Clone(value))
		}
	}
	return whole
}

// flattened knows the name of a type that PowerShell wrote where an object was, and an object that it wrote as text.
func flattened(value text) bool {
	return bytes.HasPrefix(value, []byte("@{")) || bytes.HasPrefix(value, []byte("System.")) && bytes.IndexByte(value, ' ') < 0
}

// flatColumns are the fields of data that tables call by another name: Sentinel's OfficeActivity, Exchange's mailbox
// audit, Hawk, the Extractor Suite's session lists.
func flatColumns() map[string]string {
	return map[string]string{
		"timegenerated": "CreationTime", "creationdate": "CreationTime", "lastaccessed": "CreationTime",
		"rundate": "CreationTime", "timestamp": "CreationTime", "officeid": "ID", "identity": "ID",
		"officeworkload": "Workload", "officeobjectid": "ObjectID", "objectmodified": "ObjectID",
		"client_ipaddress": "ClientIPAddress", "ipaddress": "ClientIPAddress", "userids": "UserID", "user": "UserID",
		"caller": "UserID", "logonuserdisplayname": "UserID", "operations": "Operation", "cmdlet": "Operation",
		"action": "Operation", "operationresult": "ResultStatus", "aggregatedrecordfoldersdata": "Folders",
	}
}

// itemColumns are the columns of one message, by the key of an item.
func itemColumns() map[string]string {
	return map[string]string{
		"itemsubject": "Subject", "itemattachments": "Attachments", "itemid": "Id", "internetmessageid": "InternetMessageId",
		"iteminternetmessageid": "InternetMessageId",
	}
}

// folderColumns are the columns that hold a folder's path.
func folderColumns() map[string]func(f *flat, folder json.RawMessage) {
	return map[string]func(*flat, json.RawMessage){
		"folderpathname":     func(f *flat, folder json.RawMessage) { f.data.Folder = folder },
		"folderpath":         func(f *flat, folder json.RawMessage) { f.data.Folder = folder },
		"destfolderpathname": func(f *flat, folder json.RawMessage) { f.data.DestFolder = folder },
	}
}
