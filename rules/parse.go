package rules

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"triage/rules/yamltext"
)

// maxExtends is how many packs may stand on each other.
const maxExtends = 8

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
	Sigma    bool // made of Sigma rules
}

// File is one file of a pack.
type File struct {
	Path   string
	SHA256 string
}

// doc is a file of a pack.
type doc struct {
	pack *Pack
	root *yamltext.Node
}

// parse reads the packs that the options name, with all that they extend. The files come in the order in which their packs are
// laid over each other, each pack after those that it extends.
func parse(opts Options, disk store, f *yamltext.Faults) ([]doc, SigmaTally) {
	r := &packReader{Faults: f, disk: disk, version: opts.Version, laid: map[string]*Pack{}}
	paths := opts.Paths
	if len(paths) == 0 {
		paths = []string{yamltext.Builtin + "core"}
	}
	for _, text := range paths {
		at := &yamltext.Node{File: &yamltext.File{Name: text}}
		p := yamltext.ParseLocation(text)
		if _, err := os.Stat(text); err != nil && r.isBuiltin(text) {
			p = yamltext.Location{Builtin: true, Path: text}
		}
		if p.Builtin {
			at.File.Name = "--rules"
		} else {
			p.Path = filepath.Clean(p.Path)
		}
		r.open(p, at)
	}
	r.coreOff()
	for _, o := range opts.Over {
		r.overlay(o)
	}
	tally := r.sigma(opts.Sigma, opts.Over)
	return r.docs, tally
}

// coreOff warns of packs that judge without the core pack: whoever forgets extends gets a quiet report. The effective pack
// has all of it in itself.
func (r *packReader) coreOff() {
	if len(r.docs) == 0 || slices.ContainsFunc(r.docs, func(d doc) bool { return strings.HasPrefix(d.pack.Path, yamltext.Builtin) }) {
		return
	}
	if last := r.docs[len(r.docs)-1]; last.pack.ID != effectiveID {
		r.Fail(yamltext.WarnNoCore, last.root, "the core pack is off: nothing extends builtin:core, and only the rules of these packs judge")
	}
}

// overlay takes a pack that stands in no file.
func (r *packReader) overlay(o Overlay) {
	pack := &Pack{Path: o.Name, SHA256: o.SHA256, Files: []File{{o.Name, sumOf(o.Text)}}}
	if pack.SHA256 == "" {
		pack.SHA256 = sumFiles(pack.Files)
	}
	root := yamltext.Parse(&yamltext.File{Name: o.Name, Location: yamltext.Location{Path: o.Name}, Bytes: o.Text}, r.Faults)
	if root != nil && r.Table(root, "a pack") {
		r.header(pack, root, true)
		r.docs = append(r.docs, doc{pack, root})
	}
}

// packReader reads packs, one of them at a time and those that it extends on the way.
type packReader struct {
	*yamltext.Faults
	disk    store
	version string           // the program's
	docs    []doc            // what parse returns
	stack   []string         // the packs being extended
	laid    map[string]*Pack // by place; nil: nothing of it could be read
}

// open loads what lies at a place. at is what asks for it.
func (r *packReader) open(p yamltext.Location, at *yamltext.Node) {
	if p.Builtin {
		r.builtin(p.Path, at)
	} else {
		r.path(p, at)
	}
}

// path loads a file, a folder that is one pack (it has a pack.yaml), or a folder of packs.
func (r *packReader) path(p yamltext.Location, at *yamltext.Node) {
	files, folder, err := r.disk.files(p)
	if err != nil {
		r.Fail(yamltext.CannotRead, at, "%s: %v", p, err)
		return
	}
	if !folder || slices.ContainsFunc(files, isHead) {
		r.pack(p, files, at)
		return
	}
	for _, file := range files {
		r.pack(file, []yamltext.Location{file}, at)
	}
}

// isHead says that a file speaks for its folder.
func isHead(p yamltext.Location) bool { return path.Base(filepath.ToSlash(p.Path)) == "pack.yaml" }

