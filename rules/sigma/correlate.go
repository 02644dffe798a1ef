package sigma

import (
	"regexp"
	"strconv"
	"strings"

	"triage/rules/yamltext"
)

// correlation turns a rule over other rules: event_count and value_count are counts of their rows, temporal and
// temporal_ordered are sequences of them.
func (c *converter) correlation(d *document) error {
	n := d.node.Get("correlation")
	if n.Shape != yamltext.Table {
		return failf(n, "correlation: want a map, got %s", n.Shape)
	}
	base, err := c.based(n)
	if err != nil {
		return err
	}
	by, err := groupFields(n, base)
	if err != nil {
		return err
	}
	window, err := timespan(n)
	if err != nil {
		return err
	}
	d.source = base[0].source
	how := textOf(n.Get("type"))
	switch how {
	case "event_count", "value_count":
		err = c.count(d, n, base, by, window)
	case "temporal", "temporal_ordered":
		err = c.sequence(d, n, base, by, window)
	case "":
		err = failf(n, "correlation: type is missing")
	default:
		err = failf(n.Get("type"), "correlation %s: only event_count, value_count, temporal and temporal_ordered are read", how)
	}
	if err != nil {
		return err
	}
	alone := strings.EqualFold(textOf(n.Get("generate")), "true")
	for _, other := range base {
		other.used, other.alone = true, other.alone || alone
	}
	return nil
}

// based are the rules that a correlation is over.
func (c *converter) based(n *yamltext.Node) ([]*document, error) {
	names := n.Get("rules")
	if names == nil {
		return nil, failf(n, "correlation: rules is missing")
	}
	var base []*document
	for _, item := range names.Members() {
		other := c.byName[textOf(item)]
		switch {
		case other == nil:
			return nil, failf(item, "correlation: no rule has the id or name %q", textOf(item))
		case other.kind != detection:
			return nil, failf(item, "correlation over %q, which is itself a correlation or a filter", textOf(item))
		case other.reason != "":
			return nil, failf(item, "correlation: its rule %q is not loaded: %s", textOf(item), other.reason)
		}
		base = append(base, other)
	}
	if len(base) == 0 || len(base) > 20 {
		return nil, failf(names, "correlation: want 1 to 20 rules, got %d", len(base))
	}
	return base, nil
}

// groupFields are the fields that all rows share; the mailbox where none is named, which a case of mailboxes goes by.
func groupFields(n *yamltext.Node, base []*document) ([]string, error) {
	at := n.Get("group-by")
	if at == nil {
		return nil, nil
	}
	aliases := n.Get("aliases")
	var by []string
	for _, item := range at.Members() {
		name := textOf(item)
		target, err := sharedField(item, name, aliases.Get(name), base)
		if err != nil {
			return nil, err
		}
		by = append(by, target)
	}
	return by, nil
}

// sharedField is the one field of ours that a name, or an alias of several, is in all rules.
func sharedField(at *yamltext.Node, name string, alias *yamltext.Node, base []*document) (string, error) {
	target := ""
	for _, d := range base {
		own := name
		if alias != nil {
			for _, key := range []string{d.name, d.id} {
				if v := textOf(alias.Get(key)); v != "" && key != "" {
					own = v
				}
			}
		}
		f, ok := d.source.field(own)
		if !ok || len(f.targets) == 0 {
			return "", failf(at, "correlation: field %q: the mapping of %s has none of that name", own, d.source.name())
		}
		if target != "" && target != f.targets[0] {
			return "", failf(at, "correlation: %q is %s in one rule and %s in another", name, target, f.targets[0])
		}
		target = f.targets[0]
	}
	return target, nil
}

var lengths = regexp.MustCompile(`^(\d{1,6})([smhdw])$`)

