package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// Where is a compiled block of conditions. It is safe for concurrent use. A nil Where holds for every activity.
//
// Inside it is in negation normal form: `not` is pushed down to the single tests. That makes rules/README.md's hardest
// sentence simple to keep: a test on a missing field is false, whether it is negated or not.
type Where struct {
	block Block
	root  node
}

// ConditionError is a condition that cannot be compiled.
type ConditionError struct {
	Line, Column int // of the condition, as the block says
	Field        string
	Fault        FaultyPart
	Reason       string
}

// FaultyPart is which part of a condition is wrong.
type FaultyPart uint8

// The parts of a condition.
const (
	FaultyValue FaultyPart = iota
	FaultyField
	FaultyModifier
)

// Error is the field and the reason.
func (e *ConditionError) Error() string { return e.Field + ": " + e.Reason }

// NewWhere compiles a block. Its errors are one *ConditionError per condition that cannot be compiled, joined.
func NewWhere(b Block) (*Where, error) {
	var c compiler
	root := c.block(b, false)
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	return &Where{block: b, root: root}, nil
}

// Block is what was compiled; the caller must not change it. A nil Where has an empty one.
func (w *Where) Block() Block {
	if w == nil {
		return Block{}
	}
	return w.block
}

// Holds says whether the conditions hold for one activity. A missing field makes every test false, also under not.
func (w *Where) Holds(a *activity.Activity, p *Tenant) bool {
	if w == nil {
		return true
	}
	return w.root.holds(&reader{a: a, p: p})
}

// Reads lists the fields that the conditions ask for, as they were written, sorted.
func (w *Where) Reads() []string {
	if w == nil {
		return nil
	}
	var names []string
	w.root.tests(func(t *test) { names = append(names, t.label) })
	slices.Sort(names)
	return slices.Compact(names)
}

// node is a test, or several nodes of which all or any must hold.
type node struct {
	test *test // nil: kids count
	not  bool  // of the test
	any  bool  // of the kids: any, not all
	kids []node
}

func (n *node) holds(r *reader) bool {
	if n.test != nil {
		return n.test.holds(r, n.not)
	}
	for i := range n.kids {
		if n.kids[i].holds(r) == n.any {
			return n.any
		}
	}
	return !n.any
}

func (n *node) tests(visit func(*test)) {
	if n.test != nil {
		visit(n.test)
	}
	for i := range n.kids {
		n.kids[i].tests(visit)
	}
}

// test is one question about one field.
type test struct {
	field  activity.Field
	name   string   // of a dynamic field, lower case; then field is FieldNone
	label  string   // the field as it was written
	exists bool     // asks only whether the field has a value
	span   span     // of FieldTime
	match  match    // of any other field
	equal  []string // folded values of a test that is nothing but equality; else nil
	key    string   // equal keys mean equal tests
}

// String is the field's name.
func (t *test) String() string {
	if t.field == activity.FieldNone {
		return t.name
	}
	return t.field.String()
}

func (t *test) holds(r *reader, not bool) bool {
	present, found := false, false
	switch {
	case t.field == activity.FieldTime:
		present = r.a.Flags&activity.Undated == 0
		found = t.span.has(r.a.Time)
	default:
		r.each(t.field, t.name, func(value string) bool {
			present = true
			found = t.match != nil && t.match(&text{raw: value})
			return !found && !t.exists
		})
	}
	if t.exists {
		return present != not
	}
	return present && found != not
}

// compiler turns blocks into nodes and collects what is wrong with them.
type compiler struct {
	errs []error
}

// block compiles a block, or its negation. By De Morgan, the negation of "all hold" is "any does not".
func (c *compiler) block(b Block, not bool) node {
	n := node{any: not}
	for i := range b.Conditions {
		if kid, err := condition(&b.Conditions[i], not); err != nil {
			c.errs = append(c.errs, err)
		} else {
			n.kids = append(n.kids, kid)
		}
	}
	for i := range b.All {
		n.kids = append(n.kids, c.block(b.All[i], not))
	}
	if len(b.Any) > 0 {
		anyOf := node{any: !not}
		for i := range b.Any {
			anyOf.kids = append(anyOf.kids, c.block(b.Any[i], not))
		}
		n.kids = append(n.kids, anyOf)
	}
	for i := range b.Not {
		n.kids = append(n.kids, c.block(b.Not[i], !not))
	}
	return n.flat()
}

