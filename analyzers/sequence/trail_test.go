package sequence

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// Promise: a trail finds the act that a look at all of them would find, whatever has to agree, however many values an act
// has, and whatever was spent before.
func TestTrail(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		var rows strings.Builder
		rows.WriteString("time | mailbox | type | op | app | recipients\n")
		n := rapid.IntRange(1, 25).Draw(t, "rows")
		some := rapid.IntRange(1, 4)
		for range n {
			var to []string
			for range rapid.SampledFrom([]int{0, 1, 1, 2, 70}).Draw(t, "recipients") {
				to = append(to, fmt.Sprintf("r%d@contoso.com", rapid.IntRange(1, 90).Draw(t, "recipient")))
			}
			app := rapid.SampledFrom([]string{"", "Web", "Mobile"}).Draw(t, "app")
			fmt.Fprintf(&rows, "2026-03-02T08:00:00Z | a@contoso.com | send | op%d | %s | %s\n", some.Draw(t, "op"), app, strings.Join(to, " ;; "))
		}
		c, err := detecttest.Case(rows.String())
		if err != nil {
			t.Fatal(err)
		}
		d := &detector{}
		for _, name := range rapid.SampledFrom([][]string{nil, {"app"}, {"recipients"}, {"app", "op"}, {"recipients", "app"}}).Draw(t, "agree") {
			v, _ := detect.ParseValue(name)
			d.agree = append(d.agree, v)
		}
		p := &detect.Tenant{Case: c}
		var acts []act
		for i := range c.Activities {
			acts = append(acts, act{index: uint32(i), finding: i})
			if rapid.IntRange(0, 3).Draw(t, "twice") == 0 {
				acts = append(acts, act{index: uint32(i), finding: n + i})
			}
		}
		spent := map[act]bool{}
		gone := func(a act) bool { return spent[a] }
		one := &trail{d: d, acts: acts}
		for _, first := range acts { // ascending, as chains begin
			for a := range acts {
				if rapid.IntRange(0, 9).Draw(t, "spent") == 0 {
					spent[acts[a]] = true
				}
			}
			got, ok := one.after(first.index, first, gone, p)
			want, sure := one.compare(first.index, first, gone, p)
			if got != want || ok != sure {
				t.Fatalf("after %v: got %v %v, want %v %v", first, got, ok, want, sure)
			}
			if ok {
				found++
			}
		}
	})
	if found == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn act follows another: the test shows nothing")
	}
}
