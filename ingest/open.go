package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/ingest/alert"
	"triage/ingest/audit"
	"triage/ingest/graph"
	"triage/ingest/hunting"
	"triage/ingest/listing"
	"triage/ingest/memory"
	"triage/ingest/message"
	"triage/ingest/outlook"
	"triage/ingest/record"
	"triage/ingest/signin"
	"triage/ingest/spool"
	"triage/ingest/timestamp"
	"triage/ingest/trace"
)

// Options say how to read. The zero value reads every known format with as many workers as there are processors.
type Options struct {
	AssumeMailbox string            // owner of exports that name none (--assume-mailbox)
	Workers       int               // 0: one a processor
	Interest      activity.Interest // what the rules want beyond the fields
	Stdin         io.Reader         // what "-" reads
	Today         time.Time         // or a later day, if the report is for one: a time more than two days after it cannot be true; zero: not known
	Progress      func(Progress)    // called now and then, never from two goroutines at once
	Formats       []record.Format   // nil: Formats()

	DateOrders []Says[timestamp.Order] // how dates are written that can be read both ways (--date-order)
	Zones      []Says[*time.Location]  // of times that are local and do not say where (--utc-offset)

	AllowNone bool              // a case without any export is no error: Files.Problems and Ignored say why
	Memory    *memory.Watch     // what the case may take; nil: anything
	Expect    func(bytes int64) // told before reading about how much memory the case will take

	limits *activity.Limits // smaller ones, for tests
}

// Ignored is a file, found in a folder or archive, that is no export.
type Ignored struct {
	Path   string
	Reason string

	root string // the folder, pattern or archive that it was found in
}

// Files are the exports of a case, read. Close it when no more evidence is needed.
type Files struct {
	Case     *activity.Case
	Ignored  []Ignored // by path
	Unnamed  []string  // files that DateOrders and Zones name and there are not
	Problems []error   // a PathError for each path that could not be read, by path

	inputs  []*input // as Case.Inputs
	fetched []activity.FetchRecord
	spools  []*spool.File

	merging sync.Mutex // guards inputs and builder while files are read side by side
	builder *activity.Builder
	kinds   []*kind // the first ones that differ
}

// Formats lists every known format, in the order in which they are tried.
func Formats() []record.Format {
	entra := mixed(slices.Concat(signin.Formats(), audit.DirectoryFormats(), alert.Formats(), graph.Formats(), hunting.Formats()))
	all := slices.Concat(outlook.Formats(), audit.Formats(), entra, message.Formats(), trace.Formats(), listing.Formats(), message.MailFormats())
	return append(all, asObjects(slices.Concat(audit.Formats(), audit.DirectoryFormats(), signin.Formats(), message.Formats()))...)
}

// Open reads every path into one case. A path may be a file, a folder, a pattern (**/*.csv) or "-" for standard input.
// If nothing at all can be read the error joins a PathError for each path; otherwise those are Files.Problems.
func Open(ctx context.Context, paths []string, opts Options) (*Files, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if opts.Formats == nil {
		opts.Formats = Formats()
	}
	spool.Sweep(os.TempDir())
	f := finder{stdin: opts.Stdin}
	files := &Files{}
	f.named = paths
	err := f.find(ctx, paths)
	files.spools = f.spools
	if err == nil {
		err = files.read(ctx, &f, opts)
	}
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return files, nil
}

// Close deletes the temporary copy of standard input.
func (f *Files) Close() error {
	var errs []error
	for _, s := range f.spools {
		errs = append(errs, s.Close())
	}
	f.spools = nil
	return errors.Join(errs...)
}

