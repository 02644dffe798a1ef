package rules

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"triage/analyzers/detect"
)

// About is everything that the effective pack says of one rule.
type About struct {
	Rule       *detect.Rule // compiled; of a rule that is off, too
	Off        *Disabled    // nil: the rule is in force
	Kind       detect.Kind
	Pack       string // id of the pack that brings the rule
	At         Spot
	Where      string // the conditions as YAML, with all that overlays added; "" = every activity
	Uses       []Named
	Settings   []Setting
	Changes    []Override
	Exceptions []Excuse
	Tests      []Test // those that expect something of the rule
}

// Spot is a place in a pack.
type Spot struct {
	File string
	Line int
}

// String is the place as errors name it.
func (s Spot) String() string { return fmt.Sprintf("%s:%d", plain(s.File), s.Line) }

// Named is a list or a macro that the rule uses: its values, or its conditions as YAML.
type Named struct {
	Name   string
	Values []string
	Macro  string
}

// Setting is one setting of the rule's detector.
type Setting struct {
	Path    string // below the detector's word: "baseline.min_days"
	Doc     string
	Value   string // as YAML on one line; "" where nothing is set
	Default string // likewise
	Set     *Spot  // who sets it; nil: it is the default
	Pack    string // whose it is
}

// Override is one change that a pack laid over the rule.
type Override struct {
	Key    string // level, confidence, enabled, where_also, or a setting with its detector
	Value  string // as YAML on one line
	Pack   string
	At     Spot
	Reason string // of the override it belongs to
}

// Excuse is an exception that may cover the rule's findings.
type Excuse struct {
	Exception
	Expired bool
	Where   string // as YAML on one line; "" = every activity
	Pack    string
	At      Spot
}

// IDs are those of all rules, those that are off included, sorted.
func (s *Set) IDs() []string { return s.merged.ruleIDs() }

// About says everything about the rule of an id; nil if there is none. kinds are those that the set was loaded with.
func (s *Set) About(kinds []detect.Kind, id string) *About {
	def := s.merged.rules[id]
	if def == nil {
		return nil
	}
	a := &About{Rule: s.Rule(id), Pack: def.pack.ID, At: spot(def.node), Changes: def.changes}
	for i := range s.Disabled {
		if s.Disabled[i].ID == id {
			a.Off, a.Rule = &s.Disabled[i], s.off[id]
		}
	}
	if w := def.node.get("where"); w != nil {
		a.Where = block(w)
	}
	for _, k := range kinds {
		if k.Name == a.Rule.Kind {
			a.Kind = k
			settings := reflect.ValueOf(k.Settings()).Elem()
			a.Settings = settingRows(settings, def.node.get(k.Name), "")
		}
	}
	a.Uses = s.uses(def.node)
	for _, e := range s.Exceptions {
		a.excuse(e, false)
	}
	for _, e := range s.Expired {
		a.excuse(e, true)
	}
	for _, t := range s.Tests {
		if slices.ContainsFunc(t.Expect, func(e Expect) bool { return e.Rule == id }) {
			a.Tests = append(a.Tests, t)
		}
	}
	return a
}

func (a *About) excuse(e Exception, expired bool) {
	if !e.Covers(a.Rule.ID) {
		return
	}
	x := Excuse{Exception: e, Expired: expired, Pack: e.node.src.pack.ID, At: spot(e.node)}
	if w := e.node.get("where"); w != nil {
		x.Where = line(w)
	}
	a.Exceptions = append(a.Exceptions, x)
}

func spot(n *node) Spot { return Spot{n.src.name, n.line} }

// settingRows lists the settings of a struct with what the rule's block says of them, nested ones by their path.
func settingRows(v reflect.Value, n *node, path string) []Setting {
	var rows []Setting
	for _, s := range settingsOf(v.Type()) {
		field := v.Field(s.index)
		if s.inline {
			continue // conditions among settings: the block as a whole shows them
		}
		var at *node
		if n != nil && n.shape == table {
			at = n.get(s.name)
		}
		if field.Kind() == reflect.Struct && !hasInline(field.Type()) {
			rows = append(rows, settingRows(field, at, path+s.name+".")...)
			continue
		}
		row := Setting{Path: path + s.name, Doc: s.doc, Default: defaultText(field)}
		row.Value = row.Default
		if at != nil {
			place := spot(at)
			row.Value, row.Set, row.Pack = line(at), &place, at.src.pack.ID
		}
		rows = append(rows, row)
	}
	return rows
}

func hasInline(t reflect.Type) bool {
	return slices.ContainsFunc(settingsOf(t), func(s setting) bool { return s.inline })
}

// defaultText is a default as YAML would say it.
func defaultText(v reflect.Value) string {
	if d, ok := v.Interface().(time.Duration); ok {
		return durationText(d)
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Map, reflect.Interface:
		if v.IsZero() {
			return ""
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return ""
		}
	case reflect.String:
		return v.String()
	}
	if out, err := yaml.Marshal(v.Interface()); err == nil {
		return strings.Join(strings.Fields(string(out)), " ")
	}
	return ""
}

// durationText is a time span as packs write it: 10m, 72h, 7d.
func durationText(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d%u.size == 0 {
			return fmt.Sprintf("%d%s", d/u.size, u.name)
		}
	}
	return d.String()
}

// uses lists the lists and macros that a rule names, and those that these macros name.
func (s *Set) uses(rule *node) []Named {
	found := map[string]Named{}
	var visit func(n *node)
	visit = func(n *node) {
		for _, item := range n.items {
			visit(item)
		}
		for _, p := range n.pairs {
			visit(p.value)
		}
		if n.shape != scalar {
			return
		}
		name, ok := ref(n.text)
		if before, rest, cut := strings.Cut(n.text, "%"); !ok && cut && before != n.text {
			name, _, ok = strings.Cut(rest, "%")
		}
		if !ok || found[name].Name != "" {
			return
		}
		if def := s.merged.lists[name]; def != nil {
			found[name] = Named{Name: name, Values: def.values}
		} else if def := s.merged.macros[name]; def != nil {
			found[name] = Named{Name: name, Macro: line(def.value)}
			visit(def.value)
		}
	}
	visit(rule)
	uses := slices.Collect(maps.Values(found))
	slices.SortFunc(uses, func(a, b Named) int { return strings.Compare(a.Name, b.Name) })
	return uses
}

// line is a node as YAML on one line, block as YAML of as many lines as it takes.
func line(n *node) string {
	y := n.yaml()
	flow(y)
	return strings.Join(strings.Fields(encode(y)), " ")
}

func block(n *node) string { return strings.TrimSuffix(encode(n.yaml()), "\n") }

func flow(y *yaml.Node) {
	if y.Kind != yaml.ScalarNode {
		y.Style = yaml.FlowStyle
	}
	for _, c := range y.Content {
		flow(c)
	}
}

func encode(y *yaml.Node) string {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if enc.Encode(y) != nil || enc.Close() != nil { // a bytes.Buffer does not fail, and the nodes are well formed
		return ""
	}
	return out.String()
}
