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

	"triage/ingest/activity"
	"triage/ingest/casefolder"
	"triage/ingest/charset"
	"triage/ingest/spool"
)

// source is one stream of records before it is opened: a file, a member of an archive, or standard input.
type source struct {
	path     string            // as shown
	file     string            // on disk
	archive  *archive          // nil for a plain file
	member   int               // index within the archive; -1 for a plain file
	packed   bool              // compressed, by its first bytes or as an archive's member
	sheet    string            // of a workbook; "" for what is none
	free     int64             // bytes that it may decode to whatever its size on the disk
	explicit bool              // named by the user: not recognising it is an error
	root     string            // the folder, pattern or archive that it was found through; "" if it was named itself
	size     int64             // of the file on disk, for noticing changes
	modified int64             // nanoseconds
	page     charset.Encoding  // what a first reading showed its text to be; UTF8: see SniffEncoding
	odd      *charset.OddBytes // what that reading found, if page is a code page
	times    activity.Times    // what a time of it can be, and how it is written
	order    string            // why times.Order is what it is; "": it is not settled
	spool    *spool.File       // the copy that stands for what can be read only once; nil: the file itself is read
}

// finder collects the sources that paths name.
type finder struct {
	sources  map[string]*source // by absolute path and member
	problems []error
	ignored  []Ignored
	named    []string      // by the user
	fetched  []string      // folders that triage fetch keeps beside its evidence
	spools   []*spool.File // to be closed in the end
	stdin    io.Reader
}

func (f *finder) find(ctx context.Context, paths []string) error {
	f.sources = map[string]*source{}
	for _, p := range slices.Sorted(slices.Values(paths)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.path(ctx, p); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			f.problems = append(f.problems, err)
		}
	}
	return nil
}

// sorted is the sources by path, each with what it may decode to. The finder lets go of them.
func (f *finder) sorted() []*source {
	all := make([]*source, 0, len(f.sources))
	packed := int64(0)
	for _, s := range f.sources {
		all = append(all, s)
		if s.packed {
			packed++
		}
	}
	f.sources = nil
	for _, s := range all {
		s.free = freeOf(packed)
	}
	slices.SortFunc(all, func(x, y *source) int {
		if c := strings.Compare(x.path, y.path); c != 0 {
			return c
		}
		return x.member - y.member
	})
	return all
}

func (f *finder) path(ctx context.Context, p string) error {
	if p == "-" {
		return f.spool(ctx)
	}
	info, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(p, "*?[{"):
		return f.glob(ctx, p)
	case errors.Is(err, fs.ErrNotExist):
		return &PathError{Path: p, Err: ErrNotFound}
	case err != nil:
		return &PathError{Path: p, Err: reason(err)}
	case casefolder.NoEvidence(p):
		return &PathError{Path: p, Err: errOfCase}
	case info.IsDir():
		return f.folder(ctx, p)
	}
	return f.file(ctx, p, p, info, "")
}

// reason is an error without the path that the os package puts into it.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// ofDisk says that an error is the file system's, whatever is in the file.
func ofDisk(err error) bool {
	var number syscall.Errno
	return errors.As(err, &number)
}

// each takes files that the user did not name one by one.
func (f *finder) each(ctx context.Context, root string, files []string) error {
	for _, p := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := os.Stat(p)
		if err != nil {
			f.problems = append(f.problems, &PathError{Path: p, Err: reason(err)})
			continue
		}
		if err := f.file(ctx, p, p, info, root); ofDisk(err) {
			f.problems = append(f.problems, err)
		} else if err != nil {
			var pathErr *PathError
			if errors.As(err, &pathErr) {
				err = pathErr.Err
			}
			f.ignored = append(f.ignored, Ignored{p, err.Error(), root})
		}
	}
	return nil
}

// isCaseFolder knows what triage fetch keeps beside its output: the answers of which the output was made, which say
// nothing more. Without the output, or named by the user, they are exports like others.
func isCaseFolder(path string) bool {
	output, ok := strings.CutSuffix(path, ".case")
	if !ok {
		return false
	}
	info, err := os.Stat(output)
	if err != nil || !info.Mode().IsRegular() && !info.IsDir() { // messages are fetched into a folder
		return false
	}
	info, err = os.Stat(filepath.Join(path, "journal.jsonl"))
	return err == nil && info.Mode().IsRegular()
}

// file takes one file on disk: a stream, or a zip archive of streams.
func (f *finder) file(ctx context.Context, shown, path string, info fs.FileInfo, root string) error {
	switch kind := special(info.Mode()); {
	case kind == "":
	case root == "" && info.Mode()&fs.ModeNamedPipe != 0:
		return f.spoolFrom(ctx, shown, func() (io.ReadCloser, error) { return openPipe(path) })
	default:
		return &PathError{Path: shown, Err: fmt.Errorf("%w: %s", ErrNotFile, kind)}
	}
	src := source{path: shown, file: path, member: -1, explicit: root == "", root: root}
	src.size, src.modified = info.Size(), info.ModTime().UnixNano()
	file, err := os.Open(path)
	if err != nil {
		return &PathError{Path: shown, Err: reason(err)}
	}
	defer file.Close()
	return f.streams(file, src)
}

// streams takes a file apart if it is an archive.
func (f *finder) streams(file diskFile, src source) error {
	magic := make([]byte, 8)
	n, err := file.ReadAt(magic, 0)
	if n == 0 && err != nil && !errors.Is(err, io.EOF) {
		return &PathError{Path: src.path, Err: reason(err)}
	}
	if !isZip(magic[:n]) {
		src.packed = isPacked(magic[:n])
		f.add(&src)
		return nil
	}
	return f.archive(file, src)
}

// add keeps a source unless the same file was named before; of two spellings of one path the smaller is shown.
func (f *finder) add(s *source) {
	abs, err := filepath.Abs(s.file)
	if err != nil {
		abs = s.file
	}
	key := fmt.Sprintf("%s\x00%d\x00%s", abs, s.member, s.sheet)
	old, ok := f.sources[key]
	if !ok {
		f.sources[key] = s
		return
	}
	old.explicit = old.explicit || s.explicit
	old.path = min(old.path, s.path)
}

func (f *finder) spool(ctx context.Context) error {
	if f.stdin == nil {
		return &PathError{Path: "-", Err: fmt.Errorf("%w: standard input is not connected", ErrNotFound)}
	}
	return f.spoolFrom(ctx, "-", func() (io.ReadCloser, error) { return io.NopCloser(f.stdin), nil })
}

// spoolFrom copies a stream that can be read once only to a temporary file, so that evidence can be read again.
func (f *finder) spoolFrom(ctx context.Context, shown string, open func() (io.ReadCloser, error)) error {
	for _, s := range f.sources {
		if s.path == shown {
			return nil // standard input is one stream, however often it is named
		}
	}
	temp, err := spool.New()
	if err != nil {
		return &PathError{Path: shown, Err: err}
	}
	f.spools = append(f.spools, temp)
	copied := make(chan error, 1)
	go func() {
		in, err := open() // a pipe that nobody writes to blocks here
		if err == nil {
			_, err = io.Copy(temp, in)
			err = errors.Join(err, in.Close())
		}
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done():
		return ctx.Err() // the copy ends with its reader
	}
	if err != nil {
		return &PathError{Path: shown, Err: reason(err)}
	}
	info, err := temp.Stat()
	if err != nil {
		return &PathError{Path: shown, Err: reason(err)}
	}
	return f.streams(section{io.NewSectionReader(temp, 0, info.Size())}, source{
		path: shown, file: temp.Name(), member: -1, explicit: true, size: info.Size(), spool: temp,
	})
}
