package rules

import (
	"strconv"
	"time"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// Test is an inline test of a pack: rows as an export has them, and what the rules must make of them.
type Test struct {
	Name string
	Pack string // id of the pack that brings it
	// Extended says that its pack is only extended by another one, whose overrides and lists may be why it fails now.
	Extended bool
	File     string
	Line     int
	Given    []Given
	Expect   []Expect
}

// Given is one row of a test, or several.
type Given struct {
	Source  string // as activity.Source says it: "activities", "audit", "signin" …
	Mailbox string // whose export it is, for sources that do not say; owner@contoso.com if not given
	// Fields are the row's fields as the source names them: string, bool, int64, float64, nil, []any, map[string]any.
	Fields map[string]any
	Repeat Repeat
	Line   int
}

// Repeat makes further rows out of one, each later than the one before. Times is 1 where the test says nothing.
type Repeat struct {
	Every time.Duration
	Times int
}

// Expect is one statement about the findings.
type Expect struct {
	Rule    string
	Count   int   // findings of the rule; -1: at least one
	At      []int // rows of Given, from 0, that must be among the evidence
	Level   string
	NoOther bool // no finding of a rule that the test does not name; Rule is empty then
	Line    int
}

func (l *loader) test(m *merged, set *Set, n *node) {
	if !l.wantTable(n, "a test") {
		return
	}
	l.known(n, "a test", "name", "given", "expect")
	t := Test{Pack: n.src.pack.ID, Extended: n.src.pack.Extended, File: n.src.name, Line: n.line}
	if v := n.get("name"); v != nil {
		t.Name, _ = l.word(v, "name")
	}
	given, expect := n.get("given"), n.get("expect")
	if t.Name == "" || given == nil || expect == nil {
		l.fail(BadTest, n, "a test wants name, given and expect")
		return
	}
	l.eachItem(given, "given", func(row *node) {
		if g, ok := l.given(row); ok {
			t.Given = append(t.Given, g)
		}
	})
	l.eachItem(expect, "expect", func(e *node) {
		if x, ok := l.expect(m, e, len(t.Given)); ok {
			t.Expect = append(t.Expect, x)
		}
	})
	set.Tests = append(set.Tests, t)
}

func (l *loader) given(n *node) (g Given, ok bool) {
	if !l.wantTable(n, "given") {
		return g, false
	}
	g = Given{Mailbox: "owner@contoso.com", Fields: map[string]any{}, Repeat: Repeat{Times: 1}, Line: n.line}
	for _, p := range n.pairs {
		switch p.key.text {
		case "source":
			l.oneOf(p.value, "source", detect.Vocabulary(activity.FieldSource))
			g.Source = p.value.text
		case "mailbox":
			g.Mailbox, _ = l.word(p.value, "mailbox")
		case "repeat":
			g.Repeat = l.repeat(p.value)
		default:
			g.Fields[p.key.text] = p.value.plain()
		}
	}
	if g.Source == "" {
		l.fail(BadTest, n, "given: source is missing")
		return g, false
	}
	return g, true
}

func (l *loader) repeat(n *node) Repeat {
	r := Repeat{Times: 1}
	if !l.wantTable(n, "repeat") {
		return r
	}
	l.known(n, "a repeat", "every", "times")
	every, times := n.get("every"), n.get("times")
	if every == nil || times == nil {
		l.fail(BadTest, n, "repeat: want {every: 1d, times: 30}")
		return r
	}
	d, err := ParseDuration(every.text)
	if err != nil {
		l.fail(BadTest, every, "every: %v", err)
	}
	const most = 10_000 // a test is no benchmark
	return Repeat{d, l.whole(times, "times", 1, most)}
}

func (l *loader) expect(m *merged, n *node, rows int) (e Expect, ok bool) {
	if !l.wantTable(n, "expect") {
		return e, false
	}
	e = Expect{Count: -1, Line: n.line}
	l.known(n, "an expectation", "rule", "count", "at", "level", "no_other")
	if v := n.get("no_other"); v != nil {
		e.NoOther = l.boolean(v, "no_other")
		return e, e.NoOther
	}
	v := n.get("rule")
	if v == nil {
		l.fail(BadTest, n, "expect: want rule or no_other")
		return e, false
	}
	e.Rule, _ = l.word(v, "rule")
	if m.rules[e.Rule] == nil {
		l.fail(UnknownRule, v, "expect: unknown rule %q%s", e.Rule, detect.DidYouMean(e.Rule, m.ruleIDs()))
	}
	if v := n.get("count"); v != nil {
		e.Count = l.whole(v, "count", 0, 1<<20)
	}
	if v := n.get("level"); v != nil {
		e.Level = l.level(v).String()
	}
	if v := n.get("at"); v != nil {
		for _, w := range l.words(v, "at") {
			i, err := strconv.Atoi(w)
			if err != nil || i < 0 || i >= rows {
				l.fail(BadTest, v, "at: want a row of given, 0 to %d, got %q", rows-1, w)
			}
			e.At = append(e.At, i)
		}
	}
	return e, true
}

// plain is a node as Go values. Numbers and truth values keep their kind, everything else is text as written.
func (n *node) plain() any {
	switch n.shape {
	case list:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = item.plain()
		}
		return items
	case table:
		fields := make(map[string]any, len(n.pairs))
		for _, p := range n.pairs {
			fields[p.key.text] = p.value.plain()
		}
		return fields
	}
	switch n.tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.text == "true" || n.text == "True" || n.text == "TRUE"
	case "!!int":
		if i, err := strconv.ParseInt(n.text, 0, 64); err == nil {
			return i
		}
	case "!!float":
		if f, err := strconv.ParseFloat(n.text, 64); err == nil {
			return f
		}
	}
	return n.text
}
