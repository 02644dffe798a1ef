package rules

import (
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/detect"
)

// maxExtends is how many packs may stand on each other.
const maxExtends = 8

// Load reads packs with all they extend, and compiles the effective pack for these detectors. Its error is Problems.
func Load(kinds []detect.Kind, opts Options) (*Set, error) {
	l := &loader{kinds: kinds, opts: opts, done: map[string]bool{}}
	paths := opts.Paths
	if len(paths) == 0 {
		paths = []string{builtinPrefix + "core"}
	}
	command := &node{src: &source{name: "--rules"}}
	for _, p := range paths {
		at := place{false, filepath.Clean(p)}
		if name, ok := strings.CutPrefix(p, builtinPrefix); ok {
			l.builtin(name, command)
			continue
		}
		l.path(at, &node{src: &source{name: p}})
	}
	m := l.merge()
	set := l.compile(m)
	l.lint(set)
	problems := Problems(l.problems).sorted()
	set.Warnings = slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return !p.Warning() })
	if faults := slices.DeleteFunc(problems, Problem.Warning); len(faults) > 0 {
		return nil, faults
	}
	return set, nil
}

// loader is one load on its way.
type loader struct {
	kinds    []detect.Kind
	opts     Options
	problems []Problem
	rule     string          // the rule at hand, for problems
	docs     []*doc          // in the order in which they are laid
	stack    []string        // the packs being extended
	done     map[string]bool // packs laid already
}

// doc is a file of a pack.
type doc struct {
	pack *Pack
	root *node
}

// builtin loads "core" or "core@1".
func (l *loader) builtin(name string, at *node) {
	name, version, versioned := strings.Cut(name, "@")
	p := place{true, name}
	if name != path.Base(name) || !fsName(name) {
		l.fail(BadExtends, at, "%q is no built-in pack", builtinPrefix+name)
		return
	}
	files, _, err := l.files(p)
	if err != nil {
		l.fail(BadExtends, at, "there is no built-in pack %q", name)
		return
	}
	pack := l.pack(p, files, at)
	if pack != nil && versioned && !sameVersion(version, pack.Version) {
		l.fail(BadExtends, at, "want version %s of %s, this program has %s", version, name, pack.Version)
	}
}

