package activity

import (
	"sync/atomic"
	"unsafe"
)

// Room is memory for all activities of an input. Its shards take blocks of it, so that a builder has them in one piece
// without a second copy. Memory of it that is not used in the end is never touched.
type Room struct {
	all    []Activity
	taken  atomic.Int64 // blocks
	limits *Limits
}

// block is a piece of the activities of a shard, or of a builder.
type block struct {
	rows []Activity
	room *Room     // that it is of; nil: of none
	at   int       // which block of the room
	said []claimed // what they say of their tenants, counted from the first of them; of a builder's only
}

// rowBlock is how many activities one block holds (384 KiB).
const rowBlock = 4096

// The sizes of what there are most of.
const (
	rowSize    = int64(unsafe.Sizeof(Activity{}))
	detailSize = int64(unsafe.Sizeof(Detail{}))
)

// Expect makes room for an input that, with what other shards have of it, is about so many times what the shard has by
// now; the shard takes its details' share. It is nil where there is little to expect or no memory for it: activities are
// then kept in blocks of their own.
func (s *Shard) Expect(times float64, l *Limits) *Room {
	const (
		most = 1 << 26 // 6 GiB of addresses; more are kept in further blocks
		room = 1.1     // too much costs nothing, too little a copy
	)
	rows, details := int(min(most, room*times*float64(s.count))), int(min(8*most, room*times*float64(len(s.details))))
	if rows <= rowBlock || l.room(int64(rows)*rowSize+int64(details)*detailSize) != nil {
		return nil
	}
	s.details = append(make([]Detail, 0, max(details, len(s.details))), s.details...)
	const parts = 4 // the last block of each shard may be all but empty
	r := &Room{all: make([]Activity, 0, (rows/rowBlock+parts)*rowBlock), limits: l}
	l.untouched(int64(cap(r.all)) * rowSize)
	return r
}

// Use lets the shard take its further blocks from a room; nil is none.
func (s *Shard) Use(r *Room) { s.room = r }

// nextBlock is an empty block.
func (s *Shard) nextBlock() block {
	if s.room != nil {
		if at := int(s.room.taken.Add(1)) - 1; (at+1)*rowBlock <= cap(s.room.all) {
			from := at * rowBlock
			s.room.limits.untouched(-rowBlock * rowSize)
			return block{rows: s.room.all[from : from : from+rowBlock], room: s.room, at: at}
		}
	}
	size := rowBlock
	if len(s.rows) == 0 {
		size = 8 // and grows: a file may be one message
	}
	return block{rows: make([]Activity, 0, size)}
}

// leave says that what was never touched of a room is let go of with it.
func (r *Room) leave() {
	r.limits.untouched(min(0, r.taken.Load()*rowBlock-int64(cap(r.all))) * rowSize)
}

// one lays blocks out in one piece, those of a room where they are, and lets go of each as it is copied; copied is told
// how many bytes were.
func (r *Room) one(blocks []block, copied func(bytes int64)) []Activity {
	all := r.all
	for i := range blocks {
		rows := blocks[i].rows
		if blocks[i].room == r { // in order of their places: none is overwritten before it is moved
			n := len(all)
			all = all[:n+len(rows)]
			if n != blocks[i].at*rowBlock {
				copy(all[n:], rows)
			}
			continue
		}
		all = append(all, rows...)
		blocks[i] = block{}
		copied(int64(len(rows)) * rowSize)
	}
	return all
}
