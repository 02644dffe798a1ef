package flatten

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// node is a value that is rebuilt: of one column or member, or of those whose names lead through it.
type node struct {
	step
	kids []*node
	leaf int // the column or member that is the value itself; -1 for none
}

// tree rebuilds what the names of one table or object say.
type tree struct {
	roots []*node
	lossy bool // places are missing, or names contradict each other
	flat  bool // at least one name is flattened
	shown string
	nodes map[nodeKey]*node
}

// nodeKey is a node by its parent.
type nodeKey struct {
	parent *node
	name   string // in lower case
	place  int
}

// grow reads names. Columns of one name count once, the first.
func grow(names []string) *tree {
	t := &tree{nodes: map[nodeKey]*node{}}
	if pointers(names) {
		bare := make([]string, len(names))
		for i, name := range names {
			bare[i] = name[1:]
		}
		t.flat, t.shown, names = true, names[0], bare
	}
	st := styleOf(names)
	for i, name := range names {
		steps := st.parse(name)
		if steps == nil {
			t.add(nil, []step{{strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")), -1}}, i)
			continue
		}
		if !t.flat {
			t.flat, t.shown = true, name
		}
		t.add(nil, steps, i)
	}
	if !t.flat {
		return t
	}
	for _, root := range t.roots {
		t.settle(root)
	}
	return t
}

// pointers says whether names are JSON pointers, each with a slash before it.
func pointers(names []string) bool {
	for _, name := range names {
		if len(name) < 2 || name[0] != '/' || !isWord(name[1]) {
			return false
		}
	}
	return len(names) > 1
}

func (t *tree) add(parent *node, steps []step, leaf int) {
	at := nodeKey{parent, strings.ToLower(steps[0].name), steps[0].place}
	n, ok := t.nodes[at]
	if !ok {
		n = &node{step: steps[0], leaf: -1}
		t.nodes[at] = n
		if parent == nil {
			t.roots = append(t.roots, n)
		} else {
			parent.kids = append(parent.kids, n)
		}
	}
	switch {
	case len(steps) > 1:
		t.add(n, steps[1:], leaf)
	case n.leaf < 0:
		n.leaf = leaf
	}
}

// settle brings lists into their order, and notes what is missing of them.
func (t *tree) settle(n *node) {
	lists := 0
	for _, kid := range n.kids {
		if kid.listed() {
			lists++
		}
		t.settle(kid)
	}
	if lists == 0 {
		return
	}
	if lists < len(n.kids) { // a list and an object at once
		t.lossy = true
		n.kids = slices.DeleteFunc(n.kids, func(kid *node) bool { return !kid.listed() })
	}
	slices.SortStableFunc(n.kids, func(x, y *node) int { return x.place - y.place })
	first := n.kids[0].place
	last := n.kids[len(n.kids)-1].place
	if first > 1 || first >= 0 && last-first+1 != len(n.kids) {
		t.lossy = true // places that no name has: the export left them out
	}
}

// valueSource gives the values to rebuild from, by the number of their name.
type valueSource interface {
	// value appends a value as JSON; ok is false where there is nothing. lossy says that it is the name of a type.
	value(to []byte, at int) (text []byte, ok, lossy bool)
	// values are those of all places of a list; sep parts them in a text.
	values(at int, sep string) [][]byte
}

// write appends what a node holds as JSON; ok is false where it holds nothing.
func (n *node) write(to []byte, from valueSource) (text []byte, ok, lossy bool) {
	named := false // the column itself holds the name of a type
	if n.leaf >= 0 {
		if text, ok, named = from.value(to, n.leaf); ok || len(n.kids) == 0 {
			return text, ok, named
		}
	}
	switch {
	case len(n.kids) == 0:
		return to, false, false
	case !n.listed() && n.pairs():
		text, ok, lossy = n.writeEvery(to, from)
		return text, ok, lossy || named && !ok
	case n.kids[0].place == every:
		text, ok, lossy = n.kids[0].writeEvery(to, from)
		return text, ok, lossy || named && !ok
	}
	listed := n.kids[0].listed()
	start := len(to)
	to = append(to, "{["[b2i(listed)])
	any := false
	for _, kid := range n.kids {
		before := len(to)
		if any {
			to = append(to, ',')
		}
		if !listed {
			to = append(appendQuoted(to, []byte(kid.name)), ':')
		}
		text, ok, more := kid.write(to, from)
		lossy = lossy || more
		if to = text; !ok {
			to = to[:before]
		}
		any = any || ok
	}
	if !any {
		return to[:start], false, lossy || named
	}
	return append(to, "}]"[b2i(listed)]), true, lossy
}

// pairs says whether a node is a list of named values whose names and values stand in one column or member each.
func (n *node) pairs() bool {
	name, value := false, false
	for _, kid := range n.kids {
		switch strings.ToLower(kid.name) {
		case "name":
			name = kid.leaf >= 0
		case "value", "newvalue":
			value = kid.leaf >= 0
		}
	}
	return name && value
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writeEvery appends a list whose values stand place by place in each of its columns.
func (n *node) writeEvery(to []byte, from valueSource) (text []byte, ok, lossy bool) {
	type column struct {
		name   string
		values [][]byte
	}
	var columns []column
	most := 0
	fits := false
	for _, sep := range separatorsOfValues {
		columns, most, fits = columns[:0], 0, true
		add := func(name string, leaf int) {
			if values := from.values(leaf, sep); len(values) > 0 {
				columns = append(columns, column{name, values})
				fits = fits && (most == 0 || most == len(values))
				most = max(most, len(values))
			}
		}
		if n.leaf >= 0 && n.place == every {
			add("", n.leaf)
		}
		for _, kid := range n.kids {
			if kid.leaf >= 0 {
				add(kid.name, kid.leaf)
			}
		}
		if fits = fits && (most > 1 || sep == "" && (len(columns) < 2 || !n.severalNames(from))); fits {
			break
		}
	}
	for _, kid := range n.kids {
		if kid.leaf < 0 { // lists in lists: which belongs to which is lost
			_, ok, _ := kid.write(nil, from)
			lossy = lossy || ok
		}
	}
	if !fits && most > 0 {
		return to, false, true // names and values do not pair
	}
	if most == 0 {
		return to, false, lossy
	}
	to = append(to, '[')
	for i := range most {
		if i > 0 {
			to = append(to, ',')
		}
		if len(columns) == 1 && columns[0].name == "" {
			to = append(to, columns[0].values[i]...)
			continue
		}
		to = append(to, '{')
		for k, c := range columns {
			if k > 0 {
				to = append(to, ',')
			}
			to = append(append(appendQuoted(to, []byte(c.name)), ':'), c.values[i]...)
		}
		to = append(to, '}')
	}
	return append(to, ']'), true, lossy
}

// separatorsOfValues part the values of a list in one cell: Splunk writes lines, Kibana commas, scripts the rest. None: the
// cell is one value.
var separatorsOfValues = []string{"\n", ", ", "; ", " | ", "|", ";", ",", ""}

// severalNames says whether the cell of names holds more than one.
func (n *node) severalNames(from valueSource) bool {
	for _, kid := range n.kids {
		if strings.EqualFold(kid.name, "Name") && kid.leaf >= 0 {
			for _, one := range from.values(kid.leaf, "") {
				if bytes.ContainsAny(one, ",;|") || bytes.Contains(one, []byte(`\n`)) {
					return true
				}
			}
		}
	}
	return false
}

// appendQuoted appends a text as JSON.
func appendQuoted(to, text []byte) []byte {
	quoted, err := json.Marshal(string(text))
	if err != nil {
		return append(to, `""`...) // cannot be: texts always have a JSON form
	}
	return append(to, quoted...)
}
