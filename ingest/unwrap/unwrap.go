// Package unwrap finds the service's records inside what other programs put around them: a SIEM's envelope, a record as
// text in one member of another, a list flattened into columns. It knows no product: it goes down through objects and
// JSON in texts until a reader of one of the formats claims what is there, and hands that to the reader.
package unwrap

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/unwrap/flatten"
)

// Format is one format by which a stream is read that holds records inside something else, and why.
type Format struct {
	record.Format
	Why    string
	cells  []int // the columns of a table that hold the records; nil: the row itself is one
	Listed bool  // a list lies between an object and the record inside it, which may hold more of them
}

// JSON finds records inside the first objects of a stream. outer, if not nil, is the format that claims the objects as
// they are: what is inside counts only if it is the whole of what they say less of.
func JSON(h record.Head, formats []record.Format, outer *record.Format) (Format, bool) {
	r := readersOf(formats)
	w, ok := r.waysOf(h.Objects)
	if !ok {
		return Format{}, false
	}
	found := r.format(w.best.format, fmt.Sprintf("records %s%s: %s", w.text(), lessOf(outer), w.best.why))
	found.Listed = slices.Contains(w.best.steps, element)
	return found, true
}

func (r *readers) format(number int, why string) Format {
	inner, formats := r.formats[number], r.formats
	return Format{
		Format: record.Format{
			Name: inner.Name, Source: inner.Source, Shape: record.JSON, Recognise: inner.Recognise,
			New: func(record.Head) record.Decoder { return &decoder{readersOf(formats)} },
		},
		Why: why,
	}
}

// Rebuilt reads a stream of which some objects have their lists and objects spread over members.
func Rebuilt(h record.Head, formats []record.Format) (Format, bool) {
	if found, ok := JSON(h, formats, nil); ok {
		return found, true
	}
	r := readersOf(formats)
	for _, object := range h.Objects {
		members, _ := record.Members(object)
		if number, why := r.claim(object, members); number >= 0 {
			return r.format(number, why+"; lists and objects of further records are rebuilt from members with a place in their names"), true
		}
	}
	return Format{}, false
}

// lessOf tells of a format that claims what is around the records as well.
func lessOf(outer *record.Format) string {
	if outer == nil {
		return ""
	}
	return fmt.Sprintf(" (what is around them could be read as %s, which says less)", outer.Name)
}

// Within finds records in the cells of a table's first rows. outer, if not nil, is the format that claims the table as it
// is: cells then count only if they hold the whole of what the table says less of.
func Within(h record.Head, formats []record.Format, outer *record.Format) (Format, bool) {
	t := newTable(formats)
	bare := headerIsRow(h.Header)
	if bare {
		h.Rows = append([][]string{h.Header}, h.Rows...)
		h.Header = make([]string, len(h.Header))
	}
	if t.plan(h); len(t.columns) == 0 {
		return Format{}, false
	}
	columns, header := t.columns, h.Header
	first := t.columns[0]
	inner := t.formats[first.format]
	where := fmt.Sprintf("the column %q", header[first.at])
	if bare {
		where = fmt.Sprintf("column %d of a table without a header", first.at+1)
	}
	return Format{
		Format: record.Format{
			Name: inner.Name, Source: inner.Source, Shape: record.CSV, Recognise: inner.Recognise, Columns: header,
			NoHeader: func(record.Head) bool { return bare },
			New: func(h record.Head) record.Decoder {
				own := newTable(formats)
				own.header, own.columns = header, columns
				if outer != nil {
					own.own = outer.New(h)
				}
				return own
			},
		},
		Why:   fmt.Sprintf("records inside %s%s: %s", where, lessOf(outer), first.why),
		cells: t.places(),
	}, true
}

// Fallback is a decoder of a JSON stream that looks inside the records which its own decoder cannot read.
func Fallback(own record.Decoder, formats []record.Format) record.Decoder {
	switch own.(type) {
	case *decoder, *rows:
		return own
	}
	return &fallback{own: own, formats: formats}
}

