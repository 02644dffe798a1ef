package activity

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
)

// dropRepeats keeps one copy of each activity and the origins of all the others. Records under one id with different
// content are both kept and named as a conflict, unless one of them is a lesser copy (flattened, truncated, or another
// source's account of the same act): then the richer one stays and takes what it lacks from the other.
func dropRepeats(c *Case) {
	heads, next := sameID(c)
	if len(heads) == 0 {
		return
	}
	keep := slices.Repeat([]bool{true}, len(c.Activities))
	var group []uint32
	for _, head := range heads {
		group = group[:0]
		for at := head + 1; at != 0; at = next[at-1] {
			group = append(group, at-1)
			keep[at-1] = false
		}
		settleGroup(c, group, keep)
	}
	dropUnkept(c, keep)
}

// sameID chains the activities that share an identity: heads are the first of each chain of two or more, in order;
// next[i] is one more than the index of the one after i, 0 at the end, and nil where no activity has a repeat.
//
// Identities are hashed with a seed: they may be counted, have one half twice or begin alike, as in exports that were
// made anonymous, and whoever writes them must not choose where they fall. An entry of the table is one more than an
// activity's index and, in the bits that are left, part of its hash, so that the activities themselves are looked at
// only where that part is equal: each look is a cache miss.
func sameID(c *Case) (heads, next []uint32) {
	rows := c.Activities
	indexes := uint32(1)<<bits.Len(uint(len(rows))) - 1
	size := 1 << bits.Len(uint(len(rows)*2))
	mask := uint64(size - 1)
	table := make([]uint32, size)
	seed := newIDSeed()
	for i := range rows {
		hash := seed.hash(&rows[i].ID)
		tag := uint32(hash>>32) &^ indexes
		at := hash & mask
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

// idSeed is the seed of a hash of identities: that of wyhash for 16 bytes, which takes a third of maphash's time.
type idSeed [3]uint64

func newIDSeed() (s idSeed) {
	seed := maphash.MakeSeed()
	for i := range s {
		s[i] = maphash.Comparable(seed, i)
	}
	return s
}

func (s *idSeed) hash(id *ID) uint64 {
	high, low := bits.Mul64(binary.LittleEndian.Uint64(id[:])^s[0], binary.LittleEndian.Uint64(id[8:])^s[1])
	high, low = bits.Mul64(high^s[0], low^s[2])
	return high ^ low
}

// settleGroup decides what becomes of the records that share one id.
func settleGroup(c *Case, group []uint32, keep []bool) {
	slices.SortFunc(group, func(x, y uint32) int { return compareCopies(c, x, y) })
	best := group[0]
	keep[best] = true
	var twins keptTwins
	twins.add(c, best)
	var gaps gaps
	for _, at := range group[1:] {
		if same, ok := twins.of(c, at); ok {
			knownOwner(c, same, at)
			c.Duplicates = append(c.Duplicates, Duplicate{same, c.Activities[at].Origin()})
			continue
		}
		if lesserOf(c, best, at) {
			fillGaps(c, best, at, &gaps)
			knownOwner(c, best, at)
			c.Duplicates = append(c.Duplicates, Duplicate{best, c.Activities[at].Origin()})
			c.Conflicts = append(c.Conflicts, Conflict{c.Activities[best].Origin(), c.Activities[at].Origin(), true})
			continue
		}
		keep[at] = true
		twins.add(c, at)
		c.Conflicts = append(c.Conflicts, Conflict{c.Activities[best].Origin(), c.Activities[at].Origin(), false})
	}
	putGaps(c, best, &gaps)
}

// keptTwins finds, among the kept records of a group, the one of some content. Most groups are a record and its copy, but
// thousands of records may come under one id.
type keptTwins struct {
	few  [8]uint32
	n    int               // of few
	many map[uint64]uint32 // by content; nil while they are few
}

func (k *keptTwins) add(c *Case, at uint32) {
	if k.many == nil && k.n < len(k.few) {
		k.few[k.n] = at
		k.n++
		return
	}
	if k.many == nil {
		k.many = map[uint64]uint32{}
		for _, one := range k.few {
			k.many[c.Activities[one].Sum] = one
		}
	}
	k.many[c.Activities[at].Sum] = at // of the kept ones no two have the same content
}

func (k *keptTwins) of(c *Case, at uint32) (uint32, bool) {
	sum := c.Activities[at].Sum
	if k.many != nil {
		one, ok := k.many[sum]
		return one, ok
	}
	for _, one := range k.few[:k.n] {
		if c.Activities[one].Sum == sum {
			return one, true
		}
	}
	return 0, false
}

// compareCopies puts whole copies before flattened and truncated ones, richer before poorer, then by content and
// origin, so that the choice does not depend on the order of reading.
func compareCopies(c *Case, x, y uint32) int {
	p, q := &c.Activities[x], &c.Activities[y]
	const poor = Salvaged | Lossy | Undated // one export has the time that another has spoiled
	return cmp.Or(
		cmp.Compare(p.Flags&poor, q.Flags&poor),
		cmp.Compare(p.Flags&Filled, q.Flags&Filled),
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

// lesserOf says whether the second copy is a lesser account of the first: of another kind of source, flattened, cut, filled in
// by what stood around it, or without the time.
func lesserOf(c *Case, best, at uint32) bool {
	p, q := &c.Activities[best], &c.Activities[at]
	return p.Flags&Undated == 0 && q.Flags&Undated != 0 || q.Flags&(Salvaged|Lossy|Filled) != 0 || c.Inputs[p.File].Source != c.Inputs[q.File].Source
}

// gaps are the details that a kept record takes from its lesser copies, and the keys that it has by then.
type gaps struct {
	add  []Detail
	have map[Key]bool
}

// fillGaps gives the kept copy what it lacks; details when all copies are known.
func fillGaps(c *Case, best, at uint32, g *gaps) {
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
	if g.have == nil {
		g.have = map[Key]bool{}
		for _, d := range c.run(p) {
			g.have[d.Key] = true
		}
	}
	first := len(g.add)
	for _, d := range c.run(q) { // a field with several values comes whole
		if !g.have[d.Key] {
			g.add = append(g.add, d)
		}
	}
	for _, d := range g.add[first:] {
		g.have[d.Key] = true
	}
}

// putGaps writes down the kept copy's details with those that it took.
func putGaps(c *Case, best uint32, g *gaps) {
	if len(g.add) == 0 {
		return
	}
	have := c.run(&c.Activities[best])
	start := uint32(len(c.details))
	c.details = append(c.details, Detail{Key: Key(len(have) + len(g.add))})
	c.details = append(append(c.details, have...), g.add...)
	c.Activities[best].Detail = start
}

// dropUnkept removes what is not kept and renumbers the duplicates.
func dropUnkept(c *Case, keep []bool) {
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
