package activity

import (
	"cmp"
	"maps"
	"slices"
)

// Answer is what an input holds of all queries that were answered with Size rows: Search-UnifiedAuditLog numbers the
// rows of each answer from 1 (ResultIndex) and says how many there are (ResultCount). A row that is missing from the
// numbers was answered and never written down.
type Answer struct {
	Size int64 // ResultCount
	Runs []Run // by First; they do not overlap, and none is empty
}

// Run is a stretch of numbers, both ends included, each of which stands in the input Copies times.
type Run struct{ First, Last, Copies int64 }

// Copies is how often the number that occurs most occurs: as many answers of this size there are at least.
func (a Answer) Copies() int64 {
	most := int64(0)
	for _, r := range a.Runs {
		most = max(most, r.Copies)
	}
	return most
}

// numbered is a stretch of consecutive numbers as they were met.
type numbered struct{ first, last int64 }

// Answered says that the record at hand is row index of an answer of size rows. Numbers that no answer can have are
// nothing: an export that was edited by hand proves no gap.
func (s *Shard) Answered(index, size int64) {
	if index < 1 || size < index {
		return
	}
	if s.answers == nil {
		s.answers = map[int64][]numbered{}
	}
	list := s.answers[size]
	if n := len(list); n > 0 && list[n-1].last+1 == index {
		list[n-1].last = index
		return
	}
	s.answers[size] = append(list, numbered{index, index})
}

// answers joins what the shards met, by size.
func answers(shards []*Shard) []Answer {
	met := map[int64][]numbered{}
	for _, s := range shards {
		for size, list := range s.answers {
			met[size] = append(met[size], list...)
		}
		s.answers = nil
	}
	var all []Answer
	for _, size := range slices.Sorted(maps.Keys(met)) {
		all = append(all, Answer{size, runs(met[size])})
	}
	return all
}

// runs counts how often each number was met, in stretches of equal counts.
func runs(list []numbered) []Run {
	type edge struct{ at, step int64 }
	edges := make([]edge, 0, 2*len(list))
	for _, n := range list {
		edges = append(edges, edge{n.first, 1}, edge{n.last + 1, -1})
	}
	slices.SortFunc(edges, func(x, y edge) int { return cmp.Compare(x.at, y.at) })
	var out []Run
	copies, from := int64(0), int64(0)
	for i := 0; i < len(edges); {
		at, before := edges[i].at, copies
		for ; i < len(edges) && edges[i].at == at; i++ {
			copies += edges[i].step
		}
		if copies == before {
			continue
		}
		if before > 0 {
			out = append(out, Run{from, at - 1, before})
		}
		from = at
	}
	return out
}
