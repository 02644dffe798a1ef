package sigma

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// Options say how rules are turned.
type Options struct {
	// List is the name of the list that stands for a %placeholder%; false where there is none, or an empty one.
	List func(placeholder string) (name string, ok bool)
	// Confidence is that of a level's rules, where it differs from the usual.
	Confidence map[string]int
}

// Rule is one rule of a pack, made of a Sigma rule.
type Rule struct {
	ID   string         // in the pack: sigma.<its id>
	Node *yamltext.Node // as a pack has it, with the places of the Sigma file
}

// Skipped is a document that is not loaded.
type Skipped struct {
	File   string
	At     *yamltext.Node // where its reason stands
	ID     string         // as the rule has it; "" if it has none
	Title  string         // or the file's name
	Reason string
}

// Result is what became of the documents of some files.
type Result struct {
	Rules   []Rule // by id
	Loaded  int    // documents that are in force: rules, correlations, filters
	Skipped []Skipped
}

// maxDocuments is how many rules one file may hold: SigmaHQ's packages hold some thousands.
const maxDocuments = 20_000

// document is one document of a file.
type document struct {
	node   *yamltext.Node
	id     string
	name   string
	title  string
	level  string
	source *source        // nil for correlations
	where  *yamltext.Node // of a detection
	reason string
	at     *yamltext.Node // of the reason
	kind   valueKind
	used   bool // a correlation rests on it
	alone  bool // and says that it is a rule of its own nevertheless
}

type valueKind uint8

const (
	detection valueKind = iota
	correlation
	filter
)

// fault is why a document is not loaded, and where that stands.
type fault struct {
	at     *yamltext.Node
	reason string
}

func (f *fault) Error() string { return f.reason }

func failf(at *yamltext.Node, format string, args ...any) error {
	return &fault{at, fmt.Sprintf(format, args...)}
}

// Convert turns the documents of all files at once, for they refer to each other.
func Convert(files []*yamltext.File, opts Options) Result {
	c := &converter{opts: opts, byName: map[string]*document{}}
	for _, file := range files {
		c.read(file)
	}
	for _, d := range c.docs {
		if d.kind == detection && d.reason == "" {
			c.take(d, c.detection(d))
		}
	}
	for _, d := range c.docs {
		if d.kind == filter && d.reason == "" {
			c.take(d, c.filter(d))
		}
	}
	for _, d := range c.docs {
		if d.kind == correlation && d.reason == "" {
			c.take(d, c.correlation(d))
		}
	}
	return c.result()
}

type converter struct {
	opts   Options
	docs   []*document
	byName map[string]*document // by id and by name
	made   []Rule
	nodes  int // of conditions, of the document at hand
}

// take notes why a document is not loaded.
func (c *converter) take(d *document, err error) {
	if err == nil {
		return
	}
	d.reason, d.at = err.Error(), d.node
	if f, ok := err.(*fault); ok && f.at != nil { //nolint:errorlint // made here, never wrapped
		d.at = f.at
	}
}

// read takes a file apart into its documents.
func (c *converter) read(file *yamltext.File) {
	nodes, err := documents(file)
	if err != nil {
		d := &document{node: &yamltext.Node{File: file}, title: file.Name}
		c.take(d, err)
		c.docs = append(c.docs, d)
		return
	}
	for _, n := range nodes {
		d := &document{node: n, title: file.Name}
		c.docs = append(c.docs, d)
		c.take(d, c.head(d))
	}
}

// head reads what all documents have, and what kind a document is.
func (c *converter) head(d *document) error {
	n := d.node
	if n.Shape != yamltext.Table {
		return failf(n, "not a Sigma rule: want a map, got %s", n.Shape)
	}
	d.id, d.name = textOf(n.Get("id")), textOf(n.Get("name"))
	d.title = cmp.Or(textOf(n.Get("title")), d.title)
	d.level = strings.ToLower(textOf(n.Get("level")))
	switch {
	case n.Get("correlation") != nil:
		d.kind = correlation
	case n.Get("filter") != nil:
		d.kind = filter
	}
	for _, name := range slices.Compact([]string{d.id, d.name}) {
		if name == "" {
			continue
		}
		if old := c.byName[name]; old != nil {
			return failf(n, "%q is that of %s, too", name, old.node.Spot())
		}
		c.byName[name] = d
	}
	if n.Get("detection") == nil && d.kind == detection {
		return failf(n, "not a Sigma rule: it has neither detection, correlation nor filter")
	}
	if strings.EqualFold(textOf(n.Get("status")), "unsupported") {
		return failf(n.Get("status"), "its status is unsupported: its authors say that it does not work as it is")
	}
	if _, ok := detect.ParseLevel(d.level); d.level != "" && !ok {
		return failf(n.Get("level"), "unknown level %q", d.level)
	}
	return nil
}

// detection turns a rule with conditions of its own.
func (c *converter) detection(d *document) error {
	source, err := sourceOf(d.node)
	if err != nil {
		return err
	}
	d.source, c.nodes = source, 0
	d.where, err = c.conditions(d.node.Get("detection"), source)
	return err
}

// filter narrows the rules that it names.
func (c *converter) filter(d *document) error {
	source, err := sourceOf(d.node)
	if err != nil {
		return err
	}
	body := d.node.Get("filter")
	d.source, c.nodes = source, 0
	where, err := c.conditions(body, source)
	if err != nil {
		return err
	}
	names := body.Get("rules")
	if names == nil {
		return failf(body, "filter: rules is missing: want ids or names of rules, or any")
	}
	narrowed := 0
	for _, item := range names.Members() {
		any := strings.EqualFold(textOf(item), "any") && names.Shape == yamltext.Scalar
		for _, other := range c.docs {
			if other.kind != detection || other.reason != "" || other.source != source || !any && (c.byName[textOf(item)] != other) {
				continue
			}
			other.where = all(other.where, where)
			narrowed++
		}
	}
	if narrowed == 0 {
		return failf(names, "filter: none of its rules is loaded for the same logsource")
	}
	return nil
}

// result puts together what is loaded.
func (c *converter) result() Result {
	var r Result
	ids := map[string]bool{}
	for i, rule := range c.made {
		ids[rule.ID] = i >= 0
	}
	r.Rules = c.made
	for _, d := range c.docs {
		if d.kind == detection && d.reason == "" {
			if d.used && !d.alone {
				r.Loaded++
				continue
			}
			rule := c.rule(d, "match", d.where, nil)
			if ids[rule.ID] {
				c.take(d, failf(d.node, "its title is that of another rule, and it has no id"))
			} else {
				ids[rule.ID] = true
				r.Rules = append(r.Rules, rule)
			}
		}
		if d.reason == "" {
			r.Loaded++
			continue
		}
		r.Skipped = append(r.Skipped, Skipped{d.node.File.Name, cmp.Or(d.at, d.node), d.id, d.title, d.reason})
	}
	slices.SortFunc(r.Rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return r
}
