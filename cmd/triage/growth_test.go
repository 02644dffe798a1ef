//go:build unix

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/analyzers/report"
	"triage/analyzers/report/render"
	"triage/cmd/triage/console"
	"triage/cmd/triage/packs"
	"triage/geo"
	"triage/ingest"
	"triage/rules"
)

// What is in proportion takes four times as long for four times of it, and a little more where it sorts or looks into
// larger tables; what grows with the square takes sixteen times as long.
const (
	mostGrowth  = 5.5
	roughGrowth = 7.0 // of the short run, whose cases are small, and which runs beside the tests of other packages
)

// gate measures how a cost grows.
type gate struct {
	least  float64 // CPU-seconds that the smaller case must cost beyond one with nothing in it
	rounds int     // of which the median counts
	most   float64 // times the cost for a case four times as large
	tries  int     // what is too much by chance is not too much again
	long   bool    // the garbage collector's work counts whole; beside a small case it would be all that counts
}

// growthGate is what a test can afford: all of it in the long run.
func growthGate() gate {
	if os.Getenv("TRIAGE_LONG") != "" {
		return gate{least: 0.3, rounds: 5, most: mostGrowth, tries: 1, long: true}
	}
	return gate{least: 0.08, rounds: 1, most: roughGrowth, tries: 3}
}

// growth is the cost of a case of n things and of one of 4n, in CPU-seconds beyond that of a case of none.
type growth struct {
	n           int
	small, four float64
}

func (g growth) ratio() float64 { return g.four / g.small }

func (g growth) String() string {
	return fmt.Sprintf("%7d %6.2f s %8d %6.2f s %6.2f times", g.n, g.small, 4*g.n, g.four, g.ratio())
}

var errGrowth = errors.New("the cost grows faster than the case")

// measure doubles n until the case costs enough, and compares it with one four times as large.
func (g gate) measure(n int, cost func(n int) float64) (out growth, err error) {
	nothing := g.median(func() float64 { return cost(0) })
	beyond := func(n int) float64 { return g.median(func() float64 { return cost(n) }) - nothing }
	least := max(g.least, nothing/4)
	for ; cost(n)-nothing < least; n *= 2 {
	}
	for range g.tries {
		out = growth{n: n, small: beyond(n)}
		for ; out.small < g.least; out.small = beyond(out.n) {
			out.n += out.n/8 + 1
		}
		out.four = beyond(4 * out.n)
		if out.ratio() <= g.most {
			return out, nil
		}
	}
	return out, fmt.Errorf("%w: %s, want at most %.1f", errGrowth, out, g.most)
}