// pack loads one pack, what it extends first.
func (r *packReader) pack(p yamltext.Location, files []yamltext.Location, at *yamltext.Node) *Pack {
	key := p.String()
	if slices.Contains(r.stack, key) {
		r.Fail(yamltext.BadExtends, at, "%s extends itself: %s", key, strings.Join(append(r.stack, key), " → "))
		return nil
	}
	if pack, done := r.laid[key]; done {
		if pack != nil && len(r.stack) == 0 {
			pack.Extended = false
		}
		return pack
	}
	if len(r.stack) >= maxExtends {
		r.Fail(yamltext.BadExtends, at, "more than %d packs stand on each other", maxExtends)
		return nil
	}
	r.stack = append(r.stack, key)
	defer func() { r.stack = r.stack[:len(r.stack)-1] }()
	r.laid[key] = nil

	pack := &Pack{Path: key, Extended: len(r.stack) > 1}
	var own []doc
	for _, p := range files {
		if root := r.file(p, pack, at); root != nil && r.Table(root, "a pack") {
			own = append(own, doc{pack, root})
			r.header(pack, root, len(files) == 1 || isHead(p))
		}
	}
	pack.SHA256 = sumFiles(pack.Files)
	if r.docs = append(r.docs, own...); len(own) > 0 {
		r.laid[key] = pack
	}
	return pack
}

// file reads one file of a pack; nil if it cannot be read.
func (r *packReader) file(p yamltext.Location, pack *Pack, at *yamltext.Node) *yamltext.Node {
	data, err := r.disk.read(p, yamltext.MaxBytes)
	if err != nil {
		r.Fail(yamltext.CannotRead, at, "%s: %v", p, err)
		return nil
	}
	sum, file := sumOf(data), &yamltext.File{Name: p.String(), Location: p, Bytes: data}
	pack.Files = append(pack.Files, File{p.String(), sum})
	if p.Builtin {
		if root := restored(file, sum); root != nil {
			return root
		}
	}
	return yamltext.Parse(file, r.Faults)
}

// sumFiles is the sum of a pack: see Pack.SHA256.
func sumFiles(files []File) string {
	if len(files) == 1 {
		return files[0].SHA256
	}
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, path.Base(filepath.ToSlash(f.Path)))
	}
	return sumOf([]byte(b.String()))
}

// header reads what a pack says about itself, and loads what it extends. Only a pack's head may speak: the other files
// of a folder bring rules, lists and tests.
func (r *packReader) header(pack *Pack, root *yamltext.Node, head bool) {
	for key, want := range map[string]string{"apiVersion": "triage/v1", "kind": "pack"} {
		n := root.Get(key)
		if n == nil {
			if head {
				r.Fail(yamltext.BadHeader, root, "%s: want %s, got nothing", key, want)
			}
		} else if n.Text != want || n.Shape != yamltext.Scalar {
			r.Fail(yamltext.BadHeader, n, "%s: want %s", key, want)
		}
	}
	if !head {
		for _, key := range []string{"metadata", "extends"} {
			if n := root.Get(key); n != nil {
				r.Fail(yamltext.BadHeader, n, "%s: only the pack.yaml of this folder may have it", key)
			}
		}
		return
	}
	r.metadata(pack, root)
	n := root.Get("extends")
	if n == nil || !r.List(n, "extends") {
		return
	}
	for _, item := range n.Items {
		text, ok := r.Word(item, "extends")
		if !ok {
			continue
		}
		p := yamltext.ParseLocation(text)
		if !p.Builtin {
			var err error
			if p, err = r.disk.base(item.File.Location, text); err != nil {
				r.Fail(yamltext.BadExtends, item, "%s: %v", text, err)
				continue
			}
		}
		r.open(p, item)
	}
}

func (r *packReader) metadata(pack *Pack, root *yamltext.Node) {
	n := root.Get("metadata")
	if n == nil {
		r.Fail(yamltext.BadHeader, root, "metadata: {id: …, version: …} is missing")
		return
	}
	if !r.Table(n, "metadata") {
		return
	}
	r.Known(n, "metadata", "id", "version", "title", "license", "requires", "description", "authors", "references")
	for key, to := range map[string]*string{"id": &pack.ID, "version": &pack.Version, "title": &pack.Title} {
		if v := n.Get(key); v != nil {
			*to, _ = r.Word(v, "metadata."+key)
		}
	}
	if pack.ID == "" || pack.Version == "" {
		r.Fail(yamltext.BadHeader, n, "metadata: id and version are wanted")
	}
	if v := n.Get("requires"); v != nil {
		r.requires(v)
	}
}

// requires holds ">=0.1" against the program's version.
func (r *packReader) requires(n *yamltext.Node) {
	least, ok := strings.CutPrefix(n.Text, ">=")
	want, fine := parseVersion(strings.TrimSpace(least))
	if !ok || !fine || n.Shape != yamltext.Scalar {
		r.Fail(yamltext.BadHeader, n, "metadata.requires: want >= and a version as >=0.1, got %q", n.Text)
		return
	}
	if have, known := parseVersion(strings.TrimPrefix(r.version, "v")); known && slices.Compare(have, want) < 0 {
		r.Fail(yamltext.BadHeader, n, "metadata.requires: want %s, this is %s", n.Text, r.version)
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
