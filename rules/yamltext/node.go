// Package yamltext reads YAML that people write: each value knows the file, line and column where it stands, and
// whatever is wrong is collected with its place, so that one run names all of it. What the values mean is for its
// callers to say.
package yamltext

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Shape is what a node is.
type Shape uint8

// The shapes.
const (
	Scalar Shape = iota
	List
	Table
)

// String is the shape in an error's words.
func (s Shape) String() string { return [...]string{"a single value", "a list", "a map"}[s] }

// Node is one YAML value with where it stands. Unlike yaml.Node it knows its file, so that parts of several files can be
// put together and every error still finds its line. Text is as written: 010 stays 010, NO stays NO.
type Node struct {
	File         *File
	Line, Column int // from 1; 0: the file as a whole
	Shape        Shape
	Tag          string // of a scalar: !!str, !!int, !!float, !!bool, !!null, !!timestamp
	Text         string
	Items        []*Node
	Pairs        []Pair
}

// Pair is one key of a map with its value.
type Pair struct{ Key, Value *Node }

// At is a node of this shape, still empty, in the place of another.
func At(n *Node, shape Shape) *Node {
	return &Node{File: n.File, Line: n.Line, Column: n.Column, Shape: shape}
}

// TextAt is a text in the place of another node.
func TextAt(n *Node, text string) *Node {
	at := At(n, Scalar)
	at.Tag, at.Text = "!!str", text
	return at
}

// Spot is where the node stands, file:line, as a terminal may show it.
func (n *Node) Spot() string { return fmt.Sprintf("%s:%d", harmless(n.File.Name), n.Line) }

// Get is the value of a map's key; nil if there is none.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key.Text == key {
			return p.Value
		}
	}
	return nil
}

// Put sets a key of a map, in its old place if it has one.
func (n *Node) Put(key, value *Node) {
	for i := range n.Pairs {
		if n.Pairs[i].Key.Text == key.Text {
			n.Pairs[i].Value = value
			return
		}
	}
	n.Pairs = append(n.Pairs, Pair{key, value})
}

// Members are a list's items, or the node itself.
func (n *Node) Members() []*Node {
	if n.Shape == List {
		return n.Items
	}
	return []*Node{n}
}

// Null says that nothing was written, or null.
func (n *Node) Null() bool { return n.Shape == Scalar && n.Tag == "!!null" }

// Value is the node as Go values: map[string]any, []any, nil, bool, int64, float64. Everything else is text as written.
func (n *Node) Value() any {
	switch n.Shape {
	case List:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = item.Value()
		}
		return items
	case Table:
		fields := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			fields[p.Key.Text] = p.Value.Value()
		}
		return fields
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Text == "true" || n.Text == "True" || n.Text == "TRUE"
	case "!!int":
		if i, err := strconv.ParseInt(n.Text, 0, 64); err == nil {
			return i
		}
	case "!!float":
		if f, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return f
		}
	}
	return n.Text
}

// YAML is the node without its place and its style.
func (n *Node) YAML() *yaml.Node {
	switch n.Shape {
	case List:
		out := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range n.Items {
			out.Content = append(out.Content, item.YAML())
		}
		return out
	case Table:
		out := &yaml.Node{Kind: yaml.MappingNode}
		for _, p := range n.Pairs {
			Add(out, p.Key.Text, p.Value.YAML())
		}
		return out
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: n.Tag, Value: n.Text}
}

// OneLine is the node as YAML on one line.
func (n *Node) OneLine() string {
	y := n.YAML()
	flow(y)
	return strings.Join(strings.Fields(string(Encode(y))), " ")
}

// Block is the node as YAML on as many lines as it takes, without the last line's end.
func (n *Node) Block() string { return strings.TrimSuffix(string(Encode(n.YAML())), "\n") }

func flow(y *yaml.Node) {
	if y.Kind != yaml.ScalarNode {
		y.Style = yaml.FlowStyle
	}
	for _, c := range y.Content {
		flow(c)
	}
}

// NewText is a text as a YAML node.
func NewText(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// Add puts a key and its value last in a YAML map.
func Add(to *yaml.Node, key string, value *yaml.Node) {
	to.Content = append(to.Content, NewText(key), value)
}

// Encode writes a YAML node, indented by two.
func Encode(y *yaml.Node) []byte {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if enc.Encode(y) != nil || enc.Close() != nil { // a bytes.Buffer does not fail, and the nodes are well formed
		return nil
	}
	return out.Bytes()
}
