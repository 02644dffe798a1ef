package ordinary_test

import (
	"path/filepath"
	"slices"
	"testing"

	"triage/analyzers/attribution"
	"triage/rules/detect"
)

// Promise: what attribution calls an intruder's in a mailbox, a grave finding cites, also where he was behind the owner's own
// line; such rows are context, and no address of the owner's is spoken against for them.
func TestWidened(t *testing.T) {
	res, closes := analysed(t, filepath.Join("..", "cases", "contested-home"), []string{"audit.jsonl", "signins.jsonl", "trace.csv"})
	defer closes()
	cited, widened := map[uint32]bool{}, 0
	for i := range res.Findings {
		f := &res.Findings[i]
		if f.Suppressed != nil || f.Rest || f.Level < detect.Medium {
			continue
		}
		for _, row := range f.Evidence {
			cited[row] = true
		}
		if f.Fact("by_attribution") == nil {
			continue
		}
		widened++
		if !slices.IsSorted(f.Evidence) || f.Count != len(f.Evidence) {
			t.Errorf("%s: %d rows, count %d", f.Rule.ID, len(f.Evidence), f.Count)
		}
		for _, row := range f.Evidence {
			_, proves := slices.BinarySearch(f.Proof, row)
			if slices.Contains(f.Against, row) != proves {
				t.Errorf("%s: row %d proves it: %v", f.Rule.ID, row, proves)
			}
			if who, _ := res.Attribution.Who(row); !proves && who != attribution.Attacker {
				t.Errorf("%s: row %d is %s's", f.Rule.ID, row, who)
			}
		}
	}
	if widened == 0 {
		t.Error("no finding is widened: this proves nothing")
	}
	for _, x := range res.Attribution.Intruders {
		for _, row := range x.Rows {
			if a := &res.Case.Activities[row]; !cited[row] && res.Case.Text(a.Mailbox) == res.Case.Text(x.Accounts[0]) {
				t.Errorf("%s of intruder %s is cited by no finding of medium or above", res.Case.Text(a.Op), x.Name)
			}
		}
	}
}
