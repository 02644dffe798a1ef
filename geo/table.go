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
	index      map[uint32]uint32 // symbol → index in located; absent fields have none
	located    []Located         // [0] is the zero value
	faults     []Unplaced
	unreadable []uint32
	addresses  int
}

// NewTable places the texts of a case, given as symbol and text. A symbol that comes twice keeps its first text.
func NewTable[S ~uint32](l *Locator, texts iter.Seq2[S, string]) *Table {
	t := &Table{index: map[uint32]uint32{}, located: make([]Located, 1)}
	places := map[netip.Addr]Place{}
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
		shared := a.Chain == nil && a.Raw == ""
		if at, ok := plain[a.IP]; ok && shared {
			t.index[symbol] = at
			continue
		}
		p, known := places[a.IP]
		if a.IP.IsValid() && !known {
			var err error
			p, err = l.Lookup(a.IP)
			places[a.IP] = p
			for _, reason := range reasons(err) {
				faults[reason]++
			}
		}
		at := uint32(len(t.located))
		t.located = append(t.located, Located{a, p})
		t.index[symbol] = at
		if shared {
			plain[a.IP] = at
		}
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
func (t *Table) At(symbol uint32) Located { return t.located[t.index[symbol]] }

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
