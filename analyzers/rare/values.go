package rare

import (
	"triage/ingest/activity"
	"triage/rules/detect"
)

// values is what one mailbox's own activities show of a field.
type values struct {
	field  detect.Value
	tenant *detect.Tenant
	days   detect.Days
	byText map[string]*value
	order  []*value // judged ones by first row

	// Most fields are one symbol of the activity: its values are read once per symbol.
	bySymbol map[activity.Symbol][]*value
	here     []*value // of last
	last     activity.Symbol
	any      bool // last is one
}

// value is one text of the field.
type value struct {
	text string
	days *detect.Tally
	span detect.Span // of the rows to judge

	verdict detect.Verdict
	told    bool  // it is a finding
	rows    []int // those to judge, if it is
}

func newValues(field detect.Value, p *detect.Tenant) *values {
	return &values{field: field, tenant: p, byText: map[string]*value{}, bySymbol: map[activity.Symbol][]*value{}}
}

// of are an activity's values, in the order of the log. The caller must not change the list.
func (s *values) of(a *activity.Activity) []*value {
	symbol, ok := s.field.Key(a)
	if !ok {
		return s.read(a)
	}
	if s.any && symbol == s.last { // most rows repeat the value before
		return s.here
	}
	list, known := s.bySymbol[symbol]
	if !known {
		list = s.read(a)
		s.bySymbol[symbol] = list
	}
	s.here, s.last, s.any = list, symbol, true
	return list
}

func (s *values) read(a *activity.Activity) []*value {
	var list []*value
	for text := range s.field.Texts(a, s.tenant) {
		v := s.byText[text]
		if v == nil {
			v = &value{text: text, days: s.days.Tally(text)}
			s.byText[text] = v
		}
		list = append(list, v)
	}
	return list
}
