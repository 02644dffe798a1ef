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
		return About(folder, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temp))
		}
	}()
	moved := make([]Document, len(documents))
	for i, d := range documents {
		moved[i] = d
		within, err := filepath.Rel(folder, d.Path)
		if err != nil || !filepath.IsLocal(within) {
			return fmt.Errorf("%s: lies outside of %s", d.Path, folder)
		}
		moved[i].Path = filepath.Join(temp, within)
	}
	if err := Publish(ctx, nil, moved, func(_, _ []string) error { return nil }); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(temp, folder); err != nil {
		return About(folder, err)
	}
	return syncFolders([]string{folder})
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
