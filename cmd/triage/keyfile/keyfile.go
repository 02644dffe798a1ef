// Package keyfile keeps the key of redacted reports in a file of its own, which only its owner may read and which is never
// overwritten: without it nobody can give back what was redacted.
package keyfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"triage/analyzers/report/redact"
	"triage/cmd/triage/outfile"
	"triage/geo"
)

// most is how long a key file may be: it holds a key and a few lines for people.
const most = 64 << 10

// Read reads a key.
func Read(path string) (*redact.Key, error) {
	f, err := geo.OpenFile(path)
	if err != nil {
		return nil, outfile.WithPath(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, outfile.WithPath(path, err)
	}
	key, err := redact.ParseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// Open reads a key, or makes one of random bytes where there is no such file yet; made says so.
func Open(path string, random io.Reader) (key *redact.Key, made bool, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		key, err := Read(path)
		return key, false, err
	}
	if key, err = redact.NewKey(random); err != nil {
		return nil, false, err
	}
	return key, true, outfile.WithPath(path, writeNew(path, key.Text()))
}

// writeNew makes the file, or nothing.
func writeNew(path, text string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Within says that a file would lie in a folder, or below it.
func Within(path, folder string) bool {
	file, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	root, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, file)
	return err == nil && filepath.IsLocal(rel)
}
