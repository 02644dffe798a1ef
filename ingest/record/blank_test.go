package record

import "testing"

// Promise: what a spreadsheet leaves of a row without text is no row; a cell that holds a quote is one.
func TestBlankRows(t *testing.T) {
	f := func(line string, want bool) {
		t.Helper()
		if got := (&Walker{Sep: ','}).blank([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
	for _, line := range []string{"", ",,,", `"","",""`, " , ,\t", `,"",`} {
		f(line, true)
	}
	for _, line := range []string{",,a", `""""`, `"",""""`, ";;", "0,,", `" "`, `"`, ",\x00,"} {
		f(line, false)
	}
}
