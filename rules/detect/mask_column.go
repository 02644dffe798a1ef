package detect

import (
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	"triage/ingest/activity"
)

// column is one thing that activities have a value of: their class (type, result, lane and actor type together), their
// address (with the places that follow from it), a symbol, or the values of a detail.
type column struct {
	*shape
	kind     columnKind
	field    activity.Field
	key      activity.Key // of details
	p        *Tenant
	pages    []atomic.Pointer[profilePage] // by value number / pageSize
	mu       sync.RWMutex
	profiles atomic.Pointer[[]*profile] // by number; grows under mu
	byBits   map[string]uint32          // under mu; but for unset
	bySign   *sync.Map                  // by text: the number of its profile; of signs alone
}

// unset is the number of the profile of an activity without a value, in every column.
const unset uint32 = 1

// profile is what one value, or one set of values, means: which tests it passes and which rules it allows.
type profile struct {
	bits  []uint64 // by test
	rules []uint64
}

// pageSize is small because the few values of most columns are scattered among all symbols of the case.
const pageSize = 64

// profilePage holds profile numbers by value number; 0 = not looked at yet.
type profilePage [pageSize]atomic.Uint32

// columnKind says how a column's value is found.
type columnKind uint8

const (
	classColumn columnKind = iota
	sourceColumn
	symbolColumn
	addressColumn
	strangeColumn
	detailColumn
	messageColumn // a detail that the joined message may have instead
	namedColumn   // params.* and raw.*: present and empty is a value
	externalColumn
	whyColumn // signs stand in no record: they are judged by their texts
)

func columnKindOf(t *test) columnKind {
	switch f := t.field; {
	case f == activity.FieldNone:
		return namedColumn
	case f == activity.FieldType, f == activity.FieldResult, f == activity.FieldLane, f == activity.FieldActorType:
		return classColumn
	case f == activity.FieldSource:
		return sourceColumn
	case placeField(f), f == activity.FieldIP:
		return addressColumn
	case f == activity.FieldForwardExternal:
		return externalColumn
	case f == activity.FieldStrangeness:
		return strangeColumn
	case f == activity.FieldStrangeWhy:
		return whyColumn
	case ofMessage(f):
		return messageColumn
	}
	if _, ok := symbolOf(&activity.Activity{}, t.field); ok {
		return symbolColumn
	}
	return detailColumn
}

func placeField(f activity.Field) bool {
	switch f {
	case activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass:
		return true
	}
	return false
}

func columnOf(t *test) string {
	switch columnKindOf(t) {
	case classColumn:
		return "class"
	case addressColumn:
		return "address"
	}
	return t.String()
}

// key is the key of the details that a column reads; 0: no record of the case ever said the name.
func (c *shape) key(p *Tenant) activity.Key {
	if c.kind != namedColumn {
		return activity.KeyOf(c.field)
	}
	if s := p.Case.Symbols.Find(c.name); s != 0 {
		return activity.DynamicKey(s)
	}
	return 0
}

// open is the column of a shape in a case.
func (c *column) open(of *shape, p *Tenant) {
	c.shape, c.kind, c.field, c.p, c.key = of, of.kind, of.field, p, of.key(p)
	c.profiles.Store(&of.first)
	if c.kind == whyColumn {
		c.bySign = &sync.Map{}
	}
}

// values is the number of values that a column can have.
func (c *column) values() int {
	switch c.kind {
	case classColumn:
		return classes
	case sourceColumn:
		return len(c.p.Case.Inputs)
	case externalColumn:
		return len(externalWords())
	case strangeColumn:
		return mostStrange + 1
	case whyColumn:
		return 0
	default:
		return c.p.Case.Symbols.Len()
	}
}

// absent says that no activity of the case has a value here: no record ever said the name, or nobody knows how strange acts
// are.
func (c *column) absent() bool {
	switch c.kind {
	case namedColumn:
		return c.key == 0
	case strangeColumn, whyColumn:
		return c.p.Context == nil
	}
	return false
}

// of is the number of one activity's profile.
func (c *column) of(r *reader) uint32 {
	switch c.kind {
	case classColumn:
		return c.at(classOf(r.a))
	case sourceColumn:
		return c.at(r.a.File)
	case addressColumn:
		return c.at(uint32(r.a.IP))
	case symbolColumn:
		s, _ := symbolOf(r.a, c.field)
		return c.at(uint32(s))
	case strangeColumn, whyColumn:
		return c.strange(r)
	case externalColumn:
		word := r.forwardExternal()
		for i, w := range externalWords() {
			if w == word {
				return c.at(uint32(i))
			}
		}
		return unset
	}
	p := c.details(r, r.a)
	if p == unset && c.kind == messageColumn {
		if m := r.message(); m != nil && m != r.a {
			return c.details(r, m)
		}
	}
	return p
}

func externalWords() []string { return []string{"", True, False, Unknown} }

// details is the number of the profile of all values of a detail together. Most activities have one value or none.
func (c *column) details(r *reader, a *activity.Activity) uint32 {
	if a.Detail == 0 || c.key == 0 {
		return unset
	}
	all := unset
	for d := range r.p.Case.Details(a) {
		if d.Key != c.key || d.Value == 0 && c.kind != namedColumn {
			continue
		}
		switch p := c.at(uint32(d.Value)); {
		case all == unset:
			all = p
		case p != all:
			all = c.union(all, p)
		}
	}
	return all
}

