package activity

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// Shard is what one worker has decoded of one input. Readers call Intern, Put and Add; nothing in it is shared between
// workers, so that decoding needs no lock.
type Shard struct {
	Symbols  Symbols
	Interest Interest
	Times    Times // what a time can be
	Dates    Dates // how dates are written

	file     uint32
	rows     []block  // growing one slice would copy tens of millions of activities again and again
	room     *Room    // where further blocks come from; nil: each is made
	count    int      // activities in rows
	details  []Detail // runs of a header {count, 0} and that many details
	open     int      // where the run of the record at hand starts; len(details) if it has none yet
	skips    []Skip
	more     int64          // activities beyond the first of their record
	skipped  int64          // records that skips stand for
	whole    int            // as many skips as are kept one by one
	merging  bool           // the last one takes those that follow in the block
	votes    map[Symbol]int // who the owner of the export seems to be
	notes    []string       // sorted
	noted    bool           // more than are kept
	tallies  map[string]int64
	misdated map[misdated]misdatedTally
	answers  map[int64][]numbered // by size
	claims   claims
	called   calls
	lower    []byte
}

// NewShard is an empty shard for input number file.
func NewShard(file uint32, in Interest) *Shard {
	return &Shard{Interest: in, file: file, whole: MostSkips, details: make([]Detail, 1, 64), open: 1}
}

// Intern is the symbol of a text; the text is copied.
func (s *Shard) Intern(text []byte) Symbol { return s.Symbols.Intern(text) }

// InternFold is the symbol of a name in lower case, without the spaces around it: user names differ in case between
// records of one log.
func (s *Shard) InternFold(name []byte) Symbol {
	s.lower = AppendLower(s.lower[:0], bytes.TrimSpace(name))
	return s.Symbols.Intern(s.lower)
}

// AppendLower appends a name in lower case.
func AppendLower(to, name []byte) []byte {
	from, whole := len(to), name
	const (
		ones = ^uint64(0) / 255
		high = ones << 7
	)
	for len(name) >= 8 { // eight letters at a time
		word := binary.LittleEndian.Uint64(name)
		if word&high != 0 {
			break
		}
		capitals := (word + ones*(0x80-'A')) &^ (word + ones*(0x80-'Z'-1)) & high
		to = binary.LittleEndian.AppendUint64(to, word|capitals>>2)
		name = name[8:]
	}
	for _, c := range name {
		if c >= utf8.RuneSelf {
			return append(to[:from], bytes.ToLower(whole)...)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// Put adds a value of a field to the record at hand; the empty text is not a value.
func (s *Shard) Put(f Field, value []byte) {
	if len(value) > 0 {
		s.put(KeyOf(f), s.Symbols.Intern(value))
	}
}

// PutSymbol is Put for a text that is a symbol already.
func (s *Shard) PutSymbol(f Field, value Symbol) {
	if value != 0 {
		s.put(KeyOf(f), value)
	}
}

// PutNamed adds a value of a dynamic field ("params.ForwardTo"), whose name is kept in lower case. An empty value is
// kept: a parameter that is there and empty is not the same as one that is absent.
func (s *Shard) PutNamed(name, value []byte) {
	s.put(DynamicKey(s.InternFold(name)), s.Symbols.Intern(value))
}

func (s *Shard) put(key Key, value Symbol) {
	if s.open == len(s.details) {
		s.details = append(s.details, Detail{})
	}
	s.details = append(s.details, Detail{key, value})
}

// Add ends the record at hand: the activity takes the details put since the last Add, Drop or Skip, and its input. One
// whose time cannot be true becomes Undated.
func (s *Shard) Add(a Activity) {
	if a.Flags&Undated != 0 || a.Created != 0 || !s.Times.Has(a.Time) {
		s.date(&a)
	}
	a.File, a.Detail = s.file, 0
	if n := len(s.details) - s.open; n > 1 {
		s.details[s.open] = Detail{Key: Key(n - 1)}
		a.Detail = uint32(s.open)
	}
	s.open = len(s.details)
	last := len(s.rows) - 1
	if last < 0 || len(s.rows[last].rows) == cap(s.rows[last].rows) {
		s.rows = append(s.rows, s.nextBlock())
		last++
	}
	s.rows[last].rows = append(s.rows[last].rows, a)
	s.claims.claim(s.count)
	s.count++
}

// AddMore is Add for a further activity of the record at hand: a message to several people, an alert about several. It
// takes the details put since the one before. Each counts as a row.
func (s *Shard) AddMore(a Activity) {
	s.Add(a)
	s.more++
}

// Further says that the activity added last is a further one of the record before it.
func (s *Shard) Further() { s.more++ }

// Records is how many records were read: rows but for further activities of one.
func (s *Shard) Records() int64 { return int64(s.Len()) - s.more }

// Vote says that the record at hand names the owner of an export which has no mailbox column.
func (s *Shard) Vote(owner Symbol) {
	if owner == 0 {
		return
	}
	if s.votes == nil {
		s.votes = map[Symbol]int{}
	}
	s.votes[owner]++
}

// maxNotes bounds the notes of an input: an attacker writes part of what they quote.
const maxNotes = 50

// Note says something about the input as a whole (a value never seen before); it ends up in Input.Notes once. Of more
// than maxNotes the first in alphabetical order are kept, so that the choice does not depend on the workers.
func (s *Shard) Note(text string) {
	var full bool
	s.notes, full = addNote(s.notes, text)
	s.noted = s.noted || full
}

// addNote also says whether there are more notes than are kept.
func addNote(notes []string, text string) (kept []string, full bool) {
	at, found := slices.BinarySearch(notes, text)
	switch {
	case found:
		return notes, false
	case at == maxNotes:
		return notes, true
	}
	notes = slices.Insert(notes, at, text)
	return notes[:min(len(notes), maxNotes)], len(notes) > maxNotes
}

// Tally says something of the record at hand that is worth a count: "texts longer than …". It ends up in Input.Notes once,
// with how often it was said. What it says is of a reader's own words, never of a record's.
func (s *Shard) Tally(text string) {
	if s.tallies == nil {
		s.tallies = map[string]int64{}
	}
	s.tallies[text]++
}

// tallied are the counts of all shards, as notes.
func tallied(shards []*Shard) []string {
	sums := map[string]int64{}
	for _, s := range shards {
		for text, n := range s.tallies {
			sums[text] += n
		}
	}
	notes := make([]string, 0, len(sums))
	for _, text := range slices.Sorted(maps.Keys(sums)) {
		notes = append(notes, fmt.Sprintf("%s: %d", text, sums[text]))
	}
	return notes
}

// Len is the number of records read, skipped ones included.
func (s *Shard) Len() int { return s.count + int(s.skipped) }
