package rules

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"triage/rules/detect"
	"triage/rules/sigma"
	"triage/rules/yamltext"
)

// Options say which packs to load. The zero value loads the built-in core pack and lets no exception expire.
type Options struct {
	Paths []string  // files and folders, left to right, later wins; none = builtin:core
	Lists []string  // files and folders outside of the packs' own from which lists and extended packs may be read
	AsOf  time.Time // the day against which exceptions expire
	Over  []Overlay // laid over all of them, in this order
	Sigma []string  // files, folders and patterns of Sigma rules, laid below all of them
	FS    fs.FS     // holds the built-in packs, one folder each; nil = those in the program
	// Version is the program's, held against metadata.requires; one that does not start with a digit is not held
	// against anything.
	Version string
}

// Overlay is a pack that stands in no file: what flags say, or what a file of indicators holds.
type Overlay struct {
	Name   string              // what faults call it, and reports: its id
	SHA256 string              // of what it was made of; "" = of its text
	Text   []byte              // of a pack, YAML
	Lists  map[string][]string // values that it adds to lists; a list that no pack defines is made
}

// Load reads packs with all they extend, and compiles the effective pack for these detectors. Its error is
// yamltext.Problems: the faults of all stages, since each goes on with what the one before it could make out.
func Load(kinds []detect.Kind, opts Options) (*Set, error) {
	f := yamltext.NewFaults(detect.DidYouMean)
	disk := openStore(opts.FS, opts.Lists, opts.Paths)
	docs, tally := parse(opts, disk, f)
	merged := merge(docs, disk, f)
	merged.extend(opts.Over)
	set, used := compile(kinds, merged, opts.AsOf, f)
	lint(set, used, f)
	faults, warnings := f.Sorted()
	if len(faults) > 0 {
		return nil, faults
	}
	set.Warnings, set.Sigma = warnings, tally
	return set, nil
}

// SigmaTally is what became of the Sigma rules that were named.
type SigmaTally struct {
	Named   bool // some were
	Loaded  int  // documents in force: rules, correlations, filters
	Skipped []sigma.Skipped
}

// sigma puts the rules that --sigma names, and those of the packs' sigma:, below all packs: an override may change them. They
// are turned into rules of packs when all packs are read, for their lists stand for %placeholders%.
func (r *packReader) sigma(paths []string, over []Overlay) SigmaTally {
	var t SigmaTally
	lists := r.lists(over)
	own := r.docs
	var below []doc
	var files []*yamltext.File
	for _, path := range paths {
		at := &yamltext.Node{File: &yamltext.File{Name: "--sigma"}}
		more, err := sigma.RuleFiles(path)
		if err != nil {
			r.Fail(yamltext.CannotRead, at, "%s: %v", path, err)
		}
		files = append(files, more...)
	}
	below = append(below, r.converted(files, "sigma", sigma.Options{List: lists}, &t)...)
	for _, d := range own {
		entries := d.root.Get("sigma")
		if entries == nil || !r.List(entries, "sigma") {
			continue
		}
		for i, entry := range entries.Items {
			id := fmt.Sprintf("%s-sigma-%d", d.pack.ID, i+1)
			files, opts := r.sigmaEntry(entry)
			opts.List = lists
			below = append(below, r.converted(files, id, opts, &t)...)
		}
	}
	r.docs = append(below, own...)
	return t
}

// sigmaEntry reads {path: "sigma/**/*.yml", level_confidence: {low: 50}} of a pack.
func (r *packReader) sigmaEntry(n *yamltext.Node) (files []*yamltext.File, opts sigma.Options) {
	if !r.Table(n, "sigma") {
		return nil, opts
	}
	r.Known(n, "sigma", "path", "level_confidence")
	opts.Confidence = map[string]int{}
	r.EachPair(n.Get("level_confidence"), "level_confidence", func(p yamltext.Pair) {
		r.OneOf(p.Key, "level", detect.LevelNames())
		opts.Confidence[p.Key.Text] = r.Whole(p.Value, "level_confidence", 0, 100)
	})
	at := n.Get("path")
	if at == nil {
		r.Fail(yamltext.MissingKey, n, "sigma: path is missing")
		return nil, opts
	}
	text, ok := r.Word(at, "path")
	if !ok {
		return nil, opts
	}
	place := at.File.Location.Beside(text)
	real, err := realPath(sigma.Root(place.Path))
	if err == nil && (place.Builtin || !r.disk.allowed(at.File.Location, real, r.disk.lists)) {
		err = errOutside
	}
	if err == nil {
		files, err = sigma.RuleFiles(place.Path)
	}
	if err != nil {
		r.Fail(yamltext.CannotRead, at, "%s: %v", text, cause(err))
	}
	return files, opts
}

// converted are the files as files of a pack.
func (r *packReader) converted(files []*yamltext.File, id string, opts sigma.Options, t *SigmaTally) []doc {
	if len(files) == 0 {
		return nil
	}
	t.Named = true
	pack := &Pack{ID: id, Version: "1", Title: "Sigma rules", Path: id, Sigma: true}
	roots := map[*yamltext.File]*yamltext.Node{}
	var docs []doc
	for _, file := range files {
		pack.Files = append(pack.Files, File{file.Name, sumOf(file.Bytes)})
		root := &yamltext.Node{File: file, Line: 1, Column: 1, Shape: yamltext.Table}
		list := yamltext.At(root, yamltext.List)
		root.Put(yamltext.TextAt(root, "rules"), list)
		roots[file] = list
		docs = append(docs, doc{pack, root})
	}
	pack.SHA256 = sumFiles(pack.Files)
	result := sigma.Convert(files, opts)
	for _, rule := range result.Rules {
		list := roots[rule.Node.File]
		list.Items = append(list.Items, rule.Node)
	}
	t.Loaded += result.Loaded
	t.Skipped = append(t.Skipped, result.Skipped...)
	for _, s := range result.Skipped {
		r.Fail(yamltext.WarnSigma, s.At, "Sigma rule %q is not loaded: %s", s.Title, s.Reason)
	}
	return docs
}

// lists finds the list of a placeholder: one of its name, whatever the case, that holds something.
func (r *packReader) lists(over []Overlay) func(string) (string, bool) {
	names := map[string]string{}
	for _, o := range over {
		for name, values := range o.Lists {
			if len(values) > 0 {
				names[strings.ToLower(name)] = name
			}
		}
	}
	for _, d := range r.docs {
		lists := d.root.Get("lists")
		if lists == nil {
			continue
		}
		for _, p := range lists.Pairs {
			if v := p.Value; len(v.Items) > 0 || v.Get("file") != nil || v.Get("append") != nil {
				names[strings.ToLower(p.Key.Text)] = p.Key.Text
			}
		}
	}
	return func(placeholder string) (string, bool) {
		name, ok := names[strings.ToLower(placeholder)]
		return name, ok
	}
}
