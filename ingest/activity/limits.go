package activity

import (
	"fmt"
	"math"
)

// Limits are what one case can hold. Beyond them the numbers of activities, details and texts would wrap, and a row
// would show another one's text.
type Limits struct {
	Activities int // rows handed over, repeats included: two bits of their number say more (joinIndex, actorCopy)
	Details    int
	Symbols    int // one bit of their number says more (dynamicKey)

	// Room is asked before much memory is taken in one piece, and says why there is none. Nil: there always is.
	Room func(bytes int64) error

	// Untouched is told of memory that was taken and is not touched yet, which costs nothing but addresses; with a
	// negative number of what is touched, or let go of, later. Nil: nobody wants to know.
	Untouched func(bytes int64)
}

// Most are the largest limits that the numbers allow.
func Most() Limits {
	return Limits{Activities: joinIndex - 1, Details: math.MaxUint32, Symbols: math.MaxInt32}
}

// TooLarge is the error of a case that holds more than its limits allow.
type TooLarge struct {
	What string
	Most int
}

// Error says what there is too much of.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("the case has more than %d %s, the most that one run can tell apart", e.Most, e.What)
}

// check is an error if a case of so much is beyond the limits.
func (l *Limits) check(activities, details, symbols int) error {
	switch {
	case activities > l.Activities:
		return &TooLarge{"activities", l.Activities}
	case details > l.Details:
		return &TooLarge{"details of activities", l.Details}
	case symbols > l.Symbols:
		return &TooLarge{"distinct texts", l.Symbols}
	}
	return nil
}

func (l *Limits) room(bytes int64) error {
	if l.Room == nil || bytes < largePiece {
		return nil
	}
	return l.Room(bytes)
}

func (l *Limits) untouched(bytes int64) {
	if l.Untouched != nil {
		l.Untouched(bytes)
	}
}

// largePiece is what is too little to ask for.
const largePiece = 4 << 20

// Check is an error if a shard is beyond the limits, or if there is no room for it to grow. It is to be asked after
// every block: what one block adds is too little to wrap, and too little to be asked for.
func (s *Shard) Check(l *Limits) error {
	if err := l.check(s.count, len(s.details), s.Symbols.Len()); err != nil {
		return err
	}
	return l.room(growth(s))
}

// growth is about how much memory the shard takes at once when it grows next, if that is soon.
func growth(s *Shard) int64 {
	const soon = 64 << 10 // what a block adds
	if n := cap(s.details); n > soon && n-len(s.details) < 4*soon {
		return int64(n) * detailSize * 5 / 4
	}
	if n := len(s.Symbols.table); n > soon && (s.Symbols.count+soon)*3 > n*2 {
		return int64(n) * 16
	}
	return 0
}

// fits is an error if a shard is more than the case can still take. How many of its texts are new nobody knows before
// they are merged.
func (b *Builder) fits(s *Shard) error {
	c := &b.c
	if err := b.Limits.check(b.taken, len(c.details)+s.open-1, 0); err != nil || len(c.Inputs) == 0 && c.Symbols.Len() == 1 {
		return err
	}
	grown := int64(cap(c.details))*5/4 + int64(s.open)
	return b.Limits.room(grown*detailSize + int64(s.Symbols.Len())*4 + int64(len(c.Symbols.table)+len(s.Symbols.table))*8 + s.Symbols.bytes)
}

// settling is an error if there is no room for what Case takes: the rows once more, if no piece has room for all, and
// about forty bytes a row for tables and orders.
func (b *Builder) settling() error {
	const tables = 40
	row := int64(tables)
	if len(b.rows) > 1 && b.enough() == nil {
		row += rowSize
	}
	return b.Limits.room(int64(b.taken)*row + int64(b.c.Symbols.Len())*4)
}
