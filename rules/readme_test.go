package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/yamltext"
)

// The README's table of codes is the one of the program; -update writes it.
func TestReadmeHasEveryCode(t *testing.T) {
	text := readme(t)
	const start = "| code | |\n|---|---|\n"
	before, after, ok := strings.Cut(text, start)
	if !ok {
		t.Fatal("README.md has no table of codes")
	}
	var table strings.Builder
	for _, c := range yamltext.Codes() {
		fmt.Fprintf(&table, "| %s | %s |\n", c.Code, c.Doc)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(before+start+table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if after != table.String() {
		t.Error("README.md: the table of codes is out of date: run with -args -update")
	}
}

// The README's pack loads over the real core pack without a doubt about it, and every field is listed.
func TestReadmeIsTrue(t *testing.T) {
	text := readme(t)
	_, rest, _ := strings.Cut(text, "```yaml\n")
	pack, _, _ := strings.Cut(rest, "```")
	path := filepath.Join(t.TempDir(), "acme.yaml")
	if err := os.WriteFile(path, []byte(pack), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(analyzers.Kinds(), rules.Options{Paths: []string{path}, AsOf: day("2026-11-21")})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range set.Warnings {
		t.Error(w)
	}
	for _, name := range activity.FieldNames() {
		if !strings.Contains(strings.ReplaceAll(text, "\n", " "), " "+name+",") {
			t.Errorf("README.md does not list the field %s", name)
		}
	}
}

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
