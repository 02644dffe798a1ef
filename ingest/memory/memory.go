// Package memory knows how much memory the process may use, and says before it runs out. A Go program that reaches its
// limit ends with a stack trace, exit code 2 and no word that a responder could act on.
//
// Three things bound a process. What it has in memory: --memory, a control group, the machine. The addresses that it has
// taken (ulimit -v): Go takes those of its heap in pieces of 64 MiB, and more than a gigabyte for itself before the
// program begins. The memory that it may write to, whether it did or not (ulimit -d).
package memory

import (
	"fmt"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is what a limit bounds.
type Kind uint8

// The kinds.
const (
	Resident Kind = iota // what is in memory
	Address              // addresses, used or not
	Data                 // what may be written to, used or not
)

// Limit is a bound on what the process may use, and who sets it.
type Limit struct {
	Kind  Kind
	Bytes int64
	From  string // as it stands in a sentence: "--memory", "the control group"
}

// Full is the error of a case that does not fit.
type Full struct {
	Used  int64 // by the limit's kind
	Need  int64 // so much more
	Limit Limit
}

// Error says how much is used, and what bounds it.
func (f *Full) Error() string {
	return fmt.Sprintf("the memory does not suffice: %s are in use, about %s more are needed, and %s allows %s",
		Size(f.Used), Size(f.Need), f.Limit.From, Size(f.Limit.Bytes))
}

// Size is a number of bytes for people.
func Size(bytes int64) string {
	if bytes >= 10e9 {
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

// Watch holds the process to its limits. Its methods may be called from several goroutines; a nil Watch has no limits.
type Watch struct {
	limits  []bound
	ceiling int64 // of the Go heap: where the collector works as hard as it may

	untouched atomic.Int64 // taken from the system, but nothing was written there

	mu    sync.Mutex
	usual int64 // how large the Go heap becomes with what was read
	told  int64 // usual when the collector was told last
	set   int64 // what it was told
}

// bound is a limit with what must stay free below it.
type bound struct {
	Limit
	free    int64 // when the watch began
	reserve int64 // the largest piece that may be taken between two looks, and what ending in order takes
}

// New finds the limits of the process and tells the collector. said is what the user allows (--memory), 0 for nothing.
func New(said int64) *Watch {
	found := systemLimits()
	if said > 0 {
		found = allow(found, said)
	}
	w := &Watch{ceiling: debug.SetMemoryLimit(-1), usual: startHeap} // the first is GOMEMLIMIT
	now, heap := use(), goMemory()
	for _, l := range found {
		b := bound{Limit: l, free: max(0, l.Bytes-now[l.Kind])}
		b.reserve = min(max(b.free/16, leastReserve), mostReserve)
		w.limits = append(w.limits, b)
		w.ceiling = max(1<<20, min(w.ceiling, b.heap(heap)))
	}
	w.pace()
	return w
}

// What stays free: pieces that are larger are asked for by Room.
const (
	leastReserve = 24 << 20
	mostReserve  = 512 << 20
)

// allow puts the user's word in the place of what is guessed from the machine.
func allow(found []Limit, said int64) []Limit {
	limits := []Limit{{Resident, said, "--memory"}}
	for _, l := range found {
		if l.From != machine {
			limits = append(limits, l)
		}
	}
	return limits
}

// machine is the name of the limit that is only guessed: what other programs leave.
const machine = "the machine's free memory"

// arena is in what pieces Go takes addresses for its heap.
const arena = 64 << 20

// heap is how large the Go heap may become under a limit, if it has a size now.
func (b bound) heap(now goUse) int64 {
	free := b.free - b.reserve
	if b.Kind == Address {
		inUse := (now.mapped + arena - 1) / arena * arena
		return inUse + max(0, b.free-leastReserve)/arena*arena - b.reserve
	}
	return now.total + max(0, free)
}

// goUse is what the Go runtime has.
type goUse struct {
	total  int64 // without what it gave back
	mapped int64 // with it
	idle   int64 // of mapped, what it can use without asking for more
	spare  int64 // of total, the same
}

func goMemory() goUse {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	total, released, free := int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64()), int64(samples[2].Value.Uint64())
	return goUse{total: total - released, mapped: total, idle: released + free, spare: free}
}

// program is about what the process has in memory beside what Go accounts for: the pages of the program itself.
const program = 24 << 20

// goFigures is what the process uses as far as Go knows it, by kind.
func goFigures() [3]int64 {
	g := goMemory()
	return [3]int64{Resident: g.total + program, Address: g.mapped + program, Data: g.mapped}
}

// How large the heap may become before the collector works harder than it usually does. Go lets a heap double between two
// collections, which for a small input of many small records is more than its size warrants. startHeap is what a run
// takes that reads nothing; with two and a half times what was decoded an export's heap may double. Where more is live,
// an eighth of it more is let come all the same, and a twentieth where that would be beyond the bound that PROMISES.md
// gives: a collector that never rests costs more than it saves. Where so much is live that the bound cannot hold any
// more, a quarter: 100,000 tenants of one row spend more than half their time in collections otherwise.
const (
	startHeap  = 36 << 20
	heapFactor = 2.5
	inputHeap  = 1 << 10 // what stays of an input, whatever is in it
	besideHeap = 8 << 20
	leastHeap  = 4 << 20 // the same near the bound

	boundHeap   = 64e6 - program // live at most within the bound, of an input of no bytes,
	boundFactor = 3              // and for each that is decoded
)

// Read says that so many more bytes were decoded.
func (w *Watch) Read(bytes int64) { w.grow(int64(heapFactor * float64(bytes))) }

// Input says that one more input is read.
func (w *Watch) Input() { w.grow(inputHeap) }

func (w *Watch) grow(bytes int64) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.usual += bytes; w.usual-w.told > paceStep {
		w.told = w.usual
		w.pace()
	}
}

// paceStep is by how much the usual size must grow for the collector to be told anew.
const paceStep = 8 << 20

// Untouched says that so many more bytes were taken but never touched: the collector counts them, nobody else does.
func (w *Watch) Untouched(bytes int64) {
	if w != nil {
		w.untouched.Add(bytes)
	}
}

// pace tells the collector how large the heap may become. The caller holds the lock.
func (w *Watch) pace() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	untouched := w.untouched.Load()
	held := max(0, int64(live[0].Value.Uint64())-untouched)
	size := held + held/8 + besideHeap
	switch most := boundHeap + int64(boundFactor/heapFactor*float64(w.usual-startHeap)); {
	case held > most+most/4:
		size = held + held/4 + besideHeap
	case size > most:
		size = max(most, held+held/20+leastHeap)
	}
	size = min(max(w.usual, size)+untouched, w.ceiling)
	if off := size - w.set; off > paceStep/4 || off < -paceStep/4 {
		w.set = size
		debug.SetMemoryLimit(size)
	}
}

