package verdict

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
)

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
func (s *stacker) stack(field int) []StackValue {
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
func sorted(byText map[string]*heap) []StackValue {
	list := make([]StackValue, 0, len(byText))
	for text, h := range byText {
		list = append(list, StackValue{text, h.days, h.activities, h.first, h.last})
	}
	slices.SortFunc(list, func(a, b StackValue) int {
		return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(a.Activities, b.Activities), cmp.Compare(a.Value, b.Value))
	})
	return list
}
