package sequence

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// timeSpan is a length of time in milliseconds, both ends included.
type timeSpan struct{ from, to int64 }

// nearness is where and when a further step can be.
type nearness struct {
	everywhere bool
	by         map[activity.Symbol][]timeSpan // by mailbox (0 for any), in order and apart
	all        []timeSpan                     // of all mailboxes
}

// near is what lies within the chain's length of an act in one of the places; nil places are everywhere.
func (d *detector) near(places map[chainPlace][]act, c *activity.Case) nearness {
	if places == nil {
		return nearness{everywhere: true, all: []timeSpan{{math.MinInt64, math.MaxInt64}}}
	}
	n := nearness{by: map[activity.Symbol][]timeSpan{}}
	for at, acts := range places {
		spans := n.by[at.mailbox]
		for _, a := range acts {
			one := d.around(c.Activities[a.index].Time)
			if last := len(spans) - 1; last >= 0 && spans[last].from <= one.from && one.from <= spans[last].to {
				spans[last].to = max(spans[last].to, one.to) // acts of a place are in order of time
				continue
			}
			spans = append(spans, one)
		}
		n.by[at.mailbox] = spans
	}
	for mailbox, spans := range n.by {
		n.by[mailbox] = joinSpans(spans)
		n.all = append(n.all, n.by[mailbox]...)
	}
	n.all = joinSpans(n.all)
	return n
}

// around is what lies within the chain's length of a time.
func (d *detector) around(t int64) timeSpan {
	s := timeSpan{t - d.within, t + d.within}
	if s.from > t {
		s.from = math.MinInt64
	}
	if s.to < t {
		s.to = math.MaxInt64
	}
	return s
}

// joinSpans puts spans in order, those that overlap into one.
func joinSpans(spans []timeSpan) []timeSpan {
	slices.SortFunc(spans, func(a, b timeSpan) int { return cmp.Compare(a.from, b.from) })
	out := spans[:0]
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.from <= out[last].to {
			out[last].to = max(out[last].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

func (n *nearness) has(mailbox activity.Symbol, t int64) bool {
	if n.everywhere {
		return true
	}
	spans := n.by[mailbox]
	i := sort.Search(len(spans), func(i int) bool { return spans[i].to >= t })
	return i < len(spans) && spans[i].from <= t
}

// candidates are the indexes of the activities that conditions can hold for within some spans of time, in order: those
// of the types that the conditions ask for, if they ask for some.
func candidates(where *detect.Where, spans []timeSpan, c *activity.Case) []uint32 {
	var found []uint32
	types, ok := typesOf(where.Block())
	if !ok {
		within(spans, len(c.Activities), func(i int) int64 { return c.Activities[i].Time }, func(from, to int) {
			for i := from; i < to; i++ {
				found = append(found, uint32(i))
			}
		})
		return found
	}
	for _, t := range types {
		list := c.OfType(t)
		within(spans, len(list), func(i int) int64 { return c.Activities[list[i]].Time }, func(from, to int) {
			found = append(found, list[from:to]...)
		})
	}
	slices.Sort(found)
	return found
}

// within finds the stretches of a list, which is in order of time, that lie within the spans. A span begins where the one
// before it ended, so that many short ones cost no more than a look at all.
func within(spans []timeSpan, n int, at func(i int) int64, stretch func(from, to int)) {
	first := func(from int, t int64) int { // at or after a time
		to, step := from, 1
		for to < n && at(to) < t {
			from, to, step = to+1, to+step, 2*step
		}
		return from + sort.Search(min(to, n)-from, func(i int) bool { return at(from+i) >= t })
	}
	from := 0
	for _, s := range spans {
		from = first(from, s.from)
		to := n
		if s.to < math.MaxInt64 {
			to = first(from, s.to+1)
		}
		stretch(from, to)
		from = to
	}
}

// typesOf are the types that conditions ask for, each once; not ok if they may hold for any type.
func typesOf(b detect.Block) (types []activity.Type, ok bool) {
	for _, condition := range b.Conditions {
		if condition.Field != "type" || condition.Not || condition.Modifier != "" && condition.Modifier != "in" {
			continue
		}
		for _, word := range condition.Values {
			if t, ok := activity.ParseType(strings.ToLower(word)); ok {
				types = append(types, t)
			}
		}
		slices.Sort(types)
		return slices.Compact(types), true
	}
	for _, all := range b.All {
		if types, ok := typesOf(all); ok {
			return types, true
		}
	}
	for _, one := range b.Any {
		more, ok := typesOf(one)
		if !ok {
			return nil, false
		}
		types = append(types, more...)
	}
	slices.Sort(types)
	return slices.Compact(types), len(b.Any) > 0
}
