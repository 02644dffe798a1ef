package spool

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"slices"
)

// Sorter sorts records by their bytes, any number of them in the same memory: what does not fit is written in sorted runs
// and merged. The zero value is ready.
type Sorter struct {
	Most int // bytes of records that it holds; 0: 4 MB

	text  []byte
	ends  []int // of the records in text
	file  *File
	runs  []sortedRun
	total int64 // bytes of the file
}

// sortedRun is a sorted stretch of the file.
type sortedRun struct{ from, to int64 }

const usualMost = 4 << 20

// Add takes a copy of a record.
func (s *Sorter) Add(record []byte) error {
	if len(s.text) > 0 && len(s.text)+len(record) > cmp.Or(s.Most, usualMost) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.text = append(s.text, record...)
	s.ends = append(s.ends, len(s.text))
	return nil
}

// sorted are the records in memory, in order. They stay valid until the next is added.
func (s *Sorter) sorted() [][]byte {
	list, from := make([][]byte, len(s.ends)), 0
	for i, end := range s.ends {
		list[i] = s.text[from:end:end]
		from = end
	}
	slices.SortFunc(list, bytes.Compare)
	return list
}

// spill writes what is in memory as a run.
func (s *Sorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = New(); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(io.NewOffsetWriter(s.file, s.total), 1<<16)
	r := sortedRun{from: s.total, to: s.total}
	var length [binary.MaxVarintLen64]byte
	for _, record := range s.sorted() {
		head := length[:binary.PutUvarint(length[:], uint64(len(record)))]
		out.Write(head) // the first error comes up at Flush
		out.Write(record)
		r.to += int64(len(head) + len(record))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	s.runs, s.total = append(s.runs, r), r.to
	s.text, s.ends = s.text[:0], s.ends[:0]
	return nil
}

// All yields the records in order, once. A record is valid until the next one; after an error there is none.
func (s *Sorter) All() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if len(s.runs) == 0 {
			for _, record := range s.sorted() {
				if !yield(record, nil) {
					return
				}
			}
			return
		}
		if err := s.merge(yield); err != nil {
			yield(nil, err)
		}
	}
}

func (s *Sorter) merge(yield func([]byte, error) bool) error {
	if len(s.ends) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.text, s.ends = nil, nil
	var heads heads
	for _, r := range s.runs {
		h := &head{in: bufio.NewReaderSize(io.NewSectionReader(s.file, r.from, r.to-r.from), 1<<13)}
		if ok, err := h.next(); err != nil {
			return err
		} else if ok {
			heads = append(heads, h)
		}
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		if !yield(heads[0].record, nil) {
			return nil
		}
		switch ok, err := heads[0].next(); {
		case err != nil:
			return err
		case ok:
			heap.Fix(&heads, 0)
		default:
			heap.Pop(&heads)
		}
	}
	return nil
}

// Close gives back the disk.
func (s *Sorter) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// head is the next record of a run.
type head struct {
	in     *bufio.Reader
	record []byte
}

// next reads it; ok is false at the end of the run.
func (h *head) next() (ok bool, err error) {
	n, err := binary.ReadUvarint(h.in)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h.record = slices.Grow(h.record[:0], int(n))[:n]
	_, err = io.ReadFull(h.in, h.record)
	return err == nil, err
}

// heads are the runs, the one with the least next record first.
type heads []*head

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return bytes.Compare(h[i].record, h[j].record) < 0 }
func (h heads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *heads) Push(x any) { *h = append(*h, x.(*head)) }

// Pop implements heap.Interface.
func (h *heads) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
