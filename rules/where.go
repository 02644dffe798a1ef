package rules

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/rules/yamltext"
)

// blocks turns nodes into blocks of conditions.
type blocks struct {
	scope
	left  *int            // how many more blocks this where may have: macros in macros grow by powers
	open  map[string]bool // the macros being filled in, so that none contains itself
	quiet bool            // an empty list is no mistake here: exceptions wait for the engagement to fill theirs
}

// maxBlocks is far above what anybody would read, let alone write.
const maxBlocks = 10_000

// where compiles a block of conditions; nil if something in it is wrong, which is reported.
func (s scope) where(n *yamltext.Node, quiet bool) *detect.Where {
	left := maxBlocks
	b, ok := blocks{scope: s, left: &left, open: map[string]bool{}, quiet: quiet}.block(n, false)
	if !ok {
		return nil
	}
	w, err := detect.NewWhere(b)
	if err != nil { // each condition was compiled alone before, so this is not expected
		s.Fail(yamltext.BadCondition, n, "%v", err)
		return nil
	}
	return w
}

// block reads a map of conditions, or $macro. negated says that an odd number of nots stands above it.
func (c blocks) block(n *yamltext.Node, negated bool) (b detect.Block, ok bool) {
	if *c.left--; *c.left < 0 {
		if *c.left == -1 {
			c.Fail(yamltext.TooBig, n, "more than %d blocks of conditions once macros are filled in", maxBlocks)
		}
		return b, false
	}
	if n.Shape == yamltext.Scalar && n.Tag == "!!str" {
		return c.macro(n, negated)
	}
	if !c.Table(n, "conditions") {
		return b, false
	}
	if len(n.Pairs) == 0 {
		c.Fail(yamltext.BadCondition, n, "no condition: it would match every activity")
		return b, false
	}
	return c.pairs(n.Pairs, negated)
}

func (c blocks) pairs(pairs []yamltext.Pair, negated bool) (b detect.Block, ok bool) {
	ok = true
	for _, p := range pairs {
		var fine bool
		switch p.Key.Text {
		case "all":
			b.All, fine = c.list(p, negated)
		case "any":
			b.Any, fine = c.list(p, negated)
		case "not":
			b.Not, fine = c.list(p, !negated)
		default:
			var cond detect.Condition
			if cond, fine = c.condition(p, negated); fine {
				b.Conditions = append(b.Conditions, cond)
			}
		}
		ok = ok && fine
	}
	return b, ok
}

func (c blocks) list(p yamltext.Pair, negated bool) (bs []detect.Block, ok bool) {
	if !c.List(p.Value, p.Key.Text) {
		return nil, false
	}
	if len(p.Value.Items) == 0 {
		c.Fail(yamltext.BadCondition, p.Value, "%s: want at least one block", p.Key.Text)
		return nil, false
	}
	ok = true
	for _, item := range p.Value.Items {
		if *c.left < 0 {
			return nil, false
		}
		b, fine := c.block(item, negated)
		ok = ok && fine
		bs = append(bs, b)
	}
	return bs, ok
}

func (c blocks) macro(n *yamltext.Node, negated bool) (b detect.Block, ok bool) {
	name, isRef := Ref(n.Text)
	if !isRef {
		c.Fail(yamltext.WrongShape, n, "want a map of conditions or $macro, got %q", n.Text)
		return b, false
	}
	macro, known := c.merged.Macros[name]
	switch {
	case !known:
		near := detect.DidYouMean(name, slices.Sorted(maps.Keys(c.merged.Macros)))
		c.Fail(yamltext.UnknownMacro, n, "unknown macro %q%s", name, near)
		return b, false
	case c.open[name]:
		c.Fail(yamltext.UnknownMacro, n, "macro %q contains itself", name)
		return b, false
	}
	c.used.macros[name], c.open[name] = true, true
	defer delete(c.open, name)
	return c.block(macro.Value, negated)
}

