package ledger

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
)

// lacks are the numbers that an answer has less often than its most frequent one, and how much less often. Files that
// overlap may hold them: one that lacks none of its own supplies what it has (a whole export beside its half), and
// several that complete each other are even when they are counted together (an export in parts).
func lacks(a activity.Answer, others []activity.Answer) []activity.Run {
	all := append([]activity.Answer{a}, others...)
	most := make([]int64, len(all))
	for i := range all {
		most[i] = all[i].Copies()
	}
	together := int64(0)
	counted(all, a.Size, func(_, _ int64, have []int64) { together = max(together, sum(have)) })
	var out []activity.Run
	counted(all, a.Size, func(from, to int64, have []int64) {
		need := min(most[0]-have[0], together-sum(have))
		for i := 1; i < len(have); i++ {
			if have[i] == most[i] {
				need = 0
			}
		}
		if need > 0 {
			out = appendRun(out, activity.Run{First: from, Last: to, Copies: need})
		}
	})
	return out
}

// counted visits the numbers from 1 to size in stretches, with how often each answer has them.
func counted(all []activity.Answer, size int64, visit func(from, to int64, have []int64)) {
	type edge struct {
		at, step int64
		answer   int
	}
	edges := []edge{{at: 1}, {at: size + 1}}
	for i := range all {
		for _, r := range all[i].Runs {
			edges = append(edges, edge{r.First, r.Copies, i}, edge{r.Last + 1, -r.Copies, i})
		}
	}
	slices.SortStableFunc(edges, func(x, y edge) int { return cmp.Compare(x.at, y.at) })
	have := make([]int64, len(all))
	for i := 0; i < len(edges); {
		at := edges[i].at
		for ; i < len(edges) && edges[i].at == at; i++ {
			have[edges[i].answer] += edges[i].step
		}
		if i < len(edges) {
			visit(at, edges[i].at-1, have)
		}
	}
}

func sum(list []int64) int64 {
	n := int64(0)
	for _, v := range list {
		n += v
	}
	return n
}

// appendRun joins a stretch to the one before it where it goes on in the same way.
func appendRun(list []activity.Run, r activity.Run) []activity.Run {
	if n := len(list); n > 0 && list[n-1].Last+1 == r.First && list[n-1].Copies == r.Copies {
		list[n-1].Last = r.Last
		return list
	}
	return append(list, r)
}
