package sequence

import (
	"slices"
	"sort"

	"triage/rules/detect"
)

// trail is the acts of one step at one place, oldest first, for finding again and again the next one that a chain may go
// on with. There may be as many beginnings as acts: what agrees with none of them, and what can end no chain any more,
// must not be looked at by each.
type trail struct {
	d       *detector
	acts    []act
	agreeds map[int]*agreeds // by the fields of which the first step says something, as bits
}

// agreeds are a trail's acts by what they say in some of the fields to agree on.
type agreeds struct {
	by   map[string]*queue
	many []int // acts that say too much for that: they are compared one by one
}

// queue is acts of a trail, of which those that are spent are passed over at once.
type queue struct {
	at   []int // ascending
	next []int // by place in at: itself, or a later one where it is spent
}

// after is the earliest act behind an activity that agrees with the first step and is not spent. What is spent once is
// spent for all firsts that come later.
func (t *trail) after(index uint32, first act, spent func(act) bool, p *detect.Tenant) (found act, ok bool) {
	mask, wanted := t.d.agreeable(first, p)
	if wanted == nil {
		return t.compare(index, first, spent, p)
	}
	best := len(t.acts)
	lists := t.agreed(mask, p)
	for _, key := range wanted {
		q := lists.by[key]
		if q == nil {
			continue
		}
		i := q.live(sort.Search(len(q.at), func(i int) bool { return t.acts[q.at[i]].index > index }))
		for i < len(q.at) && spent(t.acts[q.at[i]]) {
			q.next[i] = i + 1
			i = q.live(i)
		}
		if i < len(q.at) {
			best = min(best, q.at[i])
		}
	}
	for _, at := range lists.many {
		if a := t.acts[at]; at < best && a.index > index && !spent(a) && t.d.agrees(first, a, p) {
			best = at
		}
	}
	if best == len(t.acts) {
		return act{}, false
	}
	return t.acts[best], true
}

// compare is after for a first step that says too much.
func (t *trail) compare(index uint32, first act, spent func(act) bool, p *detect.Tenant) (found act, ok bool) {
	i := slices.IndexFunc(t.acts, func(a act) bool { return a.index > index && !spent(a) && t.d.agrees(first, a, p) })
	if i < 0 {
		return act{}, false
	}
	return t.acts[i], true
}

// live is the first act from a place on that is not spent.
func (q *queue) live(i int) int {
	end := i
	for end < len(q.at) && q.next[end] != end {
		end = q.next[end]
	}
	for i < end { // the way is short from now on
		i, q.next[i] = q.next[i], end
	}
	return end
}

// agreeable are the fields to agree on of which an act says something, as bits, and what another one can say there so
// that both agree: one of the same values, or nothing. It is nil where that is too much.
func (d *detector) agreeable(first act, p *detect.Tenant) (mask int, wanted []string) {
	wanted = []string{""}
	for i, v := range d.agree {
		if values := slices.Sorted(v.Texts(&p.Case.Activities[first.index], p)); len(values) > 0 {
			mask |= 1 << i
			wanted = times(wanted, append(values, ""))
		}
	}
	return mask, wanted
}

// agreed are the acts by what they say in the fields of a mask.
func (t *trail) agreed(mask int, p *detect.Tenant) *agreeds {
	if out := t.agreeds[mask]; out != nil {
		return out
	}
	out := &agreeds{by: map[string]*queue{}}
	for at, a := range t.acts {
		keys := []string{""}
		for i, v := range t.d.agree {
			if mask&(1<<i) == 0 {
				continue
			}
			values := slices.Sorted(v.Texts(&p.Case.Activities[a.index], p))
			if len(values) == 0 {
				values = append(values, "")
			}
			keys = times(keys, values)
		}
		if keys == nil {
			out.many = append(out.many, at)
		}
		for _, key := range keys {
			q := out.by[key]
			if q == nil {
				q = &queue{}
				out.by[key] = q
			}
			q.at, q.next = append(q.at, at), append(q.next, len(q.next))
		}
	}
	if t.agreeds == nil {
		t.agreeds = map[int]*agreeds{}
	}
	t.agreeds[mask] = out
	return out
}

// times is every key with every value, each once; nil where there are too many.
func times(keys, values []string) []string {
	const most = 64
	values = slices.Compact(values)
	if len(keys)*len(values) > most {
		return nil
	}
	var out []string
	for _, key := range keys {
		for _, value := range values {
			out = append(out, key+"\x00"+value)
		}
	}
	return out
}
