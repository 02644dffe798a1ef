package ingest

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// spoolPrefix begins the names of temporary copies of what can be read only once.
const spoolPrefix = "triage-spool-"

// spool is a temporary copy of evidence that can be read only once. Nobody but its owner may read it. Where the system
// allows, it has no name any more before anything is written to it, so that no evidence stays behind whatever ends the process.
// An empty file may, and the next run removes it.
type spool struct {
	file *os.File
	name string // to be removed in the end; "": it has none any more
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", spoolPrefix+"*")
	if err != nil {
		return nil, err
	}
	s := &spool{file: file}
	// Windows does not remove a file that is open. Then the end of the run removes it, or the start of another.
	if err := os.Remove(file.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.name = file.Name()
	}
	return s, nil
}

func (s *spool) close() error {
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}

// sweepSpools removes the copies that killed runs left behind. Those of runs that still read have no name, or, on
// Windows, cannot be removed. What fails is not said: the folder belongs to everybody.
func sweepSpools(folder string) {
	dir, err := os.Open(folder)
	if err != nil {
		return
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(1024)
		for _, name := range names {
			digits, ok := strings.CutPrefix(name, spoolPrefix)
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

// diskFile is evidence on the disk: a file, or the copy of what can be read only once.
type diskFile interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// section is a reading of a spool, which stays open for others.
type section struct{ *io.SectionReader }

// Close implements io.Closer.
func (section) Close() error { return nil }

func (s *spool) open(size int64) diskFile { return section{io.NewSectionReader(s.file, 0, size)} }
