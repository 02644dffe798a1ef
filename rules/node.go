package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits of a pack file: no honest one comes near them.
const (
	maxBytes = 4 << 20
	maxDepth = 64
)

// shape is what a node is.
type shape uint8

const (
	scalar shape = iota
	list
	table
)

// String is the shape in an error's words.
func (s shape) String() string { return [...]string{"a single value", "a list", "a map"}[s] }

// node is one YAML value with where it stands. Unlike yaml.Node it knows its file, so that an overlay can be woven
// into what it extends and every error still finds its line. Text is as written: 010 stays 010, NO stays NO.
type node struct {
	src          *source
	line, column int
	shape        shape
	tag          string // of a scalar: !!str, !!int, !!float, !!bool, !!null, !!timestamp
	text         string
	items        []*node
	pairs        []pair
}

type pair struct{ key, value *node }

// source is one file of a pack.
type source struct {
	name  string // as the user sees it
	place place
	pack  *Pack
	bytes []byte
	lines [][]byte
}

func (s *source) snippet(line int) string {
	if s.lines == nil {
		s.lines = bytes.Split(s.bytes, []byte("\n"))
	}
	if line < 1 || line > len(s.lines) {
		return ""
	}
	const widest = 160
	text := []rune(plain(strings.TrimSpace(strings.ToValidUTF8(string(s.lines[line-1]), "\uFFFD"))))
	if len(text) > widest {
		text = append(text[:widest], '…')
	}
	return string(text)
}

func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, p := range n.pairs {
		if p.key.text == key {
			return p.value
		}
	}
	return nil
}

// put sets a key of a map, in its old place if it has one.
func (n *node) put(key, value *node) {
	for i := range n.pairs {
		if n.pairs[i].key.text == key.text {
			n.pairs[i].value = value
			return
		}
	}
	n.pairs = append(n.pairs, pair{key, value})
}

func (n *node) null() bool { return n.shape == scalar && n.tag == "!!null" }

// parse reads the one document of a file. It returns nil if the file is too broken to look further.
func (l *loader) parse(src *source) *node {
	if len(src.bytes) > maxBytes {
		l.fail(TooBig, &node{src: src}, "%d bytes, want at most %d", len(src.bytes), maxBytes)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(src.bytes))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		l.fail(BadYAML, &node{src: src}, "empty file")
		return nil
	} else if err != nil {
		l.syntax(src, err)
		return nil
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		l.fail(BadYAML, &node{src: src, line: more.Line, column: more.Column}, "a second document: want one per file")
		return nil
	case !errors.Is(err, io.EOF):
		l.syntax(src, err)
		return nil
	}
	if len(doc.Content) != 1 {
		l.fail(BadYAML, &node{src: src}, "empty file")
		return nil
	}
	return l.convert(src, doc.Content[0], 1)
}

// syntax reports the parser's error. It knows the line only, in its text.
func (l *loader) syntax(src *source, err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	at := &node{src: src}
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(text); m != nil {
		at.line, _ = strconv.Atoi(m[1])
		at.column = 1
		text = text[len(m[0]):]
	}
	l.fail(BadYAML, at, "%s", text)
}

func (l *loader) convert(src *source, y *yaml.Node, depth int) *node {
	n := &node{src: src, line: y.Line, column: y.Column}
	if depth > maxDepth {
		l.fail(TooBig, n, "nested deeper than %d levels", maxDepth)
		return nil
	}
	if y.Kind == yaml.AliasNode || y.Anchor != "" {
		l.fail(NoAliases, n, "anchors and aliases are not allowed in packs; use lists: and macros:")
		return nil
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.tag, n.text = y.ShortTag(), y.Value
		return l.convertScalar(n)
	case yaml.SequenceNode:
		n.shape = list
		for _, c := range y.Content {
			if item := l.convert(src, c, depth+1); item != nil {
				n.items = append(n.items, item)
			}
		}
	case yaml.MappingNode:
		n.shape = table
		l.convertPairs(n, y, depth)
	}
	return n
}

func (l *loader) convertScalar(n *node) *node {
	switch n.tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp":
		return n
	case "!!merge":
		l.fail(NoAliases, n, "merge keys are not allowed in packs; use macros:")
	default:
		l.fail(NoAliases, n, "custom tag %s is not allowed in packs", n.tag)
	}
	return nil
}

func (l *loader) convertPairs(n *node, y *yaml.Node, depth int) {
	seen := map[string]int{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := l.convert(n.src, y.Content[i], depth+1), l.convert(n.src, y.Content[i+1], depth+1)
		if key == nil || value == nil {
			continue
		}
		if key.shape != scalar {
			l.fail(WrongShape, key, "want a word as key, got %s", key.shape)
			continue
		}
		if first, ok := seen[key.text]; ok {
			l.fail(DuplicateKey, key, "key %q stands already in line %d", key.text, first)
			continue
		}
		seen[key.text] = key.line
		n.pairs = append(n.pairs, pair{key, value})
	}
}

// fail records a problem at a node.
func (l *loader) fail(code string, at *node, format string, args ...any) {
	p := Problem{
		Code: code, File: at.src.name, Line: at.line, Column: at.column, Rule: l.rule, Text: fmt.Sprintf(format, args...),
	}
	if p.Line > 0 {
		p.Snippet = at.src.snippet(at.line)
	}
	l.problems = append(l.problems, p)
}

// The want functions report another shape and say whether to go on.

func (l *loader) wantTable(n *node, what string) bool { return l.want(n, table, what) }
func (l *loader) wantList(n *node, what string) bool  { return l.want(n, list, what) }

func (l *loader) want(n *node, s shape, what string) bool {
	switch {
	case n.null():
		l.fail(WrongShape, n, "%s: want %s, got nothing", what, s)
	case n.shape != s:
		l.fail(WrongShape, n, "%s: want %s, got %s", what, s, n.shape)
	default:
		return true
	}
	return false
}

// word is a scalar's text.
func (l *loader) word(n *node, what string) (string, bool) {
	if !l.want(n, scalar, what) {
		return "", false
	}
	return n.text, true
}

// words are a list of scalars, or one scalar.
func (l *loader) words(n *node, what string) []string {
	if n.shape == scalar && !n.null() {
		return []string{n.text}
	}
	if !l.wantList(n, what) {
		return nil
	}
	words := make([]string, 0, len(n.items))
	for _, item := range n.items {
		if w, ok := l.word(item, what); ok {
			words = append(words, w)
		}
	}
	return words
}

// boolean reads true or false.
func (l *loader) boolean(n *node, what string) bool {
	if n.shape == scalar && n.tag == "!!bool" {
		return strings.EqualFold(n.text, "true")
	}
	l.fail(WrongShape, n, "%s: want true or false", what)
	return false
}

// whole reads a whole number in [least, most].
func (l *loader) whole(n *node, what string, least, most int) int {
	v, err := strconv.Atoi(n.text)
	if n.shape != scalar || err != nil {
		l.fail(WrongShape, n, "%s: want a whole number", what)
		return least
	}
	if v < least || v > most {
		l.fail(BadValue, n, "%s: want %d to %d, got %d", what, least, most, v)
		return least
	}
	return v
}
