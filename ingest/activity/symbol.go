package activity

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"unsafe"
)

// Symbol is a distinct text of the case. 0 is the empty text.
type Symbol uint32

// Symbols gives each distinct text a number. It holds no pointer per text: the texts stand in large blocks, found
// through an open-addressing table. The zero value is ready to use. Numbers depend on the order of first use and must
// never decide an order that anybody sees.
//
// It is not safe for concurrent writing; concurrent reading is safe.
type Symbols struct {
	seed   maphash.Seed
	seeded bool
	table  []uint64        // upper half the text's hash, lower half its number, 0 = free; length is a power of two
	places [][]symbolPlace // by symbol, in pages: growing one slice would copy tens of millions of them again and again
	count  int             // symbols, the empty text included; 0 before the first text
	blocks [][]byte
	bytes  int64
}

type symbolPlace struct {
	block  uint32
	start  uint32
	length uint32
}

// placePage is how many places a page holds (768 KiB).
const placePage = 1 << 16

// symbolBlock is the size of a block of text but the first few; a longer text gets a block of its own.
const symbolBlock = 1 << 20

// Len is the number of symbols, the empty text included.
func (s *Symbols) Len() int { return max(1, s.count) }

// Bytes is the total length of the distinct texts.
func (s *Symbols) Bytes() int64 { return s.bytes }

// Text is the symbol's text. It shares the table's memory, which is never changed.
func (s *Symbols) Text(sym Symbol) string {
	if sym == 0 || int(sym) >= s.count {
		return ""
	}
	p := &s.places[sym/placePage][sym%placePage]
	if p.length == 0 {
		return ""
	}
	return unsafe.String(&s.blocks[p.block][p.start], int(p.length))
}

// All yields every symbol but 0 with its text, in order of number.
func (s *Symbols) All() iter.Seq2[Symbol, string] {
	return func(yield func(Symbol, string) bool) {
		for i := 1; i < s.count; i++ {
			if !yield(Symbol(i), s.Text(Symbol(i))) {
				return
			}
		}
	}
}

// Intern is the symbol of a text, which it copies if it is new.
func (s *Symbols) Intern(text []byte) Symbol {
	if len(text) == 0 {
		return 0
	}
	s.start()
	return s.intern(text, uint32(maphash.Bytes(s.seed, text)))
}

func (s *Symbols) start() {
	if !s.seeded {
		s.begin(1 << 10)
	}
}

// begin makes the empty table; size is a power of two.
func (s *Symbols) begin(size int) {
	s.seed, s.seeded = maphash.MakeSeed(), true
	s.grow(size)
	s.place(symbolPlace{})
}

// newSymbols has room for so many texts of so many bytes, and little more.
func newSymbols(texts, length int) *Symbols {
	s := &Symbols{}
	s.begin(1 << bits.Len(uint(texts)*3/2+1))
	s.blocks = append(s.blocks, make([]byte, 0, length))
	return s
}

// place keeps the place of the next symbol.
func (s *Symbols) place(p symbolPlace) {
	page := s.count / placePage
	if page == len(s.places) {
		size := placePage
		if page == 0 {
			size = 16 // and grows: a case may be thousands of saved messages
		}
		s.places = append(s.places, make([]symbolPlace, 0, size))
	}
	s.places[page] = append(s.places[page], p)
	s.count++
}

func (s *Symbols) intern(text []byte, hash uint32) Symbol {
	mask := uint32(len(s.table) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		found := s.table[at]
		if found == 0 {
			return s.add(text, at, hash)
		}
		if uint32(found>>32) == hash && s.Text(Symbol(found)) == unsafe.String(&text[0], len(text)) {
			return Symbol(found)
		}
	}
}

// Look is a text that will be interned: its hash, and what the table held where it begins to look. A look into a large
// table is a wait for memory; a reader that looks for all texts of a record before it interns the first waits once.
// A Look is good until its text changes.
type Look struct {
	text  []byte
	hash  uint32
	found uint64
}

// Hash begins to intern a text; Look and InternLook go on.
func (s *Symbols) Hash(text []byte) Look {
	if len(text) == 0 {
		return Look{}
	}
	s.start()
	return Look{text: text, hash: uint32(maphash.Bytes(s.seed, text))}
}

// Look looks for texts that were hashed. Nothing stands between one look and the next, so that they wait together.
func (s *Symbols) Look(looks []Look) {
	s.start()
	mask := uint32(len(s.table) - 1)
	for i := range looks {
		looks[i].found = s.table[looks[i].hash&mask]
	}
}

// InternLook is the symbol of a text that was looked for.
func (s *Symbols) InternLook(l *Look) Symbol {
	switch {
	case len(l.text) == 0:
		return 0
	case uint32(l.found>>32) == l.hash && s.Text(Symbol(l.found)) == unsafe.String(&l.text[0], len(l.text)):
		return Symbol(l.found)
	}
	return s.intern(l.text, l.hash)
}

// InternString is Intern for a string.
func (s *Symbols) InternString(text string) Symbol {
	if text == "" {
		return 0
	}
	return s.Intern(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// Find is the symbol of a text if it has one; 0 if not.
func (s *Symbols) Find(text string) Symbol {
	if text == "" || !s.seeded {
		return 0
	}
	hash := uint32(maphash.String(s.seed, text))
	mask := uint32(len(s.table) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		found := s.table[at]
		if found == 0 {
			return 0
		}
		if uint32(found>>32) == hash && s.Text(Symbol(found)) == text {
			return Symbol(found)
		}
	}
}

func (s *Symbols) add(text []byte, at, hash uint32) Symbol {
	sym := Symbol(s.count)
	s.table[at] = uint64(hash)<<32 | uint64(sym)
	s.place(s.store(text))
	if s.count*3 > len(s.table)*2 {
		s.grow(len(s.table) * 2)
	}
	return sym
}

func (s *Symbols) store(text []byte) symbolPlace {
	s.bytes += int64(len(text))
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last])+len(text) > cap(s.blocks[last]) {
		size := symbolBlock >> max(0, 8-2*len(s.blocks)) // 4 KiB, 16 KiB …: a case may be thousands of saved messages
		s.blocks = append(s.blocks, make([]byte, 0, max(size, len(text))))
		last++
	}
	start := len(s.blocks[last])
	s.blocks[last] = append(s.blocks[last], text...)
	return symbolPlace{uint32(last), uint32(start), uint32(len(text))}
}

// grow moves the table into a larger one. The hash stands beside the number, so that neither this nor a search that
// fails touches any text: a text is a cache miss.
func (s *Symbols) grow(size int) {
	old := s.table
	s.table = make([]uint64, size)
	mask := uint32(size - 1)
	for _, entry := range old {
		if entry == 0 {
			continue
		}
		at := uint32(entry>>32) & mask
		for s.table[at] != 0 {
			at = (at + 1) & mask
		}
		s.table[at] = entry
	}
}
