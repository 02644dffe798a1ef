package rare

import (
	"math/rand/v2"
	"testing"
)

// Promise: the days on which others came from a network are the same, whether counted for all values at once or for each.
func TestLodging(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		values := []*value{nil, {}, {}, {}}
		many := &value{}
		at := &lodging{days: map[int64]*value{}, alone: map[*value]int{}}
		others := map[*value]map[int64]bool{}
		for range random.IntN(40) {
			day, came := int64(random.IntN(12)), values[random.IntN(len(values))]
			at.add(day, came, many)
			for _, v := range values {
				if v == came {
					continue
				}
				if others[v] == nil {
					others[v] = map[int64]bool{}
				}
				others[v][day] = true
			}
		}
		for i, v := range values {
			if got, want := len(at.days)-at.alone[v], len(others[v]); got != want {
				t.Fatalf("value %d: %d days of others, want %d", i, got, want)
			}
		}
	}
}
