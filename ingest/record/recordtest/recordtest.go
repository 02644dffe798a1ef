// Package recordtest holds what readers say of a log's names against encoding/json.
package recordtest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/record"
)

// Agree reads objects by a list of names and by encoding/json: every member by itself, and any members together. Tagged
// has a field for every field of a T that is filled, of the same name and type, with the log's name for it as its tag, so
// that nothing of what encoding/json goes by is what the list goes by.
func Agree[T, Tagged any](t *testing.T, names *record.Names[T]) {
	t.Helper()
	tags := reflect.TypeFor[Tagged]()
	known := []string{"unknown", "", "é", "\xff"}
	for i := range tags.NumField() {
		name := tags.Field(i).Tag.Get("json")
		known = append(known, name)
		for _, spelled := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
			object := []byte(`{"` + spelled + `":"x"}`)
			var got T
			if !names.Read(&record.Cursor{}, object, &got) || reflect.ValueOf(got).FieldByName(tags.Field(i).Name).Len() == 0 {
				t.Errorf("%s: %s is not read", object, tags.Field(i).Name)
			}
			if other := filled(reflect.ValueOf(got)); other != 1 {
				t.Errorf("%s fills %d fields", object, other)
			}
		}
	}
	if t.Failed() {
		return
	}
	rapid.Check(t, func(t *rapid.T) {
		object := randomObjects(known).Draw(t, "object")
		var got, slow T
		var want Tagged
		err, errSlow := names.Fill(&record.Cursor{}, []byte(object), &got), names.Decode([]byte(object), &slow)
		if errWant := json.Unmarshal([]byte(object), &want); (err == nil) != (errWant == nil) || (errSlow == nil) != (errWant == nil) {
			t.Fatalf("%s: %v, %v; encoding/json says %v", object, err, errSlow, errWant)
		}
		for i := range tags.NumField() {
			name, said := tags.Field(i).Name, reflect.ValueOf(want).Field(i).Bytes()
			for _, how := range []reflect.Value{reflect.ValueOf(got), reflect.ValueOf(slow)} {
				if read := how.FieldByName(name).Bytes(); string(read) != string(said) || (read == nil) != (said == nil) {
					t.Fatalf("%s: %s is %q, want %q", object, name, read, said)
				}
			}
		}
	})
}

// filled counts the fields that something stands in.
func filled(value reflect.Value) (n int) {
	for i := range value.NumField() {
		if !value.Field(i).IsZero() {
			n++
		}
	}
	return n
}

// randomObjects are objects with these members, however they are spelled and whatever they hold, and some that are none.
func randomObjects(names []string) *rapid.Generator[string] {
	value := rapid.SampledFrom([]string{`"x"`, `""`, `null`, `1`, ` -0.5e7 `, `true`, `"\u0041\n"`, `"é\ud800"`, `{"a" : [1]}`, `[ ]`, `"{\"a\":1}"`, "\"\xff\""})
	spelled := rapid.SampledFrom([]func(string) string{
		strings.ToLower, strings.ToUpper, func(s string) string { return s }, func(s string) string { return strings.ReplaceAll(s, "s", "ſ") },
		func(s string) string { return strings.ReplaceAll(s, "I", `\u0049`) },
	})
	return rapid.Custom(func(t *rapid.T) string {
		var members []string
		for range rapid.IntRange(0, 6).Draw(t, "members") {
			name := spelled.Draw(t, "spelled")(rapid.SampledFrom(names).Draw(t, "name"))
			members = append(members, `"`+name+`":`+value.Draw(t, "value"))
		}
		whole := "{" + strings.Join(members, ", ") + "}"
		return rapid.SampledFrom([]string{whole, whole, whole, " " + whole + "\n", whole + "x", whole[1:], "[" + whole + "]", "null", value.Draw(t, "none")}).Draw(t, "object")
	})
}
