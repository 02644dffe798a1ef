package packtest

import (
	"testing"
	"time"

	"triage/analyzers"
	"triage/geo"
	"triage/rules"
)

// coreSet is the built-in pack, and where addresses are.
func coreSet(t *testing.T) (*rules.Set, *geo.Locator) {
	t.Helper()
	set, err := rules.Load(analyzers.Kinds(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := geo.Open(geo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set, l
}

// The tests that the core pack brings with its rules hold.
func TestCorePack(t *testing.T) {
	set, l := coreSet(t)
	results, err := Run(t.Context(), set, l, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err != nil || len(results) == 0 {
		t.Fatalf("%d tests: %v", len(results), err)
	}
	for _, r := range results {
		for _, fault := range r.Faults {
			t.Errorf("%s:%d: %s: %s", r.Test.File, r.Test.Line, r.Test.Name, fault)
		}
	}
}

// No rule ships without a test in which it fires and one in which it stays quiet.
func TestEveryCoreRuleFiresAndStaysQuiet(t *testing.T) {
	set, _ := coreSet(t)
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, test := range set.Tests {
		for _, e := range test.Expect {
			switch {
			case e.NoOther:
			case e.Count == 0:
				quiet[e.Rule] = true
			default:
				fires[e.Rule] = true
			}
		}
	}
	for _, r := range set.Rules {
		if !fires[r.ID] {
			t.Errorf("%s has no test in which it fires", r.ID)
		}
		if !quiet[r.ID] {
			t.Errorf("%s has no near miss: a test that expects it with count 0", r.ID)
		}
	}
}
