package sequence

import (
	"cmp"
	"iter"
	"slices"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// locate finds the activities of all steps that are conditions, each where all steps found so far are: last step first,
// for what ends a chain is mostly rarer than what begins it. It says whether every step has some.
func (d *detector) locate(steps []map[place][]act, p *detect.Tenant) bool {
	near := d.near(steps, p.Case)
	var places map[place][]act
	for _, found := range steps {
		places = fewer(places, found)
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if d.steps[i].where == nil {
			continue
		}
		if steps[i] = d.matches(d.steps[i], near, places, p); len(steps[i]) == 0 {
			return false
		}
		places = fewer(places, steps[i])
	}
	return true
}

// fewer is the one of fewer places; nil is all places.
func fewer(a, b map[place][]act) map[place][]act {
	if a == nil || b != nil && len(b) < len(a) {
		return b
	}
	return a
}

// evidence lists the activities on which a rule's findings rest, by place, oldest first.
func (d *detector) evidence(step settled, findings []detect.Finding, p *detect.Tenant) map[place][]act {
	out := map[place][]act{}
	for i := range findings {
		f := &findings[i]
		if f.Rule.ID != step.rule || f.Suppressed != nil || f.Level < step.least {
			continue
		}
		for _, index := range f.Evidence {
			for at := range d.places(f.Mailbox, &p.Case.Activities[index], p) {
				out[at] = append(out[at], act{index, i})
			}
		}
	}
	for _, acts := range out {
		slices.SortFunc(acts, func(a, b act) int { return cmp.Compare(a.index, b.index) })
	}
	return out
}

// near is, by mailbox (0 for any), the span of time in which steps by where can follow or precede the steps that are findings; nil if
// no step is a finding, so that they can be anywhere.
func (d *detector) near(steps []map[place][]act, c *activity.Case) map[activity.Symbol][2]int64 {
	var near map[activity.Symbol][2]int64
	for _, step := range steps {
		for at, acts := range step {
			if near == nil {
				near = map[activity.Symbol][2]int64{}
			}
			from, to := c.Activities[acts[0].index].Time-d.within, c.Activities[acts[len(acts)-1].index].Time+d.within
			if span, ok := near[at.mailbox]; ok {
				from, to = min(from, span[0]), max(to, span[1])
			}
			near[at.mailbox] = [2]int64{from, to}
		}
	}
	return near
}

// matches lists the activities of a step by where, as far as they are near the steps that are findings and, unless
// places is nil, in one of the places.
func (d *detector) matches(step settled, near map[activity.Symbol][2]int64, places map[place][]act, p *detect.Tenant) map[place][]act {
	out := map[place][]act{}
	matcher := detect.NewMatcher([]*detect.Rule{{Where: step.where}}, p) // answers each distinct value once
	for index := range candidates(step.where, p.Case) {
		a := &p.Case.Activities[index]
		if a.Flags&activity.Undated != 0 {
			continue
		}
		if near != nil {
			if span, ok := near[d.mailbox(a.Mailbox)]; !ok || a.Time < span[0] || a.Time > span[1] {
				continue
			}
		}
		if len(matcher.Match(a).Rules) == 0 {
			continue
		}
		for at := range d.places(a.Mailbox, a, p) {
			if places == nil || places[at] != nil {
				out[at] = append(out[at], act{index, -1})
			}
		}
	}
	return out
}

// candidates are the indexes of the activities that conditions can hold for, in order: those of the types that they ask
// for, if they ask for some.
func candidates(where *detect.Where, c *activity.Case) iter.Seq[uint32] {
	types := typesOf(where)
	if len(types) == 1 {
		return slices.Values(c.OfType(types[0]))
	}
	return func(yield func(uint32) bool) {
		for index := range uint32(len(c.Activities)) {
			if types != nil && !slices.Contains(types, c.Activities[index].Type) {
				continue
			}
			if !yield(index) {
				return
			}
		}
	}
}

// typesOf are the types that conditions ask for at their top; nil if they ask for none.
func typesOf(where *detect.Where) []activity.Type {
	for _, condition := range where.Block().Conditions {
		if condition.Field != "type" || condition.Not || condition.Modifier != "" && condition.Modifier != "in" {
			continue
		}
		var types []activity.Type
		for _, word := range condition.Values {
			if t, ok := activity.ParseType(word); ok {
				types = append(types, t)
			}
		}
		return types
	}
	return nil
}

// mostPlaces bounds what one record may cost that names thousands of messages twice over.
const mostPlaces = 100_000

// places are where an activity can be a step: one for each combination of its values of the shared fields. A record of
// five deleted messages is at five places.
func (d *detector) places(mailbox activity.Symbol, a *activity.Activity, p *detect.Tenant) iter.Seq[place] {
	return func(yield func(place) bool) {
		keys := []string{""}
		for i, v := range d.by {
			texts := slices.Collect(v.Texts(a, p))
			if len(texts) == 0 {
				texts = []string{""}
			}
			slices.Sort(texts)
			texts = slices.Compact(texts)
			if i == 0 {
				keys = texts
				continue
			}
			var more []string
			for _, key := range keys {
				for _, text := range texts {
					if len(more) < mostPlaces {
						more = append(more, key+"\x00"+text)
					}
				}
			}
			keys = more
		}
		for _, key := range keys {
			if !yield(place{d.mailbox(mailbox), key}) {
				return
			}
		}
	}
}

// mailbox is the one that all steps must share; 0 if they need not.
func (d *detector) mailbox(m activity.Symbol) activity.Symbol {
	if !d.perMailbox {
		return 0
	}
	return m
}
