package session

import (
	"slices"
	"strings"
)

// sideKind is all of a side that matters beside another one, but for its network's number.
type sideKind struct {
	country                 string
	numbered, rented, usual bool
	phone                   bool
	way                     bool
	systems                 string
}

// loudest are the two sides that speak loudest for two pairs of hands, the first two where several do. A session may have
// tens of thousands of sides, but they are of few kinds, and two of one kind say nothing.
func (d *detector) loudest(all []*side, c course) (points int, a, b *side) {
	kinds := map[sideKind][]int{} // their sides
	var order []sideKind
	for i, s := range all {
		k := sideKind{s.country, s.asn != 0, s.rented, s.usual, s.phone, s.way, strings.Join(slices.Sorted(slices.Values(s.systems)), ",")}
		if kinds[k] == nil {
			order = append(order, k)
		}
		kinds[k] = append(kinds[k], i)
	}
	first := [2]int{len(all), len(all)}
	for n, x := range order {
		for _, y := range order[n+1:] {
			at := firstTwo(all, kinds[x], kinds[y])
			if p, _ := d.compare(all[at[0]], all[at[1]], c); p > points || p == points && p > 0 && slices.Compare(at[:], first[:]) < 0 {
				points, first = p, at
			}
		}
	}
	if points == 0 {
		return 0, nil, nil
	}
	return points, all[first[0]], all[first[1]]
}

// firstTwo are the first sides of two kinds that are of different networks; where none are, the first two.
func firstTwo(all []*side, x, y []int) [2]int {
	heads := [2]int{min(x[0], y[0]), max(x[0], y[0])}
	if all[x[0]].asn == 0 && all[y[0]].asn == 0 {
		return heads // and so are all others of these kinds
	}
	for len(x) > 0 && len(y) > 0 {
		if x[0] > y[0] {
			x, y = y, x
		}
		for _, other := range y { // of one kind, no two are of one numbered network: the second is another
			if all[x[0]].asn != all[other].asn {
				return [2]int{x[0], other}
			}
		}
		x = x[1:]
	}
	return heads
}
