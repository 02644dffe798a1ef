package detect

import (
	"sync"

	"triage/ingest/activity"
)

// Matcher says of each activity which rules' conditions hold. It is safe for concurrent use.
//
// Conditions are not evaluated per activity but once per distinct value: a [column] turns a value into the set of
// rules that the value allows, and an activity's rules are the AND of the sets of its values. Conditions that span
// columns are evaluated where all else holds, once per combination of values; only those on time are evaluated per
// activity. The ANDs are remembered, too: see [branch]. Figures: see BenchmarkMatch.
type Matcher struct {
	p         *Tenant
	columns   []*column   // those that decide most come first
	rest      []rest      // conditions that span columns
	questions []*question // columns, then conditions on time
	ofColumns int         // how many questions are columns
	root      *branch

	mu       sync.Mutex         // guards what follows
	branches map[string]*branch // by question and rules
	answers  map[string]*Answer // by rules
	room     int                // for further steps from branch to branch
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

// NewMatcher prepares the conditions of rules for one case, as a plan of them does.
func NewMatcher(rules []*Rule, p *Tenant) *Matcher { return NewPlan(rules).Matcher(p) }

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

// reads are the columns that a knot reads, and whether it reads the time.
func (k *knot) reads(columns []int) (all []int, timed bool) {
	if k.leaf {
		if k.column == timeColumn {
			return columns, true
		}
		return append(columns, k.column), false
	}
	for i := range k.kids {
		more := false
		columns, more = k.kids[i].reads(columns)
		timed = timed || more
	}
	return columns, timed
}

// holds judges a knot by the number of the profile that an activity has in a column; a may be nil if the knot does not
// read the time.
func (m *Matcher) holds(k *knot, a *activity.Activity, profile func(column int) uint32) bool {
	if !k.leaf {
		for i := range k.kids {
			if m.holds(&k.kids[i], a, profile) == k.any {
				return k.any
			}
		}
		return !k.any
	}
	if k.column == timeColumn {
		dated := a.Flags&activity.Undated == 0
		if k.exists {
			return dated != k.not
		}
		return dated && k.span.has(a.Time) != k.not
	}
	return k.inBits(m.columns[k.column].profile(profile(k.column)).bits)
}

// inBits judges a leaf by its column's bits.
func (k *knot) inBits(bits []uint64) bool {
	present := bits[k.has/64]>>(k.has%64)&1 == 1
	if k.exists {
		return present != k.not
	}
	return present && (bits[k.bit/64]>>(k.bit%64)&1 == 1) != k.not
}
