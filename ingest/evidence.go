package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// Evidence is a record as it stands in its file.
type Evidence struct {
	Path      string
	Line      int64  // physical line where the record starts, from 1
	Record    int64  // number of the record, from 1; a header is none
	Raw       string // the record's text, cut at a rune; invalid UTF-8 reads U+FFFD
	Cut       bool   // Raw is not all of it
	ServiceID string // the service's own id; "" where the record has none
}

// Identifier is a decoder that can tell the service's id of a record.
type Identifier interface {
	ServiceID(rec record.Record) string
}

// wanted is one origin to be looked up, and where the answer goes.
type wanted struct {
	offset int64
	out    *Evidence
}

// Evidence reads the records at origins again: those of activities, duplicates and skipped rows. The answer has one
// Evidence for each origin, in the same order, with at most limit bytes of text. Every file is read once, however many
// records of it are asked for. If a file is not what it was, the error is an ErrChanged that names it.
func (f *Files) Evidence(ctx context.Context, origins []activity.Origin, limit int) ([]Evidence, error) {
	out := make([]Evidence, len(origins))
	byInput := make([][]wanted, len(f.inputs))
	for i, o := range origins {
		if int(o.File) >= len(f.inputs) {
			return nil, fmt.Errorf("input %d of %d", o.File, len(f.inputs))
		}
		out[i].Path = f.inputs[o.File].src.path
		byInput[o.File] = append(byInput[o.File], wanted{o.Offset, &out[i]})
	}
	for i, want := range byInput {
		if len(want) == 0 {
			continue
		}
		slices.SortFunc(want, func(x, y wanted) int { return cmp.Compare(x.offset, y.offset) })
		if err := f.inputs[i].lookUp(ctx, want, limit); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &PathError{Path: f.inputs[i].src.path, Err: err}
		}
	}
	return out, nil
}

// lookUp answers what is wanted of one input.
func (in *input) lookUp(ctx context.Context, want []wanted, limit int) error {
	if len(in.blocks) == 0 { // the stream ended before its first record
		for _, w := range want {
			w.out.Line, w.out.Record = 1, 1
		}
		return nil
	}
	at, closer, err := in.reopen()
	if err != nil {
		return err
	}
	defer closer()
	search := in.search(limit)
	for len(want) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		i := in.stretchOf(want[0].offset)
		end := in.endOf(i)
		n := 1
		for n < len(want) && want[n].offset < end {
			n++
		}
		text, err := at(in.blocks[i].start.Offset, end)
		if err != nil {
			return err
		}
		if err := search.stretch(text, i, want[:n]); err != nil {
			return err
		}
		want = want[n:]
	}
	return nil
}

func (in *input) search(limit int) *search {
	s := &search{in: in, limit: limit, walker: record.Walker{Sep: in.cut.Sep}}
	s.ids, _ = in.kind.format.New(in.kind.look.Head).(Identifier)
	return s
}

// stretchOf is the stretch that holds an offset; the last one for what lies behind all.
func (in *input) stretchOf(offset int64) int {
	i, found := slices.BinarySearchFunc(in.blocks, offset, func(s *stretch, offset int64) int {
		return cmp.Compare(s.start.Offset, offset)
	})
	if !found {
		i--
	}
	return max(0, i)
}

func (in *input) endOf(i int) int64 {
	if i+1 < len(in.blocks) {
		return in.blocks[i+1].start.Offset
	}
	return in.size + 1
}

// reopen gives access to the decoded stream again: by offset where it is a plain file, else from front to back.
func (in *input) reopen() (at func(from, to int64) (io.Reader, error), closer func(), err error) {
	if in.plain {
		st := &stream{}
		raw, err := in.src.raw(st)
		if err != nil {
			st.close()
			return nil, nil, err
		}
		file, ok := raw.(diskFile)
		if !ok {
			st.close()
			return nil, nil, ErrArchive
		}
		return func(from, to int64) (io.Reader, error) {
			return io.NewSectionReader(file, from, to-from), nil
		}, st.close, nil
	}
	st, err := in.src.open(false)
	if err != nil {
		return nil, nil, err
	}
	text, done := st.text(0), int64(0)
	return func(from, to int64) (io.Reader, error) {
		if _, err := io.CopyN(io.Discard, text, from-done); err != nil {
			return nil, notFound(from, err)
		}
		done = to
		return io.LimitReader(text, to-from), nil
	}, st.close, nil
}

// search finds records in stretches.
type search struct {
	in     *input
	limit  int
	walker record.Walker
	block  record.Block
	ids    Identifier
}

// errFound ends a walk early.
var errFound = errors.New("found")

// stretch cuts one stretch again and answers what is wanted of it.
func (s *search) stretch(text io.Reader, i int, want []wanted) error {
	from := s.in.blocks[i]
	c := record.NewCutter(text, s.in.cut, from.start).Sized(s.in.endOf(i) - from.start.Offset)
	line, number := from.line, s.in.before(i)
	b := &s.block
	for len(want) > 0 {
		if err := c.Next(b); err != nil {
			if want[0].offset < s.in.size {
				return notFound(want[0].offset, err)
			}
			break // what lies behind the last record is answered below
		}
		counted := 0 // bytes of the block whose newlines are in line
		err := s.walker.Skim(b, func(rec record.Record, broken error) error {
			number++
			for len(want) > 0 && want[0].offset <= rec.Offset {
				if want[0].offset < rec.Offset {
					return fmt.Errorf("%w: no record at byte %d", ErrChanged, want[0].offset)
				}
				to := int(rec.Offset - b.Start.Offset)
				line += int64(bytes.Count(b.Bytes[counted:to], []byte{'\n'}))
				counted = to
				whole, fault := s.walker.Whole(rec, broken)
				if fault != nil && broken == nil {
					return fmt.Errorf("%w: the record at byte %d: %w", ErrChanged, rec.Offset, fault)
				}
				s.answer(want[0].out, whole, fault, line, number)
				want = want[1:]
			}
			if len(want) == 0 {
				return errFound
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return err
		}
		if len(want) > 0 {
			line += int64(bytes.Count(b.Bytes[counted:], []byte{'\n'}))
		}
	}
	for _, w := range want { // where the stream ended early
		w.out.Line, w.out.Record = line, number+1
	}
	return nil
}

// notFound is that a stream ends before a record that was read from it.
func notFound(offset int64, err error) error {
	if ofDisk(err) {
		return reason(err)
	}
	return fmt.Errorf("%w: no record at byte %d", ErrChanged, offset)
}

func (s *search) answer(out *Evidence, rec record.Record, broken error, line, number int64) {
	out.Line, out.Record = line, number
	text := record.Clip(rec.Bytes, s.limit)
	out.Cut = len(text) < len(rec.Bytes)
	out.Raw = record.Valid(string(text))
	if s.ids != nil && broken == nil {
		out.ServiceID = s.ids.ServiceID(rec)
	}
}

// before is the number of records before a stretch.
func (in *input) before(i int) int64 {
	n := int64(0)
	for _, s := range in.blocks[:i] {
		n += s.records
	}
	return n
}
