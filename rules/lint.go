package rules

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
			l.fail(warnUntested, def.node, "no test expects this rule")
		}
		if def.node.get("title") == nil {
			l.fail(warnUntitled, def.node, "no title: reports show the id instead")
		}
		if slow := slowField(def.node); slow != nil {
			l.fail(warnSlow, slow, "%s without a fixed type or op: every record must be decoded whole", slow.text)
		}
	}
	l.rule = ""
	for _, name := range sortedKeys(m.lists) {
		if def := m.lists[name]; !def.used && !declared(name) {
			l.fail(warnUnusedList, def.key, "nothing uses the list %q", name)
		}
	}
	for _, name := range sortedKeys(m.macros) {
		if def := m.macros[name]; !def.used {
			l.fail(warnUnusedMacro, def.key, "nothing uses the macro %q", name)
		}
	}
}

// declared says that a list speaks about the engagement and is read by the program itself.
func declared(name string) bool {
	switch name {
	case "internal_domains", "home", "egress":
		return true
	}
	return false
}

// slowField is the raw.* condition of a rule that fixes neither type nor op at the top of its where.
func slowField(rule *node) *node {
	where := rule.get("where")
	if where == nil {
		return nil
	}
	if fixes(where) {
		return nil
	}
	return rawKey(where)
}

// fixes says whether a block holds only for some types or operations.
func fixes(n *node) bool {
	for _, p := range n.pairs {
		switch p.key.text {
		case "type", "type|in", "op", "op|in", "op|startswith":
			return true
		case "all":
			for _, item := range p.value.items {
				if fixes(item) {
					return true
				}
			}
		}
	}
	return false
}

func rawKey(n *node) *node {
	for _, p := range n.pairs {
		if len(p.key.text) > 4 && p.key.text[:4] == "raw." {
			return p.key
		}
		if found := rawKey(p.value); found != nil {
			return found
		}
	}
	for _, item := range n.items {
		if found := rawKey(item); found != nil {
			return found
		}
	}
	return nil
}
