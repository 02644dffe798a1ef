// Package disk is how a fetch changes the file system: so that each change is whole or not there, and so that tests can take
// the disk away after any byte.
package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// Files is how a fetch changes the disk. Tests kill a fetch after any byte by one that stops obeying.
type Files interface {
	Mkdir(path string) error
	Create(path string) (File, error) // empty
	Extend(path string) (File, error) // at its end
	Rename(from, to string) error
	Remove(path string) error // a file or a folder with all that is in it; none is no error
	SyncFolder(path string) error
}

// File is a file that is written.
type File interface {
	io.WriteCloser
	Sync() error
}

// Real is the machine's file system. What it creates is evidence: nobody but its owner may read it.
type Real struct{}

// Mkdir implements Files.
func (Real) Mkdir(path string) error { return os.MkdirAll(path, 0o700) }

// Rename implements Files.
func (Real) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements Files.
func (Real) Remove(path string) error { return os.RemoveAll(path) }

// Create implements Files.
func (Real) Create(path string) (File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

// Extend implements Files.
func (Real) Extend(path string) (File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// SyncFolder makes new names in a folder survive a power cut. Windows cannot, and need not.
func (Real) SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = f.Sync() // some network file systems refuse; the file itself is safe by now
	return f.Close()
}

// Place writes a whole file: under a temporary name, to the disk, then under its own.
func Place(f Files, temp, path, folder string, content []byte) error {
	out, err := f.Create(temp)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err := f.Rename(temp, path); err != nil {
		return err
	}
	return f.SyncFolder(folder)
}

// Exists says whether there is something at a path.
func Exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
