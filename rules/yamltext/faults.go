package yamltext

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Faults collects what is wrong with the files of one load. Most of its methods read a node as something: a node that
// is something else is reported, with what as its name in the message.
type Faults struct {
	found *foundProblems // shared by those of all rules
	rule  string
	near  func(word string, known []string) string
}

// foundProblems is what a load has found so far.
type foundProblems struct {
	problems Problems
	errors   int // those among them that are no warnings
}

// NewFaults is an empty collection. near gives the end of a message about an unknown word: `, did you mean "query"?`, or
// nothing.
func NewFaults(near func(word string, known []string) string) *Faults {
	return &Faults{found: &foundProblems{}, near: near}
}

// Of is the same collection for what concerns one rule.
func (f *Faults) Of(rule string) *Faults { return &Faults{f.found, rule, f.near} }

// Fail records a problem at a node.
func (f *Faults) Fail(code string, at *Node, format string, args ...any) {
	p := Problem{
		Code: code, File: at.File.Name, Line: at.Line, Column: at.Column, Rule: f.rule, Text: fmt.Sprintf(format, args...),
	}
	if p.Line > 0 {
		p.Snippet = at.File.snippet(at.Line)
	}
	f.found.problems = append(f.found.problems, p)
	if !p.Warning() {
		f.found.errors++
	}
}

// Errors counts the problems so far that stop the load.
func (f *Faults) Errors() int { return f.found.errors }

// Sorted are the problems found, each once: the faults, which stop the load, and the warnings, which do not.
func (f *Faults) Sorted() (faults, warnings Problems) {
	for _, p := range sorted(slices.Clone(f.found.problems)) {
		if p.Warning() {
			warnings = append(warnings, p)
		} else {
			faults = append(faults, p)
		}
	}
	return faults, warnings
}

// Near is the end of a message about an unknown word: `, did you mean "query"?`, or nothing.
func (f *Faults) Near(word string, known []string) string { return f.near(word, known) }

// Table says whether a node is a map.
func (f *Faults) Table(n *Node, what string) bool { return f.want(n, Table, what) }

// List says whether a node is a list.
func (f *Faults) List(n *Node, what string) bool { return f.want(n, List, what) }

func (f *Faults) want(n *Node, s Shape, what string) bool {
	switch {
	case n.Null():
		f.Fail(WrongShape, n, "%s: want %s, got nothing", what, s)
	case n.Shape != s:
		f.Fail(WrongShape, n, "%s: want %s, got %s", what, s, n.Shape)
	default:
		return true
	}
	return false
}

// EachPair visits the pairs of a map. No node, or an empty one, is an empty map.
func (f *Faults) EachPair(n *Node, what string, visit func(Pair)) {
	if n == nil || n.Null() || !f.Table(n, what) {
		return
	}
	for _, p := range n.Pairs {
		visit(p)
	}
}

// EachItem visits the items of a list. No node, or an empty one, is an empty list.
func (f *Faults) EachItem(n *Node, what string, visit func(*Node)) {
	if n == nil || n.Null() || !f.List(n, what) {
		return
	}
	for _, item := range n.Items {
		visit(item)
	}
}

// Known reports the keys of a map that mean nothing.
func (f *Faults) Known(n *Node, what string, keys ...string) {
	for _, p := range n.Pairs {
		if !slices.Contains(keys, p.Key.Text) {
			f.Fail(UnknownKey, p.Key, "unknown key %q in %s%s", p.Key.Text, what, f.Near(p.Key.Text, keys))
		}
	}
}

// Word is a scalar's text.
func (f *Faults) Word(n *Node, what string) (string, bool) {
	if !f.want(n, Scalar, what) {
		return "", false
	}
	return n.Text, true
}

// Fill sets texts from the keys of a map that are there.
func (f *Faults) Fill(n *Node, texts map[string]*string) {
	for key, to := range texts {
		if v := n.Get(key); v != nil {
			*to, _ = f.Word(v, key)
		}
	}
}

// Words are a list of scalars, or one scalar.
func (f *Faults) Words(n *Node, what string) []string {
	if n.Shape == Scalar && !n.Null() {
		return []string{n.Text}
	}
	if !f.List(n, what) {
		return nil
	}
	words := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		if w, ok := f.Word(item, what); ok {
			words = append(words, w)
		}
	}
	return words
}

// OneOf reports a text that is none of the words known.
func (f *Faults) OneOf(n *Node, what string, known []string) {
	w, ok := f.Word(n, what)
	if !ok || slices.Contains(known, w) {
		return
	}
	hint := f.Near(w, known)
	if hint == "" {
		hint = ": want one of " + strings.Join(known, ", ")
	}
	f.Fail(BadValue, n, "unknown %s %q%s", what, w, hint)
}

// Boolean reads true or false.
func (f *Faults) Boolean(n *Node, what string) bool {
	if n.Shape == Scalar && n.Tag == "!!bool" {
		return strings.EqualFold(n.Text, "true")
	}
	f.Fail(WrongShape, n, "%s: want true or false", what)
	return false
}

// Whole reads a whole number in [least, most].
func (f *Faults) Whole(n *Node, what string, least, most int) int {
	v, err := strconv.Atoi(n.Text)
	if n.Shape != Scalar || err != nil {
		f.Fail(WrongShape, n, "%s: want a whole number", what)
		return least
	}
	if v < least || v > most {
		f.Fail(BadValue, n, "%s: want %d to %d, got %d", what, least, most, v)
		return least
	}
	return v
}

// Day reads a day, as its midnight UTC; no node is the zero time.
func (f *Faults) Day(n *Node, what string) time.Time {
	if n == nil {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, n.Text)
	if err != nil || n.Shape != Scalar {
		f.Fail(BadValue, n, "%s: want a day as 2026-06-30, got %q", what, n.Text)
	}
	return day
}

// Past says whether a last day is over; zero, for either, is never.
func Past(last, asOf time.Time) bool {
	return !last.IsZero() && !asOf.IsZero() && !asOf.Before(last.AddDate(0, 0, 1))
}
