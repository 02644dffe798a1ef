package lanes

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Promise: whatever the days, an axis has at most 100 bins, each act is in the bin whose days hold it, and none is lost.
func TestAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.Int32Range(-200_000, 200_000), 1, 20).Draw(t, "days")
		if rapid.Bool().Draw(t, "near") {
			for i := range days {
				days[i] = 17_000 + days[i]%900
			}
		}
		slices.Sort(days)
		var x account
		for _, day := range days {
			x.days[0][owner].add(day)
		}
		ax := axisOf([]account{x})
		if ax.bins < 1 || ax.bins > maxBins {
			t.Fatalf("%d bins", ax.bins)
		}
		if span := days[len(days)-1] - days[0] + 1; (ax.unit == "day") != (span <= 100) {
			t.Fatalf("%d days by %s", span, ax.unit)
		}
		sum := 0
		for bin, n := range ax.dense(x.days[0][owner]) {
			sum += n
			for _, day := range days {
				if ax.bin(day) != bin || bin == 0 && ax.unit == "year" { // what is older than a century stands in the first
					continue
				}
				if at := dayText(int64(day)); ax.start(bin) > at || bin+1 < ax.bins && ax.start(bin+1) <= at {
					t.Fatalf("%s is in the bin of %s", at, ax.start(bin))
				}
			}
		}
		if sum != len(days) {
			t.Fatalf("%d acts, %d in bins", len(days), sum)
		}
	})
}
