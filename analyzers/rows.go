package analyzers

import (
	"encoding/binary"
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
	rows         *rowPlan
	excuses      *detect.Plan    // of the exceptions; nil: there are none
	listed, acts func() *rowPlan // few cases have what they are for
}

func newPlans(set *rules.Set) *plans {
	p := &plans{
		rows:   newRowPlan(set.Rules, inTime),
		listed: sync.OnceValue(func() *rowPlan { return newRowPlan(set.Rules, standing) }),
		acts:   sync.OnceValue(func() *rowPlan { return newRowPlan(set.Rules, timeless) }),
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

// standing says whether a rule judges what stands without a time.
func standing(rule *detect.Rule) bool {
	d, ok := rule.Detector.(detect.Standing)
	return ok && d.Standing()
}

// inTime says whether a rule judges what was done at a time.
func inTime(rule *detect.Rule) bool { return !standing(rule) }

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

// match lists, by rule, the rows that the rule is about and judges. Rules that judge the same rows share one list.
func (s *rowMatcher) match(line activity.Timeline) [][]int {
	groups, of := s.groups(line)
	matched := make([][]int, len(s.rules))
	lists, list := s.lists(groups)
	for row, group := range of {
		for _, l := range groups[group].lists {
			lists[l] = append(lists[l], row)
		}
	}
	for rule, l := range list {
		if l >= 0 {
			matched[rule] = lists[l]
		}
	}
	return matched
}

// groups sorts the rows of a timeline; of says each row's group.
func (s *rowMatcher) groups(line activity.Timeline) (groups []group, of []uint32) {
	of = make([]uint32, len(line.Rows))
	var known []uint32 // by number of the answer, an actor's copy apart: one more than the group, 0 = none yet
	for row, place := range line.Rows {
		answer := s.matcher.Match(line.At(row))
		at := 2 * answer.Number
		if place.ActorCopy() {
			at++
		}
		if at >= len(known) {
			known = append(known, make([]uint32, at+1-len(known))...)
		}
		if known[at] == 0 {
			groups = append(groups, group{rules: s.judges(answer, place)})
			known[at] = uint32(len(groups))
		}
		of[row] = known[at] - 1
		groups[of[row]].count++
	}
	return groups, of
}

// judges are the rules that judge a row: of those that it answers, all, or where it is an actor's copy, those that ask
// for such.
func (s *rowMatcher) judges(answer *detect.Answer, place activity.Row) []int {
	var rules []int
	for _, n := range answer.Rules {
		if rule := s.judging[n]; !place.ActorCopy() || s.rules[rule].OfActor {
			rules = append(rules, rule)
		}
	}
	return rules
}

// lists makes room for the rows of each rule, and says by rule which list is its own; -1: it has no rows.
func (s *rowMatcher) lists(groups []group) (lists [][]int, list []int) {
	parts := make([][]byte, len(s.rules)) // the numbers of a rule's groups
	rows := make([]int, len(s.rules))
	for i, group := range groups {
		for _, rule := range group.rules {
			parts[rule] = binary.LittleEndian.AppendUint32(parts[rule], uint32(i))
			rows[rule] += group.count
		}
	}
	list = make([]int, len(s.rules))
	same := map[string]int{}
	for rule, part := range parts {
		if list[rule] = -1; len(part) == 0 {
			continue
		}
		l, ok := same[string(part)]
		if !ok {
			l = len(lists)
			same[string(part)] = l
			lists = append(lists, make([]int, 0, rows[rule]))
			for ; len(part) > 0; part = part[4:] {
				group := &groups[binary.LittleEndian.Uint32(part)]
				group.lists = append(group.lists, l)
			}
		}
		list[rule] = l
	}
	return lists, list
}