func (g gate) median(cost func() float64) float64 {
	all := make([]float64, g.rounds)
	for i := range all {
		all[i] = cost()
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// cpuUsed is the processor time of some work, user and system. What else runs on the machine does not count, and neither
// does a collector that works only because a processor is idle.
func (g gate) cpuUsed(t testing.TB, work func()) float64 {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if g.long {
		runtime.GC()
	} else {
		defer debug.SetGCPercent(debug.SetGCPercent(300))
	}
	used := func() float64 {
		var use syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
			t.Fatal(err)
		}
		seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
		return seconds(use.Utime) + seconds(use.Stime)
	}
	before := used()
	work()
	return used() - before
}

// bench is what analyses need once.
type bench struct {
	gate
	set    *rules.Set
	places *geo.Locator
	asOf   time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{gate: growthGate(), asOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	var err error
	if b.set, err = packs.Load(rules.Options{AsOf: b.asOf, Version: console.Version}); err != nil {
		t.Fatal(err)
	}
	if b.places, err = geo.Open(geo.Options{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// cost is that of a whole analysis: reading, judging, and the report as JSON and text; of a case with a pack of its own,
// that of loading it as well.
func (b *bench) cost(t *testing.T, c growthCase) float64 {
	t.Helper()
	return b.cpuUsed(t, func() {
		if err := b.analyze(t, c); err != nil {
			t.Fatal(err)
		}
	})
}

func (b *bench) analyze(t *testing.T, c growthCase) (err error) {
	tool := &console.Tool{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Now: func() time.Time { return b.asOf }}
	a := &analysis{Tool: tool, options: analyzeOptions{asOf: b.asOf, workers: 1}, quiet: true, set: b.set, places: b.places}
	if c.pack != "" {
		if a.set, err = packs.Load(rules.Options{Paths: []string{c.pack}, AsOf: b.asOf, Version: console.Version}); err != nil {
			return err
		}
	}
	a.files, err = ingest.Open(t.Context(), c.paths, ingest.Options{Workers: 1, Interest: exposure.Want(ledger.Want(a.set.Interest)), Today: b.asOf})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.files.Close()) }()
	r, err := a.report(t.Context())
	if err != nil {
		return err
	}
	return errors.Join(report.WriteJSON(io.Discard, r), render.WriteText(io.Discard, r, render.TextOptions{}))
}

// Promise: cost grows in proportion. Along every axis, what is four times as large takes no more than 5.5 times the
// processor time, that of a case with nothing in it taken off, where the smaller one takes 0.3 seconds; median of five.
// The short run shows it on cases of a tenth of a second, and along the axes with a small case. Figures: .ci/figures/growth.txt.
func TestGrowth(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector's own cost is not the case's")
	}
	b := newBench(t)
	if err := b.analyze(t, growthAxes()[0].make(t, 10)); err != nil { // what is made once is made
		t.Fatal(err)
	}
	for _, axis := range growthAxes() {
		if axis.small == 0 && !b.long {
			continue
		}
		t.Run(axis.name, func(t *testing.T) {
			runtime.GC()
			cases := map[int]growthCase{}
			cost := func(n int) float64 {
				if _, made := cases[n]; !made {
					cases[n] = axis.make(t, n)
				}
				return b.cost(t, cases[n])
			}
			// Another program on the machine may spoil a measurement, and never three of a case that grows as it should.
			got, err := b.measure(cmp.Or(axis.small, 100), cost)
			for again := 0; again < 2 && errors.Is(err, errGrowth); again++ {
				t.Logf("once more: %s", got)
				got, err = b.measure(cmp.Or(axis.small, 100), cost)
			}
			if err != nil {
				t.Error(err)
			}
			t.Logf("figure: %-28s %s", axis.name, got)
		})
	}
}

// Promise of the test itself: beside a whole analysis, what grows with the square is found, and what sorts is not taken
// for it. The square is that of names of which each is compared with every other one, as look-alikes once were.
func TestGrowthGate(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector's own cost is not the case's")
	}
	b := newBench(t)
	b.tries = 1
	nothing := growthAxes()[0].make(t, 0)
	beside := func(work func(n int)) func(n int) float64 {
		return func(n int) float64 {
			return b.cpuUsed(t, func() {
				if err := b.analyze(t, nothing); err != nil {
					t.Fatal(err)
				}
				work(n)
			})
		}
	}
	got, err := b.measure(500, beside(func(n int) {
		names := make([]string, n)
		for i := range names {
			names[i] = anyWord(i)
		}
		for _, name := range names {
			if !slices.Contains(names, name) || slices.Contains(names, name+"x") {
				t.Error("a name is not where it is")
			}
		}
	}))
	if !errors.Is(err, errGrowth) {
		t.Errorf("a square passes: %s", got)
	}
	t.Logf("figure: %-28s %s, as it should", "a square", got)
	got, err = b.measure(10_000, beside(func(n int) {
		all := make([]uint32, n)
		for i := range all {
			all[i] = uint32(i) * 2654435761
		}
		slices.Sort(all)
	}))
	if err != nil {
		t.Error(err)
	}
	t.Logf("figure: %-28s %s", "a sort", got)
}
