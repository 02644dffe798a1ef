package detect

import (
	"iter"
	"strings"

	"triage/ingest/activity"
)

// Value reads one field of an activity as text: the fields that rules name, params.<Name> and raw.<path>. The zero
// value reads nothing.
type Value struct {
	name    string
	field   activity.Field
	dynamic string // lower-case name of a dynamic field
}

// ParseValue is the value that a field's name asks for; ok is false for a word that names no field.
func ParseValue(name string) (v Value, ok bool) {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "params.") || strings.HasPrefix(lower, "raw.") {
		return Value{name: name, dynamic: lower}, true
	}
	f, ok := activity.ParseField(name)
	return Value{name: name, field: f}, ok
}

// ValueOf is the value of a field.
func ValueOf(f activity.Field) Value { return Value{name: f.String(), field: f} }

// Name is the field's name as the rule wrote it.
func (v Value) Name() string { return v.name }

// Texts yields the activity's values of the field in the order of the log; nothing where the field is missing or empty.
func (v Value) Texts(a *activity.Activity, p *Tenant) iter.Seq[string] {
	return func(yield func(string) bool) {
		if v.dynamic != "" {
			v.dynamics(a, p, yield)
			return
		}
		if text, ok := v.fixed(a, p); ok {
			if text != "" {
				yield(text)
			}
			return
		}
		for d := range p.Case.Details(a) {
			if d.Key == activity.KeyOf(v.field) && d.Value != 0 && !yield(p.Case.Text(d.Value)) {
				return
			}
		}
	}
}

// Text is the first of Texts; "" where there is none.
func (v Value) Text(a *activity.Activity, p *Tenant) string {
	for text := range v.Texts(a, p) {
		return text
	}
	return ""
}

// Key is the one symbol on which the value depends, so that it need be read once per symbol only; ok is false for
// fields that depend on more.
func (v Value) Key(a *activity.Activity) (s activity.Symbol, ok bool) {
	switch v.field {
	case activity.FieldOp:
		return a.Op, true
	case activity.FieldMailbox:
		return a.Mailbox, true
	case activity.FieldActor:
		return a.Actor, true
	case activity.FieldIP, activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass:
		return a.IP, true
	case activity.FieldApp:
		return a.App, true
	case activity.FieldAgent:
		return a.Agent, true
	case activity.FieldSession:
		return a.Session, true
	case activity.FieldItem:
		return a.Item, true
	default:
		return 0, false
	}
}

func (v Value) dynamics(a *activity.Activity, p *Tenant, yield func(string) bool) {
	name := p.Case.Symbols.Find(v.dynamic)
	if name == 0 {
		return
	}
	for d := range p.Case.Details(a) {
		if d.Key == activity.DynamicKey(name) && d.Value != 0 && !yield(p.Case.Text(d.Value)) {
			return
		}
	}
}

// fixed reads what stands in the activity itself or follows from it; ok is false for the fields of its details.
func (v Value) fixed(a *activity.Activity, p *Tenant) (text string, ok bool) {
	switch v.field {
	case activity.FieldTime:
		return timeText(a), true
	case activity.FieldSource:
		return p.Case.Inputs[a.File].Source.String(), true
	case activity.FieldType:
		return a.Type.String(), true
	case activity.FieldActorType:
		return a.ActorType.String(), true
	case activity.FieldLane:
		return a.Lane.String(), true
	case activity.FieldResult:
		return a.Result.String(), true
	case activity.FieldIP:
		return address(a, p), true
	case activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass:
		if p.Places == nil || a.IP == 0 {
			return "", true
		}
		return p.Places.Field(a.IP, v.field), true
	}
	if key, ok := v.Key(a); ok {
		return p.Case.Text(key), true
	}
	return "", false
}

// address is the client's address without port and brackets, or the text as logged where no address can be read.
func address(a *activity.Activity, p *Tenant) string {
	if p.Places != nil && a.IP != 0 {
		if text := p.Places.Field(a.IP, activity.FieldIP); text != "" {
			return text
		}
	}
	return p.Case.Text(a.IP)
}
