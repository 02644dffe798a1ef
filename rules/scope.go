package rules

import (
	"maps"
	"slices"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// scope is what $name and %name% stand for while a pack is compiled.
type scope struct {
	*yamltext.Faults
	merged *Merged
	used   usage
}

// usage takes down what was asked for, so that lint can name what nothing uses.
type usage struct{ lists, macros map[string]bool }

// of is the same scope with the faults of one rule.
func (s scope) of(rule string) scope { return scope{s.Of(rule), s.merged, s.used} }

// Ref is the name behind $name; "$100" is a text like any other.
func Ref(text string) (name string, ok bool) {
	name, ok = strings.CutPrefix(text, "$")
	return name, ok && validName(name) && (name[0] < '0' || name[0] > '9')
}

// resolve puts the values of lists where $name stands.
func (s scope) resolve(n *yamltext.Node, what string) (values []string, ok bool) {
	ok = true
	for _, item := range n.Members() {
		text, is := s.Word(item, what)
		if !is {
			ok = false
			continue
		}
		name, isRef := Ref(text)
		if !isRef || item.Tag != "!!str" {
			values = append(values, text)
			continue
		}
		more, known := s.lookup(name, item)
		ok = ok && known
		values = append(values, more...)
	}
	return values, ok
}

func (s scope) lookup(name string, at *yamltext.Node) ([]string, bool) {
	list := s.merged.Lists[name]
	if list == nil {
		s.Fail(yamltext.UnknownList, at, "unknown list %q%s", name, detect.DidYouMean(name, slices.Sorted(maps.Keys(s.merged.Lists))))
		return nil, false
	}
	s.used.lists[name] = true
	return list.Values, true
}

// expand puts the values of lists where %name% stands in a text.
func (s scope) expand(texts []string, at *yamltext.Node) (values []string, ok bool) {
	for _, text := range texts {
		before, rest, found := strings.Cut(text, "%")
		name, after, closed := strings.Cut(rest, "%")
		if !found || !closed || !validName(name) {
			values = append(values, text)
			continue
		}
		if strings.Count(after, "%") > 1 {
			s.Fail(yamltext.BadCondition, at, "%q: want at most one %%placeholder%% in a text", text)
			return nil, false
		}
		more, known := s.lookup(name, at)
		if !known {
			return nil, false
		}
		for _, v := range more {
			values = append(values, before+v+after)
		}
	}
	return values, true
}

// eachValue visits the scalars of a list, or the one there is, with those of lists where $name stands.
func (s scope) eachValue(n *yamltext.Node, what string, visit func(item *yamltext.Node, text string)) {
	for _, item := range n.Members() {
		if item.Null() || item.Shape != yamltext.Scalar {
			s.Fail(yamltext.WrongShape, item, "%s: want a single value each", what)
			continue
		}
		values, _ := s.resolve(item, what)
		for _, text := range values {
			visit(item, text)
		}
	}
}
