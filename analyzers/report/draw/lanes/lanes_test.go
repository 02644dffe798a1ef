package lanes_test

import (
	"path/filepath"
	"slices"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
)

// Promise: whatever way an account's acts are counted, they are as many: by bin and in sum, in visits and in lanes, in marks
// and beside them; and a mark stands where its rows stand.
func TestActsAddUp(t *testing.T) {
	total := func(list []int) (n int) {
		for _, k := range list {
			n += k
		}
		return n
	}
	marks := func(list []report.LaneMark) (n int) {
		for _, m := range list {
			n += m.Acts
		}
		return n
	}
	for _, name := range []string{"wire-fraud", "two-mailboxes", "travelling-executive", "adversary-in-the-middle"} {
		r := reporttest.Analyzed(t, filepath.Join("..", "..", "..", "..", "testdata", "cases", name))
		if len(r.Lanes) == 0 {
			t.Fatalf("%s: no account", name)
		}
		for i := range r.Lanes {
			x := &r.Lanes[i]
			his, others := x.Other.Attacker, x.Other.Undecided
			for _, lane := range x.Lanes {
				for _, one := range [][2]int{
					{lane.Sum.Owner, total(lane.Owner)},
					{lane.Sum.Unplaced, total(lane.Unplaced)},
					{lane.Sum.Attacker, marks(lane.Attacker)},
					{lane.Sum.Undecided, marks(lane.Undecided)},
				} {
					if one[0] != one[1] {
						t.Errorf("%s: %s %s: sum %d, bins %d", name, x.Account, lane.Lane, one[0], one[1])
					}
				}
				his += lane.Sum.Attacker
				others += lane.Sum.Undecided
			}
			visited := map[bool]int{}
			for _, v := range x.Visits {
				visited[v.Intruder != ""] += v.Acts
			}
			if x.VisitsMore == 0 && (visited[true] != his || visited[false] != others) {
				t.Errorf("%s: %s: %d and %d acts in lanes, %d and %d in visits", name, x.Account, his, others, visited[true], visited[false])
			}
			minutes(t, name, r, x)
		}
	}
}

func minutes(t *testing.T, name string, r *report.Report, x *report.AccountLanes) {
	t.Helper()
	for _, m := range x.Minutes {
		n := m.More
		for i, mark := range m.Marks {
			if mark.Who == "attacker" {
				n += mark.Acts
			}
			if mark.Line == 0 || mark.To < mark.Line || !slices.ContainsFunc(r.Inputs, func(in report.Input) bool { return in.Path == mark.File }) {
				t.Errorf("%s: %s: mark at %s:%d–%d", name, x.Account, mark.File, mark.Line, mark.To)
			}
			if i > 0 && mark.First < m.Marks[i-1].First {
				t.Errorf("%s: %s: marks are not by time", name, x.Account)
			}
		}
		if n != m.Acts {
			t.Errorf("%s: %s: %d acts, %d in marks and beside", name, x.Account, m.Acts, n)
		}
	}
}
