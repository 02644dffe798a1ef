package analyzers

import (
	"encoding/binary"
	"slices"
	"sync"

	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// rowMatcher matches the rules that judge rows; those about findings see none.
type rowMatcher struct {
	rules   []*detect.Rule
	judging []int           // indexes into rules, by the matcher's numbers
	matcher *detect.Matcher // of those
}

// plans are the conditions of an effective pack, made ready once for all tenants.
type plans struct {
	rows                *rowPlan
	excuses             *detect.Plan // of the exceptions; nil: there are none
	weights             *detect.Weights
	listed, acts, later func() *rowPlan // few cases have what they are for
}

func newPlans(set *rules.Set) *plans {
	p := &plans{
		rows:    newRowPlan(set.Rules, inTime),
		weights: detect.NewWeights(set.Rules),
		listed:  sync.OnceValue(func() *rowPlan { return newRowPlan(set.Rules, judgesStanding) }),
		acts:    sync.OnceValue(func() *rowPlan { return newRowPlan(set.Rules, timeless) }),
		later:   sync.OnceValue(func() *rowPlan { return newRowPlan(set.Rules, later) }),
	}
	if len(set.Exceptions) > 0 {
		asked := make([]*detect.Rule, len(set.Exceptions))
		for i := range set.Exceptions {
			asked[i] = &detect.Rule{Where: set.Exceptions[i].Where}
		}
		p.excuses = detect.NewPlan(asked)
	}
	return p
}

// rowPlan is what a matcher of rules is in every case.
type rowPlan struct {
	rules   []*detect.Rule
	judging []int
	plan    *detect.Plan
}

// newRowPlan is that of those rules that want says: those about what was done, about what stands without a time, or about
// acts whose time cannot be known.
func newRowPlan(rules []*detect.Rule, want func(*detect.Rule) bool) *rowPlan {
	s := &rowPlan{rules: rules}
	var judging []*detect.Rule
	for i, rule := range rules {
		if _, chained := rule.Detector.(detect.Sequencer); !chained && want(rule) {
			s.judging, judging = append(s.judging, i), append(judging, rule)
		}
	}
	s.plan = detect.NewPlan(judging)
	return s
}

// of is the matcher for one case.
func (s *rowPlan) of(p *detect.Tenant) *rowMatcher {
	return &rowMatcher{rules: s.rules, judging: s.judging, matcher: s.plan.Matcher(p)}
}

// judgesStanding says whether a rule judges what stands without a time.
func judgesStanding(rule *detect.Rule) bool {
	d, ok := rule.Detector.(detect.Standing)
	return ok && d.Standing()
}

// inTime says whether a rule judges what was done at a time.
func inTime(rule *detect.Rule) bool { return !judgesStanding(rule) && !later(rule) }

// timeless says whether a rule judges an act whose time cannot be known.
func timeless(rule *detect.Rule) bool {
	d, ok := rule.Detector.(detect.Timeless)
	return ok && d.Timeless()
}

// group is the rows that the same rules judge.
type group struct {
	rules []int
	count int
	lists []int // that hold its rows
}

// scratch is what matching a timeline takes and nobody keeps: there may be a million timelines of a row each. Its zero
// value is ready.
type scratch struct {
	groups []group
	of     []uint32 // each row's group
	known  []uint32 // by number of the answer, an actor's copy apart: one more than the group, 0 = none yet
	asked  []int    // numbers of answers in known

	parts [][]byte // by rule: the numbers of its groups
	rows  []int    // by rule
	list  []int    // by rule: which list is its own; -1: it has no rows
	lists [][]int
	same  map[string]int

	matched [][]int
}

// match lists, by rule, the rows that the rule is about and judges. Rules that judge the same rows share one list. The
// result holds until the next call with the same scratch; the lists in it are the caller's.
func (s *rowMatcher) match(line activity.Timeline, b *scratch) [][]int {
	if b.matched == nil {
		n := len(s.rules)
		b.matched, b.parts, b.rows, b.list, b.same = make([][]int, n), make([][]byte, n), make([]int, n), make([]int, n), map[string]int{}
	}
	s.group(line, b)
	b.share()
	for row, group := range b.of {
		for _, l := range b.groups[group].lists {
			b.lists[l] = append(b.lists[l], row)
		}
	}
	for rule, l := range b.list {
		if b.matched[rule] = nil; l >= 0 {
			b.matched[rule] = b.lists[l]
		}
	}
	return b.matched
}

// group sorts the rows of a timeline into groups.
func (s *rowMatcher) group(line activity.Timeline, b *scratch) {
	for _, at := range b.asked {
		b.known[at] = 0
	}
	b.groups, b.of, b.asked = b.groups[:0], slices.Grow(b.of[:0], len(line.Rows)), b.asked[:0]
	for _, place := range line.Rows {
		answer := s.matcher.Match(place.Index())
		at := 2 * answer.Number
		if place.ActorCopy() {
			at++
		}
		if at >= len(b.known) {
			b.known = append(b.known, make([]uint32, at+1-len(b.known))...)
		}
		if b.known[at] == 0 {
			b.groups, b.asked = append(b.groups, group{rules: s.judges(answer, place)}), append(b.asked, at)
			b.known[at] = uint32(len(b.groups))
		}
		b.of = append(b.of, b.known[at]-1)
		b.groups[b.known[at]-1].count++
	}
}

// judges are the rules that judge a row: of those that it answers, all, or where it is an actor's copy, those that ask
// for such.
func (s *rowMatcher) judges(answer *detect.Answer, place activity.Row) []int {
	rules := make([]int, 0, len(answer.Rules))
	for _, n := range answer.Rules {
		if rule := s.judging[n]; !place.ActorCopy() || s.rules[rule].OfActor {
			rules = append(rules, rule)
		}
	}
	return rules
}

// share makes room for the rows of each rule: those of the same groups share a list.
func (b *scratch) share() {
	for rule := range b.parts {
		b.parts[rule], b.rows[rule], b.list[rule] = b.parts[rule][:0], 0, -1
	}
	for i, group := range b.groups {
		for _, rule := range group.rules {
			b.parts[rule] = binary.LittleEndian.AppendUint32(b.parts[rule], uint32(i))
			b.rows[rule] += group.count
		}
	}
	clear(b.lists)
	b.lists = b.lists[:0]
	clear(b.same)
	for rule, part := range b.parts {
		if len(part) == 0 {
			continue
		}
		l, ok := b.same[string(part)]
		if !ok {
			l = len(b.lists)
			b.same[string(part)] = l
			b.lists = append(b.lists, make([]int, 0, b.rows[rule]))
			for ; len(part) > 0; part = part[4:] {
				group := &b.groups[binary.LittleEndian.Uint32(part)]
				group.lists = append(group.lists, l)
			}
		}
		b.list[rule] = l
	}
}
