package detect

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/geo"
	"triage/ingest/activity"
)

// verdict is Kleene's third value beside true and false: what a test says about a missing field.
type verdict int

const (
	no verdict = iota
	missing
	yes
)

func (v verdict) not() verdict { return yes - v }

// naive evaluates a block by its definition: a test on a missing field is neither true nor false, and what is not
// true at the end does not hold.
func naive(b Block, r row) verdict {
	v := yes
	for _, c := range b.Conditions {
		v = min(v, naiveCondition(c, r))
	}
	for _, x := range b.All {
		v = min(v, naive(x, r))
	}
	if len(b.Any) > 0 {
		best := no
		for _, x := range b.Any {
			best = max(best, naive(x, r))
		}
		v = min(v, best)
	}
	for _, x := range b.Not {
		v = min(v, naive(x, r).not())
	}
	return v
}

func naiveCondition(c Condition, r row) verdict {
	values := naiveValues(c.Field, r)
	if c.Modifier == "exists" {
		if (len(values) > 0) == c.Exists {
			return yes
		}
		return no
	}
	if len(values) == 0 {
		return missing
	}
	found := func(want string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return naiveTest(c.Modifier, v, want) })
	}
	holds := slices.ContainsFunc(c.Values, found)
	if c.All {
		holds = !slices.ContainsFunc(c.Values, func(w string) bool { return !found(w) })
	}
	if holds != c.Not {
		return yes
	}
	return no
}

func naiveValues(field string, r row) []string {
	var values []string
	for _, pair := range r {
		name, value, _ := strings.Cut(pair, "=")
		if strings.EqualFold(name, field) && (value != "" || strings.HasPrefix(field, "params.")) {
			values = append(values, value)
		}
	}
	defaults := map[string]string{"type": "other", "result": "unknown", "lane": "person"}
	if d, ok := defaults[field]; ok && len(values) == 0 {
		values = []string{d}
	}
	if field == "country" {
		for _, ip := range naiveValues("ip", r) {
			if text := geo.ParseAddr(ip).IP.String(); strings.HasPrefix(text, "203.0.113") {
				values = append(values, "NL")
			}
		}
	}
	return values
}

func naiveTest(modifier, value, want string) bool {
	v, w := strings.ToLower(value), strings.ToLower(want)
	switch modifier {
	case "contains":
		return strings.Contains(v, w)
	case "startswith":
		return strings.HasPrefix(v, w)
	case "endswith":
		return strings.HasSuffix(v, w)
	case "word":
		return strings.Contains(" "+v+" ", " "+w+" ")
	case "gt":
		return naiveNumber(v) > naiveNumber(w)
	case "gte":
		return naiveNumber(v) >= naiveNumber(w)
	case "lt":
		return naiveNumber(v) < naiveNumber(w)
	case "lte":
		return naiveNumber(v) <= naiveNumber(w)
	default:
		return v == w || naiveNumber(v) == naiveNumber(w)
	}
}

