package row

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// Kind is one kind of record.
type Kind struct {
	Name   string          // of its table's format, before "-csv"
	Source activity.Source // what kind of log it is
	Said   string          // as reports call it: "Entra risk detections"
	// Columns are its usual header, so that an unknown table can be told which known one is nearest.
	Columns []string
	// Tells are sets of names, in folded form: a record that has every name of a set is of this kind. "a|b" is either.
	Tells [][]string
	// Not are names that other records have beside those of a set.
	Not []string
	// Tables are what diagnostic settings (category) and Log Analytics (Type) call it, in lower case: they decide before
	// any name.
	Tables []string
	// Pages are what Microsoft Graph calls it in the context of an answer, in lower case, a user's name left out:
	// "users()/authentication/methods". They decide like Tables.
	Pages []string
	// Dates are the names of its times.
	Dates []string
	// Add makes activities of a record, or says why it cannot be any.
	Add func(r *Row, to *activity.Shard) error
	// ID are the names that may hold the service's id.
	ID []string
}

// Table is the format of the kind's table.
func (k *Kind) Table() record.Format {
	return record.Format{
		Name: k.Name + "-csv", Source: k.Source, Shape: record.CSV, Columns: k.Columns,
		Recognise: func(h record.Head) string {
			columns := map[string]bool{}
			for _, name := range h.Header {
				columns[Fold(name)] = true
			}
			if !k.told(func(name string) bool { return columns[name] }) {
				return ""
			}
			return fmt.Sprintf("header has %s (%s, %d columns)", k.shown(h.Header), k.Said, len(h.Header)+h.Beyond)
		},
		New: func(h record.Head) record.Decoder { return newRowTable(k, h) },
	}
}

// Formats are the tables of kinds of one source, and the format of their objects, which is called by name.
func Formats(name string, kinds []*Kind) []record.Format {
	formats := make([]record.Format, 0, len(kinds)+1)
	for _, k := range kinds {
		formats = append(formats, k.Table())
	}
	return append(formats, ofObjects(name, kinds))
}

// ofObjects is the format of objects of several kinds of one source: a stream may hold more than one.
func ofObjects(name string, kinds []*Kind) record.Format {
	return record.Format{
		Name: name, Source: kinds[0].Source, Shape: record.JSON, Tells: tellsOf(kinds),
		Recognise: func(h record.Head) string {
			d := newObjects(kinds, h.Page)
			for _, object := range h.Objects {
				if k := d.read(record.Record{Bytes: object}); k != nil {
					return fmt.Sprintf("objects with %s (%s)", k.shownIn(&d.row), k.Said)
				}
			}
			return ""
		},
		New: func(h record.Head) record.Decoder { return newObjects(kinds, h.Page) },
	}
}

// tellsOf are names of which each record of one of the kinds has one: what its log is called by stands beside the body of a
// record of diagnostic settings, or beside the time of a table's row.
func tellsOf(kinds []*Kind) []string {
	tells := []string{"properties", "additionalproperties", "timegenerated"}
	for _, k := range kinds {
		for _, set := range k.Tells {
			longest := ""
			for _, name := range set {
				if !strings.Contains(name, "|") && len(name) > len(longest) {
					longest = name
				}
			}
			if longest == "" {
				return nil // told by none alone
			}
			if at := strings.IndexByte(longest, '.'); at > 0 {
				longest = longest[:at] // inside that object
			}
			if !slices.Contains(tells, longest) {
				tells = append(tells, longest)
			}
		}
	}
	return tells
}

// told says whether what has a name is of the kind.
func (k *Kind) told(has func(name string) bool) bool {
	if slices.ContainsFunc(k.Not, has) {
		return false
	}
	return slices.ContainsFunc(k.Tells, func(set []string) bool { return hasAll(set, has) })
}

func hasAll(set []string, has func(name string) bool) bool {
	for _, either := range set {
		if !slices.ContainsFunc(strings.Split(either, "|"), has) {
			return false
		}
	}
	return true
}

