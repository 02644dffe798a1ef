package draw

import (
	"reflect"
	"slices"
	"testing"

	"triage/analyzers/report"
)

// Promise: what a report says of one tenant is in that of several, and says whose it is: no list and no count is left out
// when the parts are joined, whichever are added later.
func TestJoinTakesEverything(t *testing.T) {
	ofCase := []string{"Redaction", "Schema", "Tool", "AsOf", "Case", "Filters", "Inputs", "Packs", "EffectiveRulesSHA256", "Geo", "Skipped", "Ledger"}
	part, whole := &report.Report{}, &report.Report{}
	fill := func(v reflect.Value) {
		for i := range v.NumField() {
			switch f := v.Field(i); f.Kind() {
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			case reflect.Int, reflect.Int64:
				f.SetInt(1)
			}
		}
	}
	fill(reflect.ValueOf(part).Elem())
	fill(reflect.ValueOf(&part.Tenant).Elem())
	fill(reflect.ValueOf(&part.PresencesMore).Elem())
	fill(reflect.ValueOf(&part.LanesMore).Elem())
	fill(reflect.ValueOf(&part.LanesMore.Acts).Elem())
	part.Tenant.Firsts = nil // made of First
	say(part, "aaaaaaaa-0000-4000-8000-00000000000a")
	add(whole, part)
	var check func(v reflect.Value, path string)
	check = func(v reflect.Value, path string) {
		for i := range v.NumField() {
			f, name := v.Field(i), path+v.Type().Field(i).Name
			switch {
			case slices.Contains(ofCase, name) || name == "Tenant.First":
			case f.Kind() == reflect.Struct:
				check(f, name+".")
			case f.Kind() == reflect.Slice && f.Len() == 1:
				tenant := f.Index(0).FieldByName("Tenant")
				if name != "Tenants" && (!tenant.IsValid() || tenant.String() == "") {
					t.Errorf("%s: does not say whose it is", name)
				}
			case f.IsZero() || f.Kind() == reflect.Slice:
				t.Errorf("%s is lost when tenants are joined", name)
			}
		}
	}
	check(reflect.ValueOf(whole).Elem(), "")
}
