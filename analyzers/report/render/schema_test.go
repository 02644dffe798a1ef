package render

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Promise: every report is valid by the published schema.
func TestSchemaHolds(t *testing.T) {
	for _, word := range []string{"", reporttest.Nasty} {
		var out bytes.Buffer
		if err := report.WriteJSON(&out, reporttest.Build(t, reporttest.Sample(word))); err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, out.Bytes())
	}
}

// Promise: the schema is strict, so that a validator catches a misspelt field, an unknown band, empty evidence.
func TestSchemaRefuses(t *testing.T) {
	var out bytes.Buffer
	if err := report.WriteJSON(&out, reporttest.Build(t, reporttest.Sample(""))); err != nil {
		t.Fatal(err)
	}
	schema := reporttest.Compiled(t)
	f := func(old, new string) {
		t.Helper()
		text := strings.Replace(out.String(), old, new, 1)
		if text == out.String() {
			t.Fatalf("%q is not in the report", old)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("%q instead of %q is accepted", new, old)
		}
	}
	f(`"schema": "triage.report/v2"`, `"schema": "triage.report/v1"`)
	f(`"band":"high"`, `"band":"awful"`)
	f(`"level":"critical"`, `"level":"urgent"`)
	f(`"rows":5`, `"rows":-5`)
	f(`"why":`, `"because":`)
	f(`"first":"2018-05-02T08:11:03Z"`, `"first":"2018-05-02T08:11:03+02:00"`)
	f(`"id":"F-0001"`, `"id":"0001"`)
}

// Promise: schema and Go types are the same contract: each field of each struct is in the schema, required unless it
// is left out when empty, and the schema has no other.
func TestSchemaMatchesTypes(t *testing.T) {
	var doc struct {
		Properties map[string]any            `json:"properties"`
		Required   []string                  `json:"required"`
		Defs       map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(report.JSONSchema()), &doc); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{"time": true, "day": true, "sha256": true, "identity": true, "finding_id": true, "band": true, "level": true, "family": true, "source": true, "facts": true, "tenant_of": true}
	var check func(typ reflect.Type, name string, properties map[string]any, required []string)
	visit := func(typ reflect.Type) {
		name := snake(typ.Name())
		if used[name] || typ.Kind() != reflect.Struct {
			return
		}
		used[name] = true
		def, ok := doc.Defs[name]
		if !ok {
			t.Errorf("%s: no $defs/%s", typ, name)
			return
		}
		if def["additionalProperties"] != false {
			t.Errorf("$defs/%s is not strict", name)
		}
		var required []string
		for _, r := range def["required"].([]any) {
			required = append(required, r.(string))
		}
		check(typ, name, def["properties"].(map[string]any), required)
	}
	check = func(typ reflect.Type, name string, properties map[string]any, required []string) {
		for i := range typ.NumField() {
			field := typ.Field(i)
			key, rest, _ := strings.Cut(field.Tag.Get("json"), ",")
			if _, ok := properties[key]; !ok {
				t.Errorf("%s.%s: %q is not in the schema", typ, field.Name, key)
			}
			delete(properties, key)
			if got, want := slices.Contains(required, key), !strings.HasPrefix(rest, "omit"); got != want {
				t.Errorf("%s.%s: required is %t, want %t", typ, field.Name, got, want)
			}
			inner := field.Type
			for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if !slices.Contains([]string{"Fact", "FactCount", "NamedList"}, inner.Name()) {
				visit(inner)
			}
		}
		for key := range properties {
			t.Errorf("schema of %s: %q is no field of %s", name, key, typ)
		}
	}
	check(reflect.TypeFor[report.Report](), "report", doc.Properties, doc.Required)
	for name := range doc.Defs {
		if !used[name] {
			t.Errorf("$defs/%s is not used by any type", name)
		}
	}
}

// snake is a Go name as the schema spells it.
func snake(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			out.WriteByte('_')
		}
		out.WriteString(strings.ToLower(string(r)))
	}
	return out.String()
}

// Promise: the schema describes every property, and everything that properties refer to, in words.
func TestSchemaDescribes(t *testing.T) {
	type described struct {
		Description string               `json:"description"`
		Properties  map[string]described `json:"properties"`
		Defs        map[string]described `json:"$defs"`
	}
	var check func(at string, d described)
	check = func(at string, d described) {
		if len(d.Description) < 5 {
			t.Errorf("%s has no description", at)
		}
		for name, p := range d.Properties {
			check(at+"."+name, p)
		}
		for name, def := range d.Defs {
			check(name, def)
		}
	}
	var doc described
	if err := json.Unmarshal([]byte(report.JSONSchema()), &doc); err != nil {
		t.Fatal(err)
	}
	check("report", doc)
}
