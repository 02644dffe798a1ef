package rules

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// binder fills a detector's settings from YAML, strictly: an unknown key, a wrong shape or a value out of place is a
// problem at its line and column.
type binder struct {
	scope
	reads dynamicFields
}

// bind fills the struct that settings point to.
func (b binder) bind(n *yamltext.Node, what string, settings any) {
	b.table(n, what, reflect.ValueOf(settings).Elem())
}

// SettingField is one field of a settings struct, as its yaml and doc tags describe it.
type SettingField struct {
	Name   string
	Doc    string
	Inline bool // conditions that stand among the settings
	Index  int  // of the struct's fields
}

// SettingFields lists the fields of a settings struct that have a yaml tag.
func SettingFields(t reflect.Type) []SettingField {
	var all []SettingField
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("yaml")
		if !ok || tag == "-" || !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		all = append(all, SettingField{name, f.Tag.Get("doc"), strings.Contains(options, "inline"), i})
	}
	return all
}

func (b binder) table(n *yamltext.Node, what string, v reflect.Value) {
	if !b.Table(n, what) {
		return
	}
	rest := n.Pairs
	var names []string
	inline := -1
	for _, s := range SettingFields(v.Type()) {
		if s.Inline {
			inline = s.Index
			continue
		}
		names = append(names, s.Name)
		var others []yamltext.Pair
		for _, p := range rest {
			if p.Key.Text == s.Name {
				b.value(p.Value, what+"."+s.Name, v.Field(s.Index))
			} else {
				others = append(others, p)
			}
		}
		rest = others
	}
	if len(rest) == 0 {
		return
	}
	if inline >= 0 && v.Field(inline).Type() == reflect.TypeFor[*detect.Where]() {
		b.inline(n, rest, what, names, v.Field(inline))
		return
	}
	for _, p := range rest {
		b.Fail(yamltext.UnknownKey, p.Key, "%s: unknown setting %q%s", what, p.Key.Text, detect.DidYouMean(p.Key.Text, names))
	}
}

// inline takes the keys that are no settings as conditions: boost: {app|in: [IMAP4], confidence: 20}.
func (b binder) inline(n *yamltext.Node, rest []yamltext.Pair, what string, settings []string, v reflect.Value) {
	conditions := yamltext.At(n, yamltext.Table)
	for _, p := range rest {
		near := detect.Nearest(p.Key.Text, settings)
		_, err := detect.NewWhere(detect.Block{Conditions: []detect.Condition{{Field: p.Key.Text, Modifier: "exists"}}})
		if near != "" && err != nil {
			b.Fail(yamltext.UnknownKey, p.Key, "%s: unknown setting %q, did you mean %q?", what, p.Key.Text, near)
			continue
		}
		conditions.Pairs = append(conditions.Pairs, p)
	}
	if len(conditions.Pairs) > 0 {
		b.where(conditions, v)
	}
}

func (b binder) where(n *yamltext.Node, v reflect.Value) {
	if w := b.scope.where(n, false); w != nil {
		b.reads.add(w.Reads()...)
		v.Set(reflect.ValueOf(w))
	}
}

func (b binder) value(n *yamltext.Node, what string, v reflect.Value) {
	switch v.Interface().(type) {
	case *detect.Where:
		b.where(n, v)
		return
	case time.Duration:
		b.duration(n, what, v)
		return
	case detect.Level:
		v.Set(reflect.ValueOf(readLevel(n, b.Faults)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if w, ok := b.Word(n, what); ok {
			b.reads.add(w)
			v.SetString(w)
		}
	case reflect.Bool:
		v.SetBool(b.Boolean(n, what))
	case reflect.Int:
		v.SetInt(int64(b.Whole(n, what, math.MinInt32, math.MaxInt32)))
	case reflect.Float64:
		b.number(n, what, v)
	case reflect.Struct:
		b.table(n, what, v)
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		b.value(n, what, fresh.Elem())
		v.Set(fresh)
	case reflect.Slice:
		b.slice(n, what, v)
	case reflect.Map:
		b.mapping(n, what, v)
	default:
		b.Fail(yamltext.BadValue, n, "%s: a setting of type %s", what, v.Type())
	}
}

func (b binder) number(n *yamltext.Node, what string, v reflect.Value) {
	f, err := strconv.ParseFloat(n.Text, 64)
	if n.Shape != yamltext.Scalar || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		b.Fail(yamltext.WrongShape, n, "%s: want a number", what)
		return
	}
	v.SetFloat(f)
}

// slice fills []string and []int from a list, from $name, or from a list with $name among its values, and slices of
// structs or of conditions from a list of maps.
func (b binder) slice(n *yamltext.Node, what string, v reflect.Value) {
	elem := v.Type().Elem()
	if kind := elem.Kind(); kind == reflect.String || kind == reflect.Int {
		b.scalars(n, what, v)
		return
	}
	if !b.List(n, what) {
		return
	}
	all := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		b.value(item, fmt.Sprintf("%s[%d]", what, i), all.Index(i))
	}
	v.Set(all)
}

func (b binder) scalars(n *yamltext.Node, what string, v reflect.Value) {
	if n.Null() {
		b.Fail(yamltext.WrongShape, n, "%s: want a list, got nothing", what)
		return
	}
	values, ok := b.resolve(n, what)
	if !ok {
		return
	}
	all := reflect.MakeSlice(v.Type(), len(values), len(values))
	for i, text := range values {
		if v.Type().Elem().Kind() == reflect.String {
			b.reads.add(text)
			all.Index(i).SetString(text)
			continue
		}
		whole, err := strconv.Atoi(text)
		if err != nil {
			b.Fail(yamltext.WrongShape, n, "%s: want whole numbers, got %q", what, text)
			return
		}
		all.Index(i).SetInt(int64(whole))
	}
	v.Set(all)
}

// mapping fills map[string]string.
func (b binder) mapping(n *yamltext.Node, what string, v reflect.Value) {
	if v.Type() != reflect.TypeFor[map[string]string]() {
		b.Fail(yamltext.BadValue, n, "%s: a setting of type %s", what, v.Type())
		return
	}
	if !b.Table(n, what) {
		return
	}
	all := make(map[string]string, len(n.Pairs))
	for _, p := range n.Pairs {
		if w, ok := b.Word(p.Value, what+"."+p.Key.Text); ok {
			b.reads.add(w)
			all[p.Key.Text] = w
		}
	}
	v.Set(reflect.ValueOf(all))
}

func (b binder) duration(n *yamltext.Node, what string, v reflect.Value) {
	d, err := detect.ParseDuration(n.Text)
	if n.Shape != yamltext.Scalar || err != nil {
		b.Fail(yamltext.WrongShape, n, "%s: want a time span as 60s, 10m, 72h or 7d", what)
		return
	}
	v.SetInt(int64(d))
}

func readLevel(n *yamltext.Node, f *yamltext.Faults) detect.Level {
	f.OneOf(n, "level", detect.LevelNames())
	level, _ := detect.ParseLevel(n.Text)
	return level
}
