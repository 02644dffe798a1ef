package rules_test

import (
	"strings"
	"testing"
	"time"

	"triage/rules"
	"triage/rules/decision"
)

const print1, print2 = "1111111111111111111111111111111111111111111111111111111111111111", "a1e1111111111111111111111111111111111111111111111111111111111111"

// Promise: of several decisions about a finding the last counts, in the order of the packs; once that one is over none
// does, and only that one is warned of.
func TestTheLastDecisionCounts(t *testing.T) {
	path := write(t, "acme.yaml", head+`extends: [base.yaml, firm.yaml]
decisions:
- {fingerprint: "`+print1+`", verdict: benign, reason: booked, by: jd, date: 2026-03-01, expires: 2026-03-31, rule: b.three, mailbox: a@contoso.com}
- {fingerprint: "`+print2+`", verdict: malicious, reason: was not}
- {fingerprint: "`+print1+`", verdict: benign, reason: booked again, expires: 2026-06-30}
`, "base.yaml", base, "firm.yaml", strings.Replace(head, "acme", "firm", 1)+`
decisions:
- {fingerprint: "`+print2+`", verdict: benign, reason: the firm's}
`)
	f := func(asOf time.Time, expired bool, warnings int) {
		t.Helper()
		set := load(t, rules.Options{Paths: []string{path}, AsOf: asOf})
		if len(set.Decisions) != 4 {
			t.Fatalf("got %d decisions, want all of them", len(set.Decisions))
		}
		got := set.Decided()
		one, two := got[print1], got[print2]
		if one.Reason != "booked again" || one.Expired != expired || two.Verdict != decision.Malicious || two.Expired {
			t.Errorf("%v: got %+v, %+v", asOf, one, two)
		}
		n := 0
		for _, w := range set.Warnings {
			if w.Code == "W007" {
				n++
			}
		}
		if n != warnings {
			t.Errorf("%v: got %d warnings, want %d", asOf, n, warnings)
		}
	}
	f(day("2026-03-01"), false, 0)
	f(day("2026-06-30"), false, 0)
	f(day("2026-07-01"), true, 1)
	f(time.Time{}, false, 0)
}

// Promise: the effective pack holds the decisions, so the sum in a report speaks for them, too.
func TestEffectiveHasDecisions(t *testing.T) {
	with := func(decisions string) *rules.Set {
		t.Helper()
		return load(t, rules.Options{Paths: []string{write(t, "acme.yaml", head+"extends: [base.yaml]\n"+decisions, "base.yaml", base)}})
	}
	none, some := with(""), with(`decisions: [{fingerprint: "`+print1+`", verdict: benign, reason: "NO: \"#1\""}]`)
	if none.SHA256 == some.SHA256 {
		t.Error("a decision does not change the sum")
	}
	if text := string(rules.Effective(some)); !strings.HasPrefix(text, string(rules.Effective(none))) {
		t.Errorf("decisions do not stand last:\n%s", text)
	}
	again := load(t, rules.Options{Paths: []string{write(t, "effective.yaml", string(rules.Effective(some)))}})
	if again.SHA256 != some.SHA256 || again.Decided()[print1] != some.Decided()[print1] {
		t.Errorf("got %+v of the effective pack, want %+v", again.Decisions, some.Decisions)
	}
}
