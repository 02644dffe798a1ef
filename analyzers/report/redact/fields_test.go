package redact

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// textFields calls do for every field of the document that holds texts, once a type.
func textFields(do func(typ reflect.Type, field reflect.StructField)) {
	seen := map[reflect.Type]bool{reflect.TypeFor[report.Facts](): true, reflect.TypeFor[report.NamedLists](): true, reflect.TypeFor[report.FactCounts](): true, reflect.TypeFor[report.Stacks](): true, reflect.TypeFor[phrase.Text](): true}
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			field := typ.Field(i)
			inner := field.Type
			for !seen[inner] && (inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer) {
				inner = inner.Elem()
			}
			switch {
			case seen[inner]:
			case inner.Kind() == reflect.String:
				do(typ, field)
			case inner.Kind() == reflect.Struct:
				look(inner)
			case inner.Kind() == reflect.Map || inner.Kind() == reflect.Interface:
				panic(typ.String() + "." + field.Name + ": the walk does not know such fields")
			}
		}
	}
	look(reflect.TypeFor[report.Report]())
}

// Promise: somebody has decided about every text of the contract, and about nothing that is not in it: a new field fails
// here until it is in fields.go. What keeps words is decided for the very field, not for its name anywhere.
func TestEveryFieldIsDecided(t *testing.T) {
	used := map[string]bool{}
	textFields(func(typ reflect.Type, field reflect.StructField) {
		name := typ.Name() + "." + field.Name
		_, here := fieldTable()[name]
		_, anywhere := everywhereTable()[field.Name]
		used[name], used[field.Name] = true, true
		if !here && !anywhere {
			t.Errorf("%s: no decision in fields.go: is it a word of ours, a value, a sentence?", name)
		}
		if here && anywhere && fieldTable()[name] == everywhereTable()[field.Name] {
			t.Errorf("%s: decided twice alike", name)
		}
	})
	for name := range fieldTable() {
		if !used[name] {
			t.Errorf("%s: no such field", name)
		}
	}
	for name, d := range everywhereTable() {
		if !used[name] {
			t.Errorf("%s: no type has such a field", name)
		}
		if strings.Contains(name, ".") || d.way != asValue && d.way != asHash && d.way != asNothing && d.way != asReference && d.way != asPlace {
			t.Errorf("%s: what is kept must be decided for the field of one type", name)
		}
	}
}

// ValuesOf are the texts of a report that are values by their fields.
func ValuesOf(r *report.Report) []string {
	var l valueList
	walk(reflect.ValueOf(r).Elem(), &l)
	return l
}

type valueList []string

func (l *valueList) about(*report.Finding) {}

func (l *valueList) text(d decision, text string) string {
	if d.way == asValue && text != "" {
		*l = append(*l, text)
	}
	return text
}

// TokenOf is the hash of a value's token.
func TokenOf(key *Key, text string) string {
	return alternate(mac(key.tokens, strings.ToLower(text)), pairs)
}

// Alternate writes a hash as tokens have it.
func Alternate(hash []byte) string { return alternate(hash, pairs) }

// NoPlaces takes the places out of a report.
func NoPlaces(r *report.Report) { walk(reflect.ValueOf(r).Elem(), noPlaces{}) }

type noPlaces struct{}

func (noPlaces) about(*report.Finding) {}

func (noPlaces) text(d decision, text string) string {
	if d.way == asPlace {
		return ""
	}
	return text
}

// Pairs are the values of a report, and what stands for each.
func Pairs(t *testing.T, r *report.Report, key *Key) (was, is []string) {
	t.Helper()
	var text bytes.Buffer
	if err := report.WriteJSON(&text, r); err != nil {
		t.Fatal(err)
	}
	hidden, err := report.Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	was = ValuesOf(hidden)
	walk(reflect.ValueOf(hidden).Elem(), New(r, key))
	return was, ValuesOf(hidden)
}
