package ordinary_test

import (
	"bytes"
	"os"
	"testing"

	"triage/testdata/ordinary"
)

// Promise: the same seed gives the same tenant, another seed another; every record of an intruder is told.
func TestSameSeedSameTenant(t *testing.T) {
	write := func(seed uint64) string {
		dir := t.TempDir()
		if err := ordinary.New(ordinary.Options{Seed: seed, People: 12, Days: 20, Intruders: ordinary.Kinds()}).Write(dir); err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		for _, name := range []string{"audit.jsonl", "signins.jsonl", "truth.json"} {
			text, err := os.ReadFile(dir + "/" + name)
			if err != nil || len(text) == 0 {
				t.Fatal(name, err)
			}
			all.Write(text)
		}
		return all.String()
	}
	one := write(1)
	if one != write(1) {
		t.Error("two tenants of one seed differ")
	}
	if one == write(2) {
		t.Error("two seeds give one tenant")
	}
	tenant := ordinary.New(ordinary.Options{Seed: 1, People: 40, Days: 40, Intruders: ordinary.Kinds()})
	of := make([]int, len(tenant.Truth))
	for i := range tenant.Records {
		if n := tenant.Records[i].Intruder; n > 0 {
			of[n-1]++
		}
	}
	for i, n := range of {
		if n < 3 {
			t.Errorf("%s: %d records", tenant.Truth[i].Kind, n)
		}
	}
}
