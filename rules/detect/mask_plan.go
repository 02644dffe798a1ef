package detect

import (
	"slices"
	"sync/atomic"

	"triage/ingest/activity"
)

// Plan is the conditions of rules, made ready once for any number of cases: of a hundred thousand tenants with a row
// each, making ready took most of the time and of the memory. It is safe for concurrent use.
type Plan struct {
	shapes []*shape // those that decide most come first
	rest   []rest   // conditions that span columns
	every  []uint64 // all rules
}

// shape is what a column is, whatever the case.
type shape struct {
	name  string
	kind  columnKind
	field activity.Field
	rank  int

	tests     []*test          // by bit; nil: the field of hasField has a value
	hasField  []activity.Field // by bit, for the nil tests
	bits      map[string]int   // bit by test key
	equal     map[string][]int // bits of tests that are nothing but equality, by folded value
	conjuncts map[int][]knot   // by rule
	ruleOrder []int            // keys of conjuncts, ascending
	wants     []uint64         // rules with a conjunct here
	first     []*profile       // nil and, by its number, that of an activity without a value; no room for more
	asking    question
	lacking   *column // in cases whose records never say the name
}

// NewPlan makes the conditions of rules ready.
func NewPlan(rules []*Rule) *Plan {
	pl := &Plan{every: make([]uint64, (len(rules)+63)/64)}
	index := map[string]int{}
	for _, r := range rules {
		if r.Where != nil {
			r.Where.root.tests(func(t *test) { pl.shape(index, t) })
		}
	}
	pl.order(index)
	for i, r := range rules {
		pl.every[i/64] |= 1 << (i % 64)
		if r.Where != nil {
			pl.add(i, &r.Where.root, index)
		}
	}
	for i, c := range pl.shapes {
		c.ready(len(pl.every))
		c.asking = question{column: i, wants: slices.Clone(c.wants)}
		for at := range pl.rest {
			if !pl.rest[at].timed && slices.Contains(pl.rest[at].columns, i) {
				c.asking.wants = or(c.asking.wants, pl.rest[at].wants)
			}
		}
	}
	return pl
}

// Matcher is the matcher of one case. The tenant's Case, Places, Domains and Context must be known and
// stay as they are.
func (pl *Plan) Matcher(p *Tenant) *Matcher {
	m := &Matcher{
		p: p, columns: make([]*column, len(pl.shapes)), rest: pl.rest, branches: map[string]*branch{}, answers: map[string]*Answer{},
		room: mostSteps,
	}
	has := len(pl.shapes)
	for i, of := range pl.shapes {
		if of.kind == namedColumn && of.key(p) == 0 {
			m.columns[i] = of.lacking
			has--
		}
	}
	columns, pages := make([]column, has), 0
	for i, of := range pl.shapes {
		if m.columns[i] == nil {
			m.columns[i], columns = &columns[0], columns[1:]
			m.columns[i].open(of, p)
			if !m.columns[i].absent() {
				pages += m.columns[i].values()/pageSize + 1
			}
		}
	}
	all := make([]atomic.Pointer[profilePage], pages)
	for _, c := range m.columns {
		if !c.absent() {
			n := c.values()/pageSize + 1
			c.pages, all = all[:n:n], all[n:]
		}
	}
	m.begin(pl.every)
	return m
}

// shape makes the shape of a test's column, and gives the test a bit in it.
func (pl *Plan) shape(index map[string]int, t *test) {
	if t.field == activity.FieldTime {
		return
	}
	name := columnOf(t)
	i, ok := index[name]
	if !ok {
		i = len(pl.shapes)
		index[name] = i
		pl.shapes = append(pl.shapes, newShape(t, name))
	}
	pl.shapes[i].bitOf(t)
}

// order sorts the columns by rank, so that cheap and deciding ones come first.
func (pl *Plan) order(index map[string]int) {
	slices.SortStableFunc(pl.shapes, func(a, b *shape) int { return a.rank - b.rank })
	for i, c := range pl.shapes {
		index[c.name] = i
	}
}