// strange is the number of the profile of an act's strangeness, or of its signs.
func (c *column) strange(r *reader) uint32 {
	if c.kind == whyColumn {
		return c.signs(r.strangeWhy())
	}
	if tenths, known := r.tenths(); known {
		return c.at(uint32(tenths))
	}
	return unset
}

// signs is the number of the profile of all signs of an act together.
func (c *column) signs(list []string) uint32 {
	all := unset
	for i, sign := range list {
		known, ok := c.bySign.Load(sign)
		if !ok {
			known, _ = c.bySign.LoadOrStore(sign, c.intern(c.judgeTexts(func(activity.Field) string { return sign })))
		}
		switch p, _ := known.(uint32); {
		case i == 0:
			all = p
		case p != all:
			all = c.union(all, p)
		}
	}
	return all
}

func (c *column) union(a, b uint32) uint32 {
	var room [8]uint64
	both := append(room[:0], c.profile(a).bits...)
	for i, bits := range c.profile(b).bits {
		both[i] |= bits
	}
	return c.intern(both)
}

// at is the number of a value's profile, worked out when the value is first met.
func (c *column) at(value uint32) uint32 {
	if int(value) >= len(c.pages)*pageSize {
		return c.intern(c.judge(value))
	}
	slot := &c.pages[value/pageSize]
	pg := slot.Load()
	if pg == nil {
		slot.CompareAndSwap(nil, new(profilePage))
		pg = slot.Load()
	}
	n := pg[value%pageSize].Load()
	if n == 0 {
		n = c.intern(c.judge(value))
		pg[value%pageSize].Store(n)
	}
	return n
}

func (c *column) profile(n uint32) *profile { return (*c.profiles.Load())[n] }

// judge evaluates every test of the column on one value.
func (c *column) judge(value uint32) []uint64 {
	return c.judgeTexts(func(f activity.Field) string { return c.text(value, f) })
}

// judgeTexts evaluates every test of the column on what its fields say.
func (c *column) judgeTexts(says func(activity.Field) string) []uint64 {
	bits := make([]uint64, (len(c.tests)+63)/64)
	set := func(bit int) { bits[bit/64] |= 1 << (bit % 64) }
	texts := map[activity.Field]*text{}
	for bit, t := range c.tests {
		if t != nil {
			continue
		}
		f := c.hasField[bit]
		raw := says(f)
		if raw == "" && c.kind != namedColumn {
			continue
		}
		set(bit)
		texts[f] = &text{raw: raw}
		if len(c.equal) > 0 {
			for _, bit := range c.equal[f.String()+"\x00"+texts[f].fold()] {
				set(bit)
			}
		}
	}
	for bit, t := range c.tests {
		if t == nil || t.equal != nil {
			continue
		}
		if x := texts[t.field]; x != nil && t.match(x) {
			set(bit)
		}
	}
	return bits
}

// text is what a field of the column says where the column has this value.
func (c *column) text(value uint32, f activity.Field) string {
	switch c.kind {
	case classColumn:
		return classText(value, f)
	case sourceColumn:
		if int(value) < len(c.p.Case.Inputs) {
			return c.p.Case.Inputs[value].Source.String()
		}
		return ""
	case externalColumn:
		return externalWords()[value]
	case strangeColumn:
		return strangenessText(int(value))
	case addressColumn:
		if f != activity.FieldIP {
			return placeText(c.p, activity.Symbol(value), f)
		}
	}
	return c.p.Case.Text(activity.Symbol(value))
}

// intern is the number of the profile that has these bits.
func (c *column) intern(bits []uint64) uint32 {
	if !slices.ContainsFunc(bits, func(word uint64) bool { return word != 0 }) {
		return unset
	}
	var room [64]byte
	key := room[:0]
	for _, w := range bits {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	c.mu.RLock()
	n, ok := c.byBits[string(key)]
	c.mu.RUnlock()
	if ok {
		return n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := c.byBits[string(key)]; ok {
		return n
	}
	old := *c.profiles.Load()
	p := &profile{bits: append([]uint64(nil), bits...)}
	p.rules = c.allowed(p.bits)
	grown := append(old, p) // readers of the old slice never look past its length
	c.profiles.Store(&grown)
	if c.byBits == nil {
		c.byBits = map[string]uint32{}
	}
	c.byBits[string(key)] = uint32(len(old))
	return uint32(len(old))
}

// decided judges a knot that lies within one column.
func (k *knot) decided(bits []uint64) bool {
	if k.leaf {
		return k.inBits(bits)
	}
	for i := range k.kids {
		if k.kids[i].decided(bits) == k.any {
			return k.any
		}
	}
	return !k.any
}

// The class is type, result, lane and actor type in one number.
const (
	classResults = 3
	classLanes   = 4
	classActors  = 16
	classTypes   = 64
	classes      = classTypes * classResults * classLanes * classActors
)

func classOf(a *activity.Activity) uint32 {
	n := uint32(a.Type)%classTypes*classResults + uint32(a.Result)%classResults
	return (n*classLanes+uint32(a.Lane)%classLanes)*classActors + uint32(a.ActorType)%classActors
}

func classText(class uint32, f activity.Field) string {
	switch f {
	case activity.FieldActorType:
		return activity.ActorType(class % classActors).String()
	case activity.FieldLane:
		return activity.Lane(class / classActors % classLanes).String()
	case activity.FieldResult:
		return activity.Result(class / classActors / classLanes % classResults).String()
	default:
		return activity.Type(class / classActors / classLanes / classResults).String()
	}
}