// naiveNumber is not equal to anything where the text is no number.
func naiveNumber(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

func drawRow(t *rapid.T) row {
	var r row
	word := rapid.SampledFrom([]string{"a", "B", "ab", "b a", "a b c"})
	for _, f := range []string{"op", "app", "agent", "session"} {
		if rapid.Bool().Draw(t, f) {
			r = append(r, f+"="+word.Draw(t, "value"))
		}
	}
	for _, f := range []string{"query", "scopes", "scopes", "scopes", "subject", "params.Name", "params.Name"} {
		if rapid.Bool().Draw(t, f) {
			r = append(r, f+"="+word.Draw(t, "value"))
		}
	}
	if rapid.Bool().Draw(t, "blank") {
		r = append(r, "params.Other=")
	}
	if rapid.Bool().Draw(t, "known") {
		r = append(r, "strangeness="+rapid.SampledFrom([]string{"0", "0.5", "2.5", "3", "5"}).Draw(t, "strangeness"))
		for _, sign := range []string{"b", "country A b is new", "line c"} {
			if rapid.Bool().Draw(t, sign) {
				r = append(r, "strange_why="+sign)
			}
		}
	}
	return append(
		r,
		"type="+rapid.SampledFrom([]string{"logon", "search", "send"}).Draw(t, "type"),
		"result="+rapid.SampledFrom([]string{"success", "failure"}).Draw(t, "result"),
		"ip="+rapid.SampledFrom([]string{"203.0.113.1", "192.0.2.1", ""}).Draw(t, "ip"),
		"mailbox=m",
	)
}

func drawCondition(t *rapid.T) Condition {
	field := rapid.SampledFrom([]string{
		"type", "result", "op", "app", "agent", "session", "query", "scopes", "subject", "params.name", "params.Other",
		"country", "item", "strangeness", "strangeness", "strange_why",
	}).Draw(t, "field")
	c := Condition{Field: field, Not: rapid.Bool().Draw(t, "not"), All: rapid.Bool().Draw(t, "all")}
	if rapid.IntRange(0, 5).Draw(t, "exists") == 0 {
		return Condition{Field: field, Modifier: "exists", Exists: rapid.Bool().Draw(t, "there")}
	}
	values := []string{"A", "b", "AB", "c"}
	switch field {
	case "type":
		values = []string{"logon", "search", "send"}
	case "result":
		values = []string{"success", "failure", "unknown"}
	case "country":
		values = []string{"NL", "NG"}
	case "strangeness":
		values = []string{"0.5", "2.5", "3.0", "4"}
		if c.Modifier = rapid.SampledFrom([]string{"", "in", "gt", "gte", "lt", "lte"}).Draw(t, "modifier"); len(c.Modifier) > 0 && c.Modifier != "in" {
			c.Values = []string{rapid.SampledFrom(values).Draw(t, "value")}
			return c
		}
	default:
		c.Modifier = rapid.SampledFrom([]string{"", "in", "contains", "startswith", "endswith", "word"}).Draw(t, "modifier")
	}
	c.Values = rapid.SliceOfN(rapid.SampledFrom(values), 1, 3).Draw(t, "values")
	return c
}

func drawBlock(t *rapid.T, depth int) Block {
	b := Block{Conditions: rapid.SliceOfN(rapid.Custom(drawCondition), 0, 3).Draw(t, "conditions")}
	if depth == 0 {
		return b
	}
	for _, kids := range []*[]Block{&b.All, &b.Any, &b.Not} {
		for range max(0, rapid.IntRange(-2, 2).Draw(t, "kids")) {
			*kids = append(*kids, drawBlock(t, depth-1))
		}
	}
	return b
}

// Holds and the masks agree with the definition, for any rules and activities, asked alone or many at once.
func TestMasksAgreeWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(drawRow), 1, 6).Draw(rt, "rows")
		c := caseOf(t, rows...)
		p := tenantOf(c, nil)
		p.Context = told{c, rows}
		rules := make([]*Rule, rapid.IntRange(1, 70).Draw(rt, "rules"))
		for i := range rules {
			w, err := NewWhere(drawBlock(rt, 2))
			if err != nil {
				rt.Fatal(err)
			}
			rules[i] = &Rule{Where: w}
		}
		m := NewMatcher(rules, p)
		m.room = rapid.SampledFrom([]int{0, 3, mostSteps}).Draw(rt, "room") // what is not remembered is worked out
		for i := range c.Activities {
			a := &c.Activities[i]
			answer := m.Match(uint32(i))
			for j, r := range rules {
				want := naive(r.Where.block, rows[a.Offset]) == yes
				if got := r.Where.Holds(a, p); got != want {
					rt.Fatalf("Holds: got %v, want %v: %+v on %v", got, want, r.Where.block, rows[a.Offset])
				}
				if got := slices.Contains(answer.Rules, j); got != want {
					rt.Fatalf("Match: got %v, want %v: %+v on %v", got, want, r.Where.block, rows[a.Offset])
				}
			}
		}
	})
}

// told is the context that a test's rows tell.
type told struct {
	c    *activity.Case
	rows []row
}

func (t told) values(index uint32, name string) []string {
	return naiveValues(name, t.rows[t.c.Activities[index].Offset])
}

func (t told) Strangeness(index uint32) (tenths int, ok bool) {
	for _, v := range t.values(index, "strangeness") {
		return int(naiveNumber(v)*10 + 0.5), true
	}
	return 7, false // what is not known is read by nobody
}

func (told) Line(uint32) string        { return "" }
func (told) Shared(uint32, int64) bool { return false }

func (t told) StrangeWhy(index uint32) []string { return t.values(index, "strange_why") }

// Masks are worked out when first needed, by whichever goroutine comes first: all must see the same.
func TestMatchFromSeveralGoroutines(t *testing.T) {
	var rows []row
	for i := range 2000 {
		n := string(rune('a' + i%26))
		rows = append(rows, row{"type=logon", "app=" + n, "agent=" + strings.Repeat(n, i%40), "scopes=" + n, "scopes=b"})
	}
	c := caseOf(t, rows...)
	p := tenantOf(c, nil)
	w, err := NewWhere(whole(cond("app|in", "a", "b"), cond("agent|contains", "aa", "bb"), cond("scopes", "b")))
	if err != nil {
		t.Fatal(err)
	}
	m := NewMatcher([]*Rule{{Where: w}}, p)
	results := make(chan int)
	for range 4 {
		go func() {
			n := 0
			for i := range c.Activities {
				n += len(m.Match(uint32(i)).Rules)
			}
			results <- n
		}()
	}
	want := 0
	for i := range c.Activities {
		if w.Holds(&c.Activities[i], p) {
			want++
		}
	}
	for range 4 {
		if got := <-results; got != want || want == 0 {
			t.Errorf("got %d matches, want %d", got, want)
		}
	}
}

var _ Places = places{&activity.Case{}}
