package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"triage/ingest/activity"
	"triage/ingest/charset"
	"triage/ingest/record"
	"triage/ingest/unwrap"
)

// input is one source on its way through the workers.
type input struct {
	src      *source
	kind     *kind
	cut      record.Cut
	plain    bool
	sum      string
	size     int64 // of the decoded stream
	blocks   []*stretch
	shards   []*activity.Shard // by worker
	decode   []record.Decoder  // by worker
	broken   atomic.Bool       // the quoting rules do not hold: cut again, leniently
	cutShort bool              // the disk failed while it was read
	ended    error             // what ended the reading, other than its end
	notes    []string
	wide     charset.Encoding
	odd      *charset.OddBytes // what of it is not UTF-8; nil: not looked for
	expected atomic.Bool       // a worker makes room for its records
	room     atomic.Pointer[activity.Room]
	work     sync.WaitGroup
	added    uint32          // its place among the inputs as they were merged
	damaged  string          // why what was read may not be what was written
	sizes    []*record.Sizes // by worker
	median   int64           // of the lengths of the records that were read; 0: there were none
}

// stretch is what stays of a block: enough to find a record in it again.
type stretch struct {
	start   record.Place
	line    int64 // physical line at start, from 1
	records int64
}

// job is one block for a worker.
type job struct {
	in    *input
	block *record.Block
	at    *stretch
}

// sourceReader reads sources with a number of workers.
type sourceReader struct {
	opts    Options
	formats []record.Format
	dates   sync.Mutex // guards held and around
	held    []*input   // whose dates other inputs may settle
	around  around
	jobs    chan job
	free    chan *record.Block
	report  *meter
	done    func(in *input, owner string) error // takes each input that was read; called from several goroutines
	limits  activity.Limits
	fail    func(error) // ends the run: the case is too large
	skips   int         // of an input that are kept one by one
}

// readAll reads every source; for each, in their order, it returns why it could not be read. Files are read side by side
// as well, so that a folder of small ones keeps all workers busy; no more of them than workers, so that memory stays
// bounded.
func (r *sourceReader) readAll(ctx context.Context, sources []*source) []error {
	r.jobs = make(chan job)
	r.free = make(chan *record.Block, r.opts.Workers*3)
	for range cap(r.free) {
		r.free <- &record.Block{}
	}
	var workers sync.WaitGroup
	for number := range r.opts.Workers {
		workers.Go(func() { r.worker(number) })
	}
	outcomes := make([]error, len(sources))
	var next atomic.Int64
	var readers sync.WaitGroup
	for range min(r.opts.Workers, len(sources)) {
		readers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(sources)); i = next.Add(1) - 1 {
				outcomes[i] = r.read(ctx, sources[i])
			}
		})
	}
	readers.Wait()
	r.settleHeld(ctx, func(src *source, err error) { outcomes[slices.Index(sources, src)] = err })
	close(r.jobs)
	workers.Wait()
	r.jobs, r.free = nil, nil
	return outcomes
}

func (r *sourceReader) read(ctx context.Context, src *source) error {
	g := &gauge{m: r.report, src: src}
	in, cut, err := r.passes(ctx, src, g)
	g.done()
	if err != nil {
		return err
	}
	if in.cut.Lenient && !cut {
		in.notes = append(in.notes, "quoting is broken somewhere in this file: it was read row by row, and each broken row was skipped up to the next line that begins a row")
	}
	in.noteText()
	if d := in.dates(); r.hold(in, &d) {
		return nil
	}
	return r.finished(in)
}

// settleHeld ends the reading of inputs whose dates other inputs may settle: those that are settled are read once more.
func (r *sourceReader) settleHeld(ctx context.Context, failed func(*source, error)) {
	held := r.held
	slices.SortFunc(held, func(x, y *input) int {
		return cmp.Or(cmp.Compare(x.src.path, y.src.path), cmp.Compare(x.src.member, y.src.member))
	})
	for _, in := range held {
		d := in.dates()
		src := in.src
		var err error
		if order, why := r.around.settle(in, &d); src.settle(order, why) {
			err = r.read(ctx, src)
		} else {
			err = r.finished(in)
		}
		failed(src, err)
	}
}

// finished hands an input on.
func (r *sourceReader) finished(in *input) error {
	in.noteDates()
	if err := r.done(in, r.opts.AssumeMailbox); err != nil {
		r.fail(err)
		return err
	}
	return nil
}

// cutting is how an earlier reading has shown that a stream must be cut.
type cutting struct {
	lenient  bool // row by row
	brackets bool // JSON by its brackets, not at its newlines
}

// passes reads a source, and once more where the first reading has shown that it must be read otherwise: row by row, by
// brackets, or as text of a code page. cut says that the last row ends in its middle, which looks like broken quoting.
func (r *sourceReader) passes(ctx context.Context, src *source, g *gauge) (in *input, cut bool, err error) {
	for how := (cutting{}); ; {
		if in, err = r.pass(ctx, src, how, g); err != nil {
			return nil, cut, err
		}
		switch page := in.page(); {
		case in.broken.Load() && in.cut.Lines:
			how.brackets = true
		case in.broken.Load() && !how.lenient:
			cut, how.lenient = in.cutShort, true
		case page != charset.UTF8 && src.page == charset.UTF8:
			src.page, src.odd = page, in.odd
		case src.settled(new(in.dates())):
		default:
			return in, cut, nil
		}
		g.undo(in.decoded())
	}
}

