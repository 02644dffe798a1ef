package rules

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"triage/analyzers/detect"
)

// binder fills a detector's settings from YAML, strictly: an unknown key, a wrong shape or a value out of place is a
// problem at its line and column.
type binder struct {
	*loader
	m     *merged
	reads *fields
}

// bind fills the struct that settings point to.
func (b binder) bind(n *node, what string, settings any) {
	b.table(n, what, reflect.ValueOf(settings).Elem())
}

// setting is one field of a settings struct.
type setting struct {
	name   string
	doc    string
	inline bool
	index  int
}

// settingsOf lists the fields of a settings struct that have a yaml tag.
func settingsOf(t reflect.Type) []setting {
	var all []setting
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("yaml")
		if !ok || tag == "-" || !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		all = append(all, setting{name, f.Tag.Get("doc"), strings.Contains(options, "inline"), i})
	}
	return all
}

func (b binder) table(n *node, what string, v reflect.Value) {
	if !b.wantTable(n, what) {
		return
	}
	rest := n.pairs
	var names []string
	inline := -1
	for _, s := range settingsOf(v.Type()) {
		if s.inline {
			inline = s.index
			continue
		}
		names = append(names, s.name)
		var others []pair
		for _, p := range rest {
			if p.key.text == s.name {
				b.value(p.value, what+"."+s.name, v.Field(s.index))
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
		b.fail(UnknownKey, p.key, "%s: unknown setting %q%s", what, p.key.text, detect.DidYouMean(p.key.text, names))
	}
}

// inline takes the keys that are no settings as conditions: boost: {app|in: [IMAP4], confidence: 20}.
func (b binder) inline(n *node, rest []pair, what string, settings []string, v reflect.Value) {
	conditions := &node{src: n.src, line: n.line, column: n.column, shape: table}
	for _, p := range rest {
		near := detect.Nearest(p.key.text, settings)
		_, err := detect.NewWhere(detect.Block{Conditions: []detect.Condition{{Field: p.key.text, Modifier: "exists"}}})
		if near != "" && err != nil {
			b.fail(UnknownKey, p.key, "%s: unknown setting %q, did you mean %q?", what, p.key.text, near)
			continue
		}
		conditions.pairs = append(conditions.pairs, p)
	}
	if len(conditions.pairs) > 0 {
		b.where(conditions, v)
	}
}

func (b binder) where(n *node, v reflect.Value) {
	if w := b.loader.where(b.m, n, false); w != nil {
		b.reads.add(w.Reads()...)
		v.Set(reflect.ValueOf(w))
	}
}

func (b binder) value(n *node, what string, v reflect.Value) {
	switch v.Interface().(type) {
	case *detect.Where:
		b.where(n, v)
		return
	case time.Duration:
		b.duration(n, what, v)
		return
	case detect.Level:
		v.Set(reflect.ValueOf(b.level(n)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if w, ok := b.word(n, what); ok {
			b.reads.add(w)
			v.SetString(w)
		}
	case reflect.Bool:
		v.SetBool(b.boolean(n, what))
	case reflect.Int:
		v.SetInt(int64(b.whole(n, what, math.MinInt32, math.MaxInt32)))
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
		b.fail(NotYet, n, "%s: a setting of type %s", what, v.Type())
	}
}

func (b binder) number(n *node, what string, v reflect.Value) {
	f, err := strconv.ParseFloat(n.text, 64)
	if n.shape != scalar || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		b.fail(WrongShape, n, "%s: want a number", what)
		return
	}
	v.SetFloat(f)
}

// slice fills []string and []int from a list, from $name, or from a list with $name among its values, and slices of
// structs or of conditions from a list of maps.
func (b binder) slice(n *node, what string, v reflect.Value) {
	elem := v.Type().Elem()
	if kind := elem.Kind(); kind == reflect.String || kind == reflect.Int {
		b.scalars(n, what, v)
		return
	}
	if !b.wantList(n, what) {
		return
	}
	all := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		b.value(item, fmt.Sprintf("%s[%d]", what, i), all.Index(i))
	}
	v.Set(all)
}

func (b binder) scalars(n *node, what string, v reflect.Value) {
	if n.null() {
		b.fail(WrongShape, n, "%s: want a list, got nothing", what)
		return
	}
	values, ok := b.resolve(b.m, n, what)
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
			b.fail(WrongShape, n, "%s: want whole numbers, got %q", what, text)
			return
		}
		all.Index(i).SetInt(int64(whole))
	}
	v.Set(all)
}

// mapping fills map[string]string.
func (b binder) mapping(n *node, what string, v reflect.Value) {
	if v.Type() != reflect.TypeFor[map[string]string]() {
		b.fail(NotYet, n, "%s: a setting of type %s", what, v.Type())
		return
	}
	if !b.wantTable(n, what) {
		return
	}
	all := make(map[string]string, len(n.pairs))
	for _, p := range n.pairs {
		if w, ok := b.word(p.value, what+"."+p.key.text); ok {
			b.reads.add(w)
			all[p.key.text] = w
		}
	}
	v.Set(reflect.ValueOf(all))
}

func (b binder) duration(n *node, what string, v reflect.Value) {
	d, err := ParseDuration(n.text)
	if n.shape != scalar || err != nil {
		b.fail(WrongShape, n, "%s: want a time span as 60s, 10m, 72h or 7d", what)
		return
	}
	v.SetInt(int64(d))
}

// ParseDuration reads "60s", "10m", "72h", "7d", "2w" and sums of them ("1d12h"): a day has 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	units := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	}
	if s == "0" {
		return 0, nil
	}
	step := regexp.MustCompile(`^(\d{1,9})(ms|s|m|h|d|w)`)
	var sum time.Duration
	for rest := s; rest != "" || sum == 0; {
		m := step.FindStringSubmatch(rest)
		if m == nil {
			return 0, fmt.Errorf("want a time span as 60s, 10m, 72h or 7d, got %q", s)
		}
		n, _ := strconv.ParseInt(m[1], 10, 64)
		if n > int64(math.MaxInt64/units[m[2]]) || sum+time.Duration(n)*units[m[2]] < sum {
			return 0, fmt.Errorf("time span %q is too long", s)
		}
		sum += time.Duration(n) * units[m[2]]
		rest = rest[len(m[0]):]
		if rest == "" {
			break
		}
	}
	return sum, nil
}