// timespan is the timespan, as packs write it.
func timespan(n *yamltext.Node) (string, error) {
	at := n.Get("timespan")
	if at == nil {
		return "", failf(n, "correlation: timespan is missing")
	}
	m := lengths.FindStringSubmatch(textOf(at))
	if m == nil || strings.Trim(m[1], "0") == "" {
		return "", failf(at, "correlation: timespan: want a length as 10m, 1h or 2d, got %q", at.Text)
	}
	if m[2] == "w" {
		weeks, _ := strconv.Atoi(m[1])
		return numberNode(7*weeks) + "d", nil
	}
	return m[0], nil
}

// least is how many make a finding.
func least(n *yamltext.Node) (count int, field *yamltext.Node, err error) {
	cond := n.Get("condition")
	if cond == nil || cond.Shape != yamltext.Table {
		return 0, nil, failf(n, "correlation: condition is missing")
	}
	for _, p := range cond.Pairs {
		if p.Key.Text == "field" {
			field = p.Value
			continue
		}
		v, err := strconv.Atoi(textOf(p.Value))
		if err != nil || v < 0 || v > 1_000_000 {
			return 0, nil, failf(p.Value, "correlation: condition: want a whole number, got %q", p.Value.Text)
		}
		switch {
		case count > 0:
			return 0, nil, failf(p.Key, "correlation: condition: a range of numbers cannot be told, only gt or gte")
		case p.Key.Text == "gte":
			count = max(v, 1)
		case p.Key.Text == "gt":
			count = v + 1
		default:
			return 0, nil, failf(p.Key, "correlation: condition %s cannot be told: only gt and gte", p.Key.Text)
		}
	}
	if count == 0 {
		return 0, nil, failf(cond, "correlation: condition: want gt or gte")
	}
	return count, field, nil
}

func (c *converter) count(d *document, n *yamltext.Node, base []*document, by []string, window string) error {
	many, field, err := least(n)
	if err != nil {
		return err
	}
	var ways []*yamltext.Node
	for _, other := range base {
		ways = append(ways, other.where)
	}
	if many < 2 { // a single row is a match
		c.made = append(c.made, c.rule(d, "match", anyOf(ways...), nil))
		return nil
	}
	of := "activities"
	if textOf(n.Get("type")) == "value_count" {
		if textOf(field) == "" {
			return failf(n, "value_count: condition.field is missing")
		}
		target, err := sharedField(field, textOf(field), nil, base)
		if err != nil {
			return err
		}
		of = "distinct:" + target
	}
	at := n
	settings := table(at, pair(at, "group_by", texts(at, by...)), pair(at, "window", yamltext.TextAt(at, window)),
		pair(at, "of", yamltext.TextAt(at, of)), pair(at, "at_least", tagged(at, "!!int", numberNode(many))))
	c.made = append(c.made, c.rule(d, "count", anyOf(ways...), settings))
	return nil
}

func (c *converter) sequence(d *document, n *yamltext.Node, base []*document, by []string, window string) error {
	if cond := n.Get("condition"); cond != nil {
		return failf(cond, "correlation: %s with a condition cannot be told: all of its rules are wanted", textOf(n.Get("type")))
	}
	if len(base) < 2 {
		return failf(n, "correlation: %s wants 2 rules or more", textOf(n.Get("type")))
	}
	if len(base) > 4 && textOf(n.Get("type")) == "temporal" {
		return failf(n, "correlation: temporal over more than 4 rules")
	}
	if by == nil {
		by = []string{"lane"} // all rows of persons: no field need be shared
	}
	var steps []*yamltext.Node
	for _, other := range base {
		steps = append(steps, table(n, pair(n, "where", other.where)))
	}
	settings := table(n, pair(n, "by", texts(n, by...)), pair(n, "within", yamltext.TextAt(n, window)), pair(n, "steps", listNode(n, steps...)))
	if textOf(n.Get("type")) == "temporal" {
		settings.Pairs = append(settings.Pairs, pair(n, "any_order", tagged(n, "!!bool", "true")))
	}
	c.made = append(c.made, c.rule(d, "sequence", nil, settings))
	return nil
}