// shown are the columns that told the kind, as they are written.
func (k *Kind) shown(header []string) string {
	var told []string
	for _, set := range k.Tells {
		told = told[:0]
		for _, name := range header {
			for _, either := range set {
				if slices.Contains(strings.Split(either, "|"), Fold(name)) {
					told = append(told, strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
				}
			}
		}
		if len(told) >= len(set) {
			break
		}
	}
	return join(told)
}

// shownIn are the names that told the kind of an object.
func (k *Kind) shownIn(r *Row) string {
	if named := r.table(); named != "" && slices.Contains(k.Tables, named) {
		return "the category or type " + string(r.Get("category", "type"))
	}
	if of := r.paged(); of != "" && slices.Contains(k.Pages, of) {
		return "the context " + of
	}
	for _, set := range k.Tells {
		if hasAll(set, r.Has) {
			var told []string
			for _, either := range set {
				for name := range strings.SplitSeq(either, "|") {
					if r.Has(name) {
						told = append(told, name)
						break
					}
				}
			}
			return join(told)
		}
	}
	return k.Said
}

func join(words []string) string {
	const most = 4
	if len(words) > most {
		words = words[:most]
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// table is what diagnostic settings and Log Analytics call the record's log, in lower case: the category of the former,
// the Type of the latter, which other records have as well and mean something else by.
func (r *Row) table() string {
	if r.Get("properties") != nil {
		return strings.TrimPrefix(strings.ToLower(string(r.Get("category"))), "advancedhunting-")
	}
	if r.Get("timegenerated") != nil {
		return strings.ToLower(string(r.Get("type")))
	}
	return ""
}

// objects reads objects. It is used by one goroutine.
type objects struct {
	kinds []*Kind
	row   Row
}

func newObjects(kinds []*Kind, around []byte) *objects {
	return &objects{kinds: kinds, row: Row{slots: map[string]int{}, known: names{}, page: pageOf(around)}}
}

// read takes an object apart, and says of which kind it is; nil for none.
func (d *objects) read(rec record.Record) *Kind {
	d.row.begin(rec)
	if !d.row.object(json.RawMessage(rec.Bytes)) {
		return nil
	}
	if named := d.row.table(); named != "" {
		for _, k := range d.kinds {
			if slices.Contains(k.Tables, named) {
				return k
			}
		}
	}
	if of := d.row.paged(); of != "" {
		for _, k := range d.kinds {
			if slices.Contains(k.Pages, of) {
				return k
			}
		}
	}
	for _, k := range d.kinds {
		if k.told(d.row.Has) {
			return k
		}
	}
	return nil
}

// Decode implements record.Decoder.
func (d *objects) Decode(rec record.Record, to *activity.Shard) error {
	k := d.read(rec)
	if k == nil {
		if d.row.Whole == nil {
			return errNoObject
		}
		return record.ErrForeign
	}
	return k.Add(&d.row, to)
}

// ServiceID is the service's id of a record.
func (d *objects) ServiceID(rec record.Record) string {
	if k := d.read(rec); k != nil {
		return string(d.row.Get(k.ID...))
	}
	return ""
}

var errNoObject = errors.New("JSON that is no whole object")

// tableDecoder reads rows. It is used by one goroutine.
type tableDecoder struct {
	kind    *Kind
	row     Row
	columns []int  // by column: its slot
	note    string // about its times
}

func newRowTable(k *Kind, h record.Head) *tableDecoder {
	d := &tableDecoder{kind: k, row: Row{slots: map[string]int{}}}
	var dates [][]byte
	for i, name := range h.Header {
		folded := Fold(name)
		d.columns = append(d.columns, d.row.slot(folded))
		if !slices.Contains(k.Dates, folded) {
			continue
		}
		if strings.HasSuffix(strings.ToLower(name), "[local time]") {
			d.row.local = name
		}
		for _, cells := range h.Rows {
			if i < len(cells) {
				dates = append(dates, []byte(cells[i]))
			}
		}
	}
	d.row.order = timestamp.OrderOf(dates)
	return d
}

func (d *tableDecoder) read(rec record.Record) {
	d.row.begin(rec)
	for i, cell := range rec.Cells {
		if i < len(d.columns) {
			d.row.put(d.columns[i], cell)
		}
	}
}

// Decode implements record.Decoder.
func (d *tableDecoder) Decode(rec record.Record, to *activity.Shard) error {
	if d.note != "" {
		to.Note(d.note)
	}
	d.read(rec)
	return d.kind.Add(&d.row, to)
}

// ServiceID is the service's id of a row.
func (d *tableDecoder) ServiceID(rec record.Record) string {
	d.read(rec)
	return string(d.row.Get(d.kind.ID...))
}
