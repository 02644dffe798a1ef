package rules

import (
	"cmp"
	"slices"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// lint looks for what loads and is yet hardly meant. What concerns single conditions is found where they are read.
func lint(set *Set, used usage, f *yamltext.Faults) {
	tested := map[string]bool{}
	for _, t := range set.Tests {
		for _, e := range t.Expect {
			tested[e.Rule] = true
		}
	}
	for _, r := range set.Rules {
		f, n := f.Of(r.ID), set.Merged.Rules[r.ID].Node
		if set.Merged.Rules[r.ID].Pack.Sigma { // its authors wrote it for others, and nobody here can mend it
			continue
		}
		if !tested[r.ID] {
			f.Fail(yamltext.WarnUntested, n, "no test expects this rule")
		}
		if n.Get("title") == nil {
			f.Fail(yamltext.WarnUntitled, n, "no title: reports show the id instead")
		}
		if len(r.Soften) > 0 && highest(r) <= detect.Low {
			f.Fail(yamltext.WarnNotSoftened, n.Get("soften"), "soften lowers nothing: findings of this rule are %s, and nothing is lowered below low", highest(r))
		}
		if points := highest(r).Impact() * float64(r.Confidence) / 100; r.Accuses != "" && points < detect.AccusingPoints {
			f.Fail(yamltext.WarnAccusesNone, n.Get("accuses"), "accuses nobody: its findings have %.0f points at most, and it takes %d", points, detect.AccusingPoints)
		}
		if slow := slowField(r); slow != "" {
			f.Fail(yamltext.WarnSlow, cmp.Or(n.Get("where"), n), "%s without a fixed type or op: every record must be decoded whole", slow)
		}
	}
	for name, list := range set.Merged.Lists {
		if !used.lists[name] && name != "internal_domains" && list.key != nil { // the program itself reads it, or a flag made it
			f.Fail(yamltext.WarnUnusedList, list.key, "nothing uses the list %q", name)
		}
	}
	for name, macro := range set.Merged.Macros {
		if !used.macros[name] {
			f.Fail(yamltext.WarnUnusedMacro, macro.Key, "nothing uses the macro %q", name)
		}
	}
}

// highest is the highest level that a rule says of its findings.
func highest(r *detect.Rule) detect.Level {
	level := r.Level
	for i := range r.Escalate {
		level = max(level, r.Escalate[i].Level)
	}
	return level
}

// slowField is the raw.* field of a rule that fixes neither type nor op; "" if it has none.
func slowField(r *detect.Rule) string {
	if fixes(r.Where.Block()) {
		return ""
	}
	names := r.Where.Reads()
	for i := range r.Escalate {
		names = append(names, r.Escalate[i].Where.Reads()...)
	}
	for i := range r.Soften {
		names = append(names, r.Soften[i].Where.Reads()...)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "raw.") {
			return name
		}
	}
	return ""
}

// fixes says whether a block holds only for some types or operations.
func fixes(b detect.Block) bool {
	for _, c := range b.Conditions {
		if (c.Field == "type" || c.Field == "op") && !c.Not && (c.Modifier == "" || c.Modifier == "in") {
			return true
		}
	}
	return slices.ContainsFunc(b.All, fixes)
}
