package yamltext

import (
	"encoding/binary"
	"errors"
	"slices"
)

// A stored node is what Parse makes of a file, in a form that is read many times faster than YAML: the number of nodes, the
// texts in them, each once, and the nodes in the order of the file. All numbers are varints, lines are told as the distance
// to the node before.

var errStored = errors.New("no stored node")

// tags of scalars, by their number in stored nodes.
func tags() []string {
	return []string{"!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp"}
}

// Store writes a node.
func Store(n *Node) []byte {
	w := storer{at: map[string]int{}, line: 1}
	w.node(n)
	out := binary.AppendUvarint(nil, uint64(w.nodes))
	out = binary.AppendUvarint(out, uint64(len(w.texts)))
	for _, s := range w.texts {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	return append(out, w.out...)
}

type storer struct {
	at    map[string]int
	texts []string
	nodes int
	line  int
	out   []byte
}

func (w *storer) number(n int) { w.out = binary.AppendUvarint(w.out, uint64(n)) }

func (w *storer) node(n *Node) {
	w.nodes++
	kind := int(n.Shape)
	if n.Shape == Scalar {
		kind = int(Table) + 1 + slices.Index(tags(), n.Tag)
	}
	w.number(kind)
	w.out = binary.AppendVarint(w.out, int64(n.Line-w.line))
	w.line = n.Line
	w.number(n.Column)
	switch n.Shape {
	case Scalar:
		i, known := w.at[n.Text]
		if !known {
			i = len(w.texts)
			w.at[n.Text], w.texts = i, append(w.texts, n.Text)
		}
		w.number(i)
	case List:
		w.number(len(n.Items))
		for _, item := range n.Items {
			w.node(item)
		}
	case Table:
		w.number(len(n.Pairs))
		for _, p := range n.Pairs {
			w.node(p.Key)
			w.node(p.Value)
		}
	}
}

// Restore reads what Store wrote of a file's node. Its texts are parts of data.
func Restore(file *File, data string) (*Node, error) {
	r := restorer{file: file, data: data, line: 1}
	nodes, texts := r.count(), r.count()
	r.nodes, r.texts = make([]Node, 0, nodes), make([]string, texts)
	for i := range r.texts {
		r.texts[i] = r.text(r.count())
	}
	n := r.node(1)
	if r.bad || r.data != "" || len(r.nodes) != nodes {
		return nil, errStored
	}
	return n, nil
}

type restorer struct {
	file  *File
	data  string
	nodes []Node
	texts []string
	line  int
	bad   bool
}

// number is the next number; after the end, or where it is none, 0, and the rest is bad.
func (r *restorer) number() uint64 {
	n := uint64(0)
	for i := 0; i < len(r.data) && i < binary.MaxVarintLen64; i++ {
		n |= uint64(r.data[i]&0x7f) << (7 * i)
		if r.data[i] < 0x80 {
			r.data = r.data[i+1:]
			return n
		}
	}
	r.bad, r.data = true, ""
	return 0
}

// count is a number of things that each take a byte at least.
func (r *restorer) count() int {
	n := r.number()
	if n > uint64(len(r.data)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *restorer) text(n int) string {
	if n > len(r.data) {
		r.bad = true
		return ""
	}
	s := r.data[:n]
	r.data = r.data[n:]
	return s
}

func (r *restorer) node(depth int) *Node {
	kind, distance, column := r.number(), r.number(), r.number()
	r.line += int(int64(distance>>1) ^ -int64(distance&1))
	if r.bad || depth > maxDepth || len(r.nodes) == cap(r.nodes) || kind > uint64(Table)+uint64(len(tags())) {
		r.bad = true
		return &Node{File: r.file}
	}
	r.nodes = append(r.nodes, Node{File: r.file, Line: r.line, Column: int(column)})
	n := &r.nodes[len(r.nodes)-1]
	switch {
	case kind == uint64(List):
		n.Shape = List
		if size := r.count(); size > 0 {
			n.Items = make([]*Node, size)
		}
		for i := range n.Items {
			n.Items[i] = r.node(depth + 1)
		}
	case kind == uint64(Table):
		n.Shape = Table
		if size := r.count(); size > 0 {
			n.Pairs = make([]Pair, size)
		}
		for i := range n.Pairs {
			n.Pairs[i] = Pair{r.node(depth + 1), r.node(depth + 1)}
		}
	default:
		i := r.number()
		if kind == uint64(Scalar) || i >= uint64(len(r.texts)) {
			r.bad = true
			return n
		}
		n.Tag, n.Text = tags()[kind-uint64(Table)-1], r.texts[i]
	}
	return n
}
