package rules

import (
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
		if !tested[r.ID] {
			f.Fail(yamltext.WarnUntested, n, "no test expects this rule")
		}
		if n.Get("title") == nil {
			f.Fail(yamltext.WarnUntitled, n, "no title: reports show the id instead")
		}
		if slow := slowField(r); slow != "" {
			f.Fail(yamltext.WarnSlow, n.Get("where"), "%s without a fixed type or op: every record must be decoded whole", slow)
		}
	}
	for name, list := range set.Merged.Lists {
		if !used.lists[name] && name != "internal_domains" { // which the program itself reads
			f.Fail(yamltext.WarnUnusedList, list.key, "nothing uses the list %q", name)
		}
	}
	for name, macro := range set.Merged.Macros {
		if !used.macros[name] {
			f.Fail(yamltext.WarnUnusedMacro, macro.Key, "nothing uses the macro %q", name)
		}
	}
}

// slowField is the raw.* field of a rule that fixes neither type nor op; "" if it has none.
func slowField(r *detect.Rule) string {
	if fixes(r.Where.Block()) {
		return ""
	}
	for _, name := range r.Where.Reads() {
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
