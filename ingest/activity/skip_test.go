package activity

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whichever worker meets which block, the same skips are kept whole and the same ones as stretches, and none is lost.
func TestSkipsOfAnyWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 20).Draw(t, "skips by block")
		most := rapid.IntRange(0, 30).Draw(t, "most")
		total := int64(0)
		read := func(workers int) []Skip {
			var shards []*Shard
			for range workers {
				s := NewShard(0, Interest{})
				s.KeepSkips(most)
				shards = append(shards, s)
			}
			var blocks []Chunk
			total = 0
			for i, n := range counts {
				blocks = append(blocks, Chunk{Offset: int64(i * 100)})
				s := shards[rapid.IntRange(0, workers-1).Draw(t, "worker")]
				s.Block()
				for k := range n {
					s.SkipStretch(int64(i*100+k), 3, 2, errors.New("broken"))
					total++
				}
			}
			return skipsOf(shards, blocks)
		}
		want := read(1)
		if got := read(4); !slices.Equal(got, want) {
			t.Fatalf("four workers: %v, one: %v", got, want)
		}
		sum, last := int64(0), int64(-1)
		for i, s := range want {
			if sum += s.Count; s.Offset <= last || i < most && s.Count != 1 || s.Bytes != 3*s.Count || s.Lines != 2*s.Count {
				t.Fatalf("%v at %d of %v", s, i, want)
			}
			last = s.Offset
		}
		if sum != total || len(want) > most+len(counts) {
			t.Fatalf("%d of %d skips in %v", sum, total, want)
		}
	})
}