func (f *Files) read(ctx context.Context, found *finder, opts Options) error {
	sources := found.sorted()
	f.builder = activity.NewBuilder()
	if opts.limits != nil {
		f.builder.Limits = *opts.limits
	}
	f.builder.Limits.Room, f.builder.Limits.Untouched = opts.Memory.Room, opts.Memory.Untouched
	if opts.Expect != nil {
		opts.Expect(estimate(sources, opts.Formats, opts.Memory.Fits))
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := sourceReader{
		limits: f.builder.Limits, fail: stop, skips: min(activity.MostSkips, max(leastSkips, mostSkips/max(1, len(sources)))),
		opts: opts, formats: opts.Formats, report: newMeter(sources, opts.Progress), done: f.take,
	}
	var times activity.Times
	if !opts.Today.IsZero() {
		times = activity.TimesUntil(opts.Today)
	}
	f.told(sources, times, &opts)
	outcomes := r.readAll(ctx, sources)
	r.report.tell()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	f.Ignored, f.Problems = found.ignored, found.problems
	roots := map[string]bool{} // found something in it
	archives := map[string]bool{}
	for i, o := range outcomes {
		src := sources[i]
		switch {
		case o == nil:
		case src.explicit || ofDisk(o):
			f.Problems = append(f.Problems, &PathError{Path: src.path, Err: o})
		default:
			f.Ignored = append(f.Ignored, Ignored{src.path, o.Error(), src.root})
		}
		if src.root != "" {
			roots[src.root] = roots[src.root] || o == nil
			archives[src.root] = src.archive != nil && src.archive.path == src.root
		}
	}
	for _, in := range f.inputs {
		if ofDisk(in.ended) {
			f.Problems = append(f.Problems, &PathError{Path: in.src.path, Err: fmt.Errorf("%w: %w", ErrCut, in.ended)})
		}
	}
	reasons := reasonsIn(f.Ignored)
	for root, any := range roots {
		if !any {
			f.Problems = append(f.Problems, &PathError{Path: root, Err: nothingIn(reasons[root], archives[root])})
		}
	}
	for i, err := range f.Problems {
		f.Problems[i] = plainly(err)
	}
	f.fetches(found)
	f.sort()
	if len(f.inputs) == 0 && !opts.AllowNone {
		return errors.Join(f.Problems...)
	}
	return f.settle(ctx)
}

// mostSkips is how many skipped records of a run are kept one by one, shared evenly among its inputs; leastSkips is what
// each input keeps, however many there are.
const (
	mostSkips  = 100_000
	leastSkips = 10
)

// take merges an input into the case as soon as it is read, and keeps of it what evidence needs: what thousands of
// inputs would keep of their reading is far more than what they say.
func (f *Files) take(in *input, owner string) error {
	f.merging.Lock()
	defer f.merging.Unlock()
	shards := slices.DeleteFunc(in.shards, func(s *activity.Shard) bool { return s == nil })
	f.builder.Add(in.describe(shards), shards, owner)
	in.forget()
	in.kind = f.shared(in.kind)
	f.inputs = append(f.inputs, in)
	return f.builder.Err()
}

// mostKinds is how many kinds of inputs are remembered for sharing.
const mostKinds = 64

// shared is a kind that was seen before and is the same, or else the kind itself: thousands of files have one header.
func (f *Files) shared(k *kind) *kind {
	for _, old := range f.kinds {
		if old.same(k) {
			return old
		}
	}
	if len(f.kinds) < mostKinds {
		f.kinds = append(f.kinds, k)
	}
	return k
}

// sort brings everything into the report's order: path, then content.
func (f *Files) sort() {
	for i, in := range f.inputs {
		in.added = uint32(i)
	}
	slices.SortStableFunc(f.inputs, func(x, y *input) int {
		return cmp.Or(cmp.Compare(x.src.path, y.src.path), cmp.Compare(x.sum, y.sum), cmp.Compare(x.src.member, y.src.member))
	})
	numbers := make([]uint32, len(f.inputs))
	for i, in := range f.inputs {
		numbers[in.added] = uint32(i)
	}
	f.builder.Order(numbers)
	slices.SortStableFunc(f.Ignored, func(x, y Ignored) int { return cmp.Compare(x.Path, y.Path) })
	slices.SortStableFunc(f.Problems, func(x, y error) int { return cmp.Compare(x.Error(), y.Error()) })
}

// Settle is what is found out of a tenant's whole case, once it is merged: which way traced mail went, and who is meant by
// a name that is no address.
func Settle(c *activity.Case) {
	names := account.Spell(c)
	// Before names are joined, so that a stranger's name at another domain is no alias of the tenant's people.
	message.Direct(c, audit.TenantDomains(c))
	names.Join()
}

// settle makes the case of all that was merged. It runs apart, so that an interrupt need not wait for a large one.
func (f *Files) settle(ctx context.Context) error {
	done := make(chan *activity.Case, 1)
	go func() {
		done <- f.builder.Case(Settle)
	}()
	select {
	case f.Case = <-done:
		f.Case.Fetches = f.fetched
		err := f.builder.Err()
		f.builder, f.kinds = nil, nil
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// describe is what the report says of an input whose workers' shards are given.
func (in *input) describe(shards []*activity.Shard) activity.Input {
	out := activity.Input{
		Path: in.src.path, SHA256: in.sum, Bytes: in.size, Format: in.kind.format.Name, Why: in.kind.why,
		Source: in.kind.format.Source, Notes: in.notes, Encoding: in.wide.String(), Damaged: in.damaged, Typical: in.median,
	}
	if in.ended != nil {
		out.Ended = in.ended.Error()
	}
	for _, s := range shards {
		out.Rows += int64(s.Len())
	}
	records := int64(0)
	for _, at := range in.blocks {
		out.Chunks = append(out.Chunks, activity.Chunk{Offset: at.start.Offset, Line: at.line, Records: records})
		records += at.records
	}
	return out
}
