package rules

import (
	"errors"
	"slices"
	"strings"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// blocks turns nodes into blocks of conditions.
type blocks struct {
	*loader
	m     *merged
	left  *int // how many more blocks this where may have: macros in macros grow by powers
	quiet bool // an empty list is no mistake here: exceptions wait for the engagement to fill theirs
}

// maxBlocks is far above what anybody would read, let alone write.
const maxBlocks = 10_000

// where compiles a block of conditions; nil if something in it is wrong, which is reported.
func (l *loader) where(m *merged, n *node, quiet bool) *detect.Where {
	left := maxBlocks
	b, ok := blocks{l, m, &left, quiet}.block(n, false)
	if !ok {
		return nil
	}
	w, err := detect.NewWhere(b)
	if err != nil { // each condition was compiled alone before, so this is not expected
		l.fail(BadCondition, n, "%v", err)
		return nil
	}
	return w
}

// block reads a map of conditions, or $macro. negated says that an odd number of nots stands above it.
func (c blocks) block(n *node, negated bool) (b detect.Block, ok bool) {
	if *c.left--; *c.left < 0 {
		if *c.left == -1 {
			c.fail(TooBig, n, "more than %d blocks of conditions once macros are filled in", maxBlocks)
		}
		return b, false
	}
	if n.shape == scalar && n.tag == "!!str" {
		return c.macro(n, negated)
	}
	if !c.wantTable(n, "conditions") {
		return b, false
	}
	if len(n.pairs) == 0 {
		c.fail(BadCondition, n, "no condition: it would match every activity")
		return b, false
	}
	return c.pairs(n.pairs, negated)
}

func (c blocks) pairs(pairs []pair, negated bool) (b detect.Block, ok bool) {
	ok = true
	for _, p := range pairs {
		var fine bool
		switch p.key.text {
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

func (c blocks) list(p pair, negated bool) (bs []detect.Block, ok bool) {
	if !c.wantList(p.value, p.key.text) {
		return nil, false
	}
	if len(p.value.items) == 0 {
		c.fail(BadCondition, p.value, "%s: want at least one block", p.key.text)
		return nil, false
	}
	ok = true
	for _, item := range p.value.items {
		if *c.left < 0 {
			return nil, false
		}
		b, fine := c.block(item, negated)
		ok = ok && fine
		bs = append(bs, b)
	}
	return bs, ok
}

func (c blocks) macro(n *node, negated bool) (b detect.Block, ok bool) {
	name, isRef := ref(n.text)
	if !isRef {
		c.fail(WrongShape, n, "want a map of conditions or $macro, got %q", n.text)
		return b, false
	}
	def := c.m.macros[name]
	switch {
	case def == nil:
		c.fail(UnknownMacro, n, "unknown macro %q%s", name, detect.DidYouMean(name, sortedKeys(c.m.macros)))
		return b, false
	case def.open:
		c.fail(UnknownMacro, n, "macro %q contains itself", name)
		return b, false
	}
	def.used, def.open = true, true
	defer func() { def.open = false }()
	return c.block(def.value, negated)
}

// condition reads `field|modifiers: value`.
func (c blocks) condition(p pair, negated bool) (cond detect.Condition, ok bool) {
	parts := strings.Split(p.key.text, "|")
	cond = detect.Condition{Field: parts[0], Line: p.key.line, Column: p.key.column}
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
			c.fail(UnknownModifier, p.key, "unknown modifier %q%s", modifier, detect.DidYouMean(modifier, known))
			return cond, false
		case cond.Modifier != "":
			c.fail(UnknownModifier, p.key, "%q and %q exclude each other", cond.Modifier, modifier)
			return cond, false
		default:
			cond.Modifier = modifier
		}
	}
	if cond.Modifier == "exists" {
		cond.Exists = c.boolean(p.value, "exists")
		return cond, c.compiles(cond, p)
	}
	if p.value.null() {
		c.fail(WrongShape, p.value, "%s: want a value, got nothing; %s|exists: false asks for a missing field", cond.Field, cond.Field)
		return cond, false
	}
	if cond.Values, ok = c.resolve(c.m, p.value, cond.Field); ok && expand {
		cond.Values, ok = c.expand(c.m, cond.Values, p.value)
	}
	return cond, ok && c.fits(cond, p, cond.Not != negated)
}

// fits looks for conditions that always or never hold.
func (c blocks) fits(cond detect.Condition, p pair, negated bool) bool {
	if !c.compiles(cond, p) {
		return false
	}
	if len(cond.Values) == 0 {
		if negated {
			c.fail(EmptyNegation, p.value, "%s: not with an empty list matches every activity", p.key.text)
			return false
		}
		if !c.quiet {
			c.fail(WarnEmptyList, p.value, "%s: the list is empty, so this matches nothing", p.key.text)
		}
		return true
	}
	_, fixed := activity.ParseField(cond.Field)
	equals := cond.Modifier == "" || cond.Modifier == "in"
	for _, v := range cond.Values {
		switch {
		case v != "":
		case equals && fixed:
			c.fail(WarnNeverMatches, p.value, "%s is never an empty text; %s|exists: false asks for a missing field", cond.Field, cond.Field)
		case !equals:
			c.fail(BadCondition, p.value, "%s: an empty text matches every value", p.key.text)
			return false
		}
	}
	if cond.Modifier == "re" {
		for _, v := range cond.Values {
			if !canMatch(v) {
				c.fail(WarnNeverMatches, p.value, "no text matches the regexp %q", v)
			}
		}
	}
	return true
}

func (c blocks) compiles(cond detect.Condition, p pair) bool {
	_, err := detect.NewWhere(detect.Block{Conditions: []detect.Condition{cond}})
	if err == nil {
		return true
	}
	if fault, ok := errors.AsType[*detect.ConditionError](err); ok {
		switch fault.Fault {
		case detect.FaultyField:
			c.fail(UnknownField, p.key, "%s", fault.Reason)
		case detect.FaultyModifier:
			c.fail(UnknownModifier, p.key, "%s", fault.Reason)
		default:
			c.fail(BadCondition, p.value, "%s: %s", p.key.text, fault.Reason)
		}
		return false
	}
	c.fail(BadCondition, p.value, "%v", err)
	return false
}
