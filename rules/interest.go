package rules

import (
	"maps"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// dynamicFields are the fields params.<Name> and raw.<path> that rules ask for, wherever a rule may name one.
type dynamicFields struct{ params, raw map[string]bool }

func newDynamicFields() dynamicFields { return dynamicFields{map[string]bool{}, map[string]bool{}} }

// add takes those names that are params.<Name> or raw.<path>.
func (r dynamicFields) add(names ...string) {
	for _, name := range names {
		if p, ok := strings.CutPrefix(name, "params."); ok && p != "" {
			r.params[strings.ToLower(p)] = true
		}
		if p, ok := strings.CutPrefix(name, "raw."); ok && p != "" {
			r.raw[p] = true
		}
	}
}

// template takes the fields between braces of a rule's message.
func (r dynamicFields) template(message string) {
	for rest := message; ; {
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return
		}
		if start := strings.LastIndexByte(rest[:end], '{'); start >= 0 {
			r.add(rest[start+1 : end])
		}
		rest = rest[end+1:]
	}
}

// interest leaves Params nil where no rule names one, so that readers keep those of every rule-like change.
func (r dynamicFields) interest() activity.Interest {
	in := activity.Interest{Raw: slices.Sorted(maps.Keys(r.raw))}
	if len(r.params) > 0 {
		in.Params = r.params
	}
	return in
}

// Together is the interest of two sets at once; false if no reading keeps what both want: where only one of them names
// parameters, the other wants those of every rule-like change.
func Together(a, b *Set) (activity.Interest, bool) {
	if (a.Interest.Params == nil) != (b.Interest.Params == nil) {
		return activity.Interest{}, false
	}
	both := activity.Interest{
		Params: maps.Clone(a.Interest.Params), Raw: slices.Concat(a.Interest.Raw, b.Interest.Raw), Whole: a.Interest.Whole || b.Interest.Whole,
	}
	maps.Copy(both.Params, b.Interest.Params)
	slices.Sort(both.Raw)
	both.Raw = slices.Compact(both.Raw)
	return both, true
}
