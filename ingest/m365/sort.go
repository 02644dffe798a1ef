package m365

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"triage/ingest/m365/disk"
)

// sorter sorts more than fits into memory: sorted runs go to files, which are merged. Items with equal keys keep the
// order in which they came.
type sorter struct {
	files  disk.Files
	folder string // exists
	name   string // of the files in it
	budget int    // bytes in memory; 0: 8 MiB
	text   []byte
	held   []span
	runs   []string
	made   int
}

// span is an item within text.
type span struct{ key, body, end int }

// maxFan bounds how many files are open at once.
const maxFan = 64

func (s *sorter) add(key, body []byte) error {
	if len(s.text)+len(key)+len(body) > cmp.Or(s.budget, 8<<20) && len(s.held) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	start := len(s.text)
	s.text = append(append(s.text, key...), body...)
	s.held = append(s.held, span{start, start + len(key), len(s.text)})
	return nil
}

func (s *sorter) sortHeld() {
	slices.SortStableFunc(s.held, func(a, b span) int {
		return bytes.Compare(s.text[a.key:a.body], s.text[b.key:b.body])
	})
}

// spill writes what is held as a run.
func (s *sorter) spill() error {
	s.sortHeld()
	err := s.write(func(put func(key, body []byte) error) error {
		for _, h := range s.held {
			if err := put(s.text[h.key:h.body], s.text[h.body:h.end]); err != nil {
				return err
			}
		}
		return nil
	}, len(s.runs))
	s.text, s.held = s.text[:0], s.held[:0]
	return err
}

// write makes a run and puts it at its place among the others.
func (s *sorter) write(fill func(put func(key, body []byte) error) error, at int) error {
	path := filepath.Join(s.folder, fmt.Sprintf("%s-%d", s.name, s.made))
	s.made++
	f, err := s.files.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	err = fill(func(key, body []byte) error {
		head := binary.AppendUvarint(nil, uint64(len(key)))
		head = binary.AppendUvarint(head, uint64(len(body)))
		for _, part := range [][]byte{head, key, body} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = w.Flush()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	s.runs = slices.Insert(s.runs, at, path)
	return nil
}

// each hands over everything in order; key and body are valid until f returns. It may be called once.
func (s *sorter) each(ctx context.Context, f func(key, body []byte) error) error {
	if len(s.runs) == 0 {
		s.sortHeld()
		for i, h := range s.held {
			if i%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := f(s.text[h.key:h.body], s.text[h.body:h.end]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	s.text, s.held = nil, nil
	for len(s.runs) > maxFan {
		first := s.runs[:maxFan:maxFan]
		s.runs = s.runs[maxFan:]
		err := s.write(func(put func(key, body []byte) error) error { return s.merge(ctx, first, put) }, 0)
		if err != nil {
			return err
		}
	}
	return s.merge(ctx, s.runs, f)
}

// merge reads runs at once and deletes them.
func (s *sorter) merge(ctx context.Context, runs []string, f func(key, body []byte) error) (err error) {
	var m merging
	defer func() {
		for _, r := range m {
			err = errors.Join(err, r.f.Close())
		}
	}()
	for i, path := range runs {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		r := &reading{f: file, buf: bufio.NewReaderSize(file, 64<<10), number: i}
		if err := r.next(); err != nil {
			return errors.Join(err, file.Close())
		}
		m = append(m, r)
	}
	heap.Init(&m)
	for n := 0; len(m) > 0; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r := m[0]
		if err := f(r.key, r.body); err != nil {
			return err
		}
		switch err := r.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&m)
			if err := errors.Join(r.f.Close(), s.files.Remove(r.f.Name())); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			heap.Fix(&m, 0)
		}
	}
	return nil
}

// reading is a run and the item that it stands at.
type reading struct {
	f         *os.File
	buf       *bufio.Reader
	number    int
	key, body []byte
}

func (r *reading) next() error {
	k, err := binary.ReadUvarint(r.buf)
	if err != nil {
		return err
	}
	b, err := binary.ReadUvarint(r.buf)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	r.key = slices.Grow(r.key[:0], int(k))[:k]
	r.body = slices.Grow(r.body[:0], int(b))[:b]
	if _, err := io.ReadFull(r.buf, r.key); err != nil {
		return io.ErrUnexpectedEOF
	}
	if _, err := io.ReadFull(r.buf, r.body); err != nil {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// merging implements heap.Interface: the smallest key first, of equal keys that of the first run.
type merging []*reading

func (m merging) Len() int { return len(m) }
func (m merging) Less(i, j int) bool {
	if c := bytes.Compare(m[i].key, m[j].key); c != 0 {
		return c < 0
	}
	return m[i].number < m[j].number
}
func (m merging) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *merging) Push(x any)   { *m = append(*m, x.(*reading)) } //nolint:forcetypeassert // heap's own contract

// Pop implements heap.Interface.
func (m *merging) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
