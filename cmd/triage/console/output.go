package console

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
)

// Places says where each format goes: one format to standard output, a file or a folder; several into a folder, which need
// not exist yet. names are the file names of the formats within a folder, in order.
func Places(output string, names []string) ([]string, error) {
	switch {
	case output == "" || output == "-":
		if len(names) > 1 {
			return nil, exit.Usage("add --output FOLDER", "%d formats do not fit on standard output", len(names))
		}
		return []string{""}, nil
	case outfile.IsFolder(output) || strings.HasSuffix(output, "/") || strings.HasSuffix(output, string(filepath.Separator)):
	case len(names) == 1:
		return []string{output}, nil
	default:
		if _, err := os.Lstat(output); err == nil {
			return nil, exit.Usage("", "--output %s: want a folder for %d formats, it is a file", output, len(names))
		}
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = filepath.Join(output, name)
	}
	return paths, nil
}

// CheckFree makes sure, before any work is done, that writing will not cost anybody a file: without force none may exist,
// and with force only ordinary files are replaced, never one of the inputs.
func CheckFree(paths []string, force bool, inputs []string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "" || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return exit.Usage("", "--output: %w", err)
		}
		for _, in := range inputs {
			if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
				return exit.Usage("", "--output %s is one of the inputs: evidence is never overwritten", path)
			}
		}
		switch {
		case !info.Mode().IsRegular():
			return exit.Usage("", "--output %s: not an ordinary file", path)
		case !force:
			return exit.Usage("--force overwrites it", "%s exists already", path)
		}
	}
	return nil
}

// Publish writes documents where plan said.
func (t *Tool) Publish(ctx context.Context, documents []outfile.Document, force bool) error {
	return outfile.Publish(ctx, t.Stdout, documents, func(_, paths []string) error { return CheckFree(paths, force, nil) })
}

// WriteJSON writes a document of little length, for people to read as well.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
