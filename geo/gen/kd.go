package main

import (
	"maps"
	"math"
	"slices"
)

// kd is a k-d tree of points with the box around each node, so that two trees can be compared without looking at most of
// their points.
type kd struct {
	lo, hi      vec
	points      []vec // leaf only
	left, right *kd
}

func newKD(points []vec) *kd {
	n := &kd{lo: points[0], hi: points[0]}
	for _, p := range points {
		for k := range p {
			n.lo[k], n.hi[k] = min(n.lo[k], p[k]), max(n.hi[k], p[k])
		}
	}
	if len(points) <= 16 {
		n.points = points
		return n
	}
	axis := 0
	for k := range n.lo {
		if n.hi[k]-n.lo[k] > n.hi[axis]-n.lo[axis] {
			axis = k
		}
	}
	slices.SortFunc(points, func(a, b vec) int {
		switch {
		case a[axis] < b[axis]:
			return -1
		case a[axis] > b[axis]:
			return 1
		}
		return 0
	})
	mid := len(points) / 2
	n.left, n.right = newKD(points[:mid]), newKD(points[mid:])
	return n
}

// nearest is the least squared chord between a point of a and a point of b.
func nearest(a, b *kd) float64 {
	best := math.Inf(1)
	search(a, b, &best)
	return best
}

func search(a, b *kd, best *float64) {
	if gap(a, b) >= *best {
		return
	}
	switch {
	case a.points != nil && b.points != nil:
		for _, p := range a.points {
			for _, q := range b.points {
				*best = min(*best, dist2(p, q))
			}
		}
	case a.points != nil || b.points == nil && gap(a, b.left)+gap(a, b.right) < gap(a.left, b)+gap(a.right, b):
		near, far := b.left, b.right
		if gap(a, far) < gap(a, near) {
			near, far = far, near
		}
		search(a, near, best)
		search(a, far, best)
	default:
		near, far := a.left, a.right
		if gap(far, b) < gap(near, b) {
			near, far = far, near
		}
		search(near, b, best)
		search(far, b, best)
	}
}

// gap is the least squared distance between two boxes.
func gap(a, b *kd) float64 {
	sum := 0.0
	for k := range a.lo {
		if d := max(a.lo[k]-b.hi[k], b.lo[k]-a.hi[k]); d > 0 {
			sum += d * d
		}
	}
	return sum
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
