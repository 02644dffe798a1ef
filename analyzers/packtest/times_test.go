package packtest

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/ingest/account"
	"triage/ingest/activity"
)

// Promise: times at the ends of int64, which no reader lets through, overflow nowhere: nothing panics and no length of
// time turns negative. The cases are those of the core pack's own tests, so that every rule fires on the way.
func TestExtremeTimes(t *testing.T) {
	set, l := coreSet(t)
	lengths := 0
	for _, test := range set.Tests {
		for _, ends := range [][2]int64{{math.MinInt64, math.MaxInt64}, {-62_135_596_800_000, 253_402_300_799_999}} {
			b := activity.NewBuilder()
			for i, given := range test.Given {
				if err := addGiven(b, set, uint32(i), given); err != nil {
					t.Fatal(err)
				}
			}
			c := b.Case(func(c *activity.Case) { account.Spell(c).Join() })
			dated := c.Activities
			for len(dated) > 0 && dated[0].Flags&activity.Undated != 0 {
				dated = dated[1:]
			}
			if len(dated) < 2 {
				continue
			}
			dated[0].Time, dated[len(dated)-1].Time = ends[0], ends[1]
			res, err := analyzers.Run(t.Context(), c, set, analyzers.NewPlaces(l, c), analyzers.Options{AsOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			for i := range res.Findings {
				for _, fact := range res.Findings[i].Facts {
					switch fact.Name {
					case "lasted", "opened_within", "window", "gap":
						lengths++
						if text := fmt.Sprint(fact.Value); strings.HasPrefix(text, "-") {
							t.Errorf("%s: %s: %s %s", test.Name, res.Findings[i].Rule.ID, fact.Name, text)
						}
					}
				}
			}
		}
	}
	if lengths == 0 {
		t.Error("no finding says a length of time")
	}
}
