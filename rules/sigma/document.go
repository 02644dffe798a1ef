package sigma

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/rules/yamltext"
)

// maxDepth and maxNodes bound what one file may cost, whatever it holds.
const (
	maxDepth = 48
	maxNodes = 2_000_000
)

// documents are those of a file. Published rules have several in one file, and anchors are refused as in packs: an alias
// in an alias grows by powers.
func documents(file *yamltext.File) ([]*yamltext.Node, error) {
	whole := &yamltext.Node{File: file}
	if len(file.Bytes) > yamltext.MaxBytes {
		return nil, failf(whole, "larger than %d MiB", yamltext.MaxBytes>>20)
	}
	dec := yaml.NewDecoder(bytes.NewReader(file.Bytes))
	var all []*yamltext.Node
	left := maxNodes
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, failf(whole, "not valid YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		}
		if len(doc.Content) != 1 || doc.Content[0].ShortTag() == "!!null" {
			continue
		}
		if len(all) == maxDocuments {
			return nil, failf(whole, "more than %d rules in one file", maxDocuments)
		}
		n, err := convert(file, doc.Content[0], 1, &left)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		return nil, failf(whole, "empty file")
	}
	return all, nil
}

func convert(file *yamltext.File, y *yaml.Node, depth int, left *int) (*yamltext.Node, error) {
	n := &yamltext.Node{File: file, Line: y.Line, Column: y.Column}
	if *left--; *left < 0 || depth > maxDepth {
		return nil, failf(n, "nested deeper than %d levels, or more than %d values in one file", maxDepth, maxNodes)
	}
	if y.Kind == yaml.AliasNode || y.Anchor != "" || y.ShortTag() == "!!merge" {
		return nil, failf(n, "anchors, aliases and merge keys are not read")
	}
	switch y.Kind {
	case yaml.SequenceNode:
		n.Shape = yamltext.List
		for _, child := range y.Content {
			item, err := convert(file, child, depth+1, left)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, item)
		}
	case yaml.MappingNode:
		n.Shape = yamltext.Table
		seen := map[string]bool{}
		for i := 0; i+1 < len(y.Content); i += 2 {
			key, err := convert(file, y.Content[i], depth+1, left)
			if err != nil {
				return nil, err
			}
			value, err := convert(file, y.Content[i+1], depth+1, left)
			if err != nil {
				return nil, err
			}
			if key.Shape != yamltext.Scalar || seen[key.Text] {
				return nil, failf(key, "a key that is no word, or stands twice: %q", key.Text)
			}
			seen[key.Text] = true
			n.Pairs = append(n.Pairs, yamltext.Pair{Key: key, Value: value})
		}
	default:
		n.Tag, n.Text = y.ShortTag(), y.Value
	}
	return n, nil
}

// textOf is a single value's text; "" for anything else.
func textOf(n *yamltext.Node) string {
	if n == nil || n.Shape != yamltext.Scalar || n.Null() {
		return ""
	}
	return strings.TrimSpace(n.Text)
}
