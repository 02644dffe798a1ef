package rules

import (
	"io/fs"
	"time"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// Options say which packs to load. The zero value loads the built-in core pack and lets no exception expire.
type Options struct {
	Paths []string  // files and folders, left to right, later wins; none = builtin:core
	AsOf  time.Time // the day against which exceptions expire
	FS    fs.FS     // holds the built-in packs, one folder each; nil = those in the program
	// Version is the program's, held against metadata.requires; one that does not start with a digit is not held
	// against anything.
	Version string
}

// Set is the effective pack: every pack laid over those it extends, compiled. It is not changed after Load.
type Set struct {
	Packs      []Pack         // in the order in which they were laid
	SHA256     string         // of the text that Effective writes
	Rules      []*detect.Rule // enabled, by id
	Disabled   []Disabled     // by id
	Lists      map[string][]string
	Declared   *detect.Declared // what the packs declare about the engagement: home, travel, egress
	Exceptions []Exception      // those in force, in the order of the packs, a rule's own ones first
	Expired    []Exception      // those no longer in force at Options.AsOf
	Decisions  []Decision       // about single findings, in the order of the packs; see Decided
	Tests      []Test
	Interest   activity.Interest // the params.* and raw.* fields that rules read
	Warnings   []Problem         // by file, line and column

	merged *merged
	off    map[string]*detect.Rule // the rules of Disabled, without detectors
}

// Pack is one pack that went into a Set.
type Pack struct {
	ID      string
	Version string
	Title   string
	Path    string // as the user named it; "builtin:core"
	// SHA256 is that of the file. A pack of several files has that of the lines `<sha256>  <name>\n`, in the order of
	// the names: what `sha256sum *.yaml | sha256sum` prints in its folder.
	SHA256   string
	Files    []File
	Extended bool // named by no option, only extended by another pack
}

// File is one file of a pack.
type File struct {
	Path   string
	SHA256 string
}

// Disabled is a rule that an override turned off.
type Disabled struct {
	ID, Reason string
}

// Exception marks findings as known: they are shown at 0 points.
type Exception struct {
	ID      string
	Rules   []string      // ids or globs of ids ("geo.*"); never empty
	Where   *detect.Where // of the finding's activities; nil: all of them
	Reason  string
	By      string
	Expires time.Time // last day in force, midnight UTC; zero: never

	node *node
}

// Rule is the enabled rule of an id; nil if there is none.
func (s *Set) Rule(id string) *detect.Rule {
	for _, r := range s.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}
