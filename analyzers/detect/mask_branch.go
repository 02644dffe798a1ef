package detect

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"

	"triage/ingest/activity"
)

// Answer is a set of rules whose conditions hold together for some activity. A Matcher has one of each.
type Answer struct {
	Number int   // from 0, in the order of first use, which nobody may see
	Rules  []int // ascending; the caller must not change them
}

// question is what can be asked of an activity: its value in a column, or whether conditions that span columns hold.
type question struct {
	column *column
	knot   *knot    // where column is nil
	wants  []uint64 // rules that the outcome can rule out
}

// branch is where some activities stand after some of the questions: the rules that are left, and the next question
// that can rule one of them out. Most activities repeat a few hundred combinations of values as far as rules tell them
// apart, so that a walk from branch to branch costs one look per question that matters, and no question else is asked.
type branch struct {
	rules    []uint64
	question int                                      // the next one, if there is no answer
	answer   *Answer                                  // nil while there are questions
	next     atomic.Pointer[[]atomic.Pointer[branch]] // by outcome; nil: nobody was there yet
}

// mostSteps bounds what is remembered of a hostile case: every branch is behind at least one step, and takes some 200
// bytes. Beyond it, each activity pays for its own ANDs.
const mostSteps = 1 << 18

// begin ends the preparation. What the case lacks altogether is asked of no activity: a parameter that no record has.
func (m *Matcher) begin(every []uint64) {
	for _, c := range m.columns {
		if c.absent() {
			every = and(every, c.profile(c.missing).rules)
			continue
		}
		m.questions = append(m.questions, question{column: c, wants: c.wants})
	}
	m.questions = append(m.questions, m.rest...)
	m.root = m.branch(every, 0)
}

// Match is the set of rules whose Where holds for an activity of the case.
func (m *Matcher) Match(a *activity.Activity) *Answer {
	r := reader{a: a, p: m.p}
	at := m.root
	for at.answer == nil {
		outcome := m.ask(&m.questions[at.question], &r)
		next := at.after(outcome)
		if next == nil {
			next = m.grow(at, outcome)
		}
		at = next
	}
	return at.answer
}

// ask is a question's outcome for an activity: the number of its column's profile, or 1 where the conditions hold.
func (m *Matcher) ask(q *question, r *reader) uint32 {
	if q.column != nil {
		return q.column.of(r)
	}
	if m.holds(q.knot, r) {
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
	q := &m.questions[at.question]
	rules := at.rules
	switch {
	case q.column != nil:
		rules = and(rules, q.column.profile(outcome).rules)
	case outcome == 0:
		rules = without(rules, q.wants)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	to := m.branch(rules, at.question+1)
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
		if m.steps >= mostSteps {
			return
		}
		grown := make([]atomic.Pointer[branch], 2*outcome+2)
		for i := range known {
			grown[i].Store(known[i].Load())
		}
		m.steps += len(grown) - len(known)
		from.next.Store(&grown)
		known = grown
	}
	known[outcome].Store(to)
}

// branch is the one with these rules at the first question, from the given one on, that can rule one of them out.
func (m *Matcher) branch(rules []uint64, from int) *branch {
	for from < len(m.questions) && !overlap(rules, m.questions[from].wants) {
		from++
	}
	key := binary.LittleEndian.AppendUint32(nil, uint32(from))
	for _, word := range rules {
		key = binary.LittleEndian.AppendUint64(key, word)
	}
	if known := m.branches[string(key)]; known != nil {
		return known
	}
	b := &branch{rules: rules, question: from}
	if from == len(m.questions) {
		b.answer = m.answer(string(key[4:]), rules)
	}
	if m.steps < mostSteps {
		m.branches[string(key)] = b
	}
	return b
}

func (m *Matcher) answer(key string, rules []uint64) *Answer {
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

func without(a, b []uint64) []uint64 {
	left := make([]uint64, len(a))
	for i := range a {
		left[i] = a[i] &^ b[i]
	}
	return left
}
