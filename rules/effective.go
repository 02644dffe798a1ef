package rules

import (
	"bytes"
	"slices"

	"gopkg.in/yaml.v3"
)

// Effective is the effective pack as YAML: lists filled, overrides applied, rules by id. It is a pack itself, and the
// same packs always give the same bytes.
func Effective(s *Set) []byte {
	m := s.merged
	root := mapping()
	add(root, "apiVersion", text("triage/v1"))
	add(root, "kind", text("pack"))
	meta := mapping()
	add(meta, "id", text("effective"))
	add(meta, "version", text("1.0.0"))
	add(root, "metadata", meta)

	lists := mapping()
	for _, name := range sortedKeys(m.lists) {
		values := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, v := range m.lists[name].values {
			values.Content = append(values.Content, text(v))
		}
		add(lists, name, values)
	}
	macros := mapping()
	for _, name := range sortedKeys(m.macros) {
		add(macros, name, m.macros[name].value.yaml())
	}
	home, travel, egress := sequence(m.homes), sequence(m.travel), sequence(m.egress)
	rules := &yaml.Node{Kind: yaml.SequenceNode}
	for _, id := range m.ruleIDs() {
		rules.Content = append(rules.Content, m.rules[id].yaml())
	}
	exceptions, decisions := sequence(m.exceptions), sequence(m.decisions)
	for _, part := range []struct {
		key  string
		node *yaml.Node
	}{
		{"lists", lists},
		{"macros", macros},
		{"home", home},
		{"travel", travel},
		{"egress", egress},
		{"rules", rules},
		{"exceptions", exceptions},
		{"decisions", decisions},
	} {
		if len(part.node.Content) > 0 {
			add(root, part.key, part.node)
		}
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if enc.Encode(root) != nil || enc.Close() != nil { // a bytes.Buffer does not fail, and the nodes are well formed
		return nil
	}
	return out.Bytes()
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func sequence(nodes []*node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, n := range nodes {
		out.Content = append(out.Content, n.yaml())
	}
	return out
}

func text(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func add(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, text(key), value)
}

// ruleKeys is the order in which a rule is written; keys not among them, its detector's settings, follow.
func ruleKeys() []string {
	return []string{
		"id", "title", "detector", "enabled", "reason", "level", "confidence", "family", "entities", "attack", "of", "where",
		"message", "next", "author", "escalate", "exceptions", "falsepositives",
	}
}

func (d *ruleDef) yaml() *yaml.Node {
	out := mapping()
	keys := ruleKeys()
	for _, key := range keys {
		if v := d.node.get(key); v != nil {
			add(out, key, v.yaml())
		}
	}
	for _, p := range d.node.pairs {
		if !slices.Contains(keys, p.key.text) {
			add(out, p.key.text, p.value.yaml())
		}
	}
	return out
}

// yaml is the node without its place and its style.
func (n *node) yaml() *yaml.Node {
	switch n.shape {
	case list:
		out := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range n.items {
			out.Content = append(out.Content, item.yaml())
		}
		return out
	case table:
		out := mapping()
		for _, p := range n.pairs {
			add(out, p.key.text, p.value.yaml())
		}
		return out
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: n.tag, Value: n.text}
}
