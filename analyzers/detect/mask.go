package detect

import (
	"math/bits"
	"slices"

	"triage/ingest/activity"
)

// Matcher says of each activity which rules' conditions hold. It is safe for concurrent use.
//
// Conditions are not evaluated per activity but once per distinct value: a [column] turns a value into the set of
// rules that the value allows, and an activity's rules are the AND of the sets of its values. Only conditions that
// span several columns, and those on time, are left over; they are evaluated where all else holds. Figures: see
// BenchmarkMatch.
type Matcher struct {
	p       *Tenant
	every   []uint64  // all rules
	columns []*column // those that decide most come first
	rest    [][]knot  // by rule: conditions that no single column decides
	open    []uint64  // rules that have a rest
}

// knot is a node over the bits of columns.
type knot struct {
	leaf   bool
	column int // timeColumn: span decides
	bit    int // of the test; with exists, unused
	has    int // bit that says that the field has a value
	exists bool
	not    bool
	span   span
	any    bool
	kids   []knot
}

const timeColumn = -1

// NewMatcher prepares the conditions of rules for one case. The tenant's Case, Places and Domains must be known and
// stay as they are.
func NewMatcher(rules []*Rule, p *Tenant) *Matcher {
	words := (len(rules) + 63) / 64
	m := &Matcher{p: p, every: make([]uint64, words), open: make([]uint64, words), rest: make([][]knot, len(rules))}
	index := map[string]int{}
	for _, r := range rules {
		if r.Where != nil {
			r.Where.root.tests(func(t *test) { m.column(index, t) })
		}
	}
	m.order(index)
	for i, r := range rules {
		m.every[i/64] |= 1 << (i % 64)
		if r.Where != nil {
			m.add(i, &r.Where.root, index)
		}
	}
	for _, c := range m.columns {
		c.ready(p, words)
	}
	return m
}

// column makes the column of a test, and gives the test a bit in it.
func (m *Matcher) column(index map[string]int, t *test) {
	if t.field == activity.FieldTime {
		return
	}
	name := columnOf(t)
	i, ok := index[name]
	if !ok {
		i = len(m.columns)
		index[name] = i
		m.columns = append(m.columns, newColumn(t, name))
	}
	m.columns[i].bitOf(t)
}

// order sorts the columns by rank, so that cheap and deciding ones come first.
func (m *Matcher) order(index map[string]int) {
	slices.SortStableFunc(m.columns, func(a, b *column) int { return a.rank - b.rank })
	for i, c := range m.columns {
		index[c.name] = i
	}
}

// add hands a rule's conditions to the columns that can decide them alone.
func (m *Matcher) add(rule int, root *node, index map[string]int) {
	conjuncts := []node{*root}
	if root.test == nil && !root.any {
		conjuncts = root.kids
	}
	for i := range conjuncts {
		k := m.knot(&conjuncts[i], index)
		if only, single := k.only(); single && only != timeColumn {
			m.columns[only].add(rule, k)
			continue
		}
		m.rest[rule] = append(m.rest[rule], k)
		m.open[rule/64] |= 1 << (rule % 64)
	}
}

func (m *Matcher) knot(n *node, index map[string]int) knot {
	if n.test == nil {
		k := knot{any: n.any, kids: make([]knot, len(n.kids))}
		for i := range n.kids {
			k.kids[i] = m.knot(&n.kids[i], index)
		}
		return k
	}
	k := knot{leaf: true, column: timeColumn, exists: n.test.exists, not: n.not, span: n.test.span}
	if n.test.field != activity.FieldTime {
		k.column = index[columnOf(n.test)]
		k.has, k.bit = m.columns[k.column].bitOf(n.test)
	}
	return k
}

// only is the column that alone decides a knot; single is false if there are several, or none.
func (k *knot) only() (column int, single bool) {
	if k.leaf {
		return k.column, true
	}
	for i := range k.kids {
		c, ok := k.kids[i].only()
		if !ok || i > 0 && c != column {
			return 0, false
		}
		column = c
	}
	return column, len(k.kids) > 0
}

// Words is the length of the bit sets that Match fills.
func (m *Matcher) Words() int { return len(m.every) }

// Match sets the bit of each rule whose Where holds for an activity of the case, and clears the others. Bit i of the
// set is rule i; the set has Words words.
func (m *Matcher) Match(a *activity.Activity, set []uint64) {
	copy(set, m.every)
	s := sight{m: m, reader: reader{a: a, p: m.p}}
	for i, c := range m.columns {
		if !overlap(set, c.wants) {
			continue
		}
		rules := s.profile(i).rules
		left := uint64(0)
		for w := range set {
			set[w] &= rules[w]
			left |= set[w]
		}
		if left == 0 {
			return
		}
	}
	for w := range set {
		for word := set[w] & m.open[w]; word != 0; word &= word - 1 {
			rule := w*64 + bits.TrailingZeros64(word)
			for i := range m.rest[rule] {
				if !s.holds(&m.rest[rule][i]) {
					set[w] &^= word & -word
					break
				}
			}
		}
	}
}

func overlap(a, b []uint64) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

// sight is what one Match has seen of its activity so far.
type sight struct {
	reader
	m    *Matcher
	seen [32]*profile // by column; further columns are looked up each time
}

func (s *sight) profile(column int) *profile {
	if column < len(s.seen) && s.seen[column] != nil {
		return s.seen[column]
	}
	p := s.m.columns[column].of(&s.reader)
	if column < len(s.seen) {
		s.seen[column] = p
	}
	return p
}

func (s *sight) holds(k *knot) bool {
	if !k.leaf {
		for i := range k.kids {
			if s.holds(&k.kids[i]) == k.any {
				return k.any
			}
		}
		return !k.any
	}
	if k.column == timeColumn {
		dated := s.a.Flags&activity.Undated == 0
		if k.exists {
			return dated != k.not
		}
		return dated && k.span.has(s.a.Time) != k.not
	}
	return k.inBits(s.profile(k.column).bits)
}

// inBits judges a leaf by its column's bits.
func (k *knot) inBits(bits []uint64) bool {
	present := bits[k.has/64]>>(k.has%64)&1 == 1
	if k.exists {
		return present != k.not
	}
	return present && (bits[k.bit/64]>>(k.bit%64)&1 == 1) != k.not
}