// Room is an error if so many more bytes in one piece do not fit.
func (w *Watch) Room(bytes int64) error {
	if w == nil {
		return nil
	}
	return w.check(bytes)
}

func (w *Watch) check(more int64) error {
	if len(w.limits) == 0 {
		return nil
	}
	now, heap := use(), goMemory()
	for _, b := range w.limits {
		need := more + b.reserve
		if b.Kind == Address {
			need = (need+arena-1)/arena*arena + leastReserve
		}
		if !b.has(need, now, heap) {
			return &Full{now[b.Kind], need, b.Limit}
		}
	}
	return nil
}

// has says whether so much is free below a limit.
func (b bound) has(need int64, now [3]int64, heap goUse) bool {
	if b.Kind == Resident {
		return now[Resident]-heap.spare+need <= b.Bytes
	}
	return now[b.Kind]+need <= b.Bytes || heap.idle >= 2*need // what is idle is in pieces
}

// Fits says whether so many bytes are free. It is to be asked before anything is read.
func (w *Watch) Fits(bytes int64) bool {
	_, free := w.Tightest()
	return bytes <= free
}

// Tightest is the limit below which the least was free at the start, and how much that was; without any limit, as much
// as there can be.
func (w *Watch) Tightest() (limit Limit, free int64) {
	free = math.MaxInt64
	if w == nil {
		return limit, free
	}
	for _, b := range w.limits {
		if b.free < free {
			limit, free = b.Limit, b.free
		}
	}
	return limit, free
}

// look is how often Start looks: Go touches some ten megabytes of new memory in that time at most.
const look = 20 * time.Millisecond

// Start looks at what is in use now and then until stop is called. It calls full, once, if too little is left.
func (w *Watch) Start(full func(error)) (stop func()) {
	if w == nil {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(look)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			w.mu.Lock()
			w.pace()
			w.mu.Unlock()
			if err := w.check(0); err != nil {
				full(err)
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}
