// Package spool keeps on the disk what can be read only once, or does not fit into memory: a copy of a stream, and records
// being sorted. Nobody else may read it, and a run that is killed leaves nothing.
package spool

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// prefix begins the names of temporary files.
const prefix = "triage-spool-"

// File is a temporary file. Nobody but its owner may read it. Where the system
// allows, it has no name any more before anything is written to it, so that no evidence stays behind whatever ends the process.
// An empty file may, and the next run removes it.
type File struct {
	*os.File
	name string // to be removed in the end; "": it has none any more
}

// New makes one in the system's folder for temporary files. Its owner closes it.
func New() (*File, error) {
	file, err := os.CreateTemp("", prefix+"*")
	if err != nil {
		return nil, err
	}
	s := &File{File: file}
	// Windows does not remove a file that is open. Then the end of the run removes it, or the start of another.
	if err := os.Remove(file.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.name = file.Name()
	}
	return s, nil
}

// Close removes it.
func (s *File) Close() error {
	err := s.File.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}

// Sweep removes from a folder the files that killed runs left behind. Those of runs that still read have no name, or, on
// Windows, cannot be removed. What fails is not said: the folder belongs to everybody.
func Sweep(folder string) {
	dir, err := os.Open(folder)
	if err != nil {
		return
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(1024)
		for _, name := range names {
			digits, ok := strings.CutPrefix(name, prefix)
			if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
				continue
			}
			path := filepath.Join(folder, name)
			if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
				_ = os.Remove(path)
			}
		}
		if err != nil {
			return
		}
	}
}
