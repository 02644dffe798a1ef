package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func whereOf(t interface{ Fatal(...any) }, conditions ...Condition) Ground {
	w, err := NewWhere(whole(conditions...))
	if err != nil {
		t.Fatal(err)
	}
	return Ground{Where: w, Text: fmt.Sprintf("%s: %s", conditions[0].Field, conditions[0].Values[0])}
}

// weighed is a finding of the rule about rows of these strangenesses, "" = not known, made and weighed.
func weighed(t testing.TB, rule *Rule, at Level, strangeness ...string) Finding {
	var rows []row
	f := Finding{Rule: rule, Level: at}
	for i, s := range strangeness {
		if rows = append(rows, row{"mailbox=m", "type=search"}); s != "" {
			rows[i] = append(rows[i], "strangeness="+s)
		}
		f.Evidence = append(f.Evidence, uint32(i))
	}
	c := caseOf(t, rows...)
	p := tenantOf(c, nil)
	p.Context = told{c, rows}
	NewWeights([]*Rule{{}, rule}).Of(p).Weigh(&f)
	return f
}

// A rule is raised by any strange row and softened only where every row is known to be familiar; first the one, then the
// other; what is not known softens nothing; nothing is lowered below low; the finding says what changed it.
func TestWeigh(t *testing.T) {
	strange, familiar := whereOf(t, cond("strangeness|gte", "2.5")), whereOf(t, cond("strangeness|lte", "0.5"))
	fact := func(name, value string) Ground {
		g, err := NewGround(someFacts(), "", name, value)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	rule := &Rule{Level: Medium, Escalate: []Escalation{{strange, High}}, Soften: []Softening{{Ground: familiar, ByOne: true}}}
	f := func(rule *Rule, at Level, rows string, want Level, says ...string) {
		t.Helper()
		got := weighed(t, rule, at, strings.Split(rows, " ")...)
		var said []string
		for _, fact := range got.Facts {
			said = append(said, fmt.Sprintf("%s %s", fact.Name, fact.Value))
		}
		if got.Level != want || !slices.Equal(said, says) {
			t.Errorf("%s at %s: %s %q, want %s %q", rows, at, got.Level, said, want, says)
		}
	}
	f(rule, Medium, "0 2.5 1", High, "escalated from medium: strangeness: 2.5")
	f(rule, Medium, "0 0.5", Low, "softened from medium: strangeness: 0.5")
	f(rule, Medium, "0 1", Medium)
	f(rule, Medium, "", Medium)
	f(rule, Critical, "5", Critical)
	f(rule, Critical, "0", High, "softened from critical: strangeness: 0.5")
	f(rule, Low, "0", Low)
	f(rule, Informational, "0", Informational)

	// Unknown among familiar rows softens nothing, whatever asks.
	unlike := &Rule{Level: High, Soften: []Softening{{Ground: whereOf(t, cond("strangeness|gte|not", "2.5")), ByOne: true}}}
	known := weighed(t, unlike, High, "0", "1")
	part := weighed(t, unlike, High, "0", "", "1")
	if known.Level != Medium || part.Level != High {
		t.Errorf("known: %s, in part: %s", known.Level, part.Level)
	}

	// Escalated by one row, and softened as all are logons: first up, then down.
	both := &Rule{
		Level:    Low,
		Escalate: []Escalation{{whereOf(t, cond("type", "search")), Critical}},
		Soften:   []Softening{{Ground: whereOf(t, cond("type", "search")), ByOne: true}, {Ground: familiar, To: Medium}, {Ground: familiar, To: Critical}},
	}
	f(both, Low, "5", High, "escalated from low: type: search", "softened from critical: type: search")
	f(both, Low, "0 0", Medium, "escalated from low: type: search", "softened from critical: strangeness: 0.5")
	named := &Rule{Level: Medium, Soften: []Softening{{Ground: familiar, To: Informational}, {Ground: familiar, To: High}}}
	f(named, Medium, "0", Low, "softened from medium: strangeness: 0.5")
	f(named, Informational, "0", Informational)

	// A fact softens as well, and one that raised a finding is named.
	byFact := &Rule{Level: Low, Escalate: []Escalation{{fact("days", "3"), High}}, Soften: []Softening{{Ground: fact("why", "known"), ByOne: true}}}
	one := Finding{Rule: byFact, Level: Low, Facts: []Fact{{Name: "days", Value: 3}, {Name: "why", Value: "Known"}}}
	one.raise()
	w := NewWeights([]*Rule{byFact}).Of(&Tenant{})
	for range 2 { // weighed again, it is the same
		w.Weigh(&one)
		if got := fmt.Sprintf("%s, %v, %v, %d", one.Level, one.Fact("escalated"), one.Fact("softened"), len(one.Facts)); got != "medium, from low: days: 3, from high: why: known, 4" {
			t.Error(got)
		}
	}
}

// Promise: whatever a rule says, softening never raises, never lowers below low what was above, and what nobody knows the
// strangeness of keeps its level. The oracle asks each row by Holds.
func TestWeighAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(drawRow), 1, 5).Draw(rt, "rows")
		c := caseOf(t, rows...)
		p := tenantOf(c, nil)
		if rapid.Bool().Draw(rt, "context") {
			p.Context = told{c, rows}
		}
		level := rapid.Custom(func(t *rapid.T) Level { return Level(rapid.IntRange(0, 4).Draw(t, "level")) })
		ground := func() Ground {
			w, err := NewWhere(drawBlock(rt, 1))
			if err != nil {
				rt.Fatal(err)
			}
			return Ground{Where: w, Text: "x"}
		}
		rules := make([]*Rule, 3)
		for i := range rules {
			rules[i] = &Rule{Level: level.Draw(rt, "base")}
			for range rapid.IntRange(0, 2).Draw(rt, "escalations") {
				rules[i].Escalate = append(rules[i].Escalate, Escalation{ground(), level.Draw(rt, "to")})
			}
			for range rapid.IntRange(0, 2).Draw(rt, "softenings") {
				rules[i].Soften = append(rules[i].Soften, Softening{Ground: ground(), To: level.Draw(rt, "to"), ByOne: rapid.Bool().Draw(rt, "one")})
			}
		}
		weigher := NewWeights(rules).Of(p)
		for _, rule := range rules {
			f := Finding{Rule: rule, Level: rule.Level}
			for i := range c.Activities {
				f.Evidence = append(f.Evidence, uint32(i))
			}
			count := func(w *Where) (n int) {
				for i := range c.Activities {
					if w.Holds(&c.Activities[i], p) {
						n++
					}
				}
				return n
			}
			raised := f.Level
			for _, e := range rule.Escalate {
				if count(e.Where) > 0 {
					raised = max(raised, e.Level)
				}
			}
			want := raised
			for _, s := range rule.Soften {
				if count(s.Where) < len(rows) || raised <= Low {
					continue
				}
				to := max(s.To, Low)
				if s.ByOne {
					to = raised - 1
				}
				want = min(want, to)
			}
			weigher.Weigh(&f)
			if f.Level != want || (f.Fact("softened") != nil) != (want < raised) || (f.Fact("escalated") != nil) != (raised > rule.Level) {
				rt.Fatalf("%s: got %s, want %s, %v", rule.Level, f.Level, want, f.Facts)
			}
		}
	})
}