// page is the code page that the text turned out to be of; UTF8 for none.
func (in *input) page() charset.Encoding {
	if in.odd == nil {
		return charset.UTF8
	}
	return in.odd.Page()
}

// noteText says what was made of bytes that are not UTF-8.
func (in *input) noteText() {
	odd, lost := in.odd, ""
	if in.src.odd != nil {
		odd, lost = in.src.odd, " in it either"
		in.notes = append(in.notes, fmt.Sprintf("the text is not UTF-8: it was read as %s, the code page that fits best", in.wide))
	}
	if odd == nil {
		return
	}
	if n := odd.Lost(in.wide); n > 0 {
		in.notes = append(in.notes, fmt.Sprintf("bytes that are no text%s, each shown as U+FFFD: %d", lost, n))
	}
}

// forget lets go of all that only reading needs. What looks up evidence is the header and the wrapper's beginning.
func (in *input) forget() {
	in.shards, in.decode, in.notes, in.odd, in.src.odd = nil, nil, nil, nil, nil
	in.kind.look.Rows, in.kind.look.Objects, in.kind.why = nil, nil, ""
}

// pass reads a source once from beginning to end.
func (r *sourceReader) pass(ctx context.Context, src *source, how cutting, g *gauge) (*input, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.opts.Memory.Input()
	st, err := src.open(true)
	if err != nil {
		return nil, err
	}
	defer st.close()
	k, err := st.recognise(r.formats)
	if err != nil {
		return nil, err
	}
	if st.wide != charset.UTF8 {
		k.why += "; text in " + st.wide.String()
	}
	if st.printed != "" {
		k.why += "; " + st.printed
	}
	in := &input{
		src: src, kind: &k, cut: k.look.Cut, plain: st.plain, wide: st.wide,
		shards: make([]*activity.Shard, r.opts.Workers), decode: make([]record.Decoder, r.opts.Workers),
		sizes: make([]*record.Sizes, r.opts.Workers),
	}
	if in.cut.Lenient = how.lenient; !how.brackets {
		in.cut = in.cut.OneALine(st.sample[k.start:])
	}
	if beyond := k.look.Beyond; beyond > 0 {
		in.notes = append(in.notes, fmt.Sprintf("the table has %d columns: the first %d are read, the others are not",
			record.MaxColumns+beyond, record.MaxColumns))
	}
	text := st.text(k.start)
	if st.wide == charset.UTF8 && k.look.Shape != record.Mail { // a message says itself how its parts are written
		in.odd = &charset.OddBytes{}
		text = &watched{text, in.odd}
	}
	c := record.NewCutter(text, in.cut, record.Place{Offset: int64(k.start)})
	told := func(decoded int64) {
		r.opts.Memory.Read(decoded)
		g.add(decoded, st.onDisk())
	}
	err = r.cut(ctx, in, c, int64(1+bytes.Count(st.sample[:k.start], []byte{'\n'})), told)
	in.work.Wait()
	in.cutShort = ofDisk(st.raw.err)
	if in.odd != nil {
		in.odd.End()
	}
	if err != nil || in.broken.Load() {
		return in, err
	}
	if in.sum, err = st.sha256(); err != nil && in.ended == nil {
		in.ended = reason(err)
	}
	in.finish(c)
	return in, nil
}

// watched tells a stream's odd bytes while it is read.
type watched struct {
	r   io.Reader
	odd *charset.OddBytes
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.odd.Add(p[:n])
	return n, err
}

// decoded is how many records the workers made of it.
func (in *input) decoded() int64 {
	n := int64(0)
	for _, at := range in.blocks {
		n += at.records
	}
	return n
}

