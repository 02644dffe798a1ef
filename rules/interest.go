package rules

import (
	"regexp"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// fields collects the dynamic fields that rules ask for, wherever a rule may name one.
type fields struct {
	params map[string]bool
	raw    map[string]bool
}

// add takes those names that are params.<Name> or raw.<path>.
func (r *fields) add(names ...string) {
	for _, name := range names {
		if p, ok := strings.CutPrefix(name, "params."); ok && p != "" {
			if r.params == nil {
				r.params = map[string]bool{}
			}
			r.params[strings.ToLower(p)] = true
		}
		if p, ok := strings.CutPrefix(name, "raw."); ok && p != "" {
			if r.raw == nil {
				r.raw = map[string]bool{}
			}
			r.raw[p] = true
		}
	}
}

// template takes the fields between braces of a rule's message.
func (r *fields) template(message string) {
	for _, m := range regexp.MustCompile(`\{([^{}]+)\}`).FindAllStringSubmatch(message, -1) {
		r.add(m[1])
	}
}

// interest keeps Params nil where no rule names one, so that readers keep those of every rule-like change.
func (r *fields) interest() activity.Interest {
	in := activity.Interest{Params: r.params}
	for path := range r.raw {
		in.Raw = append(in.Raw, path)
	}
	slices.Sort(in.Raw)
	return in
}
