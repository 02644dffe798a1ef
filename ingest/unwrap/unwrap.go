// Package unwrap finds the service's records inside what other programs put around them: a SIEM's envelope, a record as
// text in one member of another, a list flattened into columns. It knows no product: it goes down through objects and
// JSON in texts until a reader of one of the formats claims what is there, and hands that to the reader.
package unwrap

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/record"
)

// Format is one format by which a stream is read that holds records inside something else, and why.
type Format struct {
	record.Format
	Why string
}

// JSON finds records inside the first objects of a stream. outer, if not nil, is the format that claims the objects as
// they are: what is inside counts only if it is the whole of what they say less of.
func JSON(h record.Head, formats []record.Format, outer *record.Format) (Format, bool) {
	r := readersOf(formats)
	w, ok := r.waysOf(h.Objects)
	if !ok {
		return Format{}, false
	}
	inner := r.formats[w.best.format]
	return Format{
		Format: record.Format{
			Name: inner.Name, Source: inner.Source, Shape: record.JSON, Recognise: inner.Recognise,
			New: func(record.Head) record.Decoder { return &decoder{readersOf(formats)} },
		},
		Why: fmt.Sprintf("records inside %s%s: %s", w.text(), lessOf(outer), w.best.why),
	}, true
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
	if t.plan(h); len(t.columns) == 0 {
		return Format{}, false
	}
	columns := t.columns
	first := t.columns[0]
	inner := t.formats[first.format]
	return Format{
		Format: record.Format{
			Name: inner.Name, Source: inner.Source, Shape: record.CSV, Recognise: inner.Recognise,
			New: func(h record.Head) record.Decoder {
				own := newTable(formats)
				own.header, own.columns = h.Header, columns
				if outer != nil {
					own.own = outer.New(h)
				}
				return own
			},
		},
		Why: fmt.Sprintf("records inside the column %q%s: %s", h.Header[first.at], lessOf(outer), first.why),
	}, true
}

// Fallback is a decoder of a JSON stream that looks inside the records which its own decoder cannot read.
func Fallback(own record.Decoder, formats []record.Format) record.Decoder {
	if _, already := own.(*decoder); already {
		return own
	}
	return &fallback{own: own, formats: formats}
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

// hasAny says whether one of the members has one of the names, whatever its case.
func hasAny(members []record.Member, names []string) bool {
	for _, name := range names {
		for i := range members {
			if len(members[i].Name) == len(name) && strings.EqualFold(string(members[i].Name), name) {
				return true
			}
		}
	}
	return false
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

func sorted(names map[string]bool) []string {
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
