// Package outfile writes files so that nothing torn is left: a file stands in its place when it is complete and on the
// disk, and of several all do or none. Which files may be replaced, the command says.
package outfile

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Document is one rendering of a report and where it goes.
type Document struct {
	Path  string // "": standard output
	Write func(io.Writer) error
}

// Publish writes all documents, or none: the files are complete, and on the disk, under temporary names beside their
// places before the first is renamed. What was made is taken back if it does not come to its end; only an old report that
// was replaced by then is not restored, which is said. ready is asked just before the renames: somebody may have been faster.
func Publish(ctx context.Context, stdout io.Writer, documents []Document, ready func(temps, paths []string) error) (err error) {
	var temps, folders []string
	defer func() {
		if err != nil {
			err = errors.Join(err, removeAll(temps))
			_ = removeAll(folders) // unless something is in them by now
		}
	}()
	var paths []string
	for _, d := range documents {
		if d.Path == "" {
			if err := writeBuffered(ctx, "standard output", stdout, d.Write); err != nil {
				return err
			}
			continue
		}
		if err := makeFolder(filepath.Dir(d.Path), &folders); err != nil {
			return err
		}
		if err := writeBeside(ctx, d.Path, d.Write, &temps); err != nil {
			return err
		}
		paths = append(paths, d.Path)
	}
	if err := ready(temps, paths); err != nil {
		return err
	}
	if err := renameAll(temps, paths); err != nil {
		return err
	}
	return syncFolders(paths)
}

// renameAll puts the temporary files in their places. If one does not get there, those before it are removed.
func renameAll(temps, paths []string) error {
	var fresh []string
	for i, path := range paths {
		_, gone := os.Lstat(path)
		if err := os.Rename(temps[i], path); err != nil {
			err = WithPath(path, err)
			for _, done := range paths[:i] {
				if !slices.Contains(fresh, done) {
					err = errors.Join(err, fmt.Errorf("%s was replaced before that", done))
				}
			}
			return errors.Join(err, removeAll(fresh))
		}
		if gone != nil {
			fresh = append(fresh, path)
		}
	}
	return nil
}

// makeFolder makes a folder and those above it, for their owner alone, and adds those that were not there to made.
func makeFolder(path string, made *[]string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return WithPath(path, err) // if it is no folder, writing into it says so
	}
	if err := makeFolder(filepath.Dir(path), made); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !IsFolder(path) { // somebody may have been faster
		return WithPath(path, err)
	} else if err == nil {
		*made = append(*made, path)
	}
	return nil
}

// writeBeside writes a file under a temporary name in the folder of path and adds that name to temps.
func writeBeside(ctx context.Context, path string, write func(io.Writer) error, temps *[]string) error {
	f, err := createBeside(path)
	if err != nil {
		return WithPath(path, err)
	}
	*temps = append(*temps, f.Name())
	err = writeBuffered(ctx, path, f, write)
	if err == nil {
		err = WithPath(path, f.Sync())
	}
	if e := f.Close(); err == nil {
		err = WithPath(path, e)
	}
	return err
}

// WithPath is an error of package os about the temporary file of a path, with the path in its place.
func WithPath(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, withoutPath(err))
}

// createBeside creates the temporary file, which only its owner may read, and so will be the report. What a killed run
// left of the same report is removed first.
func createBeside(path string) (*os.File, error) {
	folder, base := filepath.Split(path)
	Sweep(folder, base)
	return os.CreateTemp(cmp.Or(folder, "."), fmt.Sprintf(".%s.%d.*.tmp", base, os.Getpid()))
}

// Sweep removes the temporary files of a report whose process is over. What fails is not said: it is no harm to
// what is written now.
func Sweep(folder, base string) {
	entries, err := os.ReadDir(cmp.Or(folder, "."))
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), "."+base+".")
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(rest, ".tmp")
		number, random, _ := strings.Cut(number, ".")
		pid, err := strconv.Atoi(number)
		if !ok || err != nil || pid <= 0 || strings.Trim(random, "0123456789") != "" {
			continue
		}
		if e.Type().IsRegular() && processEnded(pid) {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// processEnded says that there is no process of a number. In doubt there is one.
func processEnded(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return !errors.Is(err, fs.ErrPermission)
	}
	err = p.Signal(syscall.Signal(0)) // sends nothing; Windows refuses, and has found the process already
	_ = p.Release()
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

func writeBuffered(ctx context.Context, name string, w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(untilCancelled{ctx, name, w}, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// untilCancelled writes until the user interrupts.
type untilCancelled struct {
	ctx  context.Context
	name string // for errors
	w    io.Writer
}

func (u untilCancelled) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.w.Write(p)
	return n, WithPath(u.name, err)
}

// removeAll removes files, and folders if nothing else is in them, the last first. What is not there is no fault.
func removeAll(names []string) error {
	var errs []error
	for _, name := range slices.Backward(names) {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// syncFolders makes the new names survive a power cut. Windows cannot sync a folder, and need not.
func syncFolders(paths []string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	done := map[string]bool{}
	for _, path := range paths {
		folder := filepath.Dir(path)
		if done[folder] {
			continue
		}
		done[folder] = true
		f, err := os.Open(folder)
		if err != nil {
			return err
		}
		// Some network file systems refuse to sync a folder; the files themselves are safe by now.
		_ = f.Sync()
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// IsFolder says whether a path is a folder, or a link to one.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// withoutPath is an error of package os without the operation and the path, which the message has already.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
