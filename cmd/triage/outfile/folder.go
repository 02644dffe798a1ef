package outfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// PublishFolder writes documents into a folder that is not there yet: whole, or not at all. Until all of them are complete
// and on the disk they lie in a folder of a temporary name beside it, which begins with a dot. The paths of documents lie
// in the folder. What killed runs left beside it is removed first.
func PublishFolder(ctx context.Context, folder string, documents []Document) (err error) {
	parent, name := filepath.Split(filepath.Clean(folder))
	sweepFolders(parent)
	temp, err := os.MkdirTemp(parent, fmt.Sprintf(".%s.%d.*.tmp", name, os.Getpid())) // its owner's alone
	if err != nil {
		return WithPath(folder, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, WithPath(folder, os.RemoveAll(temp)))
		}
	}()
	for _, d := range documents {
		within, err := filepath.Rel(folder, d.Path)
		if err != nil || !filepath.IsLocal(within) {
			return fmt.Errorf("%s: lies outside of %s", d.Path, folder)
		}
		if err := writeWhole(ctx, d, filepath.Join(temp, within)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := syncFolders([]string{filepath.Join(temp, name)}); err != nil { // the names in it
		return WithPath(folder, err)
	}
	if err := os.Rename(temp, folder); err != nil {
		return WithPath(folder, err)
	}
	return syncFolders([]string{folder})
}

// writeWhole writes a document to a path where nothing is, and says in errors where it will be.
func writeWhole(ctx context.Context, d Document, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return WithPath(d.Path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return WithPath(d.Path, err)
	}
	err = writeBuffered(ctx, d.Path, f, d.Write)
	if err == nil {
		err = WithPath(d.Path, f.Sync())
	}
	if e := f.Close(); err == nil {
		err = WithPath(d.Path, e)
	}
	return err
}

// sweepFolders removes the temporary folders of processes that are over.
func sweepFolders(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, hidden := strings.CutPrefix(e.Name(), ".")
		name, temporary := strings.CutSuffix(name, ".tmp")
		parts := strings.Split(name, ".")
		if !hidden || !temporary || !e.IsDir() || len(parts) != 3 || strings.Trim(parts[2], "0123456789") != "" {
			continue
		}
		if pid, err := strconv.Atoi(parts[1]); err == nil && pid > 0 && processEnded(pid) {
			_ = os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}
