package rules

import (
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// lint looks for what loads and is yet hardly meant. What concerns single conditions is found where they are read.
func (l *loader) lint(set *Set) {
	tested := map[string]bool{}
	for _, t := range set.Tests {
		for _, e := range t.Expect {
			tested[e.Rule] = true
		}
	}
	m := set.merged
	for _, r := range set.Rules {
		l.rule = r.ID
		def := m.rules[r.ID]
		if !tested[r.ID] {
			l.fail(WarnUntested, def.node, "no test expects this rule")
		}
		if def.node.get("title") == nil {
			l.fail(WarnUntitled, def.node, "no title: reports show the id instead")
		}
		if slow := slowField(r); slow != "" {
			l.fail(WarnSlow, def.node.get("where"), "%s without a fixed type or op: every record must be decoded whole", slow)
		}
	}
	l.rule = ""
	for _, name := range sortedKeys(m.lists) {
		if def := m.lists[name]; !def.used && !declared(name) {
			l.fail(WarnUnusedList, def.key, "nothing uses the list %q", name)
		}
	}
	for _, name := range sortedKeys(m.macros) {
		if def := m.macros[name]; !def.used {
			l.fail(WarnUnusedMacro, def.key, "nothing uses the macro %q", name)
		}
	}
}

// declared says that a list speaks about the engagement and is read by the program itself.
func declared(name string) bool {
	return name == "internal_domains"
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
