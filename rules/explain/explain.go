// Package explain says what an effective pack makes of one rule, and what two packs do not say alike: who sets what, by
// which default, list, overlay and test.
package explain

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"triage/rules"
	"triage/rules/detect"
	"triage/rules/inline"
	"triage/rules/yamltext"
)

// About is everything that the effective pack says of one rule.
type About struct {
	Rule       *detect.Rule    // compiled; of a rule that is off, too
	Off        *rules.Disabled // nil: the rule is in force
	Kind       detect.Kind
	Pack       string // id of the pack that brings the rule
	At         string // file:line
	Where      string // the conditions as YAML, with all that overlays added; "" = every activity
	Uses       []Named
	Settings   []Setting
	Changes    []rules.Change
	Exceptions []Exception
	Tests      []inline.Test // those that expect something of the rule
}

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
	At      string // where it is set, file:line; "": it is the default
	Pack    string // whose pack sets it
}

// Exception is one that may cover the rule's findings.
type Exception struct {
	rules.Exception
	Where string // as YAML on one line; "" = every activity
	Pack  string
	At    string
}

// Rule says everything about the rule of an id; nil if there is none. kinds are those that the set was loaded with.
func Rule(set *rules.Set, kinds []detect.Kind, id string) *About {
	source := set.Merged.Rules[id]
	if source == nil {
		return nil
	}
	a := &About{Rule: set.Rule(id), Pack: source.Pack.ID, At: source.Node.Spot(), Changes: source.Changes}
	for i := range set.Disabled {
		if set.Disabled[i].ID == id {
			a.Off, a.Rule = &set.Disabled[i], set.Disabled[i].Rule
		}
	}
	if w := source.Node.Get("where"); w != nil {
		a.Where = w.Block()
	}
	for _, k := range kinds {
		if k.Name == a.Rule.Kind {
			a.Kind = k
			a.Settings = settingRows(set.Merged, reflect.ValueOf(k.Settings()).Elem(), source.Node.Get(k.Name), "")
		}
	}
	a.Uses = uses(set.Merged, source.Node)
	for _, e := range slices.Concat(set.Exceptions, set.Expired) {
		if !e.Covers(id) {
			continue
		}
		x := Exception{Exception: e, Pack: set.Merged.PackOf(e.Node).ID, At: e.Node.Spot()}
		if w := e.Node.Get("where"); w != nil {
			x.Where = w.OneLine()
		}
		a.Exceptions = append(a.Exceptions, x)
	}
	for _, t := range set.Tests {
		if slices.ContainsFunc(t.Expect, func(e inline.Expect) bool { return e.Rule == id }) {
			a.Tests = append(a.Tests, t)
		}
	}
	return a
}

// settingRows lists the settings of a struct with what the rule's block says of them, nested ones by their path.
func settingRows(m *rules.Merged, v reflect.Value, n *yamltext.Node, path string) []Setting {
	var rows []Setting
	for _, s := range rules.SettingFields(v.Type()) {
		field := v.Field(s.Index)
		if s.Inline {
			continue // conditions among settings: the block as a whole shows them
		}
		var at *yamltext.Node
		if n != nil && n.Shape == yamltext.Table {
			at = n.Get(s.Name)
		}
		if field.Kind() == reflect.Struct && !hasInline(field.Type()) {
			rows = append(rows, settingRows(m, field, at, path+s.Name+".")...)
			continue
		}
		row := Setting{Path: path + s.Name, Doc: s.Doc, Default: defaultText(field)}
		row.Value = row.Default
		if at != nil {
			row.Value, row.At, row.Pack = at.OneLine(), at.Spot(), m.PackOf(at).ID
		}
		rows = append(rows, row)
	}
	return rows
}

func hasInline(t reflect.Type) bool {
	return slices.ContainsFunc(rules.SettingFields(t), func(s rules.SettingField) bool { return s.Inline })
}

// defaultText is a default as YAML would say it.
func defaultText(v reflect.Value) string {
	if d, ok := v.Interface().(time.Duration); ok {
		return durationText(d)
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Map, reflect.Interface, reflect.Slice:
		if v.IsZero() {
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
func uses(m *rules.Merged, rule *yamltext.Node) []Named {
	found := map[string]Named{}
	var visit func(n *yamltext.Node)
	visit = func(n *yamltext.Node) {
		for _, item := range n.Items {
			visit(item)
		}
		for _, p := range n.Pairs {
			visit(p.Value)
		}
		if n.Shape != yamltext.Scalar {
			return
		}
		name, ok := rules.Ref(n.Text)
		if before, rest, cut := strings.Cut(n.Text, "%"); !ok && cut && before != n.Text {
			name, _, ok = strings.Cut(rest, "%")
		}
		if !ok || found[name].Name != "" {
			return
		}
		if list := m.Lists[name]; list != nil {
			found[name] = Named{Name: name, Values: list.Values}
		} else if macro, ok := m.Macros[name]; ok {
			found[name] = Named{Name: name, Macro: macro.Value.OneLine()}
			visit(macro.Value)
		}
	}
	visit(rule)
	uses := slices.Collect(maps.Values(found))
	slices.SortFunc(uses, func(a, b Named) int { return strings.Compare(a.Name, b.Name) })
	return uses
}
