package analyzers

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
)

// dayMillis is one day of activity.Activity's time.
const dayMillis = 24 * 60 * 60 * 1000

// stackFields are the fields that every mailbox is stacked by.
func stackFields() []activity.Field {
	return []activity.Field{activity.FieldApp, activity.FieldCountry, activity.FieldASN, activity.FieldAgent}
}

// heap counts one value of a stack.
type heap struct {
	days, activities int
	first, last      int64
	lastDay          int64
}

// stacks counts, for what the mailbox's own people did, on how many days each value occurred. Rows are in order of
// time, so a day is new if it is not the value's last one.
func stacks(line activity.Timeline, value func(*activity.Activity, activity.Field) string) []Stack {
	var list []Stack
	for _, f := range stackFields() {
		list = append(list, Stack{Field: f.String(), Values: stack(line, f, value)})
	}
	return list
}

func stack(line activity.Timeline, f activity.Field, value func(*activity.Activity, activity.Field) string) []StackValue {
	bySymbol := map[activity.Symbol]*heap{}
	byText := map[string]*heap{}
	var before activity.Symbol
	var at *heap
	for i, row := range line.Rows {
		a := line.At(i)
		sym := stackSymbol(a, f)
		if sym == 0 || row.ActorCopy() || a.Lane != activity.Person {
			continue
		}
		if sym != before || at == nil {
			before, at = sym, bySymbol[sym]
			if at == nil {
				at = heapOf(byText, value(a, f))
				bySymbol[sym] = at
			}
		}
		at.add(a.Time)
	}
	delete(byText, "")
	return sorted(byText)
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
	if day := floorDay(t); day != h.lastDay {
		h.days, h.lastDay = h.days+1, day
	}
	h.activities++
	h.last = t
}

// floorDay is the number of the day since 1970, UTC.
func floorDay(t int64) int64 {
	if t < 0 {
		return (t - dayMillis + 1) / dayMillis
	}
	return t / dayMillis
}

// stackSymbol is the symbol on which a stacked field depends.
func stackSymbol(a *activity.Activity, f activity.Field) activity.Symbol {
	switch f {
	case activity.FieldApp:
		return a.App
	case activity.FieldAgent:
		return a.Agent
	default:
		return a.IP
	}
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
