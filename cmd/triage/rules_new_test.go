package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/cmd/triage/packs"
	"triage/rules"
)

// Promise: what a case suggests is never an intruder's: no address of one, and no country from which only intruders came; and
// what is suggested loads without a warning.
func TestNewPackSuggestsNoIntruder(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector has seen this code in other tests")
	}
	folders, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatal(err)
	}
	suggested := 0
	for _, folder := range folders {
		paths, _ := filepath.Glob(filepath.Join(folder, "*.*s*"))
		paths = slices.DeleteFunc(paths, func(p string) bool {
			return !slices.Contains([]string{".csv", ".jsonl"}, filepath.Ext(p)) || filepath.Base(p) == "truth.jsonl"
		})
		text := said(t, append([]string{"rules", "new", "--quiet", "--as-of", "2026-11-21"}, paths...)...)
		pack := filepath.Join(t.TempDir(), "acme.yaml")
		if err := os.WriteFile(pack, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := packs.Load(rules.Options{Paths: []string{pack}})
		if err != nil || len(set.Warnings) > 0 {
			t.Fatalf("%s: %v, %v", folder, err, set.Warnings)
		}
		var r report.Report
		if err := json.Unmarshal([]byte(said(t, append([]string{"analyze", "--quiet", "--format", "json", "--as-of", "2026-11-21"}, paths...)...)), &r); err != nil {
			t.Fatal(err)
		}
		suggested += len(set.Declared.Egress) + len(set.Declared.Homes)
		own := map[string]bool{} // countries of those who are no intruders
		for _, lane := range r.Lanes {
			for _, p := range lane.Places {
				own[p.Country] = own[p.Country] || p.Who == "owner"
			}
		}
		for _, x := range r.Intruders {
			for _, a := range x.Addresses {
				if strings.Contains(text, a.IP+" ") {
					t.Errorf("%s suggests %s, which is intruder %s's", folder, a.IP, x.Intruder)
				}
				for _, h := range set.Declared.Homes {
					if slices.Contains(h.Countries, string(a.Country)) && !own[string(a.Country)] {
						t.Errorf("%s suggests %s, from where only intruder %s came", folder, a.Country, x.Intruder)
					}
				}
			}
		}
	}
	if suggested < len(folders)/2 {
		t.Errorf("%d suggestions of %d cases", suggested, len(folders))
	}
}
