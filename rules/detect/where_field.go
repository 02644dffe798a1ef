package detect

import (
	"triage/ingest/activity"
)

// reader takes the values of fields out of one activity.
type reader struct {
	a      *activity.Activity
	p      *Tenant
	joined bool
	msg    *activity.Activity // what the activity is joined to; valid once joined is set
	index  uint32             // of the activity in the case, if it is known; see place
	placed bool
}

// each yields the values that a field has; none means that the field is missing. Fixed fields never yield an empty
// text; dynamic ones do where the record has the name with nothing behind it.
func (r *reader) each(f activity.Field, name string, yield func(string) bool) {
	if f == activity.FieldNone {
		r.eachNamed(name, yield)
		return
	}
	if word, ok := r.single(f); ok {
		if word != "" {
			yield(word)
		}
		return
	}
	if f == activity.FieldStrangeWhy {
		for _, sign := range r.strangeWhy() {
			if !yield(sign) {
				return
			}
		}
		return
	}
	found := false
	r.eachDetail(r.a, f, func(s activity.Symbol) bool {
		found = true
		return yield(r.p.Case.Text(s))
	})
	if found || !ofMessage(f) {
		return
	}
	if m := r.message(); m != nil && m != r.a {
		r.eachDetail(m, f, func(s activity.Symbol) bool { return yield(r.p.Case.Text(s)) })
	}
}

// first is the first value of a field that is neither the time nor a name, as each yields it; "" if it is missing.
func (r *reader) first(f activity.Field) string {
	if word, ok := r.single(f); ok {
		return word
	}
	if f == activity.FieldStrangeWhy {
		for _, sign := range r.strangeWhy() {
			return sign
		}
		return ""
	}
	s := r.firstDetail(r.a, f)
	if s == 0 && ofMessage(f) {
		if m := r.message(); m != nil && m != r.a {
			s = r.firstDetail(m, f)
		}
	}
	return r.p.Case.Text(s)
}

func (r *reader) firstDetail(a *activity.Activity, f activity.Field) activity.Symbol {
	key := activity.KeyOf(f)
	for d := range r.p.Case.Details(a) {
		if d.Key == key && d.Value != 0 {
			return d.Value
		}
	}
	return 0
}

// single is the value of a field that has at most one; ok is false for fields that stand in the details.
func (r *reader) single(f activity.Field) (value string, ok bool) {
	a := r.a
	switch f {
	case activity.FieldSource:
		return r.source(a), true
	case activity.FieldType:
		return a.Type.String(), true
	case activity.FieldResult:
		return a.Result.String(), true
	case activity.FieldLane:
		return a.Lane.String(), true
	case activity.FieldActorType:
		return a.ActorType.String(), true
	case activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass:
		return placeText(r.p, a.IP, f), true
	case activity.FieldForwardExternal:
		return r.forwardExternal(), true
	case activity.FieldStrangeness:
		return r.strangeness(), true
	}
	if s, ok := symbolOf(a, f); ok {
		return r.p.Case.Text(s), true
	}
	return "", false
}

// symbolOf is the value of a field that is a symbol of the activity itself.
func symbolOf(a *activity.Activity, f activity.Field) (activity.Symbol, bool) {
	switch f {
	case activity.FieldOp:
		return a.Op, true
	case activity.FieldMailbox:
		return a.Mailbox, true
	case activity.FieldActor:
		return a.Actor, true
	case activity.FieldIP:
		return a.IP, true
	case activity.FieldApp:
		return a.App, true
	case activity.FieldAgent:
		return a.Agent, true
	case activity.FieldSession:
		return a.Session, true
	case activity.FieldItem:
		return a.Item, true
	}
	return 0, false
}

func (r *reader) source(a *activity.Activity) string {
	if int(a.File) >= len(r.p.Case.Inputs) {
		return ""
	}
	return r.p.Case.Inputs[a.File].Source.String()
}

func placeText(p *Tenant, ip activity.Symbol, f activity.Field) string {
	if ip == 0 || p.Places == nil {
		return ""
	}
	return p.Places.Field(ip, f)
}

func (r *reader) eachDetail(a *activity.Activity, f activity.Field, yield func(activity.Symbol) bool) {
	key := activity.KeyOf(f)
	for d := range r.p.Case.Details(a) {
		if d.Key == key && d.Value != 0 && !yield(d.Value) {
			return
		}
	}
}

// eachNamed finds a name by its text: the few names of a case are at hand, which looking one up would not be.
func (r *reader) eachNamed(name string, yield func(string) bool) {
	for d := range r.p.Case.Details(r.a) {
		if s, ok := d.Key.Dynamic(); ok && r.p.Case.Text(s) == name && !yield(r.p.Case.Text(d.Value)) {
			return
		}
	}
}

// ofMessage says whether a field is about a message: an activity that does not say takes it from the delivery or
// sending that it is joined to.
func ofMessage(f activity.Field) bool {
	switch f {
	case activity.FieldMessageID, activity.FieldSubject, activity.FieldSender, activity.FieldRecipients,
		activity.FieldAttachments:
		return true
	}
	return false
}

func (r *reader) message() *activity.Activity {
	if !r.joined {
		r.msg, _ = r.p.Case.Message(r.a)
		r.joined = true
	}
	return r.msg
}

// forwardExternal says whether mail goes outside: true if any target does, unknown if none does for sure and one
// cannot be told, false if all stay inside; empty if nothing is forwarded.
func (r *reader) forwardExternal() string {
	worst := ""
	judge := func(s activity.Symbol) bool {
		verdict := r.p.Domains.External(r.p.Case.Text(s))
		if worst == "" || verdict == True || verdict == Unknown && worst == False {
			worst = verdict
		}
		return worst != True
	}
	if r.eachDetail(r.a, activity.FieldForwardTo, judge); worst != True {
		r.eachDetail(r.a, activity.FieldForwardDomain, judge)
	}
	return worst
}

// Vocabulary lists every word that a field can hold, nil if it can hold any.
func Vocabulary(f activity.Field) []string {
	switch f {
	case activity.FieldType:
		return activity.TypeNames()
	case activity.FieldResult:
		return []string{activity.Success.String(), activity.Failure.String(), activity.Unknown.String()}
	case activity.FieldLane:
		return []string{activity.Person.String(), activity.Service.String(), activity.System.String(), activity.Guest.String()}
	case activity.FieldActorType:
		return actorTypes()
	case activity.FieldSource:
		return sources()
	case activity.FieldForwardExternal:
		return []string{True, False, Unknown}
	}
	return nil
}

func actorTypes() []string {
	var words []string
	for t := activity.ActorRegular; t.String() != ""; t++ {
		words = append(words, t.String())
	}
	return words
}

func sources() []string {
	var words []string
	for _, s := range activity.Sources() {
		words = append(words, s.String())
	}
	return words
}
