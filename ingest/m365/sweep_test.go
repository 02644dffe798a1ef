package m365

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/m365/m365test"

	"triage/ingest/m365/disk"
	"triage/ingest/m365/disk/disktest"
)

// Promise: activities that turn up while the fetch runs are found by asking for the last days again; if they never stop
// turning up, the manifest says so.
func TestLateArrivals(t *testing.T) {
	f := func(settled bool, from func(i int) int) {
		t.Helper()
		var activities []m365test.Activity
		for i := range 400 {
			at := start.Add(-time.Duration(i) * 2 * time.Minute)
			activities = append(activities, m365test.Activity{
				ID: fmt.Sprintf("L%03d", i), Time: at.Add(-time.Second), From: from(i),
				JSON: fmt.Appendf(nil, `{"Id":"L%03d","TimeStamp":%q}`, i, at.Add(-time.Second).Format(time.RFC3339)),
			})
		}
		s := newStage(t, activities)
		output := filepath.Join(t.TempDir(), "a.jsonl")
		fetch := s.fetch(t, output)
		fetch.Start, fetch.files = start.Add(-3*day), disktest.Mortal{}
		if _, err := fetch.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		m := readManifest(t, output)
		got, want := outputIDs(t, output), serverIDs(activities, fetch.Start, start)
		if m.Settled != settled || settled && !slices.Equal(got, want) || settled == (len(m.Notes) > 0) {
			t.Errorf("settled %v, notes %q, got %d of %d in %d requests, %+v", m.Settled, m.Notes, len(got), len(want), s.service.Requests(), m.Coverage)
		}
	}
	f(true, func(int) int { return 0 })
	f(true, func(i int) int { return i % 4 })
	f(false, func(i int) int { return 2 * i }) // not one for each answer: pages would follow it to the end
}

// Promise: more activities of one moment than an answer holds are found page by page.
func TestManyAtOneMoment(t *testing.T) {
	var activities []m365test.Activity
	at := start.Add(-40 * day)
	for i := range 2500 {
		activities = append(activities, m365test.Activity{
			ID: fmt.Sprintf("M%04d", i), Time: at,
			JSON: fmt.Appendf(nil, `{"Id":"M%04d","TimeStamp":%q}`, i, at.Format(time.RFC3339)),
		})
	}
	for _, noNext := range []bool{true, false} {
		s := newStage(t, activities)
		s.service.NoNext = noNext
		output := filepath.Join(t.TempDir(), "a.jsonl")
		if _, err := s.fetch(t, output).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := outputIDs(t, output), serverIDs(activities, time.Time{}, start); !slices.Equal(got, want) {
			t.Errorf("got %d of %d", len(got), len(want))
		}
	}
}

// Promise: what is not the time or the types asked for is not fetched, to the tick.
func TestBounds(t *testing.T) {
	at := start.Add(-10 * day)
	var activities []m365test.Activity
	for i, d := range []time.Duration{-time.Millisecond, 0, time.Hour, 2*time.Hour - time.Millisecond, 2 * time.Hour} {
		activities = append(activities, m365test.Activity{
			ID: fmt.Sprintf("B%d", i), Time: at.Add(d), Type: []string{"Move", "Delete"}[i/3],
			JSON: fmt.Appendf(nil, `{"Id":"B%d","TimeStamp":%q}`, i, at.Add(d).Format(time.RFC3339Nano)),
		})
	}
	f := func(types []string, want ...string) {
		t.Helper()
		s := newStage(t, activities)
		output := filepath.Join(t.TempDir(), "a.jsonl")
		fetch := s.fetch(t, output)
		fetch.Start, fetch.End, fetch.Types = at, at.Add(2*time.Hour), types
		if _, err := fetch.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := outputIDs(t, output); !slices.Equal(got, want) {
			t.Errorf("%v: got %q, want %q", types, got, want)
		}
	}
	f(nil, "B1", "B2", "B3")
	f([]string{"Delete"}, "B3")
	f([]string{"Delete", "Move"}, "B1", "B2", "B3")
	f([]string{"Print"})
}

// Promise: of an activity that changed, the last answer counts, and the result says so.
func TestChangedActivity(t *testing.T) {
	object := func(n int) []byte {
		return fmt.Appendf(nil, `{"Id":"C","TimeStamp":%q,"N":%d}`, start.Add(-time.Hour).Format(time.RFC3339), n)
	}
	activities := []m365test.Activity{{ID: "C", Time: start.Add(-time.Hour), JSON: object(1)}}
	s := newStage(t, activities)
	s.service.Fault = func(n int) m365test.Fault {
		activities[0].JSON = object(n)
		return m365test.None
	}
	output := filepath.Join(t.TempDir(), "a.jsonl")
	f := s.fetch(t, output)
	f.Start = start.Add(-2 * time.Hour)
	result, err := f.Run(t.Context())
	if err != nil || result.Activities != 1 || result.Changed == 0 || !strings.Contains(strings.Join(result.Notes, ""), "the last counts") {
		t.Errorf("%+v, %v", result, err)
	}
}

