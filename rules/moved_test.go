package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/analyzers"
	"triage/rules"
)

// Every rule that core 1 has is there in the present core pack, or its table says what became of it: an engagement that
// goes on with the present one loads.
func TestEveryRuleOfCore1IsAccountedFor(t *testing.T) {
	old, now := loadCore(t, "core@1"), loadCore(t, "core")
	if v := old.Packs[0].Version; v != "1.0.0" {
		t.Errorf("core@1 is %s", v)
	}
	for _, id := range old.Merged.IDs() {
		if now.Merged.Rules[id] == nil && now.Merged.Was(id) == "" {
			t.Errorf("rule %s of core 1.0.0 is gone: name it under moved: in packs/core/pack.yaml", id)
		}
	}
	for id := range now.Merged.Moved.Rules {
		if old.Merged.Rules[id] == nil {
			t.Errorf("moved: core 1.0.0 has no rule %s", id)
		}
	}
}

func loadCore(t *testing.T, name string) *rules.Set {
	t.Helper()
	set, err := rules.Load(analyzers.Kinds(), rules.Options{Paths: []string{"builtin:" + name}})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Where one load asks for an earlier core pack and for the present one, what lies over either lies over the present one,
// whatever the order.
func TestBothVersionsAreThePresentOne(t *testing.T) {
	pack := func(id, core, override string) string {
		return write(t, id+".yaml", strings.Replace(head, "acme", id, 1)+"extends: ['builtin:"+core+"']\noverride: {"+override+"}\n")
	}
	old, present := pack("old", "core@1", "geo.new-country: {level: critical, confidence: 11}"), pack("now", "core", "geo.new-country: {confidence: 12}")
	for _, paths := range [][]string{{old, present}, {present, old}, {old, present, "core@1"}, {"core@1", old, present}, {"core", old}} {
		set, err := rules.Load(analyzers.Kinds(), rules.Options{Paths: paths})
		if err != nil {
			t.Fatalf("%v: %v", paths, err)
		}
		if set.Packs[0].Version == "1.0.0" || len(set.Packs) != len(packsOf(set)) || set.Packs[0].ID != "core" {
			t.Errorf("%v: packs %v", paths, packsOf(set))
		}
		rule := set.Rule("geo.new-country")
		want := 12
		if slices.Index(paths, old) > slices.Index(paths, present) {
			want = 11
		}
		if rule.Level.String() != "critical" || rule.Confidence != want {
			t.Errorf("%v: %v, %d, want critical, %d", paths, rule.Level, rule.Confidence, want)
		}
	}
}

func packsOf(set *rules.Set) map[string]string {
	out := map[string]string{}
	for _, p := range set.Packs {
		out[p.ID] = p.Version
	}
	return out
}

// A moved rule takes what overlays said of the old one, as if they had said it of the new one.
func TestMovedIsAsIfSaid(t *testing.T) {
	base := strings.Replace(head, "acme", "base", 1) + `
moved:
  rules: {a.old: a.new}
  settings: {watch.least: watch.at_least, watch.days: watch.baseline.min_days}
rules:
- {id: a.new, title: T, detector: watch, level: low, family: search, watch: {field: ip}}
- {id: a.new-too, title: T, detector: watch, level: low, family: search, watch: {field: ip}}
`
	f := func(said, meant string) {
		t.Helper()
		text := func(overlay string) string {
			set := load(t, rules.Options{Paths: []string{write(t, "o.yaml", head+"extends: [base.yaml]\n"+overlay, "base.yaml", base)}})
			return string(rules.Effective(set)) + fmt.Sprint(set.Exceptions != nil && set.Exceptions[0].Covers("a.new"))
		}
		if got, want := text(said), text(meant); got != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", said, got, want)
		}
	}
	f("override: {a.old: {level: high, reason: r, where_also: {app: Web}}}", "override: {a.new: {level: high, reason: r, where_also: {app: Web}}}")
	f("override: {a.old: {enabled: false, reason: r}}", "override: {a.new: {enabled: false, reason: r}}")
	f("override: {a.old: {set: {watch.least: 3, watch.days: 4}}}", "override: {a.new: {set: {watch.at_least: 3, watch.baseline.min_days: 4}}}")
	f("rules: [{id: o.o, title: T, detector: watch, level: low, family: search, watch: {field: ip, steps: [{rule: a.old}], days: 4, least: 3}}]",
		"rules: [{id: o.o, title: T, detector: watch, level: low, family: search, watch: {field: ip, steps: [{rule: a.new}], baseline: {min_days: 4}, at_least: 3}}]")
	// near misses: other settings, other rules
	f("rules: [{id: o.o, title: T, detector: match, level: low, family: search, where: {op: least}}]",
		"rules: [{id: o.o, title: T, detector: match, level: low, family: search, where: {op: least}}]")
	if set := load(t, rules.Options{Paths: []string{write(t, "o.yaml", head+
		"extends: [base.yaml]\nexceptions: [{id: e, rules: [a.old, 'a.*-too'], reason: r}]\n", "base.yaml", base)}}); !set.Exceptions[0].Covers("a.new") ||
		!set.Exceptions[0].Covers("a.new-too") || !slices.Equal(set.Rule("a.new").Formerly, []string{"a.old"}) || set.Rule("a.new-too").Formerly != nil {
		t.Errorf("exception %v, formerly %v", set.Exceptions[0].Rules, set.Rule("a.new").Formerly)
	}
}