func fsName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.Contains(name, `\`)
}

// sameVersion says whether 1 or 1.0 stands for 1.0.0.
func sameVersion(want, have string) bool { return want == have || strings.HasPrefix(have, want+".") }

// path loads a file, a folder that is one pack (it has a pack.yaml), or a folder of packs.
func (l *loader) path(p place, at *node) {
	files, folder, err := l.files(p)
	if err != nil {
		l.fail(CannotRead, at, "%s: %v", p, err)
		return
	}
	if !folder || slices.ContainsFunc(files, isHead) {
		l.pack(p, files, at)
		return
	}
	for _, f := range files {
		l.pack(f, []place{f}, at)
	}
}

// isHead says that a file speaks for its folder.
func isHead(p place) bool { return path.Base(filepath.ToSlash(p.path)) == "pack.yaml" }

// pack loads one pack, what it extends first.
func (l *loader) pack(p place, files []place, at *node) *Pack {
	key := p.String()
	if slices.Contains(l.stack, key) {
		l.fail(BadExtends, at, "%s extends itself: %s", key, strings.Join(append(l.stack, key), " → "))
		return nil
	}
	if l.done[key] {
		pack := l.laid(key)
		if pack != nil && len(l.stack) == 0 {
			pack.Extended = false
		}
		return pack
	}
	if len(l.stack) >= maxExtends {
		l.fail(BadExtends, at, "more than %d packs stand on each other", maxExtends)
		return nil
	}
	l.stack = append(l.stack, key)
	defer func() { l.stack = l.stack[:len(l.stack)-1] }()
	l.done[key] = true

	pack := &Pack{Path: key, Extended: len(l.stack) > 1}
	var own []*doc
	for _, f := range files {
		src, ok := l.file(f, pack, at)
		if !ok {
			continue
		}
		if root := l.parse(src); root != nil && l.wantTable(root, "a pack") {
			own = append(own, &doc{pack, root})
			l.header(own[len(own)-1], len(files) == 1 || isHead(f))
		}
	}
	pack.SHA256 = sumFiles(pack.Files)
	l.docs = append(l.docs, own...)
	return pack
}

func (l *loader) laid(key string) *Pack {
	for _, d := range l.docs {
		if d.pack.Path == key {
			return d.pack
		}
	}
	return nil
}

func (l *loader) file(p place, pack *Pack, at *node) (*source, bool) {
	data, err := l.read(p, maxBytes)
	if err != nil {
		l.fail(CannotRead, at, "%s: %v", p, err)
		return nil, false
	}
	pack.Files = append(pack.Files, File{p.String(), sumOf(data)})
	return &source{name: p.String(), place: p, pack: pack, bytes: data}, true
}

// header reads what a pack says about itself, and loads what it extends. Only a pack's head may speak: the other files
// of a folder bring rules, lists and tests.
func (l *loader) header(d *doc, head bool) {
	for key, want := range map[string]string{"apiVersion": "triage/v1", "kind": "pack"} {
		n := d.root.get(key)
		if n == nil {
			if head {
				l.fail(BadHeader, d.root, "%s: want %s, got nothing", key, want)
			}
		} else if n.text != want || n.shape != scalar {
			l.fail(BadHeader, n, "%s: want %s", key, want)
		}
	}
	if !head {
		for _, key := range []string{"metadata", "extends"} {
			if n := d.root.get(key); n != nil {
				l.fail(BadHeader, n, "%s: only the pack.yaml of this folder may have it", key)
			}
		}
		return
	}
	l.metadata(d)
	n := d.root.get("extends")
	if n == nil || !l.wantList(n, "extends") {
		return
	}
	for _, item := range n.items {
		ref, ok := l.word(item, "extends")
		if !ok {
			continue
		}
		if name, ok := strings.CutPrefix(ref, builtinPrefix); ok {
			l.builtin(name, item)
		} else {
			l.path(item.src.place.beside(ref), item)
		}
	}
}

func (l *loader) metadata(d *doc) {
	n := d.root.get("metadata")
	if n == nil {
		l.fail(BadHeader, d.root, "metadata: {id: …, version: …} is missing")
		return
	}
	if !l.wantTable(n, "metadata") {
		return
	}
	l.known(n, "metadata", "id", "version", "title", "license", "requires", "description", "authors", "references")
	for key, to := range map[string]*string{"id": &d.pack.ID, "version": &d.pack.Version, "title": &d.pack.Title} {
		if v := n.get(key); v != nil {
			*to, _ = l.word(v, "metadata."+key)
		}
	}
	if d.pack.ID == "" || d.pack.Version == "" {
		l.fail(BadHeader, n, "metadata: id and version are wanted")
	}
	if v := n.get("requires"); v != nil {
		l.requires(v)
	}
}

// requires holds ">=0.1" against the program's version.
func (l *loader) requires(n *node) {
	least, ok := strings.CutPrefix(n.text, ">=")
	want, fine := parseVersion(strings.TrimSpace(least))
	if !ok || !fine || n.shape != scalar {
		l.fail(BadHeader, n, "metadata.requires: want >= and a version as >=0.1, got %q", n.text)
		return
	}
	if have, known := parseVersion(strings.TrimPrefix(l.opts.Version, "v")); known && slices.Compare(have, want) < 0 {
		l.fail(BadHeader, n, "metadata.requires: want %s, this is %s", n.text, l.opts.Version)
	}
}

// parseVersion reads 1, 1.2 or 1.2.3, whatever follows a dash or a plus.
func parseVersion(s string) (parts []int, ok bool) {
	if i := strings.IndexAny(s, "-+"); i >= 0 {
		s = s[:i]
	}
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(parts) == 3 {
			return nil, false
		}
		parts = append(parts, n)
	}
	for len(parts) < 3 {
		parts = append(parts, 0)
	}
	return parts, true
}

// known reports keys that mean nothing.
func (l *loader) known(n *node, what string, keys ...string) {
	for _, p := range n.pairs {
		if !slices.Contains(keys, p.key.text) {
			l.fail(UnknownKey, p.key, "unknown key %q in %s%s", p.key.text, what, detect.DidYouMean(p.key.text, keys))
		}
	}
}