// Promise: a service that does not filter is found out, instead of asked for ever.
func TestServiceThatDoesNotFilter(t *testing.T) {
	s := newStage(t, m365test.Generate(3000, 1))
	inner := s.service
	s.server.Config.Handler = unfiltered{inner}
	_, err := s.fetch(t, filepath.Join(t.TempDir(), "a.jsonl")).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "its $filter does not work") || inner.Requests() > 20 {
		t.Errorf("got %v after %d requests", err, inner.Requests())
	}
}

// Promise: sorting has no bound, is stable, and loses nothing.
func TestSorter(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Uint8Range(0, 30), 0, 400).Draw(t, "keys")
		s := &sorter{files: disk.Real{}, folder: outer.TempDir(), name: "s", budget: rapid.IntRange(1, 60).Draw(t, "budget")}
		type item struct{ key, number int }
		var want []item
		for i, k := range keys {
			want = append(want, item{int(k), i})
			if err := s.add([]byte{k}, binary.AppendUvarint(nil, uint64(i))); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortStableFunc(want, func(a, b item) int { return a.key - b.key })
		var got []item
		err := s.each(outer.Context(), func(key, body []byte) error {
			n, _ := binary.Uvarint(body)
			got = append(got, item{int(key[0]), int(n)})
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", err, got, want)
		}
	})
}

// Promise: a journal of any bytes is read or refused with its place, and a page that somebody changed is found out.
func TestDamagedFolder(t *testing.T) {
	f := func(damage func(folder string) error, want string) {
		t.Helper()
		s := newStage(t, m365test.Generate(30, 1))
		output := filepath.Join(t.TempDir(), "a.jsonl")
		left := 20_000
		fetch := s.fetch(t, output)
		fetch.files = disktest.Mortal{Left: &left}
		if _, err := fetch.Run(t.Context()); err == nil {
			t.Fatal("not killed")
		}
		if err := damage(output + ".case"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.fetch(t, output).Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	f(func(folder string) error {
		return disk.Place(disk.Real{}, filepath.Join(folder, "x"), filepath.Join(folder, "pages", "000001.json"), folder, []byte(`{"value":[]}  `))
	}, "is not what came")
	f(func(folder string) error {
		return disk.Place(disk.Real{}, filepath.Join(folder, "x"), filepath.Join(folder, disk.JournalName), folder, []byte("{}\n{}\n"))
	}, disk.JournalName+":1: not a journal")
	f(func(folder string) error {
		return disk.Place(disk.Real{}, filepath.Join(folder, "x"), filepath.Join(folder, disk.JournalName), folder, []byte("x\n"))
	}, disk.JournalName+":1: invalid")
}

// Promise: 100,000 activities in one go cost no more memory than 10,000.
func TestConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute")
	}
	peak := func(n int) uint64 {
		activities := m365test.Generate(n, 1)
		s := newStage(t, activities)
		output := filepath.Join(t.TempDir(), "a.csv")
		f := s.fetch(t, output)
		f.Format, f.files = csvFormat(), disktest.Mortal{}
		var base, most runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&base)
		sample := func() {
			var m runtime.MemStats
			runtime.GC()
			if runtime.ReadMemStats(&m); m.HeapAlloc > most.HeapAlloc {
				most = m
			}
		}
		asked, row := 0, f.Format.Row
		f.Progress = func(Progress) {
			if asked++; asked%50 == 0 {
				sample()
			}
		}
		rows := 0
		f.Format.Row = func(to, object []byte) ([]byte, error) {
			if rows++; rows%(n/5) == 0 {
				sample()
			}
			return row(to, object)
		}
		result, err := f.Run(t.Context())
		if err != nil || result.Activities != n {
			t.Fatalf("%+v, %v", result, err)
		}
		t.Logf("%d activities: %d requests, %.1f MB above the start", n, s.service.Requests(), float64(most.HeapAlloc-base.HeapAlloc)/1e6)
		runtime.KeepAlive(activities)
		return most.HeapAlloc - base.HeapAlloc
	}
	small, large := peak(10_000), peak(100_000)
	const slackBytes = 24 << 20 // two sorters' budgets and a page
	if large > small+slackBytes {
		t.Errorf("10,000 activities take %d bytes, 100,000 take %d", small, large)
	}
}

// Promise: reading times of any writing never panics and keeps their order.
func FuzzRowKey(f *testing.F) {
	f.Add("2018-01-01T00:00:00Z", "2018-01-01T00:00:00.0000001Z")
	f.Add("0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00")
	f.Add("x", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := row{id: "i", at: parseStamp(a)}, row{id: "i", at: parseStamp(b)}
		if got, want := bytes.Compare(x.key(), y.key()), x.at.Compare(y.at); got != want {
			t.Errorf("%q, %q: keys compare %d, times %d", a, b, got, want)
		}
	})
}
