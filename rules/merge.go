package rules

import (
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// merged is what the packs say together, before anything is compiled.
type merged struct {
	lists      map[string]*listDef
	macros     map[string]*macroDef
	rules      map[string]*ruleDef
	homes      []*node
	travel     []*node
	egress     []*node
	exceptions []*node
	decisions  []*node
	tests      []*node
}

// macroDef is a named block of conditions.
type macroDef struct {
	key, value *node
	used, open bool // open: being resolved, so that a macro cannot contain itself
}

// ruleDef is a rule as its pack wrote it, with what overlays changed.
type ruleDef struct {
	id      string
	pack    *Pack
	node    *node
	changes []Override // by overlays, in their order
}

// merge lays the packs over each other, in the order in which they were loaded.
func (l *loader) merge() *merged {
	m := &merged{lists: map[string]*listDef{}, macros: map[string]*macroDef{}, rules: map[string]*ruleDef{}}
	l.packIDs()
	for i := 0; i < len(l.docs); {
		end := i
		for end < len(l.docs) && l.docs[end].pack == l.docs[i].pack {
			end++
		}
		l.lay(m, l.docs[i:end])
		i = end
	}
	return m
}

// packIDs refuses two packs of one id: the report could not say which one it means.
func (l *loader) packIDs() {
	seen := map[string]*Pack{}
	for _, d := range l.docs {
		if other := seen[d.pack.ID]; other != nil && other != d.pack && d.pack.ID != "" {
			l.fail(DuplicateID, d.root, "pack id %q is that of %s, too", d.pack.ID, other.Path)
		}
		seen[d.pack.ID] = d.pack
	}
}

// lay puts one pack, of one or several files, over what is there. Its rules come before its overrides, whatever the
// order of its files.
func (l *loader) lay(m *merged, docs []*doc) {
	for _, d := range docs {
		l.known(d.root, "a pack", "apiVersion", "kind", "metadata", "extends", "lists", "macros", "home", "travel", "egress",
			"rules", "override", "exceptions", "decisions", "tests", "sigma")
		if n := d.root.get("sigma"); n != nil {
			l.fail(NotYet, n, "Sigma rules cannot be loaded by this version")
		}
		l.eachPair(d.root.get("lists"), "lists", func(p pair) { l.layList(m, p) })
		l.eachPair(d.root.get("macros"), "macros", func(p pair) { m.macros[p.key.text] = &macroDef{key: p.key, value: p.value} })
		for key, to := range map[string]*[]*node{
			"home": &m.homes, "travel": &m.travel, "egress": &m.egress, "exceptions": &m.exceptions, "decisions": &m.decisions,
			"tests": &m.tests,
		} {
			l.eachItem(d.root.get(key), key, func(n *node) { *to = append(*to, n) })
		}
		l.eachItem(d.root.get("rules"), "rules", func(n *node) { l.layRule(m, d.pack, n) })
	}
	for _, d := range docs {
		l.eachPair(d.root.get("override"), "override", func(p pair) { l.override(m, p) })
	}
}

func (l *loader) eachPair(n *node, what string, visit func(pair)) {
	if n == nil || n.null() || !l.wantTable(n, what) {
		return
	}
	for _, p := range n.pairs {
		visit(p)
	}
}

func (l *loader) eachItem(n *node, what string, visit func(*node)) {
	if n == nil || n.null() || !l.wantList(n, what) {
		return
	}
	for _, item := range n.items {
		visit(item)
	}
}

func (l *loader) layRule(m *merged, pack *Pack, n *node) {
	if !l.wantTable(n, "a rule") {
		return
	}
	idNode := n.get("id")
	if idNode == nil {
		l.fail(MissingKey, n, "a rule without an id")
		return
	}
	id, ok := l.word(idNode, "id")
	if !ok {
		return
	}
	if !validID(id) {
		l.fail(BadValue, idNode, "rule id %q: want lower-case letters, digits, dots and dashes", id)
		return
	}
	if old := m.rules[id]; old != nil && old.pack == pack {
		l.fail(DuplicateID, idNode, "rule %q stands already in line %d of %s", id, old.node.line, old.node.src.name)
		return
	} else if old != nil {
		l.fail(WarnReplaced, idNode, "rule %q replaces that of pack %s; override: changes single settings", id, old.pack.ID)
	}
	m.rules[id] = &ruleDef{id: id, pack: pack, node: n}
}

func validID(id string) bool {
	return id != "" && len(id) <= 100 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == "" && id[0] != '.'
}

// override changes single keys of a rule of this pack or one below it.
func (l *loader) override(m *merged, p pair) {
	def := m.rules[p.key.text]
	if def == nil {
		l.fail(UnknownRule, p.key, "override: unknown rule %q%s", p.key.text, detect.DidYouMean(p.key.text, m.ruleIDs()))
		return
	}
	if !l.wantTable(p.value, "override") {
		return
	}
	l.rule = def.id
	defer func() { l.rule = "" }()
	l.known(p.value, "an override", "enabled", "reason", "level", "confidence", "set", "where_also")
	def.note(p.value)
	for _, change := range p.value.pairs {
		switch change.key.text {
		case "enabled", "reason", "level", "confidence":
			def.node.put(change.key, change.value)
		case "set":
			l.eachPair(change.value, "set", func(p pair) { l.set(def, p) })
		case "where_also":
			narrow(def.node, change)
		}
	}
	if off := p.value.get("enabled"); off != nil && off.text == "false" && p.value.get("reason") == nil {
		l.fail(MissingKey, p.key, "override: enabled: false wants a reason")
	}
}

// note remembers who changed what, and why.
func (d *ruleDef) note(override *node) {
	reason := ""
	if why := override.get("reason"); why != nil {
		reason = why.text
	}
	add := func(key string, value pair) {
		d.changes = append(d.changes, Override{
			Key: key, Value: line(value.value), Pack: value.key.src.pack.ID, At: spot(value.key), Reason: reason,
		})
	}
	for _, change := range override.pairs {
		switch change.key.text {
		case "set":
			for _, p := range change.value.pairs {
				add(p.key.text, p)
			}
		case "reason":
		default:
			add(change.key.text, change)
		}
	}
}

// narrow adds conditions: a rule's own ones always stay, so that an overlay cannot widen it by accident.
func narrow(rule *node, also pair) {
	where := rule.get("where")
	all := &node{src: also.value.src, line: also.value.line, column: also.value.column, shape: list}
	if where != nil {
		all.items = append(all.items, where)
	}
	all.items = append(all.items, also.value)
	at := *all
	both := &node{src: at.src, line: at.line, column: at.column, shape: table}
	both.pairs = []pair{{word(also.key, "all"), all}}
	rule.put(word(also.key, "where"), both)
}

// word is a scalar that stands where another node stands.
func word(at *node, text string) *node {
	return &node{src: at.src, line: at.line, column: at.column, tag: "!!str", text: text}
}

// set changes one setting of a rule's detector: geography.baseline.min_days.
func (l *loader) set(def *ruleDef, p pair) {
	kind := ""
	if n := def.node.get("detector"); n != nil {
		kind = n.text
	}
	steps := strings.Split(p.key.text, ".")
	if len(steps) < 2 || steps[0] != kind {
		l.fail(BadOverride, p.key, "set: %q: want a setting of its detector, as %s.…", p.key.text, kind)
		return
	}
	at := def.node
	for _, step := range steps[:len(steps)-1] {
		next := at.get(step)
		if next == nil {
			next = &node{src: p.key.src, line: p.key.line, column: p.key.column, shape: table}
			at.put(word(p.key, step), next)
		}
		if next.shape != table {
			l.fail(BadOverride, p.key, "set: %q: %s is %s, want a map", p.key.text, step, next.shape)
			return
		}
		at = next
	}
	at.put(word(p.key, steps[len(steps)-1]), p.value)
}

func (m *merged) ruleIDs() []string { return sortedKeys(m.rules) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
