package rules

import (
	"io/fs"
	"time"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// Options say which packs to load. The zero value loads the built-in core pack and lets no exception expire.
type Options struct {
	Paths []string  // files and folders, left to right, later wins; none = builtin:core
	Lists []string  // files and folders outside of the packs' own from which lists and extended packs may be read
	AsOf  time.Time // the day against which exceptions expire
	Over  []Overlay // laid over all of them, in this order
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
	docs := parse(opts, disk, f)
	merged := merge(docs, disk, f)
	merged.extend(opts.Over)
	set, used := compile(kinds, merged, opts.AsOf, f)
	lint(set, used, f)
	faults, warnings := f.Sorted()
	if len(faults) > 0 {
		return nil, faults
	}
	set.Warnings = warnings
	return set, nil
}
