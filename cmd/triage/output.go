package main

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

// document is one rendering of a report and where it goes.
type document struct {
	path  string // "": standard output
	write func(io.Writer) error
}

// plan says where each format goes: one format to standard output, a file or a folder; several into a folder, which need
// not exist yet. names are the file names of the formats within a folder, in order.
func plan(output string, names []string) ([]string, error) {
	switch {
	case output == "" || output == "-":
		if len(names) > 1 {
			return nil, usage("add --output FOLDER", "%d formats do not fit on standard output", len(names))
		}
		return []string{""}, nil
	case isFolder(output) || strings.HasSuffix(output, "/") || strings.HasSuffix(output, string(filepath.Separator)):
	case len(names) == 1:
		return []string{output}, nil
	default:
		if _, err := os.Lstat(output); err == nil {
			return nil, usage("", "--output %s: want a folder for %d formats, it is a file", output, len(names))
		}
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = filepath.Join(output, name)
	}
	return paths, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkFree makes sure, before any work is done, that writing will not cost anybody a file: without force none may exist,
// and with force only ordinary files are replaced, never one of the inputs.
func checkFree(paths []string, force bool, inputs []string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "" || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return usage("", "--output: %w", err)
		}
		for _, in := range inputs {
			if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
				return usage("", "--output %s is one of the inputs: evidence is never overwritten", path)
			}
		}
		switch {
		case !info.Mode().IsRegular():
			return usage("", "--output %s: not an ordinary file", path)
		case !force:
			return usage("--force overwrites it", "%s exists already", path)
		}
	}
	return nil
}

// publish writes all documents, or none: the files are complete, and on the disk, under temporary names beside their
// places before the first is renamed. What was made is taken back if it does not come to its end; only an old report that
// was replaced by then is not restored, which is said.
func (t *tool) publish(ctx context.Context, documents []document, force bool) (err error) {
	var temps, folders []string
	defer func() {
		if err != nil {
			err = errors.Join(err, removeAll(temps))
			_ = removeAll(folders) // unless something is in them by now
		}
	}()
	var paths []string
	for _, d := range documents {
		if d.path == "" {
			if err := writeBuffered(ctx, "standard output", t.stdout, d.write); err != nil {
				return err
			}
			continue
		}
		if err := makeFolder(filepath.Dir(d.path), &folders); err != nil {
			return err
		}
		if err := writeBeside(ctx, d.path, d.write, &temps); err != nil {
			return err
		}
		paths = append(paths, d.path)
	}
	if err := checkFree(paths, force, nil); err != nil { // somebody may have been faster
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
			err = named(path, err)
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
		return named(path, err) // if it is no folder, writing into it says so
	}
	if err := makeFolder(filepath.Dir(path), made); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !isFolder(path) { // somebody may have been faster
		return named(path, err)
	} else if err == nil {
		*made = append(*made, path)
	}
	return nil
}

// writeBeside writes a file under a temporary name in the folder of path and adds that name to temps.
func writeBeside(ctx context.Context, path string, write func(io.Writer) error, temps *[]string) error {
	f, err := createBeside(path)
	if err != nil {
		return named(path, err)
	}
	*temps = append(*temps, f.Name())
	err = writeBuffered(ctx, path, f, write)
	if err == nil {
		err = named(path, f.Sync())
	}
	if e := f.Close(); err == nil {
		err = named(path, e)
	}
	return err
}

// named is an error of package os about the temporary file of a path, with the path in its place.
func named(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, withoutPath(err))
}

// createBeside creates the temporary file, which only its owner may read, and so will be the report. What a killed run
// left of the same report is removed first.
func createBeside(path string) (*os.File, error) {
	folder, base := filepath.Split(path)
	sweepBeside(folder, base)
	return os.CreateTemp(cmp.Or(folder, "."), fmt.Sprintf(".%s.%d.*.tmp", base, os.Getpid()))
}

// sweepBeside removes the temporary files of a report whose process is over. What fails is not said: it is no harm to
// what is written now.
func sweepBeside(folder, base string) {
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
	if err != nil {
		err = fmt.Errorf("%s: %w", u.name, withoutPath(err))
	}
	return n, err
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
