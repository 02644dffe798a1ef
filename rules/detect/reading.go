package detect

import "triage/ingest/activity"

// Reading reads one field of many activities of a case as symbols, so that whoever judges texts judges each distinct
// one once. It belongs to one goroutine.
type Reading struct {
	tenant *Tenant
	value  Value
	kind   readingKind
	key    activity.Key      // of details
	list   []activity.Symbol // that Symbols gave last

	// Texts that are worked out stand in no record: they are numbered here, from the case's last symbol on.
	texts  []string
	number map[string]activity.Symbol
}

type readingKind uint8

const (
	nowhere readingKind = iota // no record of the case has it
	fixed                      // a symbol of the activity itself
	detail                     // of the record
	worked                     // out of other fields: places, times, words of our own
)

// Reading reads the field in a case.
func (v Value) Reading(p *Tenant) *Reading {
	r := &Reading{tenant: p, value: v}
	switch _, symbol := symbolOf(&activity.Activity{}, v.field); {
	case v.word == "":
	case v.field == activity.FieldNone:
		if name := p.Case.Symbols.Find(v.dynamic); name != 0 {
			r.kind, r.key = detail, activity.DynamicKey(name)
		}
	case v.worked():
		r.kind = worked
	case symbol:
		r.kind = fixed
	default:
		r.kind, r.key = detail, activity.KeyOf(v.field)
	}
	return r
}

// worked says that the field's texts stand in no record as they are.
func (v Value) worked() bool {
	switch v.field {
	case activity.FieldTime, activity.FieldIP, activity.FieldSource, activity.FieldType, activity.FieldResult,
		activity.FieldLane, activity.FieldActorType, activity.FieldCountry, activity.FieldASN, activity.FieldOrg,
		activity.FieldIPClass, activity.FieldForwardExternal,
		activity.FieldStrangeness, activity.FieldStrangeWhy:
		return true
	default:
		return false
	}
}

// Text is the text of a symbol that the reading gave.
func (r *Reading) Text(s activity.Symbol) string {
	if at := int(s) - r.tenant.Case.Symbols.Len(); at >= 0 {
		return r.texts[at]
	}
	return r.tenant.Case.Text(s)
}

// First is the symbol of the first of [Value.Texts]; 0 where there is none.
func (r *Reading) First(a *activity.Activity) activity.Symbol {
	if list := r.Symbols(a); len(list) > 0 {
		return list[0]
	}
	return 0
}

// Symbols are those of [Value.Texts], in the same order. The list is good until the next call.
func (r *Reading) Symbols(a *activity.Activity) []activity.Symbol {
	r.list = r.list[:0]
	switch r.kind {
	case fixed:
		if s, _ := symbolOf(a, r.value.field); s != 0 {
			r.list = append(r.list, s)
		}
	case detail:
		r.details(a)
		if len(r.list) == 0 && ofMessage(r.value.field) {
			if m, _ := r.tenant.Case.Message(a); m != nil && m != a {
				r.details(m)
			}
		}
	case worked:
		for text := range r.value.Texts(a, r.tenant) {
			r.list = append(r.list, r.numberOf(text))
		}
	}
	return r.list
}

func (r *Reading) details(a *activity.Activity) {
	for d := range r.tenant.Case.Details(a) {
		if d.Key == r.key && d.Value != 0 {
			r.list = append(r.list, d.Value)
		}
	}
}

func (r *Reading) numberOf(text string) activity.Symbol {
	s, known := r.number[text]
	if !known {
		if r.number == nil {
			r.number = map[string]activity.Symbol{}
		}
		s = activity.Symbol(r.tenant.Case.Symbols.Len() + len(r.texts))
		r.texts, r.number[text] = append(r.texts, text), s
	}
	return s
}
