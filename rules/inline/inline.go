// Package inline reads the tests that stand in a rule pack: rows as an export has them, and what the rules must make
// of them.
package inline

import (
	"math"
	"slices"
	"strconv"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/rules/yamltext"
)

// Test is one inline test.
type Test struct {
	Name string
	Pack string // id of the pack that brings it
	// Extended says that its pack is only extended by another one, whose overrides and lists may be why it fails now.
	Extended bool
	File     string
	Line     int
	Given    []Given
	Expect   []Expect
	// Declared is what the test declares on top of the packs; nil: nothing.
	Declared *detect.Declared
}

// Given is one row of a test, or several.
type Given struct {
	Source  string // as activity.Source says it: "activities", "audit", "signin" …
	Mailbox string // whose export it is, for sources that do not say; owner@contoso.com if not given
	// Fields are the row's fields as the source names them: string, bool, int64, float64, nil, []any, map[string]any.
	Fields map[string]any
	Repeat Repeat
	// Strangeness, in tenths, is what the test says of the row whatever is measured; -1: it says nothing.
	Strangeness int
	Line        int
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

// ReadTest reads one test; Pack, Extended and Declared are left to the caller. rules are the ids of all rules, sorted.
func ReadTest(n *yamltext.Node, rules []string, f *yamltext.Faults) (t Test, ok bool) {
	if !f.Table(n, "a test") {
		return t, false
	}
	f.Known(n, "a test", "name", "home", "travel", "egress", "attacker", "owner", "given", "expect")
	t = Test{File: n.File.Name, Line: n.Line}
	f.Fill(n, map[string]*string{"name": &t.Name})
	given, expect := n.Get("given"), n.Get("expect")
	if t.Name == "" || given == nil || expect == nil {
		f.Fail(yamltext.BadTest, n, "a test wants name, given and expect")
		return t, false
	}
	f.EachItem(given, "given", func(row *yamltext.Node) {
		if g, ok := readGiven(row, f); ok {
			t.Given = append(t.Given, g)
		}
	})
	f.EachItem(expect, "expect", func(e *yamltext.Node) {
		if x, ok := readExpect(e, rules, len(t.Given), f); ok {
			t.Expect = append(t.Expect, x)
		}
	})
	return t, true
}

func readGiven(n *yamltext.Node, f *yamltext.Faults) (g Given, ok bool) {
	if !f.Table(n, "given") {
		return g, false
	}
	g = Given{Mailbox: "owner@contoso.com", Fields: map[string]any{}, Repeat: Repeat{Times: 1}, Strangeness: -1, Line: n.Line}
	for _, p := range n.Pairs {
		switch p.Key.Text {
		case "source":
			f.OneOf(p.Value, "source", detect.Vocabulary(activity.FieldSource))
			g.Source = p.Value.Text
		case "mailbox":
			g.Mailbox, _ = f.Word(p.Value, "mailbox")
		case "repeat":
			g.Repeat = readRepeat(p.Value, f)
		case "strangeness":
			g.Strangeness = readStrangeness(p.Value, f)
		default:
			g.Fields[p.Key.Text] = p.Value.Value()
		}
	}
	if g.Source == "" {
		f.Fail(yamltext.BadTest, n, "given: source is missing")
		return g, false
	}
	if g.Repeat.Times > 1 && (g.Source == activity.SourceRules.String() || g.Source == activity.SourceListings.String()) {
		f.Fail(yamltext.BadTest, n.Get("repeat"), "repeat: what stands in a listing has no time, and equal rows are duplicates")
	}
	return g, true
}

// readStrangeness reads what a test says that the measure would give: 2.5.
func readStrangeness(n *yamltext.Node, f *yamltext.Faults) int {
	v, err := strconv.ParseFloat(n.Text, 64)
	tenths := math.Round(v * 10)
	if err != nil || n.Shape != yamltext.Scalar || tenths < 0 || tenths > 50 || math.Abs(tenths-v*10) > 1e-6 {
		f.Fail(yamltext.BadTest, n, "strangeness: want a number from 0 to 5 as 2.5")
		return -1
	}
	return int(tenths)
}

// readRepeat reads {every: 1d, times: 30}. Rows at the same time would be one row and its duplicates.
func readRepeat(n *yamltext.Node, f *yamltext.Faults) Repeat {
	r := Repeat{Times: 1}
	if !f.Table(n, "repeat") {
		return r
	}
	f.Known(n, "a repeat", "every", "times")
	every, times := n.Get("every"), n.Get("times")
	if every == nil || times == nil {
		f.Fail(yamltext.BadTest, n, "repeat: want {every: 1d, times: 30}")
		return r
	}
	d, err := detect.ParseDuration(every.Text)
	if err != nil {
		f.Fail(yamltext.BadTest, every, "every: %v", err)
	} else if d < time.Second || d%time.Second != 0 {
		f.Fail(yamltext.BadTest, every, "every: want whole seconds, 1s or more, got %q: rows have no finer time, and equal rows are duplicates", every.Text)
	}
	const most = 10_000 // a test is no benchmark
	return Repeat{d, f.Whole(times, "times", 1, most)}
}

func readExpect(n *yamltext.Node, rules []string, rows int, f *yamltext.Faults) (e Expect, ok bool) {
	if !f.Table(n, "expect") {
		return e, false
	}
	e = Expect{Count: -1, Line: n.Line}
	f.Known(n, "an expectation", "rule", "count", "at", "level", "no_other")
	if v := n.Get("no_other"); v != nil {
		e.NoOther = f.Boolean(v, "no_other")
		return e, e.NoOther
	}
	v := n.Get("rule")
	if v == nil {
		f.Fail(yamltext.BadTest, n, "expect: want rule or no_other")
		return e, false
	}
	e.Rule, _ = f.Word(v, "rule")
	if _, known := slices.BinarySearch(rules, e.Rule); !known {
		f.Fail(yamltext.UnknownRule, v, "expect: unknown rule %q%s", e.Rule, f.Near(e.Rule, rules))
	}
	if v := n.Get("count"); v != nil {
		e.Count = f.Whole(v, "count", 0, 1<<20)
	}
	if v := n.Get("level"); v != nil {
		f.OneOf(v, "level", detect.LevelNames())
		e.Level = v.Text
	}
	if v := n.Get("at"); v != nil {
		for _, w := range f.Words(v, "at") {
			i, err := strconv.Atoi(w)
			if err != nil || i < 0 || i >= rows {
				f.Fail(yamltext.BadTest, v, "at: want a row of given, 0 to %d, got %q", rows-1, w)
			}
			e.At = append(e.At, i)
		}
	}
	return e, true
}
