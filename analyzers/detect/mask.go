package detect

import "triage/ingest/activity"

// Matcher says of each activity which rules' conditions hold. It is safe for concurrent use.
type Matcher struct {
	rules []*Rule
	p     *Tenant
}

// NewMatcher prepares the conditions of rules for one case.
func NewMatcher(rules []*Rule, p *Tenant) *Matcher { return &Matcher{rules, p} }

// Words is the length of the bit sets that Match fills.
func (m *Matcher) Words() int { return (len(m.rules) + 63) / 64 }

// Match sets the bit of each rule whose Where holds for an activity of the case, and clears the others. Bit i of the
// set is rule i; the set has Words words.
func (m *Matcher) Match(a *activity.Activity, set []uint64) {
	clear(set)
	for i, r := range m.rules {
		if r.Where.Holds(a, m.p) {
			set[i/64] |= 1 << (i % 64)
		}
	}
}
