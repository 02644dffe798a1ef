package activity

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// answersOf is what shards make of row numbers, one list a worker.
func answersOf(size int64, workers ...[]int64) []Answer {
	var shards []*Shard
	for _, list := range workers {
		s := NewShard(0, Interest{})
		for _, index := range list {
			s.Answered(index, size)
		}
		shards = append(shards, s)
	}
	return answers(shards)
}

// Promise: what is known of an answer does not depend on the order of its rows nor on which worker met them.
func TestAnswersAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.Int64Range(1, 30)).Draw(t, "rows")
		shuffled := rapid.Permutation(rows).Draw(t, "shuffled")
		cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
		one, two := answersOf(30, rows), answersOf(30, shuffled[:cut], shuffled[cut:])
		same := slices.EqualFunc(one, two, func(a, b Answer) bool { return a.Size == b.Size && slices.Equal(a.Runs, b.Runs) })
		if !same {
			t.Fatalf("%v: got %v and %v", rows, one, two)
		}
		for n := int64(1); n <= 30; n++ {
			want, got := int64(0), int64(0)
			for _, r := range rows {
				if r == n {
					want++
				}
			}
			for _, a := range one {
				for _, r := range a.Runs {
					if r.First <= n && n <= r.Last {
						got += r.Copies
					}
				}
			}
			if got != want {
				t.Fatalf("number %d of %v: %d times, want %d", n, rows, got, want)
			}
		}
	})
}

// Promise: numbers that no answer can have prove nothing, and do not fail.
func TestAnsweredNonsense(t *testing.T) {
	s := NewShard(0, Interest{})
	for _, pair := range [][2]int64{{0, 5}, {-1, 0}, {6, 5}, {1, -1}, {-9223372036854775808, 9223372036854775807}} {
		s.Answered(pair[0], pair[1])
	}
	if got := answers([]*Shard{s}); len(got) != 0 {
		t.Errorf("got %v, want none", got)
	}
}
