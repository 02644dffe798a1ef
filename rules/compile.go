package rules

import (
	"time"

	"triage/rules/decision"
	"triage/rules/detect"
	"triage/rules/inline"
	"triage/rules/yamltext"
)

// compile turns what the packs say together into the effective pack.
func compile(kinds []detect.Kind, m *Merged, asOf time.Time, f *yamltext.Faults) (*Set, usage) {
	s := scope{f, m, usage{map[string]bool{}, map[string]bool{}}}
	set := &Set{Lists: map[string][]string{}, Merged: m}
	for _, p := range m.packs {
		set.Packs = append(set.Packs, *p)
	}
	for name, list := range m.Lists {
		set.Lists[name] = list.Values
	}
	reads, ids, formerly := newDynamicFields(), m.IDs(), m.formerly()
	var all []Exception
	for _, id := range ids {
		c := compileRule(s, kinds, id, asOf, reads)
		all = append(all, c.exceptions...)
		switch {
		case c.rule == nil:
		case c.off:
			set.Disabled = append(set.Disabled, Disabled{id, c.reason, c.rule})
		default:
			c.rule.Formerly = formerly[id]
			set.Rules = append(set.Rules, c.rule)
		}
	}
	set.Declared, set.Case = declared(s), caseData(s)
	for _, e := range append(all, exceptions(s, asOf)...) {
		reads.add(e.Where.Reads()...)
		if e.Expired {
			set.Expired = append(set.Expired, e)
		} else {
			set.Exceptions = append(set.Exceptions, e)
		}
	}
	set.Decisions = decision.ReadAll(m.Decisions, asOf, f)
	for _, n := range m.tests {
		if t, ok := inline.ReadTest(n, ids, f); ok {
			t.Declared = declaredBy(s, n)
			t.Pack, t.Extended = m.PackOf(n).ID, m.PackOf(n).Extended
			set.Tests = append(set.Tests, t)
		}
	}
	set.Interest = reads.interest()
	set.SHA256 = effectiveSum(set)
	return set, s.used
}
