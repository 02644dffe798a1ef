package record

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestIndexFinds: a name is found as a search through all of them finds it, whatever its case, its length and what stands
// beside it in the table.
func TestIndexFinds(t *testing.T) {
	name := rapid.StringMatching(`[A-Za-z0-9_@\[.{\x60 \x7f-]{0,34}`)
	rapid.Check(t, func(t *rapid.T) {
		x := index{names: rapid.SliceOfNDistinct(name, 0, 60, strings.ToLower).Draw(t, "names")}
		x.fill()
		tried := append([]string{name.Draw(t, "other"), "ſ", "\xff"}, x.names...)
		for _, one := range tried {
			for _, spelled := range []string{one, strings.ToUpper(one), strings.ToLower(one), strings.ReplaceAll(one, "_", "\x7f"), strings.ReplaceAll(one, "@", "`"), one + "s"} {
				want := -1
				for i, known := range x.names {
					if len(known) == len(spelled) && strings.EqualFold(known, spelled) { // of ASCII alone
						want = i
					}
				}
				if got := x.find([]byte(spelled)); got != want {
					t.Fatalf("%q among %q is %d, want %d", spelled, x.names, got, want)
				}
			}
		}
	})
}

// TestColumnName: what exporters put around the name of a column does not make it another.
func TestColumnName(t *testing.T) {
	f := func(in, want string, wantLocal bool) {
		t.Helper()
		if got, local := ColumnName(in); got != want || local != wantLocal {
			t.Errorf("%q is %q, %v; want %q, %v", in, got, local, want, wantLocal)
		}
	}
	f("\ufeffUserId", "userid", false)
	f(" Autonomous system  number ", "autonomous system number", false)
	f("TimeGenerated [UTC]", "timegenerated", false)
	f("TimeGenerated [Local Time]", "timegenerated", true)
	f("UserId__", "userid", false)
	f("Date (UTC)", "date (utc)", false)
	f("riskEventTypes_v2", "riskeventtypes_v2", false)
	f("_raw", "_raw", false)
}

// TestColumns: cells are found by name; of two columns of one name the first counts, and one that is empty gives way.
func TestColumns(t *testing.T) {
	c := ColumnsOf([]string{"B", "a", "b", "Time [Local Time]"})
	rec := Record{Cells: [][]byte{[]byte("1"), nil, []byte("3")}}
	if got := string(c.Of(rec, "a", "b")); got != "1" {
		t.Errorf("a or b is %q, want 1", got)
	}
	if got := c.Of(rec, "time"); got != nil { // the row is too short
		t.Errorf("time is %q, want nothing", got)
	}
	if !c.Has("b", "x|a") || c.Has("b", "x|y") || c.Has("x") || !c.HasPrefix("ti") || c.HasPrefix("x") {
		t.Error("wrong columns")
	}
	if c.At("x", "b") != 0 || c.At("x") != -1 || c.Local != "Time [Local Time]" {
		t.Errorf("b is at %d, x at %d, %q is local", c.At("x", "b"), c.At("x"), c.Local)
	}
	if got := c.Cells([][]string{{"1", "2", "3"}, {"4"}}, "b"); len(got) != 3 {
		t.Errorf("b has %q", got)
	}
}
