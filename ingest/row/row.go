package row

import (
	"bytes"
	"encoding/json"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// Text is a value as text.
type Text = record.Text

// Row is one record. It is the decoder's memory, good until the next one.
type Row struct {
	Offset int64           // of the record
	Whole  json.RawMessage // the object; nil for a row of a table

	order  timestamp.Order // of days and months
	local  string          // a column whose times are of the exporter's own clock; "": none
	known  names           // of objects
	slots  map[string]int
	values []Text
	filled []int

	page graphPage // what an answer of Microsoft Graph says of its records
}

// deepest is how far objects inside an object are taken apart. Microsoft's answers nest three deep.
const deepest = 5

// Fold brings a name into the form in which names are compared.
func Fold(name string) string {
	name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	for _, zone := range [...]string{"[UTC]", "(UTC)", "[Local Time]"} {
		if n := len(name) - len(zone); n > 0 && strings.EqualFold(name[n:], zone) {
			name = name[:n]
		}
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ' || c == '_' || c == '-' || c == '\u00a0':
			return -1
		case 'A' <= c && c <= 'Z':
			return c + 'a' - 'A'
		}
		return c
	}, name)
}

// Get is the first value that is not blank under one of the names, which are in folded form.
func (r *Row) Get(names ...string) Text {
	for _, name := range names {
		if slot, ok := r.slots[name]; ok {
			if value := r.values[slot]; len(bytes.TrimSpace(value)) > 0 {
				return value
			}
		}
	}
	return nil
}

// Has says whether the record, or the table's header, names a value at all.
func (r *Row) Has(name string) bool {
	slot, ok := r.slots[name]
	return ok && (r.Whole == nil || r.values[slot] != nil)
}

// JSON is a value as JSON, where it is an object or a list, or a text that holds one; nothing else.
func (r *Row) JSON(names ...string) json.RawMessage {
	value := bytes.TrimSpace(r.Get(names...))
	if len(value) == 0 || value[0] != '{' && value[0] != '[' || !json.Valid(value) {
		return nil
	}
	return json.RawMessage(value)
}

// List are the texts of a list: a JSON list, or what semicolons part.
func (r *Row) List(names ...string) []Text {
	value := r.Get(names...)
	var list []Text
	if raw := r.JSON(names...); raw != nil && raw[0] == '[' && json.Unmarshal(raw, &list) == nil {
		return list
	}
	for part := range bytes.SplitSeq(value, []byte(";")) {
		if part = bytes.TrimSpace(part); len(part) > 0 {
			list = append(list, part)
		}
	}
	return list
}

// When is the time of the record by the values that may say it, the best one first; see record.When.
func (r *Row) When(to *activity.Shard, names ...string) (ms int64, undated activity.Flags, ok bool) {
	fields := make([]timestamp.TimeField, 0, len(names))
	for _, name := range names {
		if value := r.Get(name); value != nil {
			fields = append(fields, timestamp.TimeField{Name: name, Text: value, Order: r.order, Local: r.local != ""})
		}
	}
	if r.local != "" {
		timestamp.NoteLocal(to, r.local)
	}
	return timestamp.When(to, fields...)
}

// Client gives an activity the address of its client by the values that may say it, the best one first; others that name
// another address are kept beside it.
func (r *Row) Client(a *activity.Activity, to *activity.Shard, names ...string) {
	said := make([]Text, 0, 4)
	for _, name := range names {
		said = append(said, r.Get(name))
	}
	client, others := record.Client(said...)
	a.IP = to.Intern(record.Bounded(to, client))
	for _, ip := range others {
		to.Put(activity.FieldOtherIP, record.Bounded(to, ip))
		a.Flags |= activity.TwoIPs
	}
}

// Tenant says whose log the record stands in, where it says so: in tables of Log Analytics TenantId is the workspace.
func (r *Row) Tenant(to *activity.Shard) {
	if to.Tenant(r.Get("aadtenantid", "organizationid")) || r.Get("timegenerated") != nil {
		return
	}
	to.Tenant(r.Get("tenantid"))
}

// Param adds a parameter, params.<name>, if it says something and rules may ask for it.
func Param(to *activity.Shard, name string, value Text) {
	if wanted := to.Interest.Params; len(value) > 0 && (wanted == nil || wanted[strings.ToLower(name)]) {
		to.PutNamed([]byte("params."+name), record.Bounded(to, value))
	}
}

// Put adds a value of a field.
func Put(to *activity.Shard, f activity.Field, value Text) {
	to.Put(f, record.Bounded(to, bytes.TrimSpace(value)))
}

// Raw adds what rules ask for by its path in the record.
func (r *Row) Raw(to *activity.Shard) {
	for _, path := range to.Interest.Raw {
		if strings.EqualFold(path, "UserKey") || r.Whole == nil {
			continue // readers put it themselves
		}
		record.WalkPath(r.Whole, path, func(value Text) {
			to.PutNamed([]byte("raw."+path), record.Bounded(to, value))
		})
	}
}

// begin forgets the record before.
func (r *Row) begin(rec record.Record) {
	for _, slot := range r.filled {
		r.values[slot] = nil
	}
	r.filled, r.Offset, r.Whole = r.filled[:0], rec.Offset, nil
	if r.known != nil && len(r.values) > mostNames {
		r.slots, r.values = map[string]int{}, nil
	}
}

// put keeps the first value of a name that says something.
func (r *Row) put(slot int, value Text) {
	if r.values[slot] == nil {
		r.filled = append(r.filled, slot)
	} else if len(bytes.TrimSpace(r.values[slot])) > 0 {
		return
	}
	r.values[slot] = value
}

func (r *Row) slot(name string) int {
	slot, ok := r.slots[name]
	if !ok {
		slot = len(r.values)
		r.slots[name], r.values = slot, append(r.values, nil)
	}
	return slot
}
