package activity

import (
	"cmp"
	"slices"
)

// MostSkips is how many skips of an input are kept one by one. Of further ones, those of one block are kept as one: a
// file that is skipped row by row would take a hundred times its size.
const MostSkips = 10_000

// KeepSkips sets how many skips are kept one by one, if it is not MostSkips.
func (s *Shard) KeepSkips(most int) { s.whole = most }

// Block says that the records of another block follow.
func (s *Shard) Block() { s.merging = false }

// Skip ends the record at hand as one that could not be read, and says why. Nobody knows how long it is.
func (s *Shard) Skip(offset int64, reason error) { s.SkipStretch(offset, 0, 0, reason) }

// SkipStretch is Skip for so many bytes, on so many lines.
func (s *Shard) SkipStretch(offset, bytes, lines int64, reason error) {
	s.details, s.claims.next = s.details[:s.open], claim{}
	s.skipped++
	if s.merging {
		s.skips[len(s.skips)-1].add(Skip{Bytes: bytes, Lines: lines, Count: 1})
		return
	}
	s.skips = append(s.skips, Skip{Origin: Origin{s.file, offset}, Reason: reason.Error(), Bytes: bytes, Lines: lines, Count: 1})
	s.merging = len(s.skips) > s.whole
}

// add lets a skip stand for another one as well.
func (s *Skip) add(other Skip) {
	s.Count, s.Bytes, s.Lines = s.Count+other.Count, s.Bytes+other.Bytes, s.Lines+other.Lines
}

// skipsOf are the skips of an input by offset, and empties its shards of them: the first ones whole, further ones by
// block, whichever shard met them.
func skipsOf(shards []*Shard, blocks []Chunk) []Skip {
	var all []Skip
	most := MostSkips
	for _, s := range shards {
		all = append(all, s.skips...)
		most = min(most, s.whole)
		s.skips = nil
	}
	slices.SortFunc(all, func(x, y Skip) int { return cmp.Compare(x.Offset, y.Offset) })
	if len(all) <= most {
		return all
	}
	kept, last := all[:most], -1
	for _, skip := range all[most:] {
		block, found := slices.BinarySearchFunc(blocks, skip.Offset, func(c Chunk, offset int64) int {
			return cmp.Compare(c.Offset, offset)
		})
		if !found {
			block--
		}
		if block == last && len(kept) > most {
			kept[len(kept)-1].add(skip)
			continue
		}
		kept, last = append(kept, skip), block
	}
	return slices.Clip(kept)
}
