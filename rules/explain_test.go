package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/rules"
	"triage/rules/explain"
)

// Promise: what is said of a rule names, for each setting, its default and who set it; the lists and macros behind it;
// every override with its reason; exceptions in force and expired; the tests that expect it.
func TestAbout(t *testing.T) {
	path := write(t, "acme.yaml", head+`
extends: [base.yaml]
lists: {terms: {append: [sepa]}}
override:
  a.one: {level: high, set: {watch.window: 90m}, where_also: {all: [$person], query|contains|expand: "%terms%"}, reason: too quiet}
  a.two: {enabled: false, reason: noise}
exceptions:
- {id: old, rules: ["a.*"], reason: was so, expires: 2020-01-01}
tests:
- name: one is found
  given: [{source: activities, ActivityIdType: SearchResult}]
  expect: [{rule: a.one}]
`, "base.yaml", base)
	set := load(t, rules.Options{Paths: []string{path}, AsOf: day("2026-11-21")})
	a := explain.Rule(set, kinds(), "a.one")
	var said []string
	for _, s := range a.Settings {
		if s.At != "" {
			said = append(said, fmt.Sprintf("%s=%s (%s) by %s", s.Path, s.Value, s.Default, s.Pack))
		}
	}
	if want := []string{
		"any_of=$terms () by base", "window=90m (0) by acme", "baseline.min_days=5 (5) by base",
	}; !slices.Equal(said, want) {
		t.Errorf("settings: got %q", said)
	}
	said = nil
	for _, u := range a.Uses {
		said = append(said, fmt.Sprintf("%s: %s%s", u.Name, strings.Join(u.Values, ","), u.Macro))
	}
	if want := []string{"person: {lane: person}", "terms: iban,Wire Transfer,payroll,sepa"}; !slices.Equal(said, want) {
		t.Errorf("uses: got %q", said)
	}
	said = nil
	for _, o := range a.Changes {
		said = append(said, fmt.Sprintf("%s=%s by %s: %s", o.Key, o.Value, o.Pack, o.Reason))
	}
	if want := []string{
		"level=high by acme: too quiet", "watch.window=90m by acme: too quiet",
		`where_also={all: [$person], query|contains|expand: '%terms%'} by acme: too quiet`,
	}; !slices.Equal(said, want) {
		t.Errorf("overrides: got %q", said)
	}
	if len(a.Exceptions) != 1 || !a.Exceptions[0].Expired || a.Exceptions[0].Pack != "acme" || len(a.Tests) != 1 || a.Off != nil {
		t.Errorf("%+v", a)
	}
	if off := explain.Rule(set, kinds(), "a.two"); off.Off == nil || off.Off.Reason != "noise" || off.Rule == nil || off.Rule.Level.String() != "low" {
		t.Errorf("a rule that is off: %+v", off)
	}
	if explain.Rule(set, kinds(), "a.three") != nil {
		t.Error("a rule that is not there")
	}
}

// Promise: a difference names the rule, the path and both values; what is the same, in another order or place, is none.
func TestDiff(t *testing.T) {
	before := load(t, rules.Options{Paths: []string{write(t, "base.yaml", base)}})
	after := strings.NewReplacer(
		"[iban, Wire Transfer, payroll]", "[payroll, IBAN, sepa]", "min_days: 5", "min_days: 6", "lane: person", "lane: [person]",
		"- {id: b.three, title: Three,", "- {title: Four, id: b.four,", "rules: [b.three]", "rules: [b.four]",
	).Replace(base) + "home: [NL]\n"
	now := load(t, rules.Options{Paths: []string{write(t, "base.yaml", after)}})
	var said []string
	for _, d := range explain.Diff(before, now) {
		said = append(said, fmt.Sprintf("%s %s %s %q %v", d.Change, d.Kind, d.ID, d.UsedBy, d.Changes))
	}
	want := []string{
		`changed rule a.one [] [{watch.baseline.min_days 5 6}]`,
		`added rule b.four [] []`,
		`removed rule b.three [] []`,
		`changed list terms ["a.one"] [{ iban IBAN} {  sepa} { Wire Transfer }]`,
		`changed macro person ["a.two"] [{ {lane: person} {lane: [person]}}]`,
		`added home NL [] []`,
		`changed exception firm [] [{rules [b.three] [b.four]}]`,
	}
	if !slices.Equal(said, want) {
		t.Errorf("got\n%s", strings.Join(said, "\n"))
	}
	if same := explain.Diff(now, now); len(same) > 0 {
		t.Errorf("itself: %+v", same)
	}
}
