// Package recordtest holds what readers say of a log's names against encoding/json.
package recordtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"triage/ingest/record"
)

// Agree reads an object with every member that a Tagged has, each with a value of its own, by a list of names and by
// encoding/json. Tagged has a field for every field of a T that is filled, under the same name and with the log's name for
// it as its tag, so that nothing of what encoding/json goes by is what the list goes by.
func Agree[T, Tagged any](t *testing.T, names *record.Names[T]) {
	t.Helper()
	tags := reflect.TypeFor[Tagged]()
	var members []string
	for i := range tags.NumField() {
		members = append(members, fmt.Sprintf(`%q:"%d"`, tags.Field(i).Tag.Get("json"), i))
	}
	object := "{" + strings.Join(members, ",") + "}"
	for _, spelled := range []string{object, strings.ToLower(object), strings.ToUpper(object)} {
		var got T
		var want Tagged
		if err := json.Unmarshal([]byte(spelled), &want); err != nil {
			t.Fatal(err)
		}
		if !names.Read(&record.Cursor{}, []byte(spelled), &got) {
			t.Fatalf("%s cannot be read", spelled)
		}
		compare(t, reflect.ValueOf(got), reflect.ValueOf(want))
	}
}

func compare(t *testing.T, got, want reflect.Value) {
	t.Helper()
	for i := range want.NumField() {
		field := want.Type().Field(i)
		name, text := field.Name, want.Field(i).String()
		if said := got.FieldByName(name).Bytes(); strings.Trim(string(said), `"`) != text { // a part keeps its quotes
			t.Errorf("%s is %q, want what %q says: %q", name, said, field.Tag.Get("json"), text)
		}
	}
	for i := range got.NumField() {
		field := got.Type().Field(i)
		if _, known := want.Type().FieldByName(field.Name); !known && field.Type == reflect.TypeFor[record.Text]() && got.Field(i).Len() > 0 {
			t.Errorf("%s is filled, and has no name in the log", field.Name)
		}
	}
}