// add hands a rule's conditions to the columns that can decide them alone.
func (pl *Plan) add(rule int, root *node, index map[string]int) {
	conjuncts := []node{*root}
	if root.test == nil && !root.any {
		conjuncts = root.kids
	}
	for i := range conjuncts {
		k := pl.knot(&conjuncts[i], index)
		if only, single := k.only(); single && only != timeColumn {
			pl.shapes[only].add(rule, k)
			continue
		}
		open := rest{rule: rule, knot: k, wants: make([]uint64, len(pl.every))}
		open.wants[rule/64] = 1 << (rule % 64)
		open.columns, open.timed = k.reads(nil)
		pl.rest = append(pl.rest, open)
	}
}

func (pl *Plan) knot(n *node, index map[string]int) knot {
	if n.test == nil {
		k := knot{any: n.any, kids: make([]knot, len(n.kids))}
		for i := range n.kids {
			k.kids[i] = pl.knot(&n.kids[i], index)
		}
		return k
	}
	k := knot{leaf: true, column: timeColumn, exists: n.test.exists, not: n.not, span: n.test.span}
	if n.test.field != activity.FieldTime {
		k.column = index[columnOf(n.test)]
		k.has, k.bit = pl.shapes[k.column].bitOf(n.test)
	}
	return k
}

func newShape(t *test, name string) *shape {
	c := &shape{
		name: name, kind: columnKindOf(t), field: t.field, bits: map[string]int{}, equal: map[string][]int{},
		conjuncts: map[int][]knot{},
	}
	c.rank = int(c.kind)
	if c.field == activity.FieldOp {
		c.rank = 0
	}
	return c
}

// bitOf is the bit that says that the test's field has a value, and the bit of the test itself.
func (c *shape) bitOf(t *test) (has, bit int) {
	has = c.newBit(t.String()+"|exists", nil, t.field)
	if t.exists {
		return has, has
	}
	return has, c.newBit(t.key, t, t.field)
}

func (c *shape) newBit(key string, t *test, f activity.Field) int {
	bit, ok := c.bits[key]
	if ok {
		return bit
	}
	bit = len(c.tests)
	c.bits[key] = bit
	c.tests, c.hasField = append(c.tests, t), append(c.hasField, f)
	if t != nil {
		for _, v := range t.equal {
			key := t.field.String() + "\x00" + v
			c.equal[key] = append(c.equal[key], bit)
		}
	}
	return bit
}

func (c *shape) add(rule int, k knot) {
	if _, ok := c.conjuncts[rule]; !ok {
		c.ruleOrder = append(c.ruleOrder, rule)
	}
	c.conjuncts[rule] = append(c.conjuncts[rule], k)
}

// ready ends the preparation: all tests and rules are known.
func (c *shape) ready(words int) {
	c.wants = make([]uint64, words)
	for _, rule := range c.ruleOrder {
		c.wants[rule/64] |= 1 << (rule % 64)
	}
	bits := make([]uint64, (len(c.tests)+63)/64)
	c.first = []*profile{nil, {bits: bits, rules: c.allowed(bits)}}
	if c.kind == namedColumn {
		c.lacking = &column{shape: c, kind: c.kind, field: c.field}
		c.lacking.profiles.Store(&c.first)
	}
}

// allowed is the set of rules whose conditions on this column hold.
func (c *shape) allowed(bits []uint64) []uint64 {
	rules := make([]uint64, len(c.wants))
	for i := range rules {
		rules[i] = ^c.wants[i]
	}
	for _, rule := range c.ruleOrder {
		ok := true
		for i := range c.conjuncts[rule] {
			ok = ok && c.conjuncts[rule][i].decided(bits)
		}
		if ok {
			rules[rule/64] |= 1 << (rule % 64)
		}
	}
	return rules
}