// cut hands the blocks of a stream to the workers, and tells how many bytes there were.
func (r *sourceReader) cut(ctx context.Context, in *input, c *record.Cutter, line int64, told func(decoded int64)) error {
	for {
		var b *record.Block
		select {
		case b = <-r.free:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := c.Next(b)
		if err != nil || in.broken.Load() {
			r.free <- b
			switch {
			case err == nil || errors.Is(err, record.ErrQuoting) || errors.Is(err, record.ErrLines):
				in.broken.Store(true)
			case !errors.Is(err, io.EOF):
				in.ended = reason(err)
			}
			return nil
		}
		at := &stretch{start: b.Start, line: line}
		line += b.Lines
		in.blocks = append(in.blocks, at)
		in.work.Add(1)
		told(b.Size)
		select {
		case r.jobs <- job{in, b, at}:
		case <-ctx.Done():
			in.work.Done()
			r.free <- b
			return ctx.Err()
		}
	}
}

// finish settles what is known only at the end of a stream.
func (in *input) finish(c *record.Cutter) {
	in.size = c.Place().Offset
	in.median = record.Median(in.sizes)
	in.sizes = nil
	if wrongChecksum(in.ended) {
		in.damaged, in.ended = wordsOf(in.ended), nil
		in.notes = append(in.notes, in.damaged+": bytes of it were changed after it was written, nobody knows which; its records were read as they are")
	}
	if in.ended != nil {
		if words := wordsOf(in.ended); words != in.ended.Error() {
			in.ended = errors.New(words)
		}
		in.skipAt(in.size, fmt.Errorf("the stream ends early, what follows is lost: %w", in.ended))
		in.notes = append(in.notes, "the stream ends early: "+in.ended.Error())
	} else if c.Open() {
		in.notes = append(in.notes, "the file ends inside a list: it was probably cut, and what followed is lost")
		in.ended = errOpen
	}
}

func (in *input) skipAt(offset int64, why error) {
	i := slices.IndexFunc(in.shards, func(s *activity.Shard) bool { return s != nil })
	if i < 0 {
		i = 0
		in.shards[0] = activity.NewShard(0, activity.Interest{})
	}
	in.shards[i].Skip(offset, why)
}

func (r *sourceReader) worker(number int) {
	w := &record.Walker{}
	for j := range r.jobs {
		in := j.in
		if in.shards[number] == nil {
			in.shards[number] = activity.NewShard(0, r.opts.Interest)
			in.shards[number].KeepSkips(r.skips)
			in.shards[number].Times = in.src.times
			in.decode[number] = r.decoder(in.kind)
			in.sizes[number] = &record.Sizes{}
		}
		if !in.broken.Load() {
			in.shards[number].Use(in.room.Load())
			r.decodeBlock(w, j, number)
			if in.plain && in.expected.CompareAndSwap(false, true) {
				in.room.Store(in.shards[number].Expect(float64(in.src.size)/float64(j.block.Size), &r.limits))
			}
			if err := in.shards[number].Check(&r.limits); err != nil {
				r.fail(err)
			}
		}
		r.free <- j.block
		in.work.Done()
	}
}

// decoder makes a decoder of a kind. Of JSON, what it cannot read may stand inside something else.
func (r *sourceReader) decoder(k *kind) record.Decoder {
	d := k.format.New(k.look.Head)
	if k.look.Shape == record.JSON {
		d = unwrap.Fallback(d, r.formats)
	}
	return d
}

// decodeBlock turns a block's records into activities.
func (r *sourceReader) decodeBlock(w *record.Walker, j job, worker int) {
	shard, dec, sizes := j.in.shards[worker], j.in.decode[worker], j.in.sizes[worker]
	w.Sep = j.in.cut.Sep
	before := shard.Records()
	columns := j.in.cut.Cells
	shard.Block()
	err := w.Walk(j.block, func(rec record.Record, broken error) error {
		if n := len(rec.Cells) + rec.Beyond; broken == nil && rec.Cells != nil && n != columns {
			if !j.in.cut.Lenient && bytes.IndexByte(rec.Bytes, '\n') >= 0 {
				return record.ErrQuoting // a quote too many or too few may have made one row of several
			}
			broken = wrongCells(n, columns)
		}
		if broken == nil {
			n := shard.Len()
			broken = dec.Decode(rec, shard)
			if j.in.cut.Lines && !proved(dec) && !record.OneObject(rec.Bytes) {
				return record.ErrLines
			}
			if broken != nil && j.in.cut.Shape == record.JSON {
				broken = again(dec, rec, shard, broken)
			}
			if broken == nil && shard.Len() == n {
				broken = errNothing
			}
		}
		if broken != nil {
			shard.SkipStretch(rec.Offset, rec.Length, j.block.LinesOf(rec), broken)
			return nil
		}
		sizes.Add(rec.Length)
		return nil
	})
	if err != nil {
		j.in.broken.Store(true)
	}
	j.at.records = shard.Records() - before
	r.report.rows.Add(j.at.records)
}

// proved says that a decoder has read all of the record at hand: that it is one object, and where it ends.
func proved(dec record.Decoder) bool {
	p, ok := dec.(record.Prover)
	return ok && p.Proved()
}

// again decodes a record that could not be read, with what can be mended of it.
func again(dec record.Decoder, rec record.Record, shard *activity.Shard, broken error) error {
	text, odd := record.Mend(rec.Bytes)
	if !odd {
		return broken
	}
	rec.Bytes = text
	if dec.Decode(rec, shard) != nil {
		return broken
	}
	shard.Tally(record.Mended)
	return nil
}

// errOpen is the end of a stream whose list was never closed.
var errOpen = errors.New("the file ends inside a list")

// errNothing guards the promise that every record becomes an activity or a skipped row.
var errNothing = errors.New("nothing in it that the reader of this format knows")

func wrongCells(cells, columns int) error {
	if cells < columns {
		return fmt.Errorf("cut row: %d cells instead of %d", cells, columns)
	}
	return fmt.Errorf("row has %d cells instead of %d", cells, columns)
}