// condition reads `field|modifiers: value`.
func (c blocks) condition(p yamltext.Pair, negated bool) (cond detect.Condition, ok bool) {
	parts := strings.Split(p.Key.Text, "|")
	cond = detect.Condition{Field: parts[0], Line: p.Key.Line, Column: p.Key.Column}
	expand := false
	for _, modifier := range parts[1:] {
		switch {
		case modifier == "not":
			cond.Not = !cond.Not
		case modifier == "all":
			cond.All = true
		case modifier == "expand":
			expand = true
		case !slices.Contains(detect.Modifiers(), modifier):
			known := append([]string{"not", "all", "expand"}, detect.Modifiers()...)
			c.Fail(yamltext.UnknownModifier, p.Key, "unknown modifier %q%s", modifier, detect.DidYouMean(modifier, known))
			return cond, false
		case cond.Modifier != "":
			c.Fail(yamltext.UnknownModifier, p.Key, "%q and %q exclude each other", cond.Modifier, modifier)
			return cond, false
		default:
			cond.Modifier = modifier
		}
	}
	if cond.Modifier == "exists" {
		cond.Exists = c.Boolean(p.Value, "exists")
		return cond, c.compiles(cond, p)
	}
	if p.Value.Null() {
		c.Fail(yamltext.WrongShape, p.Value, "%s: want a value, got nothing; %s|exists: false asks for a missing field", cond.Field, cond.Field)
		return cond, false
	}
	if cond.Values, ok = c.resolve(p.Value, cond.Field); ok && expand {
		cond.Values, ok = c.expand(cond.Values, p.Value)
	}
	return cond, ok && c.fits(cond, p, cond.Not != negated)
}

// fits looks for conditions that always or never hold.
func (c blocks) fits(cond detect.Condition, p yamltext.Pair, negated bool) bool {
	if !c.compiles(cond, p) {
		return false
	}
	if len(cond.Values) == 0 {
		if negated {
			c.Fail(yamltext.EmptyNegation, p.Value, "%s: not with an empty list matches every activity", p.Key.Text)
			return false
		}
		if !c.quiet {
			c.Fail(yamltext.WarnEmptyList, p.Value, "%s: the list is empty, so this matches nothing", p.Key.Text)
		}
		return true
	}
	_, fixed := activity.ParseField(cond.Field)
	equals := cond.Modifier == "" || cond.Modifier == "in"
	for _, v := range cond.Values {
		switch {
		case v != "":
		case equals && fixed:
			c.Fail(yamltext.WarnNeverMatches, p.Value, "%s is never an empty text; %s|exists: false asks for a missing field", cond.Field, cond.Field)
		case !equals:
			c.Fail(yamltext.BadCondition, p.Value, "%s: an empty text matches every value", p.Key.Text)
			return false
		}
	}
	if cond.Modifier == "re" {
		for _, v := range cond.Values {
			if !canMatch(v) {
				c.Fail(yamltext.WarnNeverMatches, p.Value, "no text matches the regexp %q", v)
			}
		}
	}
	return true
}

func (c blocks) compiles(cond detect.Condition, p yamltext.Pair) bool {
	_, err := detect.NewWhere(detect.Block{Conditions: []detect.Condition{cond}})
	if err == nil {
		return true
	}
	if fault, ok := errors.AsType[*detect.ConditionError](err); ok {
		switch fault.Fault {
		case detect.FaultyField:
			c.Fail(yamltext.UnknownField, p.Key, "%s", fault.Reason)
		case detect.FaultyModifier:
			c.Fail(yamltext.UnknownModifier, p.Key, "%s", fault.Reason)
		default:
			c.Fail(yamltext.BadCondition, p.Value, "%s: %s", p.Key.Text, fault.Reason)
		}
		return false
	}
	c.Fail(yamltext.BadCondition, p.Value, "%v", err)
	return false
}
