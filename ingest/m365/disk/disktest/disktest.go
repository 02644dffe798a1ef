// Package disktest takes the disk away from a fetch after any byte.
package disktest

import (
	"errors"

	"triage/ingest/m365/disk"
)

// Mortal is a disk that obeys until so many bytes are written, an act counting as one; then it does nothing any more, as
// if the process were gone. It spares the real disk the waiting for its platter.
type Mortal struct {
	disk.Real
	Left *int // nil: for ever
}

// ErrKilled is what such a disk answers from then on.
var ErrKilled = errors.New("killed")

// spend says how many of n bytes are still written.
func (m Mortal) spend(n int) (int, error) {
	if m.Left == nil {
		return n, nil
	}
	if *m.Left < n {
		n = max(0, *m.Left)
		*m.Left = -1
		return n, ErrKilled
	}
	*m.Left -= n
	return n, nil
}

func (m Mortal) act(f func() error) error {
	if _, err := m.spend(1); err != nil {
		return err
	}
	return f()
}

// Mkdir implements disk.Files.
func (m Mortal) Mkdir(path string) error { return m.act(func() error { return m.Real.Mkdir(path) }) }

// Rename implements disk.Files.
func (m Mortal) Rename(from, to string) error {
	return m.act(func() error { return m.Real.Rename(from, to) })
}

// Remove implements disk.Files.
func (m Mortal) Remove(path string) error { return m.act(func() error { return m.Real.Remove(path) }) }

// SyncFolder implements disk.Files.
func (m Mortal) SyncFolder(string) error { return m.act(func() error { return nil }) }

// Create implements disk.Files.
func (m Mortal) Create(path string) (f disk.File, err error) {
	err = m.act(func() error { f, err = m.Real.Create(path); return err })
	return file{m, f}, err
}

// Extend implements disk.Files.
func (m Mortal) Extend(path string) (f disk.File, err error) {
	err = m.act(func() error { f, err = m.Real.Extend(path); return err })
	return file{m, f}, err
}

type file struct {
	Mortal
	f disk.File
}

func (m file) Sync() error { return m.act(func() error { return nil }) }

func (m file) Close() error {
	if m.f == nil {
		return nil
	}
	return m.f.Close()
}

func (m file) Write(p []byte) (int, error) {
	n, err := m.spend(len(p))
	if n > 0 {
		if n, err := m.f.Write(p[:n]); err != nil {
			return n, err
		}
	}
	return n, err
}
