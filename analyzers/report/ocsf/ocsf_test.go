package ocsf_test

import (
	"bytes"
	"strconv"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/ocsf"
	"triage/analyzers/report/reporttest"
	"triage/analyzers/report/reporttest/python"
)

// Promise: every finding is a Detection Finding by the framework's published schema of the version that it names, hostile text
// or not.
func TestSchemaOfTheFramework(t *testing.T) {
	var paths []string
	want := ""
	for i, word := range []string{"invoice", reporttest.Nasty} {
		r := reporttest.Build(t, reporttest.Sample(word))
		paths, want = append(paths, written(t, strconv.Itoa(i), r)), want+strconv.Itoa(len(r.Findings))+" 0\n"
	}
	got := python.Run(t, `
import sys, json
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from jsonschema import Draft202012Validator
for path in sys.argv[1:]:
    lines = [json.loads(l) for l in open(path, encoding="utf-8", newline="\n")]
    bad = 0
    for d in lines:
        schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(d["metadata"]["version"])).get_class_schema("detection_finding")
        for e in Draft202012Validator(schema).iter_errors(d):
            bad += 1
            print(list(e.absolute_path), e.message[:300])
    print(len(lines), bad)
`, []string{"ocsf_json_schema", "jsonschema"}, paths...)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func written(t *testing.T, name string, r *report.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := ocsf.Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return python.File(t, name+".jsonl", out.Bytes())
}
