package ordinary_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"triage/analyzers/attribution"
)

// What is said of whose acts the rows of the given training tenant are, whose truth nobody wrote down: figures to be doubted
// by hand.
//
//	go test -v -run TestAttributionOfGiven ./testdata/ordinary
func TestAttributionOfGiven(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "data", "summit")
	if _, err := os.Stat(filepath.Join(folder, "summit_search_ual.csv")); err != nil {
		t.Skip("the given data does not lie beside the checkout")
	}
	res, done := analysed(t, folder, []string{"summit_search_ual.csv"})
	defer done()
	c, by := res.Case, res.Attribution
	rows, count := map[string]int{}, map[attribution.Who]int{}
	for i := range c.Activities {
		who, n := by.Who(uint32(i))
		a := &c.Activities[i]
		name := ""
		if n >= 0 {
			name = " " + by.Intruders[n].Name
		}
		count[who]++
		rows["all: "+cmp.Or(who.String(), "nobody")+name]++
		if who == attribution.Attacker || who == attribution.Undecided {
			rows[fmt.Sprintf("%s%s: %s from %s: %s", who, name, c.Text(a.Actor), cmp.Or(c.Text(a.IP), "nowhere"), c.Text(a.Op))]++
		}
	}
	persons := count[attribution.Owner] + count[attribution.Attacker] + count[attribution.Undecided]
	t.Logf("figure: given training tenant: %d activities, %d of persons; an attacker's %d, undecided %d, %d intruders", len(c.Activities), persons, count[attribution.Attacker], count[attribution.Undecided], len(by.Intruders))
	for i, what := range sorted(rows) {
		if i < 120 {
			t.Logf("given: %d %s", rows[what], what)
		}
	}
	for i := range by.Intruders {
		x := &by.Intruders[i]
		t.Logf("given: intruder %s, %d rows, %d accounts, %d addresses, %d applications, %s to %s, %v", x.Name, len(x.Rows), len(x.Accounts), len(x.Addresses), len(x.Apps),
			time.UnixMilli(x.First).UTC().Format(time.DateTime), time.UnixMilli(x.Last).UTC().Format(time.DateTime), x.Methods)
		for _, r := range x.Reasons {
			t.Logf("given:    %s: %s", c.Text(r.Account), r.Text)
		}
	}
}
