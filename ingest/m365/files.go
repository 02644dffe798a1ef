package m365

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// files is how a fetch changes the disk. Tests kill a fetch after any byte by one that stops obeying.
type files interface {
	mkdir(path string) error
	create(path string) (file, error) // empty
	extend(path string) (file, error) // at its end
	rename(from, to string) error
	remove(path string) error // a file or a folder with all that is in it; none is no error
	syncFolder(path string) error
}

type file interface {
	io.WriteCloser
	Sync() error
}

// disk is the machine's file system. What it creates is evidence: nobody but its owner may read it.
type disk struct{}

func (disk) mkdir(path string) error      { return os.MkdirAll(path, 0o700) }
func (disk) rename(from, to string) error { return os.Rename(from, to) }
func (disk) remove(path string) error     { return os.RemoveAll(path) }

func (disk) create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

func (disk) extend(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// syncFolder makes new names in a folder survive a power cut. Windows cannot, and need not.
func (disk) syncFolder(path string) error {
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

// place writes a whole file: under a temporary name, to the disk, then under its own.
func place(f files, temp, path, folder string, content []byte) error {
	out, err := f.create(temp)
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
	if err := f.rename(temp, path); err != nil {
		return err
	}
	return f.syncFolder(folder)
}

// exists says whether there is something at a path.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
