package sigma

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// table is a map of one key or more, in the place of another node.
func table(at *yamltext.Node, pairs ...yamltext.Pair) *yamltext.Node {
	n := yamltext.At(at, yamltext.Table)
	n.Pairs = pairs
	return n
}

func pair(at *yamltext.Node, key string, value *yamltext.Node) yamltext.Pair {
	return yamltext.Pair{Key: yamltext.TextAt(at, key), Value: value}
}

func listNode(at *yamltext.Node, items ...*yamltext.Node) *yamltext.Node {
	n := yamltext.At(at, yamltext.List)
	n.Items = items
	return n
}

func texts(at *yamltext.Node, words ...string) *yamltext.Node {
	n := yamltext.At(at, yamltext.List)
	for _, w := range words {
		n.Items = append(n.Items, yamltext.TextAt(at, w))
	}
	return n
}

// tagged is a value that is no text: a number, true, false.
func tagged(at *yamltext.Node, tag, text string) *yamltext.Node {
	n := yamltext.TextAt(at, text)
	n.Tag = tag
	return n
}

// all and anyOf are blocks of which all, or any, must hold; none is the block of which the given one must not.
func all(blocks ...*yamltext.Node) *yamltext.Node   { return blockGroup("all", blocks) }
func anyOf(blocks ...*yamltext.Node) *yamltext.Node { return blockGroup("any", blocks) }

func none(block *yamltext.Node) *yamltext.Node {
	return table(block, pair(block, "not", listNode(block, block)))
}

func blockGroup(word string, blocks []*yamltext.Node) *yamltext.Node {
	if len(blocks) == 1 {
		return blocks[0]
	}
	return table(blocks[0], pair(blocks[0], word, listNode(blocks[0], blocks...)))
}

// confidence is how sure a rule of a level is, if nobody says otherwise: a rule that was written for any tenant, with
// nothing of this one in it.
func confidence(level string) int {
	return map[string]int{"informational": 30, "low": 50, "medium": 60, "high": 70, "critical": 80}[level]
}

// rule is a document as a rule of a pack.
func (c *converter) rule(d *document, detector string, where, settings *yamltext.Node) Rule {
	n, at := d.node, d.node
	level := cmp.Or(d.level, "informational")
	if d.used && !d.alone {
		level = "informational" // a step, and no statement of its own
	}
	sure, given := c.opts.Confidence[level]
	if !given {
		sure = confidence(level)
	}
	id := ruleID(d)
	out := table(at, pair(at, "id", yamltext.TextAt(at, id)), pair(at, "title", yamltext.TextAt(cmp.Or(n.Get("title"), at), cut(d.title, 200))),
		pair(at, "detector", yamltext.TextAt(at, detector)), pair(at, "level", yamltext.TextAt(at, level)),
		pair(at, "confidence", tagged(at, "!!int", numberNode(sure))), pair(at, "family", yamltext.TextAt(at, family(d))))
	if ids := techniques(n); len(ids) > 0 {
		out.Pairs = append(out.Pairs, pair(at, "attack", texts(at, ids...)))
	}
	if where != nil {
		out.Pairs = append(out.Pairs, pair(at, "where", where))
	}
	if author := textOf(n.Get("author")); author != "" {
		out.Pairs = append(out.Pairs, pair(at, "author", yamltext.TextAt(n.Get("author"), cut(author, 400))))
	}
	// A rule of the field knows nothing of the account: what its owner does where he always is counts one level less.
	if l, _ := detect.ParseLevel(level); l > detect.Low && detector != "sequence" {
		known := table(at, pair(at, "where", table(at, pair(at, "strangeness|lte", tagged(at, "!!float", "0.5")))))
		out.Pairs = append(out.Pairs, pair(at, "soften", listNode(at, known)))
	}
	if fp := n.Get("falsepositives"); fp != nil {
		var words []string
		for _, item := range fp.Members() {
			if w := textOf(item); w != "" {
				words = append(words, cut(w, 300))
			}
		}
		if len(words) > 0 {
			out.Pairs = append(out.Pairs, pair(at, "falsepositives", texts(fp, words[:min(len(words), 20)]...)))
		}
	}
	if settings != nil {
		out.Pairs = append(out.Pairs, pair(at, detector, settings))
	}
	return Rule{id, out}
}

// ruleID is sigma. and the rule's own id, or its title as a word.
func ruleID(d *document) string {
	word := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_", r) {
			return r
		}
		return '-'
	}, strings.ToLower(cmp.Or(d.id, d.name, d.title)))
	return "sigma." + word[:min(len(word), 90)]
}

// family is what a rule's tags say that it is about: ATT&CK's techniques first, its tactics where those say nothing.
func family(d *document) string {
	if d.kind == correlation {
		return "chain"
	}
	var tags []string
	for _, id := range techniques(d.node) {
		tags = append(tags, id[:5])
	}
	for _, pick := range []struct{ family, techniques string }{
		{"mailrule", "T1114.003 T1564 T1137"},
		{"consent", "T1528 T1550"},
		{"access", "T1098 T1136 T1484 T1556 T1531"},
		{"audit", "T1562 T1070 T1685"},
		{"credential", "T1110 T1621 T1557 T1539 T1552"},
		{"delivery", "T1566"},
		{"sending", "T1534"},
		{"search", "T1114 T1213"},
		{"location", "T1078 T1090"},
	} {
		for _, tag := range tags {
			if slices.Contains(strings.Fields(pick.techniques), tag) {
				return pick.family
			}
		}
	}
	if d.source != nil && d.source.Family != "" {
		return d.source.Family
	}
	return "indicator"
}

var technique = regexp.MustCompile(`^(?i:attack\.)([tT]\d{4}(?:\.\d{3})?)$`)

// techniques are ATT&CK's ids among a rule's tags.
func techniques(n *yamltext.Node) []string {
	tags := n.Get("tags")
	if tags == nil {
		return nil
	}
	var ids []string
	for _, item := range tags.Members() {
		if m := technique.FindStringSubmatch(textOf(item)); m != nil {
			ids = append(ids, strings.ToUpper(m[1]))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// cut bounds a text that is printed, at a rune.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
