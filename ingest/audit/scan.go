package audit

import (
	"encoding/json"

	"triage/ingest/record"
)

// The functions called scan… read with a cursor: once, where the record stands, without a copy. Each has encoding/json
// beside it, which reads what the cursor refuses and is the referee of what both must say.

// room is memory that the lists of a record are kept in, used again for each.
type room struct {
	properties []property
	items      []item
	joined     []item // Item and AffectedItems
	folders    []mailFolder
	identities []identity
	targets    []identity // what targets reads into
	about      subject
	outer      envelope
}

// maxRoom is how many entries of a list are kept room for: one huge record must not cost memory for ever.
const maxRoom = 4096

func (m *room) clear() {
	if max(cap(m.properties), cap(m.items), cap(m.joined), cap(m.folders), cap(m.identities)) > maxRoom {
		*m = room{}
	}
	m.properties, m.items, m.folders, m.identities = m.properties[:0], m.items[:0], m.folders[:0], m.identities[:0]
}

// read reads part of a record, which may stand inside a string; it says whether there is something that could not be
// read. scan reads the value at the cursor.
func read[T any](r *reader, raw json.RawMessage, into *T, scan func(*reader, *T)) (failed bool) {
	if len(raw) == 0 || r.slow {
		return unread(raw, into)
	}
	inner := r.cursor.Unquoted(raw)
	if len(inner) == 0 {
		return false
	}
	r.cursor.Begin(inner)
	if scan(r, into); r.cursor.End() {
		return false
	}
	var none T
	*into = none
	return unread(raw, into)
}

// fill takes the fields of an object that are there.
func fill[T any](r *reader, names *record.Names[T], object []byte, to *T) error {
	if r.slow {
		return names.Decode(object, to)
	}
	return names.Fill(&r.cursor, object, to)
}

// scanData fills r.data from an AuditData object; false where Decode must.
func (r *reader) scanData(raw []byte) bool {
	if r.slow {
		return false
	}
	r.cursor.Begin(raw)
	r.guess.Scan(dataNames, &r.cursor, &r.data)
	r.spread = r.cursor.Spread
	if !r.cursor.End() {
		r.data = data{}
		return false
	}
	r.proved = !r.cursor.Listed
	return true
}

// unquoted is the JSON inside a JSON string, or the value itself if it is none.
func (r *reader) unquoted(raw json.RawMessage) json.RawMessage {
	if r.slow {
		return record.Unquoted(raw)
	}
	return r.cursor.Unquoted(raw)
}

// textOf is the text of a JSON value.
func (r *reader) textOf(raw json.RawMessage) text {
	if r.slow {
		return record.TextOf(raw)
	}
	r.cursor.Begin(raw)
	return r.cursor.Text()
}

// scanMember is one member of an object, by its name; ok is false where encoding/json must read.
func (r *reader) scanMember(object []byte, name string) (value text, ok bool) {
	if r.slow {
		return nil, false
	}
	c := &r.cursor
	c.Begin(object)
	for c.Object(); c.Member(); {
		if c.Is(name) {
			value = c.Text()
		} else {
			c.Skip()
		}
	}
	return value, c.End()
}

// properties reads a list of named values.
func (r *reader) properties(raw json.RawMessage) (list []property, ok bool) {
	if len(raw) == 0 {
		return nil, true
	}
	if !r.slow {
		if list, ok = r.remembered.properties(raw); ok {
			return list, true
		}
		if list, ok = r.scanProperties(r.cursor.Unquoted(raw)); ok {
			return list, true
		}
	}
	return properties(raw)
}

// scanProperties reads a list of objects; false where encoding/json must read, or where it is no such list.
func (r *reader) scanProperties(raw json.RawMessage) (list []property, ok bool) {
	start := len(r.room.properties)
	r.room.properties, ok = appendProperties(&r.cursor, raw, r.room.properties)
	end := len(r.room.properties)
	return r.room.properties[start:end:end], ok
}

// scalar is the text in a list of one text.
func (r *reader) scalar(value text) text {
	if r.slow || len(value) == 0 || value[0] != '[' {
		return scalar(value)
	}
	c, count, first := &r.cursor, 0, text(nil)
	c.Begin(value)
	for c.List(); c.Element(); count++ {
		if count == 0 {
			first = c.Text()
		} else {
			c.Skip()
		}
	}
	switch {
	case !c.End():
		return scalar(value)
	case count > 1:
		return value
	}
	return first
}
