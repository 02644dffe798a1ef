package detect

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync/atomic"
)

// Answer is a set of rules whose conditions hold together for some activity. A Matcher has one of each.
type Answer struct {
	Number int   // from 0, in the order of first use, which nobody may see
	Rules  []int // ascending; the caller must not change them
}

// rest is a condition of a rule that no single column decides.
type rest struct {
	rule    int
	knot    knot
	wants   []uint64 // the rule
	columns []int    // that it reads
	timed   bool     // it reads the time, too
}

// question is what is asked of an activity: its value in a column, or whether a condition that reads the time holds.
type question struct {
	column int // index into the matcher's columns
	rest   *rest
	wants  []uint64 // rules that need the outcome
}

// branch is where some activities stand after some of the questions: the rules that are left, and the next question
// that they need. Most activities repeat a few hundred combinations of values as far as rules tell them apart, so that
// a walk from branch to branch costs one look per question that matters, and nothing else is asked.
type branch struct {
	rules    []uint64
	seen     []seen                                   // what conditions that span columns will need
	question int                                      // the next one, if there is no answer
	answer   *Answer                                  // nil while there are questions
	next     atomic.Pointer[[]atomic.Pointer[branch]] // by outcome; nil: nobody was there yet
}

// seen is the number of a profile in a column.
type seen struct {
	column  int
	profile uint32
}

// mostSteps bounds what is remembered of a hostile case: every branch is behind at least one step, and takes some 200
// bytes. Beyond it, each activity pays for its own ANDs.
const mostSteps = 1 << 18

// begin ends the preparation. What the case lacks altogether is asked of no activity: a parameter that no record has.
func (m *Matcher) begin(every []uint64) {
	m.questions = make([]*question, 0, len(m.columns)+len(m.rest))
	for _, c := range m.columns {
		if c.absent() {
			every = and(every, c.profile(unset).rules)
			continue
		}
		m.questions = append(m.questions, &c.asking)
	}
	m.ofColumns = len(m.questions)
	for i := range m.rest {
		if m.rest[i].timed {
			m.questions = append(m.questions, &question{rest: &m.rest[i], wants: m.rest[i].wants})
		}
	}
	m.root = m.branch(every, nil, 0)
}

// Match is the set of rules whose Where holds for the activity at this index in Case.Activities.
func (m *Matcher) Match(index uint32) *Answer {
	r := reader{a: &m.p.Case.Activities[index], p: m.p, index: index, placed: true}
	at := m.root
	for at.answer == nil {
		outcome := m.ask(m.questions[at.question], &r)
		next := at.after(outcome)
		if next == nil {
			next = m.grow(at, outcome)
		}
		at = next
	}
	return at.answer
}

// ask is a question's outcome for an activity: the number of its profile in the column, or 1 where the condition holds.
func (m *Matcher) ask(q *question, r *reader) uint32 {
	if q.rest == nil {
		return m.columns[q.column].of(r)
	}
	if m.holds(&q.rest.knot, r.a, func(column int) uint32 { return m.columns[column].of(r) }) {
		return 1
	}
	return 0
}

// after is the branch that an outcome leads to; nil if that is not known yet.
func (b *branch) after(outcome uint32) *branch {
	next := b.next.Load()
	if next == nil || int(outcome) >= len(*next) {
		return nil
	}
	return (*next)[outcome].Load()
}

// grow finds the branch that an outcome leads to, and remembers it.
func (m *Matcher) grow(at *branch, outcome uint32) *branch {
	q := m.questions[at.question]
	rules, known := at.rules, at.seen
	switch {
	case q.rest == nil:
		rules = and(rules, m.columns[q.column].profile(outcome).rules)
		known = append(slices.Clip(known), seen{q.column, outcome})
	case outcome == 0:
		rules = without(rules, q.wants)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	to := m.branch(rules, known, at.question+1)
	m.lead(at, outcome, to)
	return to
}

// lead notes where an outcome leads to.
func (m *Matcher) lead(from *branch, outcome uint32, to *branch) {
	var known []atomic.Pointer[branch]
	if next := from.next.Load(); next != nil {
		known = *next
	}
	if int(outcome) >= len(known) {
		if m.room <= 0 {
			return
		}
		grown := make([]atomic.Pointer[branch], 2*outcome+2)
		for i := range known {
			grown[i].Store(known[i].Load())
		}
		m.room -= len(grown) - len(known)
		from.next.Store(&grown)
		known = grown
	}
	known[outcome].Store(to)
}

// branch is the one with these rules at the first question, from the given one on, that they need. Behind the columns,
// the conditions that span them are decided.
func (m *Matcher) branch(rules []uint64, known []seen, from int) *branch {
	skip := func(to int) {
		for from < to && !overlap(rules, m.questions[from].wants) {
			from++
		}
	}
	if skip(m.ofColumns); from == m.ofColumns {
		rules = m.spanning(rules, known)
	}
	skip(len(m.questions))
	known = m.needed(known, rules, from)
	key := keyOf(rules, known, from)
	if b := m.branches[key]; b != nil {
		return b
	}
	b := &branch{rules: rules, seen: known, question: from}
	if from == len(m.questions) {
		b.answer = m.answer(rules)
	}
	if m.room > 0 {
		m.branches[key] = b
	}
	return b
}

// spanning leaves the rules whose conditions that span columns hold; those that read the time come later.
func (m *Matcher) spanning(rules []uint64, known []seen) []uint64 {
	profile := func(column int) uint32 {
		for _, s := range known {
			if s.column == column {
				return s.profile
			}
		}
		return unset // it is absent from the case
	}
	for i := range m.rest {
		if rest := &m.rest[i]; !rest.timed && overlap(rules, rest.wants) && !m.holds(&rest.knot, nil, profile) {
			rules = without(rules, rest.wants)
		}
	}
	return rules
}

// needed are the profiles that conditions of the rules that are left will need behind the columns.
func (m *Matcher) needed(known []seen, rules []uint64, from int) []seen {
	var left []seen
	if from >= m.ofColumns {
		return nil
	}
	for _, s := range known {
		if slices.ContainsFunc(m.rest, func(r rest) bool {
			return !r.timed && overlap(rules, r.wants) && slices.Contains(r.columns, s.column)
		}) {
			left = append(left, s)
		}
	}
	return left
}

func keyOf(rules []uint64, known []seen, from int) string {
	key := binary.LittleEndian.AppendUint32(nil, uint32(from))
	for _, word := range rules {
		key = binary.LittleEndian.AppendUint64(key, word)
	}
	for _, s := range known {
		key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(key, uint32(s.column)), s.profile)
	}
	return string(key)
}

// answer is the one with these rules.
func (m *Matcher) answer(rules []uint64) *Answer {
	key := keyOf(rules, nil, 0)
	if known := m.answers[key]; known != nil {
		return known
	}
	answer := &Answer{Number: len(m.answers)}
	for w, word := range rules {
		for ; word != 0; word &= word - 1 {
			answer.Rules = append(answer.Rules, w*64+bits.TrailingZeros64(word))
		}
	}
	m.answers[key] = answer
	return answer
}

func overlap(a, b []uint64) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

func and(a, b []uint64) []uint64 {
	both := make([]uint64, len(a))
	for i := range a {
		both[i] = a[i] & b[i]
	}
	return both
}

func or(a, b []uint64) []uint64 {
	either := make([]uint64, len(a))
	for i := range a {
		either[i] = a[i] | b[i]
	}
	return either
}

func without(a, b []uint64) []uint64 {
	left := make([]uint64, len(a))
	for i := range a {
		left[i] = a[i] &^ b[i]
	}
	return left
}
