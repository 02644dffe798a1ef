package words

import (
	"fmt"
	"reflect"
	"slices"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// ExhibitName is what an input is called in a citation: E1 is the first of the report.
func ExhibitName(i int) string { return fmt.Sprintf("E%d", i+1) }

// Exhibits is the report in which every row is cited by the number of its input, E1:229, and each input is called by its number
// and its path. What is not about a row keeps its path.
func Exhibits(r *report.Report) *report.Report {
	x := exhibits{}
	for i := range r.Inputs {
		if _, known := x[r.Inputs[i].Path]; !known {
			x[r.Inputs[i].Path] = ExhibitName(i)
		}
	}
	out := reflect.New(reflect.TypeFor[report.Report]()).Elem()
	x.copy(out, reflect.ValueOf(r).Elem())
	made := out.Addr().Interface().(*report.Report)
	made.Inputs = slices.Clone(made.Inputs)
	for i := range made.Inputs {
		made.Inputs[i].Path = ExhibitName(i) + " " + report.ShortPath(made.Inputs[i].Path)
	}
	return made
}

// exhibits are the names of inputs, by path.
type exhibits map[string]string

// copy copies a value of the document; a struct with a file and a line is a row.
func (x exhibits) copy(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Struct:
		to.Set(from)
		for i := range from.NumField() {
			if holdsRows(from.Field(i).Type()) {
				x.copy(to.Field(i), from.Field(i))
			}
		}
		if isRow(from.Type()) {
			if name, known := x[from.FieldByName("File").String()]; known {
				to.FieldByName("File").SetString(name)
			}
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			x.copy(to.Index(i), from.Index(i))
		}
	case reflect.Pointer:
		if from.IsNil() {
			return
		}
		to.Set(reflect.New(from.Type().Elem()))
		x.copy(to.Elem(), from.Elem())
	default:
		to.Set(from)
	}
}

// isRow says that values of a type name a row.
func isRow(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	file, has := t.FieldByName("File")
	_, line := t.FieldByName("Line")
	return has && line && file.Type.Kind() == reflect.String
}

// holdsRows says that a row may be somewhere in values of a type.
func holdsRows(t reflect.Type) bool {
	if t == reflect.TypeFor[phrase.Text]() { // which holds itself, and names no row
		return false
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return holdsRows(t.Elem())
	case reflect.Struct:
		if isRow(t) {
			return true
		}
		for i := range t.NumField() {
			if holdsRows(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
