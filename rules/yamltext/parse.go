package yamltext

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits of a file: no honest one comes near them.
const (
	MaxBytes = 4 << 20
	maxDepth = 64
)

// Parse reads the one document of a file. It is nil if the file is too broken to look further.
func Parse(file *File, f *Faults) *Node {
	whole := &Node{File: file}
	if len(file.Bytes) > MaxBytes {
		f.Fail(TooBig, whole, "%d bytes, want at most %d", len(file.Bytes), MaxBytes)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(file.Bytes))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		f.Fail(BadYAML, whole, "empty file")
		return nil
	} else if err != nil {
		syntax(whole, err, f)
		return nil
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		f.Fail(BadYAML, &Node{File: file, Line: more.Line, Column: more.Column}, "a second document: want one per file")
		return nil
	case !errors.Is(err, io.EOF):
		syntax(whole, err, f)
		return nil
	}
	if len(doc.Content) != 1 {
		f.Fail(BadYAML, whole, "empty file")
		return nil
	}
	return convert(file, doc.Content[0], 1, f)
}

// syntax reports the parser's error. It knows the line only, in its text.
func syntax(at *Node, err error, f *Faults) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(text); m != nil {
		at.Line, _ = strconv.Atoi(m[1])
		at.Column = 1
		text = text[len(m[0]):]
	}
	f.Fail(BadYAML, at, "%s", text)
}

// convert gives a node its place; nil if it is refused.
func convert(file *File, y *yaml.Node, depth int, f *Faults) *Node {
	n := &Node{File: file, Line: y.Line, Column: y.Column}
	if depth > maxDepth {
		f.Fail(TooBig, n, "nested deeper than %d levels", maxDepth)
		return nil
	}
	if y.Kind == yaml.AliasNode || y.Anchor != "" {
		f.Fail(NoAliases, n, "anchors and aliases are not allowed in packs; use lists: and macros:")
		return nil
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.Tag, n.Text = y.ShortTag(), y.Value
		return knownTag(n, f)
	case yaml.SequenceNode:
		n.Shape = List
		for _, c := range y.Content {
			if item := convert(file, c, depth+1, f); item != nil {
				n.Items = append(n.Items, item)
			}
		}
	case yaml.MappingNode:
		n.Shape = Table
		convertPairs(n, y, depth, f)
	}
	return n
}

func knownTag(n *Node, f *Faults) *Node {
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp":
		return n
	case "!!merge":
		f.Fail(NoAliases, n, "merge keys are not allowed in packs; use macros:")
	default:
		f.Fail(NoAliases, n, "custom tag %s is not allowed in packs", n.Tag)
	}
	return nil
}

func convertPairs(n *Node, y *yaml.Node, depth int, f *Faults) {
	seen := map[string]int{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := convert(n.File, y.Content[i], depth+1, f), convert(n.File, y.Content[i+1], depth+1, f)
		if key == nil || value == nil {
			continue
		}
		if key.Shape != Scalar {
			f.Fail(WrongShape, key, "want a word as key, got %s", key.Shape)
			continue
		}
		if first, ok := seen[key.Text]; ok {
			f.Fail(DuplicateKey, key, "key %q stands already in line %d", key.Text, first)
			continue
		}
		seen[key.Text] = key.Line
		n.Pairs = append(n.Pairs, Pair{key, value})
	}
}
