package rules

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/rules/yamltext"
)

// NewOverlay is the text of a pack that changes nothing yet, for a file of that name. It extends the core pack that the
// packs before it stand on, be it an earlier version.
func NewOverlay(path string, before []Pack) []byte {
	core := yamltext.Builtin + "core"
	for _, p := range before {
		if strings.HasPrefix(p.Path, core+"@") {
			core = p.Path
		}
	}
	id := strings.Map(func(r rune) rune {
		if validID("x" + string(r)) {
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))))
	if !validID(id) || id == "core" {
		id = "decisions"
	}
	return fmt.Appendf(nil, "apiVersion: triage/v1\nkind: pack\nmetadata: {id: %s, version: 1.0.0}\nextends: [%s]\n", strconv.Quote(id), core)
}

// effectiveID is the id of the pack that Effective writes.
const effectiveID = "effective"

// Effective is the effective pack as YAML: lists filled, overrides applied, rules by id. It is a pack itself, and the
// same packs always give the same bytes.
func Effective(s *Set) []byte {
	m := s.Merged
	root, meta := mapping(), mapping()
	yamltext.Add(root, "apiVersion", yamltext.NewText("triage/v1"))
	yamltext.Add(root, "kind", yamltext.NewText("pack"))
	yamltext.Add(meta, "id", yamltext.NewText(effectiveID))
	yamltext.Add(meta, "version", yamltext.NewText("1.0.0"))
	yamltext.Add(root, "metadata", meta)

	if head := caseYAML(s.Case); len(head.Content) > 0 {
		yamltext.Add(root, "case", head)
	}
	lists, macros, rules := mapping(), mapping(), sequence(nil)
	for _, name := range slices.Sorted(maps.Keys(m.Lists)) {
		values := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, v := range m.Lists[name].Values {
			values.Content = append(values.Content, yamltext.NewText(v))
		}
		yamltext.Add(lists, name, values)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Macros)) {
		yamltext.Add(macros, name, m.Macros[name].Value.YAML())
	}
	for _, id := range m.IDs() {
		rules.Content = append(rules.Content, ruleYAML(m.Rules[id].Node))
	}
	if moved := m.movesYAML(); moved != nil {
		yamltext.Add(root, "moved", moved)
	}
	for _, part := range []struct {
		key  string
		node *yaml.Node
	}{
		{"lists", lists},
		{"macros", macros},
		{"home", sequence(m.Homes)},
		{"travel", sequence(m.Travel)},
		{"egress", sequence(m.Egress)},
		{"attacker", sequence(m.Attacker)},
		{"owner", sequence(m.Owner)},
		{"rules", rules},
		{"exceptions", sequence(m.Exceptions)},
		{"decisions", sequence(m.Decisions)},
	} {
		if len(part.node.Content) > 0 {
			yamltext.Add(root, part.key, part.node)
		}
	}
	return yamltext.Encode(root)
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func sequence(nodes []*yamltext.Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, n := range nodes {
		out.Content = append(out.Content, n.YAML())
	}
	return out
}

// ruleKeys is the order in which a rule is written; keys not among them, its detector's settings, follow.
func ruleKeys() []string {
	return []string{
		"id", "title", "detector", "enabled", "reason", "level", "confidence", "family", "entities", "attack", "of", "accuses", "entry", "where",
		"message", "next", "author", "escalate", "soften", "exceptions", "falsepositives",
	}
}

func ruleYAML(rule *yamltext.Node) *yaml.Node {
	out := mapping()
	keys := ruleKeys()
	for _, key := range keys {
		if v := rule.Get(key); v != nil {
			yamltext.Add(out, key, v.YAML())
		}
	}
	for _, p := range rule.Pairs {
		if !slices.Contains(keys, p.Key.Text) {
			yamltext.Add(out, p.Key.Text, p.Value.YAML())
		}
	}
	return out
}
