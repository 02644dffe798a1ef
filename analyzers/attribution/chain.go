package attribution

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// near is how far apart in time what an address, a line or a client ties may be.
const near = int64(14 * 24 * time.Hour / time.Millisecond)

// chain is the visits that have something in common, in order of time, each of which is taken once.
type chain struct {
	list []moment
	next []int32 // by moment: itself, or one after it if it was taken
}

// moment is when a visit was there. One of weeks has several.
type moment struct {
	at    int64
	visit int32
}

// mostMoments bounds the moments of one visit: times in a log may be anything. Those of the longest true ones are near apart.
const mostMoments = 1024

// add puts a visit of some time into a chain.
func (c *chain) add(visit int32, first, last int64) {
	span := last - first
	if span < 0 && last > first { // more than can be counted
		span = math.MaxInt64
	}
	step := max(near, span/mostMoments)
	for at, n := first, 0; at < last && at >= first && n <= mostMoments; at, n = at+step, n+1 {
		c.list = append(c.list, moment{at, visit})
	}
	c.list = append(c.list, moment{max(first, last), visit})
}

// take gives each visit that was there within some days of a time, and leaves it out from then on.
func (c *chain) take(first, last int64, give func(visit int32)) {
	if first-near < first {
		first -= near
	}
	c.takeFrom(first, last, give)
}

// takeFrom does so from a time on.
func (c *chain) takeFrom(first, last int64, give func(visit int32)) {
	if c.next == nil {
		slices.SortFunc(c.list, func(a, b moment) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.visit, b.visit)) })
		c.next = make([]int32, len(c.list)+1)
		for i := range c.next {
			c.next[i] = int32(i)
		}
	}
	if last+near > last {
		last += near
	}
	from, _ := slices.BinarySearchFunc(c.list, first, func(m moment, at int64) int { return cmp.Compare(m.at, at) })
	for i := c.after(int32(from)); int(i) < len(c.list) && c.list[i].at <= last; i = c.after(i) {
		c.next[i] = i + 1
		give(c.list[i].visit)
	}
}

// after is the first moment from i on that was not taken.
func (c *chain) after(i int32) int32 {
	end := i
	for c.next[end] != end {
		end = c.next[end]
	}
	for c.next[i] != i {
		c.next[i], i = end, c.next[i]
	}
	return end
}