// Flattened reads a table whose lists and objects were spread over columns, by the format that claims it as it was before,
// or by what its cells hold then.
func Flattened(h record.Head, formats []record.Format) (Format, bool) {
	whole, ok := flatten.OfTable(h.Header, h.Rows)
	if !ok {
		return Format{}, false
	}
	head := whole.Head(h)
	inner := Format{}
	for i := range formats {
		f := &formats[i]
		if f.Shape != record.CSV || f.NoHeader != nil && f.NoHeader(head) {
			continue
		}
		if why := f.Recognise(head); why != "" {
			if !whole.Named && f.Source == activity.SourceActivities { // the retriever's own form
				return Format{}, false
			}
			inner, ok = Format{Format: *f, Why: why}, true
			if f.Outline {
				if within, also := Within(head, formats, f); also {
					inner = within
				}
			}
			break
		}
	}
	if inner.Why == "" {
		if inner, ok = Within(head, formats, nil); !ok {
			return Format{}, false
		}
	}
	own := inner.New
	inner.RowStart = nil // a row begins as the table was written
	inner.Why = fmt.Sprintf("lists and objects rebuilt from columns such as %q: %s", whole.Shown, inner.Why)
	inner.New = func(h record.Head) record.Decoder {
		return &rebuilt{own: own(whole.Head(h)), rows: whole.Rows(), cells: inner.cells}
	}
	return inner, true
}

// rebuilt hands rows as they were before they were flattened to their reader.
type rebuilt struct {
	own   record.Decoder
	rows  *flatten.Rows
	cells []int // which are read; nil: all
}

// Decode implements record.Decoder.
func (d *rebuilt) Decode(rec record.Record, to *activity.Shard) error {
	whole, parts := d.rows.Row(rec.Cells)
	lossy := d.cells == nil && slices.Contains(parts, true)
	for _, i := range d.cells {
		lossy = lossy || parts[i] && len(whole[i]) > 0
	}
	if rec.Cells, rec.Lossy = whole, rec.Lossy || lossy; lossy {
		to.Tally("records of which the export's columns do not hold all places of a list, or only the names of types: what is missing is lost")
	}
	return d.own.Decode(rec, to)
}

// ServiceID is the id of the row as it is rebuilt.
func (d *rebuilt) ServiceID(rec record.Record) string {
	named, ok := d.own.(interface{ ServiceID(record.Record) string })
	if !ok {
		return ""
	}
	rec.Cells, _ = d.rows.Row(rec.Cells)
	return named.ServiceID(rec)
}

// readers are the decoders of JSON formats, made when they are asked for: most streams need one.
type readers struct {
	formats  []record.Format // of JSON alone
	decoders []record.Decoder
}

func readersOf(formats []record.Format) readers {
	var r readers
	for _, f := range formats {
		if f.Shape == record.JSON {
			r.formats = append(r.formats, f)
		}
	}
	r.decoders = make([]record.Decoder, len(r.formats))
	return r
}

func (r *readers) decoder(format int) record.Decoder {
	if r.decoders[format] == nil {
		r.decoders[format] = r.formats[format].New(record.Head{Shape: record.JSON})
	}
	return r.decoders[format]
}

// claim is the first format, and so the most telling one, that an object is a record of; -1 for none.
func (r *readers) claim(object []byte, members []record.Member) (format int, why string) {
	h := record.Head{Shape: record.JSON, Objects: [][]byte{object}}
	for i := range r.formats {
		f := &r.formats[i]
		if f.Tells != nil && !hasAny(members, f.Tells) {
			continue
		}
		if why := f.Recognise(h); why != "" {
			return i, why
		}
	}
	return -1, ""
}

// hasAny says whether one of the members has one of the names, whatever its case and what stands between its words: "risk_level",
// "Risk Level (UTC)" are risklevel.
func hasAny(members []record.Member, names []string) bool {
	for _, name := range names {
		for i := range members {
			if begins(members[i].Name, name) {
				return true
			}
		}
	}
	return false
}

func begins(text []byte, name string) bool {
	at := 0
	for _, c := range text {
		switch {
		case at == len(name):
			return true
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == ' ' || c == '_' || c == '-' || c >= utf8.RuneSelf:
			continue
		}
		if c != name[at] {
			return false
		}
		at++
	}
	return at == len(name)
}

// identify is the service's id of a record; "" where its reader knows none.
func (r *readers) identify(f found) string {
	if named, ok := r.decoder(f.format).(interface{ ServiceID(record.Record) string }); ok {
		return named.ServiceID(record.Record{Bytes: f.object})
	}
	return ""
}

// one makes of what was found in one record the one that is meant. Copies of one record stand side by side where a SIEM
// keeps the original text beside what it made of it: the text is the better one, as nobody has renamed anything in it.
func (r *readers) one(all []found) (best found, others int) {
	if len(all) == 1 {
		return all[0], 0
	}
	ids := make([]string, len(all))
	at := 0
	for i, f := range all {
		ids[i] = r.identify(f)
		if f.inText && !all[at].inText {
			at = i
		}
	}
	for i, id := range ids {
		if i != at && id != ids[at] && id != "" && ids[at] != "" {
			others++
		}
	}
	return all[at], others
}

// isObject says whether a text may be a JSON object or list.
func isObject(raw json.RawMessage) bool { return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') }

func sortedNames(names map[string]bool) []string {
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
