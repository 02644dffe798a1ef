package sigma

import (
	"path"
	"strconv"
	"strings"

	"triage/rules/yamltext"
)

// Limits of one condition and of what one rule becomes: no honest one comes near them.
const (
	maxCondition = 4096 // bytes
	maxBlocks    = 4000
)

// conditions turns a rule's detection, or a filter: the rows of the log source, and what the condition says of them.
func (c *converter) conditions(n *yamltext.Node, source *source) (*yamltext.Node, error) {
	if n.Shape != yamltext.Table {
		return nil, failf(n, "detection: want a map, got %s", n.Shape)
	}
	cond := n.Get("condition")
	if cond == nil {
		return nil, failf(n, "condition is missing")
	}
	var ways []*yamltext.Node
	for _, item := range cond.Members() {
		text := textOf(item)
		if text == "" || len(text) > maxCondition {
			return nil, failf(item, "condition: want a text of at most %d bytes", maxCondition)
		}
		if strings.Contains(text, "|") {
			return nil, failf(item, "condition: aggregations after | are of an earlier Sigma; correlations have taken their place")
		}
		p := &parser{c: c, n: n, at: item, source: source, words: conditionWords(text)}
		block, err := p.either(false, 0)
		if err == nil && p.next() != "" {
			err = failf(item, "condition: unexpected %q", p.next())
		}
		if err != nil {
			return nil, err
		}
		ways = append(ways, block)
	}
	if len(ways) == 0 {
		return nil, failf(cond, "condition is empty")
	}
	return all(source.rows(n), anyOf(ways...)), nil
}

// conditionWords takes a condition apart.
func conditionWords(text string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
}

// parser reads one condition: or binds weakest, not strongest.
type parser struct {
	c      *converter
	n      *yamltext.Node // the detection
	at     *yamltext.Node
	source *source
	words  []string
}

func (p *parser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

// takes drops the next word if it is this one.
func (p *parser) takes(word string) bool {
	if !strings.EqualFold(p.next(), word) {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *parser) either(negated bool, depth int) (*yamltext.Node, error) {
	return p.joined("or", anyOf, func() (*yamltext.Node, error) {
		return p.joined("and", all, func() (*yamltext.Node, error) { return p.single(negated, depth+1) })
	})
}

func (p *parser) joined(word string, join func(...*yamltext.Node) *yamltext.Node, read func() (*yamltext.Node, error)) (*yamltext.Node, error) {
	var blocks []*yamltext.Node
	for {
		block, err := read()
		if err != nil {
			return nil, err
		}
		if blocks = append(blocks, block); !p.takes(word) {
			return join(blocks...), nil
		}
	}
}

func (p *parser) single(negated bool, depth int) (*yamltext.Node, error) {
	switch {
	case depth > maxDepth/2:
		return nil, failf(p.at, "condition: nested too deeply")
	case p.takes("not"):
		block, err := p.single(!negated, depth+1)
		if err != nil {
			return nil, err
		}
		return none(block), nil
	case p.takes("("):
		block, err := p.either(negated, depth+1)
		if err == nil && !p.takes(")") {
			err = failf(p.at, "condition: a parenthesis is not closed")
		}
		return block, err
	}
	word := p.next()
	if word == "" || word == ")" {
		return nil, failf(p.at, "condition: it ends where a selection is wanted")
	}
	p.words = p.words[1:]
	if p.takes("of") {
		return p.quantity(word, negated)
	}
	body := p.n.Get(word)
	if body == nil || word == "condition" {
		return nil, failf(p.at, "condition: there is no selection %q", word)
	}
	return p.c.selection(body, p.source, negated)
}

// quantity reads what stands behind "1 of", "any of" and "all of".
func (p *parser) quantity(count string, negated bool) (*yamltext.Node, error) {
	join := anyOf
	switch strings.ToLower(count) {
	case "1", "any":
	case "all":
		join = all
	default:
		if _, err := strconv.Atoi(count); err == nil {
			return nil, failf(p.at, "condition: %s of: only 1 of, any of and all of can be told", count)
		}
		return nil, failf(p.at, "condition: %q of: want 1, any or all", count)
	}
	pattern := p.next()
	if pattern == "" {
		return nil, failf(p.at, "condition: %s of what?", count)
	}
	p.words = p.words[1:]
	var blocks []*yamltext.Node
	for _, sel := range p.n.Pairs {
		name := sel.Key.Text
		if name == "condition" || name == "timeframe" || name == "rules" || strings.EqualFold(pattern, "them") && strings.HasPrefix(name, "_") {
			continue
		}
		if fits, err := path.Match(pattern, name); !strings.EqualFold(pattern, "them") && (err != nil || !fits) {
			continue
		}
		block, err := p.c.selection(sel.Value, p.source, negated)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, block)
	}
	if len(blocks) == 0 {
		return nil, failf(p.at, "condition: no selection is called %q", pattern)
	}
	return join(blocks...), nil
}
