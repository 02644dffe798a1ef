package ingest

import (
	"context"
	"fmt"
	"iter"

	"triage/ingest/activity"
)

// Locate tells where the records at origins stand, in their order, which is by file and then offset; each Evidence has no
// Raw. It is [Files.Evidence] for all records of a case: memory is that of one stretch of a file, whose answers are told when
// all of them are known. Every file is read once.
func (f *Files) Locate(ctx context.Context, origins iter.Seq[activity.Origin], tell func(Evidence) error) error {
	next, stop := iter.Pull(origins)
	defer stop()
	for o, ok := next(); ok; {
		if int(o.File) >= len(f.inputs) {
			return fmt.Errorf("input %d of %d", o.File, len(f.inputs))
		}
		in := f.inputs[o.File]
		l := locating{in: in, tell: tell, next: next}
		var err error
		if o, ok, err = l.file(ctx, o); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &PathError{Path: in.src.path, Err: err}
		}
	}
	return nil
}

// locating is one file being read again.
type locating struct {
	in    *input
	next  func() (activity.Origin, bool)
	tell  func(Evidence) error
	batch []Evidence
	want  []wanted
}

// file answers for all origins of the file, from the first on, and returns the first that is of another.
func (l *locating) file(ctx context.Context, o activity.Origin) (activity.Origin, bool, error) {
	file, ok := o.File, true
	if len(l.in.blocks) == 0 { // the stream ended before its first record
		for ok && o.File == file {
			if err := l.tell(Evidence{Path: l.in.src.path, Line: 1, Record: 1}); err != nil {
				return o, ok, err
			}
			o, ok = l.next()
		}
		return o, ok, nil
	}
	at, closer, err := l.in.reopen()
	if err != nil {
		return o, ok, err
	}
	defer closer()
	search := l.in.search(0)
	for ok && o.File == file {
		if err := ctx.Err(); err != nil {
			return o, ok, err
		}
		i := l.in.stretchOf(o.Offset)
		end := l.in.endOf(i)
		var offsets []int64
		for first := true; ok && o.File == file && (first || o.Offset < end); first = false {
			offsets = append(offsets, o.Offset)
			o, ok = l.next()
		}
		text, err := at(l.in.blocks[i].start.Offset, end)
		if err != nil {
			return o, ok, err
		}
		l.ask(offsets)
		if err := search.stretch(text, i, l.want); err != nil {
			return o, ok, err
		}
		for _, one := range l.batch {
			if err := l.tell(one); err != nil {
				return o, ok, err
			}
		}
	}
	return o, ok, nil
}

// ask makes room for the answers about records of one stretch.
func (l *locating) ask(offsets []int64) {
	l.batch, l.want = make([]Evidence, len(offsets)), l.want[:0]
	for i, offset := range offsets {
		l.batch[i].Path = l.in.src.path
		l.want = append(l.want, wanted{offset, &l.batch[i]})
	}
}
