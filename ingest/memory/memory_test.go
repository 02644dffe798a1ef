package memory

import (
	"errors"
	"math"
	"runtime/debug"
	"testing"
	"time"
)

// A watch says that there is no room before there is none, by any kind of limit; without a limit there always is.
func TestRoom(t *testing.T) {
	f := func(l Limit, more int64, fits bool) {
		t.Helper()
		w := &Watch{limits: []bound{{Limit: l, reserve: leastReserve}}}
		err := w.Room(more)
		if full := new(Full); (err == nil) != fits || err != nil && !errors.As(err, &full) {
			t.Errorf("%v, %d more: %v", l, more, err)
		}
	}
	now := use()
	for kind := range now {
		f(Limit{Kind(kind), now[kind] + 1<<40, "x"}, 1<<30, true)
		f(Limit{Kind(kind), now[kind] + 1<<30, "x"}, 1<<30, false)
		f(Limit{Kind(kind), now[kind] + leastReserve/2, "x"}, 0, false)
	}
	var none *Watch
	if none.Room(math.MaxInt64) != nil || !none.Fits(math.MaxInt64) || (&Watch{}).Room(math.MaxInt64) != nil {
		t.Error("no room without a limit")
	}
	none.Read(1)
	none.Input()
	none.Start(nil)()
}

// The user's word stands in the place of what is guessed from the machine, never of a limit that the system enforces.
func TestAllow(t *testing.T) {
	found := []Limit{{Resident, 100, "the control group"}, {Address, 5, "ulimit -v"}, {Resident, 50, machine}}
	got := allow(found, 200)
	if len(got) != 3 || got[0] != (Limit{Resident, 200, "--memory"}) || got[1] != found[0] || got[2] != found[1] {
		t.Errorf("%v", got)
	}
}

// The collector is told the least of what is usual for what was read, and of the limits; GOMEMLIMIT is one of them.
func TestPace(t *testing.T) {
	before := debug.SetMemoryLimit(1 << 40)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	w := New(0)
	told := func() int64 { return debug.SetMemoryLimit(-1) }
	start := told()
	w.Read(1 << 30)
	if grown := told() - start; grown < 2<<30 || grown > 3<<30 {
		t.Errorf("%d more after a gigabyte", grown)
	}
	if w.Read(1 << 42); told() > 1<<40 {
		t.Errorf("told %d, beyond GOMEMLIMIT", told())
	}
}

// A watch that runs tells once that it is full.
func TestStart(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	full := make(chan error, 2)
	w := &Watch{limits: []bound{{Limit: Limit{Resident, 1, "x"}, reserve: leastReserve}}, usual: startHeap, ceiling: math.MaxInt64}
	stop := w.Start(func(err error) { full <- err })
	defer stop()
	select {
	case err := <-full:
		if want := new(Full); !errors.As(err, &want) || want.Limit.From != "x" {
			t.Errorf("%v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it never tells")
	}
}
