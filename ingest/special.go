package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"

	"triage/ingest/casefolder"
)

// special names what is neither a file nor a folder; "" for those. Nothing of the kind is opened where the user did not
// name it: a pipe may never end, and a device has no evidence in it.
func special(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode&(fs.ModeIrregular|fs.ModeSymlink) != 0:
		return "neither a file nor a folder"
	}
	return ""
}

// linked says what a link in a folder leads to, if that is not a file: folders behind links are not walked, because
// links can lead in circles, and out of what was handed over.
func linked(path string) (file bool, why string) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, "a link to what does not exist"
	case err != nil:
		return false, "a link that cannot be followed: " + reason(err).Error()
	case info.IsDir():
		return false, "a link to a folder, which is not followed: name that folder to have it read"
	}
	if kind := special(info.Mode()); kind != "" {
		return false, "a link to " + kind
	}
	return true, ""
}

// errUnwritten is a pipe that ends before anybody has written to it.
var errUnwritten = fmt.Errorf("%w: a named pipe that nobody writes to", ErrNotFile)

// pipe reads a named pipe that somebody writes to, as the shell makes them of <(command).
type pipe struct {
	file *os.File // not embedded: its WriteTo would pass Read by
	any  bool
}

// openPipe opens a pipe without waiting for a writer: there may never be one.
func openPipe(path string) (io.ReadCloser, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return &pipe{file: file}, nil
}

// Read implements io.Reader.
func (p *pipe) Read(to []byte) (int, error) {
	n, err := p.file.Read(to)
	p.any = p.any || n > 0
	if !p.any && errors.Is(err, io.EOF) {
		err = errUnwritten
	}
	return n, err
}

// Close implements io.Closer.
func (p *pipe) Close() error { return p.file.Close() }

// walk lists the files below a folder that are wanted, and says what else is there and not read; named is the path that
// led there. enter, if not nil, says which folders are walked.
func (f *finder) walk(ctx context.Context, named, root string, want, enter func(path string) bool) ([]string, error) {
	var files []string
	ignore := func(p, why string) { f.ignored = append(f.ignored, Ignored{p, why, named}) }
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && p == root:
			return &PathError{Path: root, Err: reason(err)}
		case err != nil:
			f.problems = append(f.problems, &PathError{Path: p, Err: reason(err)})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			if p != root && isCaseFolder(p) {
				f.fetched = append(f.fetched, p)
				return fs.SkipDir
			}
			if p != root && (ofCase(p) || enter != nil && !enter(p)) {
				return fs.SkipDir
			}
		case d.Type()&fs.ModeSymlink != 0:
			file, why := linked(p)
			switch folder := strings.HasPrefix(why, "a link to a folder"); {
			case file && want(p):
				files = append(files, p)
			case !file && (want(p) || folder && enter != nil && enter(p)):
				ignore(p, why)
			}
		case !want(p) || ofCase(p):
		case d.Type().IsRegular():
			files = append(files, p)
		default:
			ignore(p, special(d.Type())+": not a file")
		}
		return nil
	})
	return files, err
}

func (f *finder) folder(ctx context.Context, root string) error {
	before, failed := len(f.ignored), len(f.problems)
	files, err := f.walk(ctx, root, root, func(string) bool { return true }, nil)
	if err != nil {
		return err
	}
	if len(files) == 0 && len(f.problems) > failed {
		return nil // which say why
	}
	if len(files) == 0 {
		err := &PathError{Path: root, Err: nothingIn(reasonsIn(f.ignored[before:])[root], false)}
		if len(f.ignored) == before {
			err.hint = "the folder is empty"
		}
		return err
	}
	return f.each(ctx, root, files)
}

// glob takes the files that match a pattern, as doublestar understands it. Links to folders are not followed.
func (f *finder) glob(ctx context.Context, pattern string) error {
	if !doublestar.ValidatePathPattern(pattern) {
		return &PathError{Path: pattern, Err: fmt.Errorf("pattern: %w", doublestar.ErrBadPattern)}
	}
	clean := filepath.Clean(pattern)
	base, rest := doublestar.SplitPattern(filepath.ToSlash(clean))
	base = filepath.FromSlash(base)
	matches := func(p string) bool {
		ok, _ := doublestar.PathMatch(clean, p) // the pattern is valid
		return ok
	}
	if casefolder.NoEvidence(base) {
		return &PathError{Path: pattern, Err: errOfCase}
	}
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		return &PathError{Path: pattern, Err: fmt.Errorf("%w matches the pattern", ErrNotFound)}
	}
	files, err := f.walk(ctx, pattern, base, matches, within(base, strings.Split(rest, "/")))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return &PathError{Path: pattern, Err: fmt.Errorf("%w matches the pattern", ErrNotFound)}
	}
	slices.Sort(files)
	return f.each(ctx, pattern, files)
}

// within says of folders below base whether a file that matches the parts of a pattern can lie in them.
func within(base string, parts []string) func(folder string) bool {
	return func(folder string) bool {
		rel, err := filepath.Rel(base, folder)
		if err != nil {
			return true
		}
		for i, name := range strings.Split(filepath.ToSlash(rel), "/") {
			if i >= len(parts)-1 {
				return strings.Contains(parts[len(parts)-1], "**")
			}
			if strings.ContainsAny(parts[i], "{}") || strings.Contains(parts[i], "**") {
				return true // alternatives may hold separators
			}
			if ok, err := doublestar.Match(parts[i], name); err == nil && !ok {
				return false
			}
		}
		return true
	}
}
