package activity

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// dropRepeats keeps one copy of each activity and the origins of all the others. Records under one id with different
// content are both kept and named as a conflict, unless one of them is a lesser copy (flattened, truncated, or another
// source's account of the same act): then the richer one stays and takes what it lacks from the other.
func (b *Builder) dropRepeats() {
	heads, next := b.groups()
	if len(heads) == 0 {
		return
	}
	keep := slices.Repeat([]bool{true}, len(b.c.Activities))
	var group []uint32
	for _, head := range heads {
		group = group[:0]
		for at := head + 1; at != 0; at = next[at-1] {
			group = append(group, at-1)
			keep[at-1] = false
		}
		b.settleGroup(group, keep)
	}
	b.compact(keep)
}

// groups chains the activities that share an identity: heads are the first of each chain of two or more, in order;
// next[i] is one more than the index of the one after i, 0 at the end, and nil where no activity has a repeat.
//
// An entry of the table is one more than an activity's index and, in the bits that are left, part of its identity, so
// that the activities themselves are looked at only where that part is equal: each look is a cache miss.
func (b *Builder) groups() (heads, next []uint32) {
	rows := b.c.Activities
	indexes := uint32(1)<<bits.Len(uint(len(rows))) - 1
	size := 1 << bits.Len(uint(len(rows)*2))
	mask := uint64(size - 1)
	table := make([]uint32, size)
	for i := range rows {
		tag := binary.LittleEndian.Uint32(rows[i].ID[4:]) &^ indexes
		at := slot(rows[i].ID, mask)
		for table[at] != 0 && (table[at]&^indexes != tag || rows[table[at]&indexes-1].ID != rows[i].ID) {
			at = (at + 1) & mask
		}
		if table[at] == 0 {
			table[at] = tag | uint32(i+1)
			continue
		}
		head := table[at] & indexes
		if next == nil {
			next = make([]uint32, len(rows))
		}
		if next[head-1] == 0 {
			heads = append(heads, head-1)
		}
		next[i], next[head-1] = next[head-1], uint32(i+1)
	}
	slices.Sort(heads)
	return heads, next
}

// settleGroup decides what becomes of the records that share one id.
func (b *Builder) settleGroup(group []uint32, keep []bool) {
	c := &b.c
	slices.SortFunc(group, func(x, y uint32) int { return b.compareCopies(x, y) })
	best := group[0]
	keep[best] = true
	for i, at := range group[1:] {
		if same := b.keptTwin(group[:i+1], keep, at); same >= 0 {
			c.Duplicates = append(c.Duplicates, Duplicate{uint32(same), c.Activities[at].Origin()})
			continue
		}
		if b.lesser(best, at) {
			b.fillGaps(best, at)
			c.Duplicates = append(c.Duplicates, Duplicate{best, c.Activities[at].Origin()})
			c.Conflicts = append(c.Conflicts, Conflict{c.Activities[best].Origin(), c.Activities[at].Origin(), true})
			continue
		}
		keep[at] = true
		c.Conflicts = append(c.Conflicts, Conflict{c.Activities[best].Origin(), c.Activities[at].Origin(), false})
	}
}

// keptTwin is a kept record of the group with the same content as at; -1 if there is none.
func (b *Builder) keptTwin(group []uint32, keep []bool, at uint32) int {
	for _, other := range group {
		if keep[other] && b.c.Activities[other].Sum == b.c.Activities[at].Sum {
			return int(other)
		}
	}
	return -1
}

// compareCopies puts whole copies before flattened and truncated ones, richer before poorer, then by content and
// origin, so that the choice does not depend on the order of reading.
func (b *Builder) compareCopies(x, y uint32) int {
	c := &b.c
	p, q := &c.Activities[x], &c.Activities[y]
	const poor = Salvaged | Lossy | Undated // one export has the time that another has spoiled
	return cmp.Or(
		cmp.Compare(p.Flags&poor, q.Flags&poor),
		cmp.Compare(c.richness(q), c.richness(p)),
		cmp.Compare(p.Sum, q.Sum),
		compareOrigins(p.Origin(), q.Origin()),
	)
}

func (c *Case) richness(a *Activity) int {
	n := len(c.run(a))
	for _, sym := range a.symbols() {
		if *sym != 0 {
			n++
		}
	}
	return n
}

// lesser says whether the second copy is a lesser account of the first: of another kind of source, flattened, cut, or
// without the time.
func (b *Builder) lesser(best, at uint32) bool {
	p, q := &b.c.Activities[best], &b.c.Activities[at]
	return p.Flags&Undated == 0 && q.Flags&Undated != 0 || q.Flags&(Salvaged|Lossy) != 0 || b.c.Inputs[p.File].Source != b.c.Inputs[q.File].Source
}

// fillGaps gives the kept copy what it lacks.
func (b *Builder) fillGaps(best, at uint32) {
	c := &b.c
	p, q := &c.Activities[best], &c.Activities[at]
	to, from := p.symbols(), q.symbols()
	for i := range to {
		if *to[i] == 0 {
			*to[i] = *from[i]
		}
	}
	if p.Result == Unknown {
		p.Result = q.Result
	}
	if p.Type == Other {
		p.Type = q.Type
	}
	have, more := c.run(p), c.run(q)
	var add []Detail
	for _, d := range more {
		if !slices.ContainsFunc(have, func(h Detail) bool { return h.Key == d.Key }) {
			add = append(add, d)
		}
	}
	if len(add) == 0 {
		return
	}
	start := uint32(len(c.details))
	c.details = append(c.details, Detail{Key: Key(len(have) + len(add))})
	c.details = append(append(c.details, have...), add...)
	p.Detail = start
}

// compact removes what is not kept and renumbers the duplicates.
func (b *Builder) compact(keep []bool) {
	c := &b.c
	moved := make([]uint32, len(keep))
	n := uint32(0)
	for i := range c.Activities {
		moved[i] = n
		if keep[i] {
			c.Activities[n] = c.Activities[i]
			n++
		}
	}
	c.Activities = c.Activities[:n]
	for i := range c.Duplicates {
		c.Duplicates[i].Activity = moved[c.Duplicates[i].Activity]
	}
}
