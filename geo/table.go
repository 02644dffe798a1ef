package geo

import (
	"cmp"
	"errors"
	"iter"
	"maps"
	"net/netip"
	"slices"
)

// Located is one distinct address text of a case, read and placed.
type Located struct {
	Addr  Addr
	Place Place
}

// Unplaced is a reason why addresses could not be placed, with how many distinct addresses it met.
type Unplaced struct {
	Reason string
	Count  int
}

// Table holds the place of each distinct address text of a case. Each address is looked up once, however many texts
// (ports differ) and activities name it. It is safe for concurrent reading.
type Table struct {
	index      map[uint32]uint32 // symbol → index in entries; absent fields have none
	entries    []entry           // [0] is the zero value
	odd        []Addr            // those of texts that say more than an address; [0] is not used
	places     []Place           // each once: thousands of addresses share one; [0] is the zero value
	faults     []Unplaced
	unreadable []uint32
	addresses  int
}

// entry is one distinct address text.
type entry struct {
	ip    netip.Addr
	odd   uint32 // 0: the text says nothing but ip
	place uint32
}

// NewTable places the texts of a case, given as symbol and text. A symbol that comes twice keeps its first text.
func NewTable[S ~uint32](l *Locator, texts iter.Seq2[S, string]) *Table {
	t := &Table{index: map[uint32]uint32{}, entries: make([]entry, 1), odd: make([]Addr, 1), places: make([]Place, 1)}
	places := map[netip.Addr]uint32{}
	numbers := map[Place]uint32{{}: 0}
	plain := map[netip.Addr]uint32{} // texts that say nothing but an address share an entry
	faults := map[string]int{}
	for s, text := range texts {
		symbol := uint32(s)
		if _, ok := t.index[symbol]; ok {
			continue
		}
		a := ParseAddr(text)
		if a.Absent() {
			continue
		}
		shared := a.Chain == nil && a.Raw == "" && !a.Ambiguous
		if at, ok := plain[a.IP]; ok && shared {
			t.index[symbol] = at
			continue
		}
		place, known := places[a.IP]
		if a.IP.IsValid() && !known {
			p, err := l.Lookup(a.IP)
			place = t.number(p, numbers)
			places[a.IP] = place
			for _, reason := range reasons(err) {
				faults[reason]++
			}
		}
		at := uint32(len(t.entries))
		one := entry{ip: a.IP, place: place}
		t.index[symbol] = at
		if shared {
			plain[a.IP] = at
		} else {
			one.odd = uint32(len(t.odd))
			t.odd = append(t.odd, a)
		}
		t.entries = append(t.entries, one)
		if a.Unreadable() {
			t.unreadable = append(t.unreadable, symbol)
		}
	}
	t.addresses = len(places)
	for _, reason := range slices.Sorted(maps.Keys(faults)) {
		t.faults = append(t.faults, Unplaced{reason, faults[reason]})
	}
	slices.SortFunc(t.unreadable, func(a, b uint32) int { return cmp.Compare(t.At(a).Addr.Raw, t.At(b).Addr.Raw) })
	return t
}

// number is the number of a place, which it gets if it is new.
func (t *Table) number(p Place, numbers map[Place]uint32) uint32 {
	n, known := numbers[p]
	if !known {
		n = uint32(len(t.places))
		numbers[p], t.places = n, append(t.places, p)
	}
	return n
}

// reasons splits a look-up's error; reasons that name no address add up over addresses.
func reasons(err error) []string {
	if err == nil {
		return nil
	}
	var many interface{ Unwrap() []error }
	if !errors.As(err, &many) {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range many.Unwrap() {
		out = append(out, e.Error())
	}
	return out
}

// At returns what is known about a symbol's text; the zero value if the field held no address or the symbol is unknown.
func (t *Table) At(symbol uint32) Located {
	one := &t.entries[t.index[symbol]]
	if one.odd != 0 {
		return Located{t.odd[one.odd], t.places[one.place]}
	}
	return Located{Addr{IP: one.ip}, t.places[one.place]}
}

// All yields each symbol that holds an address text, readable or not, in the order of symbols (which says nothing: see
// activity.Symbols).
func (t *Table) All() iter.Seq2[uint32, Located] {
	return func(yield func(uint32, Located) bool) {
		for _, s := range slices.Sorted(maps.Keys(t.index)) {
			if !yield(s, t.At(s)) {
				return
			}
		}
	}
}

// Addresses is the number of distinct addresses that were looked up.
func (t *Table) Addresses() int { return t.addresses }

// Unreadable lists the symbols whose text holds no readable address, in the order of the texts. The caller must not
// change it.
func (t *Table) Unreadable() []uint32 { return t.unreadable }

// Faults says why addresses could not be placed, sorted by reason. The caller must not change it.
func (t *Table) Faults() []Unplaced { return t.faults }
