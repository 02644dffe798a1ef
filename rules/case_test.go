package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/rules"
)

// Promise: of each text of the head the last pack that says it counts, flags win over packs, and the effective pack says
// the same.
func TestCaseData(t *testing.T) {
	path := write(t, "acme.yaml", head+`
extends: [firm.yaml]
case: {name: 2026-014, client: " Contoso Ltd ", tlp: "tlp:amber+strict", analyst: null}
`, "firm.yaml", strings.Replace(head, "acme", "firm", 1)+"case: {client: nobody, analyst: J. Doe, tlp: CLEAR}\n")
	want := rules.CaseData{Name: "2026-014", Client: "Contoso Ltd", Analyst: "J. Doe", TLP: "AMBER+STRICT"}
	set := load(t, rules.Options{Paths: []string{path}})
	if set.Case != want {
		t.Errorf("got %+v, want %+v", set.Case, want)
	}
	again := filepath.Join(t.TempDir(), "effective.yaml")
	if err := os.WriteFile(again, rules.Effective(set), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := load(t, rules.Options{Paths: []string{again}}).Case; got != want {
		t.Errorf("the effective pack says %+v, want %+v", got, want)
	}
	want.TLP = "RED"
	if got := set.Case.Over(rules.CaseData{TLP: "RED"}); got != want {
		t.Errorf("with flags: %+v, want %+v", got, want)
	}
}

// The words of the protocol are taken in any case, with or without their prefix, and nothing else is.
func TestParseTLP(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got, err := rules.ParseTLP(in); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	f("AMBER", "AMBER")
	f(" tlp:Amber+Strict", "AMBER+STRICT")
	f("clear", "CLEAR")
	f("WHITE", "") // of version 1
	f("amber strict", "")
	f("", "")
}
