package sigma

import (
	"strconv"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

func numberNode(n int) string { return strconv.Itoa(n) }

// selection turns a map of conditions, a list of them, or keywords. negated says that an odd number of nots stands above.
func (c *converter) selection(n *yamltext.Node, source *source, negated bool) (*yamltext.Node, error) {
	if c.nodes++; c.nodes > maxBlocks {
		return nil, failf(n, "more than %d conditions", maxBlocks)
	}
	switch {
	case n.Shape == yamltext.Table && len(n.Pairs) > 0:
		blocks, err := blocksOf(n.Pairs, func(p yamltext.Pair) (*yamltext.Node, error) { return c.field(p, source, negated) })
		if err != nil {
			return nil, err
		}
		return all(blocks...), nil
	case n.Shape == yamltext.List && len(n.Items) > 0:
		blocks, err := blocksOf(n.Items, func(item *yamltext.Node) (*yamltext.Node, error) { return c.item(item, source, negated) })
		if err != nil {
			return nil, err
		}
		return anyOf(blocks...), nil
	case n.Shape == yamltext.Scalar && !n.Null():
		return c.item(n, source, negated)
	}
	return nil, failf(n, "an empty selection: it would match every row")
}

// blocksOf turns each of a list into conditions; the first fault ends it.
func blocksOf[E any](list []E, turn func(E) (*yamltext.Node, error)) ([]*yamltext.Node, error) {
	blocks := make([]*yamltext.Node, len(list))
	for i, one := range list {
		var err error
		if blocks[i], err = turn(one); err != nil {
			return nil, err
		}
	}
	return blocks, nil
}

// item is a map of a list, or a keyword.
func (c *converter) item(n *yamltext.Node, source *source, negated bool) (*yamltext.Node, error) {
	if n.Shape != yamltext.Scalar {
		return c.selection(n, source, negated)
	}
	return c.keywords(yamltext.Pair{Key: n, Value: n}, nil, source, negated)
}

// keywords are looked for in all fields that the log source names for them.
func (c *converter) keywords(p yamltext.Pair, modifiers []string, source *source, negated bool) (*yamltext.Node, error) {
	if len(source.Keywords) == 0 {
		return nil, failf(p.Key, "keywords: this log source has no fields to look for them")
	}
	every, rest := false, []string(nil)
	for _, m := range modifiers {
		if m == "all" {
			every = true
		} else {
			rest = append(rest, m)
		}
	}
	var blocks []*yamltext.Node
	for _, item := range p.Value.Members() {
		one := yamltext.Pair{Key: p.Key, Value: item}
		mods := rest
		if len(rest) == 0 {
			mods = []string{"contains"}
		}
		block, err := c.tests(one, mapped{targets: source.Keywords}, mods, negated)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	if len(blocks) == 0 {
		return nil, failf(p.Key, "keywords: an empty list would match every row")
	}
	if every {
		return all(blocks...), nil
	}
	return anyOf(blocks...), nil
}

// field turns `Field|modifiers: values`.
func (c *converter) field(p yamltext.Pair, source *source, negated bool) (*yamltext.Node, error) {
	parts := strings.Split(p.Key.Text, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if parts[0] == "" {
		return c.keywords(p, parts[1:], source, negated)
	}
	to, ok := source.field(parts[0])
	if !ok {
		return nil, failf(p.Key, "field %q: the mapping of %s has none of that name%s", parts[0], source.name(), detect.DidYouMean(parts[0], source.names()))
	}
	return c.tests(p, to, parts[1:], negated)
}

// tests are those of one field, which may be any of several of ours: each value on each of them.
func (c *converter) tests(p yamltext.Pair, to mapped, modifiers []string, negated bool) (*yamltext.Node, error) {
	m, err := readModifiers(p.Key, modifiers)
	if err != nil {
		return nil, err
	}
	if m.neq {
		negated = !negated
	}
	values := p.Value.Members()
	if len(values) == 0 {
		return nil, failf(p.Value, "%s: an empty list would match nothing, and under not every row", p.Key.Text)
	}
	var blocks []*yamltext.Node
	for _, v := range values {
		if c.nodes++; c.nodes > maxBlocks {
			return nil, failf(v, "more than %d conditions", maxBlocks)
		}
		block, err := c.value(p, v, to, m, negated)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	block := (*yamltext.Node)(nil)
	if m.all {
		block = all(blocks...)
	} else {
		block = anyOf(merge(blocks)...)
	}
	if m.neq {
		block = none(block)
	}
	return block, nil
}

// merge puts equal tests of one field into one list of values: `op: a` and `op: b` are `op: [a, b]`.
func merge(blocks []*yamltext.Node) []*yamltext.Node {
	var out []*yamltext.Node
	at := map[string]int{}
	for _, b := range blocks {
		if len(b.Pairs) != 1 || b.Pairs[0].Value.Shape == yamltext.Table || strings.Contains(" all any not ", " "+b.Pairs[0].Key.Text+" ") ||
			strings.HasSuffix(b.Pairs[0].Key.Text, "|exists") {
			out = append(out, b)
			continue
		}
		key := b.Pairs[0].Key.Text
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, b)
			continue
		}
		joined := listNode(out[i], out[i].Pairs[0].Value.Members()...)
		joined.Items = append(joined.Items, b.Pairs[0].Value.Members()...)
		out[i] = table(out[i], yamltext.Pair{Key: out[i].Pairs[0].Key, Value: joined})
	}
	return out
}

// value is one value on all fields that it may stand in. Under not, a field that is missing says nothing where another
// one is there: the row is judged by those that it has.
func (c *converter) value(p yamltext.Pair, v *yamltext.Node, to mapped, m modifiers, negated bool) (*yamltext.Node, error) {
	if block := to.value(v, m); block != nil {
		return block, nil
	}
	var blocks, missing []*yamltext.Node
	var last error
	for _, target := range to.targets {
		block, err := c.test(p, v, target, to, m)
		if err != nil {
			last = err
			continue
		}
		if negated && len(to.targets) > 1 {
			block = all(exists(v, target, true), block)
		}
		blocks = append(blocks, block)
		missing = append(missing, exists(v, target, false))
	}
	if len(blocks) == 0 {
		return nil, last
	}
	if negated && len(to.targets) > 1 {
		blocks = append(blocks, all(missing...))
	}
	return anyOf(blocks...), nil
}

func exists(at *yamltext.Node, field string, there bool) *yamltext.Node {
	return table(at, pair(at, field+"|exists", tagged(at, "!!bool", strconv.FormatBool(there))))
}

// test is one value on one field of ours, and it compiles.
func (c *converter) test(p yamltext.Pair, v *yamltext.Node, target string, to mapped, m modifiers) (*yamltext.Node, error) {
	if v.Shape != yamltext.Scalar {
		return nil, failf(v, "%s: want single values, got %s", p.Key.Text, v.Shape)
	}
	dynamic := strings.HasPrefix(target, "raw.") || strings.HasPrefix(target, "params.")
	switch {
	case m.exists:
		return exists(v, target, strings.EqualFold(v.Text, "true")), nil
	case v.Null():
		return exists(v, target, false), nil
	case v.Text == "" && m.how == "" && !m.expand:
		if !dynamic {
			return exists(v, target, false), nil
		}
		return table(v, pair(v, target, yamltext.TextAt(v, ""))), nil
	}
	texts, err := c.texts(p, v, to, m)
	if err != nil {
		return nil, err
	}
	var blocks []*yamltext.Node
	for _, t := range texts {
		block, err := c.text(v, target, t, m)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	return anyOf(merge(blocks)...), nil
}

// compiles holds one test against the language of packs, so that no rule breaks those beside it.
func compiles(at *yamltext.Node, key, value string) error {
	parts := strings.Split(key, "|")
	cond := detect.Condition{Field: parts[0], Values: []string{value}}
	if len(parts) > 1 && parts[1] != "expand" {
		cond.Modifier = parts[1]
	}
	if _, err := detect.NewWhere(detect.Block{Conditions: []detect.Condition{cond}}); err != nil {
		return failf(at, "%v", err)
	}
	return nil
}
