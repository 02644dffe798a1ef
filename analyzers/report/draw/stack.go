package draw

import (
	"cmp"
	"slices"

	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// stacking is how often each value of some fields occurs in a mailbox, for what its own people did, rarest first: the 2018
// post's own method. One serves all mailboxes, in turn.
type stacking struct {
	p                    *tenantPart
	apps, located, agent stacker
}

func newStacking(p *tenantPart) *stacking {
	return &stacking{
		p, newStacker(activity.FieldApp), newStacker(activity.FieldCountry, activity.FieldASN), newStacker(activity.FieldAgent),
	}
}

func (s *stacking) of(line *activity.Timeline) report.Stacks {
	for _, row := range line.Rows {
		a := &line.Case.Activities[row.Index()]
		if a.Lane == activity.Person && !row.ActorCopy() {
			s.apps.add(a.App, a.Time, s.value)
			s.located.add(a.IP, a.Time, s.value)
			s.agent.add(a.Agent, a.Time, s.value)
		}
	}
	out := report.Stacks{App: s.apps.stack(0), Country: s.located.stack(0), ASN: s.located.stack(1), Agent: s.agent.stack(0)}
	s.apps.reset()
	s.located.reset()
	s.agent.reset()
	return out
}

// value is the text of a field that follows from a symbol. Microsoft's own addresses and private ones are no place: a
// stack of countries that begins with a data centre hides the one that matters.
func (s *stacking) value(symbol activity.Symbol, f activity.Field) string {
	switch f {
	case activity.FieldApp, activity.FieldAgent:
		return s.p.c.Text(symbol)
	default:
		if !verdict.ClientAddress(s.p.Result.Places, symbol) {
			return ""
		}
		return s.p.Result.Places.Field(symbol, f)
	}
}

// heap counts one value of a stack.
type heap struct {
	days, activities int
	first, last      int64
	lastDay          int64
}

// stacker counts on how many days each value of some fields occurred that follow from one symbol: the country and the
// network from the address. Activities come in order of time, so a day is new if it is not the value's last one.
type stacker struct {
	fields   []activity.Field
	byText   []map[string]*heap // by field
	bySymbol map[activity.Symbol][]*heap
	before   activity.Symbol // the symbol counted last: most activities repeat it
	at       []*heap         // its heaps
}

func newStacker(fields ...activity.Field) stacker {
	s := stacker{fields: fields, bySymbol: map[activity.Symbol][]*heap{}}
	for range fields {
		s.byText = append(s.byText, map[string]*heap{})
	}
	return s
}

// add counts a symbol; value is the text of a field that follows from it.
func (s *stacker) add(symbol activity.Symbol, t int64, value func(activity.Symbol, activity.Field) string) {
	if symbol == 0 {
		return
	}
	if symbol != s.before {
		at := s.bySymbol[symbol]
		if at == nil {
			for i, f := range s.fields {
				at = append(at, heapOf(s.byText[i], value(symbol, f)))
			}
			s.bySymbol[symbol] = at
		}
		s.before, s.at = symbol, at
	}
	for _, h := range s.at {
		h.add(t)
	}
}

// stack is what one of the fields comes to.
func (s *stacker) stack(field int) []report.StackValue {
	delete(s.byText[field], "")
	return sorted(s.byText[field])
}

// reset forgets all that was counted.
func (s *stacker) reset() {
	for i := range s.byText {
		s.byText[i] = emptied(s.byText[i])
	}
	s.bySymbol = emptied(s.bySymbol)
	s.before, s.at = 0, nil
}

// emptied is an empty map: the same one, unless it is so large that emptying it for each mailbox would cost more than a
// mailbox of a few rows is worth.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	const large = 64
	if len(m) > large {
		return map[K]V{}
	}
	clear(m)
	return m
}

func heapOf(byText map[string]*heap, text string) *heap {
	one := byText[text]
	if one == nil {
		one = &heap{lastDay: -1 << 62}
		byText[text] = one
	}
	return one
}

func (h *heap) add(t int64) {
	if h.activities == 0 {
		h.first = t
	}
	if day := activity.Day(t); day != h.lastDay {
		h.days, h.lastDay = h.days+1, day
	}
	h.activities++
	h.last = t
}

// sorted puts the rarest first: days, activities, then the value.
func sorted(byText map[string]*heap) []report.StackValue {
	list := make([]report.StackValue, 0, len(byText))
	for text, h := range byText {
		list = append(list, report.StackValue{
			Value: report.Text(text), Days: h.days, Activities: h.activities, First: report.Time(h.first), Last: report.Time(h.last),
		})
	}
	slices.SortFunc(list, func(a, b report.StackValue) int {
		return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(a.Activities, b.Activities), cmp.Compare(a.Value, b.Value))
	})
	for i := range list {
		list[i].Value = report.Text(report.Clean(string(list[i].Value)))
	}
	return list
}