// flat puts nested nodes of the same kind into one list, so that a mask can take each of them for itself.
func (n node) flat() node {
	if n.test != nil {
		return n
	}
	var kids []node
	for _, kid := range n.kids {
		if kid.test == nil && (kid.any == n.any || len(kid.kids) == 1) {
			kids = append(kids, kid.kids...)
		} else {
			kids = append(kids, kid)
		}
	}
	n.kids = kids
	return n
}

func condition(c *Condition, not bool) (node, error) {
	fail := func(part FaultyPart, format string, args ...any) (node, error) {
		return node{}, &ConditionError{c.Line, c.Column, c.Field, part, fmt.Sprintf(format, args...)}
	}
	base := test{label: c.Field}
	var ok bool
	if base.field, base.name, ok = parseField(c.Field); !ok {
		return fail(FaultyField, "unknown field %q%s", c.Field, DidYouMean(c.Field, activity.FieldNames()))
	}
	modifier := c.Modifier
	if c.Not {
		not = !not
	}
	switch modifier {
	case "exists":
		base.exists, base.key = true, base.String()+"|exists"
		return node{test: &base, not: not == c.Exists}, nil
	case "in":
		modifier = ""
	case "not":
		modifier, not = "", !not
	}
	if !slices.Contains(Modifiers(), modifier) && modifier != "" {
		return fail(FaultyModifier, "unknown modifier %q%s", modifier, DidYouMean(modifier, Modifiers()))
	}
	groups := [][]string{c.Values}
	if c.All && modifier != "between" {
		groups = slices.Collect(slices.Chunk(c.Values, 1))
	}
	n := node{any: not}
	for _, values := range groups {
		t := base
		if err := t.compile(modifier, values); err != nil {
			return fail(FaultyValue, "%v", err)
		}
		n.kids = append(n.kids, node{test: &t, not: not})
	}
	if len(n.kids) == 1 {
		return n.kids[0], nil
	}
	return n, nil
}

func (t *test) compile(modifier string, values []string) (err error) {
	t.key = t.String() + "|" + modifier + "\x00" + strings.Join(values, "\x00")
	if t.field == activity.FieldTime {
		t.span, err = timeSpan(modifier, values)
		return err
	}
	if modifier == "" {
		if err := checkWords(t.field, values); err != nil {
			return err
		}
	}
	if err := checkStrangeness(t.field, modifier, values); err != nil {
		return err
	}
	if modifier == "" && t.field != activity.FieldIP && t.field != activity.FieldASN && t.field != activity.FieldStrangeness {
		t.equal = make([]string, len(values))
		for i, v := range values {
			t.equal[i] = Fold(v)
		}
	}
	t.match, err = newMatch(t.field, modifier, values)
	return err
}

// Modifiers lists the words that say how a field is compared. No modifier means equals; "not", "all" and "expand" go
// with any of them.
func Modifiers() []string {
	return []string{
		"in", "contains", "startswith", "endswith", "word", "re", "cidr", "sha256", "exists", "between", "gt", "gte", "lt", "lte",
	}
}

// parseField knows the fixed fields, params.<Name> and raw.<path>; the dynamic ones in any case of letters.
func parseField(word string) (f activity.Field, name string, ok bool) {
	if f, ok := activity.ParseField(word); ok {
		return f, "", true
	}
	for _, prefix := range []string{"params.", "raw."} {
		if strings.HasPrefix(word, prefix) && len(word) > len(prefix) {
			return activity.FieldNone, strings.ToLower(word), true
		}
	}
	return activity.FieldNone, "", false
}

// checkWords refuses a word that a field with a fixed vocabulary can never hold.
func checkWords(f activity.Field, values []string) error {
	known := Vocabulary(f)
	if known == nil {
		return nil
	}
	for _, v := range values {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, v) }) {
			return fmt.Errorf("unknown %s %q%s", f, v, DidYouMean(v, known))
		}
	}
	return nil
}
