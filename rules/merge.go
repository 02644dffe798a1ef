package rules

import (
	"maps"
	"slices"
	"strings"

	"triage/rules/yamltext"
)

// Merged is what the packs say together, before anything is compiled. It is not to be changed.
type Merged struct {
	Lists      map[string]*List
	Macros     map[string]yamltext.Pair // named blocks of conditions
	Rules      map[string]*RuleSource
	Case       []*yamltext.Node // of the packs that have it, in their order
	Homes      []*yamltext.Node
	Travel     []*yamltext.Node
	Egress     []*yamltext.Node
	Attacker   []*yamltext.Node
	Owner      []*yamltext.Node
	Exceptions []*yamltext.Node
	Decisions  []*yamltext.Node
	Moved      Moves

	tests []*yamltext.Node
	packs []*Pack // in the order in which they were laid
	owner map[*yamltext.File]*Pack
}

// IDs are those of all rules, sorted.
func (m *Merged) IDs() []string { return slices.Sorted(maps.Keys(m.Rules)) }

// PackOf is the pack that a node stands in.
func (m *Merged) PackOf(n *yamltext.Node) *Pack { return m.owner[n.File] }

// merge lays the packs over each other, in the order in which they were read.
func merge(docs []doc, disk store, f *yamltext.Faults) *Merged {
	m := &Merged{
		Lists: map[string]*List{}, Macros: map[string]yamltext.Pair{}, Rules: map[string]*RuleSource{},
		Moved: Moves{map[string]Move{}, map[string]Move{}}, owner: map[*yamltext.File]*Pack{},
	}
	for i := 0; i < len(docs); {
		end := i
		for end < len(docs) && docs[end].pack == docs[i].pack {
			m.owner[docs[end].root.File] = docs[i].pack
			end++
		}
		m.packs = append(m.packs, docs[i].pack)
		m.lay(docs[i:end], disk, f)
		i = end
	}
	m.follow(f)
	packIDs(docs, f)
	return m
}

// packIDs refuses two packs of one id: the report could not say which one it means.
func packIDs(docs []doc, f *yamltext.Faults) {
	seen := map[string]*Pack{}
	for _, d := range docs {
		if other := seen[d.pack.ID]; other != nil && other != d.pack && d.pack.ID != "" {
			f.Fail(yamltext.DuplicateID, d.root, "pack id %q is that of %s, too", d.pack.ID, other.Path)
		}
		seen[d.pack.ID] = d.pack
	}
}

// lay puts one pack, of one or several files, over what is there. Its rules come before its overrides, whatever the
// order of its files.
func (m *Merged) lay(docs []doc, disk store, f *yamltext.Faults) {
	for _, d := range docs {
		f.Known(d.root, "a pack", "apiVersion", "kind", "metadata", "extends", "case", "lists", "macros", "home", "travel", "egress", "attacker", "owner",
			"rules", "moved", "override", "exceptions", "decisions", "tests", "sigma")
		if n := d.root.Get("case"); n != nil && !n.Null() {
			m.Case = append(m.Case, n)
		}
		f.EachPair(d.root.Get("lists"), "lists", func(p yamltext.Pair) { layList(m.Lists, p, disk, f) })
		f.EachPair(d.root.Get("macros"), "macros", func(p yamltext.Pair) { m.Macros[p.Key.Text] = p })
		for key, to := range map[string]*[]*yamltext.Node{
			"home": &m.Homes, "travel": &m.Travel, "egress": &m.Egress, "attacker": &m.Attacker, "owner": &m.Owner, "exceptions": &m.Exceptions, "decisions": &m.Decisions,
			"tests": &m.tests,
		} {
			f.EachItem(d.root.Get(key), key, func(n *yamltext.Node) { *to = append(*to, n) })
		}
		f.EachItem(d.root.Get("rules"), "rules", func(n *yamltext.Node) { m.layRule(d.pack, n, f) })
	}
	for _, d := range docs {
		m.layMoves(d.pack, d.root.Get("moved"), f)
	}
	for _, d := range docs {
		f.EachPair(d.root.Get("override"), "override", func(p yamltext.Pair) { m.override(d.pack, p, f) })
	}
}

func (m *Merged) layRule(pack *Pack, n *yamltext.Node, f *yamltext.Faults) {
	if !f.Table(n, "a rule") {
		return
	}
	idNode := n.Get("id")
	if idNode == nil {
		f.Fail(yamltext.MissingKey, n, "a rule without an id")
		return
	}
	id, ok := f.Word(idNode, "id")
	if !ok {
		return
	}
	if !validID(id) {
		f.Fail(yamltext.BadValue, idNode, "rule id %q: want lower-case letters, digits, dots and dashes", id)
		return
	}
	if old := m.Rules[id]; old != nil && old.Pack == pack {
		f.Fail(yamltext.DuplicateID, idNode, "rule %q stands already in line %d of %s", id, old.Node.Line, old.Node.File.Name)
		return
	} else if old != nil {
		f.Fail(yamltext.WarnReplaced, idNode, "rule %q replaces that of pack %s; override: changes single settings", id, old.Pack.ID)
	}
	m.movedSettings(n, f.Of(id))
	m.Rules[id] = &RuleSource{Node: n, Pack: pack}
}

func validID(id string) bool {
	return id != "" && len(id) <= 100 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == "" && id[0] != '.'
}
