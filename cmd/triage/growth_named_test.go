//go:build unix

package main

import (
	"os"
	"testing"
)

// Promise: what once took minutes takes seconds, and still grows in proportion at that size. The figures are the
// processor time of the whole analysis; the ratio is to a quarter of the case.
func TestGrowthNamed(t *testing.T) {
	if os.Getenv("TRIAGE_LONG") == "" {
		t.Skip("large cases: TRIAGE_LONG=1")
	}
	b := newBench(t)
	axes := map[string]growthAxis{}
	for _, axis := range growthAxes() {
		axes[axis.name] = axis
	}
	nothing := axes["mailboxes"].make(t, 0)
	for _, c := range []struct {
		axis string
		n    int
	}{
		{"users sprayed", 8000},
		{"users sprayed and guessed", 8000},
		{"logons from one office", 16_000},
		{"logons by one library", 16_000},
		{"rules", 8000},
		{"rules made and removed", 8000},
		{"zip members", 10_000},
		{"files", 10_000},
		{"mailboxes", 20_000},
	} {
		t.Run(c.axis, func(t *testing.T) {
			axis, ok := axes[c.axis]
			if !ok {
				t.Fatal("there is no such axis")
			}
			quarter, whole := axis.make(t, c.n/4), axis.make(t, c.n)
			empty := b.median(func() float64 { return b.cost(t, nothing) })
			got := growth{
				n:     c.n / 4,
				small: b.median(func() float64 { return b.cost(t, quarter) }) - empty,
				four:  b.median(func() float64 { return b.cost(t, whole) }) - empty,
			}
			if got.ratio() > b.most {
				t.Errorf("%v: %s, want at most %.1f", errGrowth, got, b.most)
			}
			t.Logf("figure: %-28s %s, %.2f CPU-s in all", c.axis, got, got.four+empty)
		})
	}
}
