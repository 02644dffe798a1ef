package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoFinding is what Explain returns, wrapped, for an id that names none or several.
var ErrNoFinding = errors.New("no such finding")

// Find is the finding that an id names, in the words of [Explain]. apart counts the letters in which two names differ, up
// to the most that are of interest.
func (r *Report) Find(id string, apart func(a, b string, most int) int) (*Finding, error) {
	want := strings.ToLower(strings.TrimSpace(id))
	begin := strings.TrimPrefix(want, "f-")
	var hits []*Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		if digitsOf(f.ID) == digitsOf(want) && digitsOf(want) != "" {
			return f, nil
		}
		if len(begin) >= shortDigits && strings.HasPrefix(f.Fingerprint, begin) {
			hits = append(hits, f)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case len(hits) > 1:
		if !slices.ContainsFunc(hits, func(f *Finding) bool { return f.Fingerprint != hits[0].Fingerprint }) {
			return nil, fmt.Errorf("%q: %w: several tenants have one: %s", Plain(id), ErrNoFinding, findingNames(hits))
		}
		return nil, fmt.Errorf("%q: %w: several fingerprints begin so: %s", Plain(id), ErrNoFinding, findingNames(hits))
	case len(r.Findings) == 0:
		return nil, fmt.Errorf("%q: %w: the report has no findings", Plain(id), ErrNoFinding)
	}
	return nil, fmt.Errorf("%q: %w: nearest: %s", Plain(id), ErrNoFinding, findingNames(nearest(r, want, apart)))
}

// digitsOf is the digits of an F-number without leading zeros; "" if the text is none. A short name has as many digits as no
// F-number of a report.
func digitsOf(id string) string {
	digits := strings.TrimPrefix(strings.ToLower(id), "f-")
	if digits == "" || len(digits) >= shortDigits || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return cmp.Or(strings.TrimLeft(digits, "0"), "0")
}

func findingNames(list []*Finding) string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = fmt.Sprintf("%s (%s, %s)", Plain(f.ID), Short(f.Rule, 60), Short(f.Short, 13))
	}
	return strings.Join(out, ", ")
}

// nearest are up to three findings whose id, rule or fingerprint is least unlike a text.
func nearest(r *Report, want string, apart func(a, b string, most int) int) []*Finding {
	const most = 64
	want = want[:min(len(want), most)]
	type near struct {
		f    *Finding
		away int
	}
	list := make([]near, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		begin := f.Fingerprint[:min(len(f.Fingerprint), len(want))]
		away := min(apart(want, strings.ToLower(f.ID), most), apart(want, f.Rule, most), apart(want, begin, most))
		list = append(list, near{f, away})
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.away, b.away) })
	out := make([]*Finding, 0, 3)
	for _, n := range list[:min(len(list), 3)] {
		out = append(out, n.f)
	}
	return out
}

// ByID are the findings by their ids in this report.
func (r *Report) ByID() map[string]*Finding {
	all := make(map[string]*Finding, len(r.Findings))
	for i := range r.Findings {
		all[r.Findings[i].ID] = &r.Findings[i]
	}
	return all
}

// Speaks says that a finding counts: no exception covers it, and nobody explained it.
func (f *Finding) Speaks() bool {
	return f.Suppressed == nil && (f.Decision == nil || f.Decision.Verdict != Benign)
}
