package detect

import (
	"iter"
	"time"

	"triage/ingest/activity"
)

// Value reads one field of an activity as text: the fields that rules name, params.<Name> and raw.<path>. The zero
// value reads nothing.
type Value struct {
	word    string
	field   activity.Field
	dynamic string // lower-case name of a dynamic field
}

// ParseValue is the value that a field's name asks for; ok is false for a word that names no field.
func ParseValue(name string) (v Value, ok bool) {
	f, dynamic, ok := parseField(name)
	return Value{word: name, field: f, dynamic: dynamic}, ok
}

// ValueOf is the value of a field.
func ValueOf(f activity.Field) Value { return Value{word: f.String(), field: f} }

// As is the value under another name.
func (v Value) As(name string) Value {
	v.word = name
	return v
}

// Name is the field's name as the rule wrote it.
func (v Value) Name() string { return v.word }

// Texts yields the activity's values of the field in the order of the log, as conditions see them; nothing where the
// field is missing or empty. An address comes without port and brackets, or as logged where none can be read.
func (v Value) Texts(a *activity.Activity, p *Tenant) iter.Seq[string] {
	return func(yield func(string) bool) {
		switch {
		case v.word == "":
		case v.field == activity.FieldTime:
			if text := timeText(a); text != "" {
				yield(text)
			}
		case v.field == activity.FieldIP:
			if text := address(a, p); text != "" {
				yield(text)
			}
		default:
			r := reader{a: a, p: p}
			r.each(v.field, v.dynamic, func(text string) bool { return text == "" || yield(text) })
		}
	}
}

// Text is the first of Texts; "" where there is none.
func (v Value) Text(a *activity.Activity, p *Tenant) string {
	switch v.field {
	case activity.FieldNone, activity.FieldTime, activity.FieldIP:
	default:
		r := reader{a: a, p: p}
		return r.first(v.field)
	}
	for text := range v.Texts(a, p) {
		return text
	}
	return ""
}

// Key is the one symbol on which the value depends, so that it need be read once per symbol only; ok is false for
// fields that depend on more.
func (v Value) Key(a *activity.Activity) (s activity.Symbol, ok bool) {
	switch v.field {
	case activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass:
		return a.IP, true
	default:
		return symbolOf(a, v.field)
	}
}

// address is the client's address without port and brackets, or the text as logged where no address can be read.
func address(a *activity.Activity, p *Tenant) string {
	if text := placeText(p, a.IP, activity.FieldIP); text != "" {
		return text
	}
	return p.Case.Text(a.IP)
}

// timeText is an activity's time as reports write it.
func timeText(a *activity.Activity) string {
	if a.Flags&activity.Undated != 0 {
		return ""
	}
	return TimeText(a.Time)
}

// TimeText is a time in milliseconds since 1970 as facts and reports write it: RFC 3339, UTC.
func TimeText(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05Z") }
