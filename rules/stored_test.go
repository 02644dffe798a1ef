package rules_test

import (
	"os"
	"testing"

	"triage/analyzers"
	"triage/rules"
)

// Promise: what is stored of the core pack is what its YAML says; -update writes it. A run that finds it out of date reads the
// YAML.
func TestStoredCoreIsTheYAML(t *testing.T) {
	set, err := rules.Load(analyzers.Kinds(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := rules.StoreCore(set)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("packs/core.stored", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if rules.Stored() != want {
		t.Error("packs/core.stored is out of date: go test ./rules -run Stored -args -update")
	}
}
