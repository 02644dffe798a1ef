package m365

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/m365/m365test"

	"triage/ingest/m365/disk"
	"triage/ingest/m365/disk/disktest"
)

// guarded is a transport that notes where a token went.
type guarded struct {
	http.RoundTripper
	mu    *sync.Mutex
	hosts map[string]bool
}

func guard(t http.RoundTripper, hosts map[string]bool) guarded {
	return guarded{t, &sync.Mutex{}, hosts}
}

func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	if r.Header.Get("Authorization") != "" {
		g.hosts[r.URL.Host] = true
	}
	g.mu.Unlock()
	return g.RoundTripper.RoundTrip(r)
}

// memory is a folder in memory where there is one: these tests create a hundred thousand files.
func memory() string {
	const shared = "/dev/shm"
	if info, err := os.Stat(shared); err != nil || !info.IsDir() {
		return ""
	}
	return shared
}

// drawn are the choices of one case.
type drawn struct {
	activities []m365test.Activity
	from       time.Time
}

// drawActivities invents up to forty activities of the last three days, many at the same moment, some at midnight.
func drawActivities(t *rapid.T) drawn {
	d := drawn{from: start.Add(-72 * time.Hour)}
	moments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Time {
		at := d.from.Add(time.Duration(rapid.Int64Range(0, int64(72*time.Hour/time.Millisecond)-1).Draw(t, "ms")) * time.Millisecond)
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return at.Truncate(day).Add(day)
		case 1:
			return at.Truncate(time.Hour)
		}
		return at
	}), 1, 12).Draw(t, "moments")
	n := rapid.IntRange(0, 40).Draw(t, "activities")
	for i := range n {
		at := rapid.SampledFrom(moments).Draw(t, "at")
		id := fmt.Sprintf("A%03d", i)
		object := fmt.Sprintf(`{"Id":%q,"TimeStamp":%q,"AppIdType":"Web","ActivityIdType":"Delete","CustomProperties":[{"Name":"n","Value":"it's %d"}]}`,
			id, at.Format("2006-01-02T15:04:05.000Z"), i)
		d.activities = append(d.activities, m365test.Activity{ID: id, Time: at, Type: "Delete", App: "Web", JSON: []byte(object)})
	}
	return d
}

// noSecret makes sure that no file below a folder and no text holds the token.
func noSecret(t interface {
	Helper()
	Errorf(string, ...any)
}, folder string, texts ...string,
) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		texts = append(texts, path+": "+string(text))
		return err
	})
	if err != nil {
		t.Errorf("%v", err)
	}
	for _, text := range texts {
		if strings.Contains(text, secret) {
			t.Errorf("the token is in %.300q", text)
		}
	}
}

// tiled makes sure that the windows of every pass touch each other exactly, from where it began to the end.
func tiled(t *rapid.T, windows []Window, run Run) {
	at, pass := run.Start, 1
	for _, w := range windows {
		if w.Pass != pass {
			if !at.Equal(run.End) {
				t.Errorf("pass %d ends at %s", pass, at)
			}
			at, pass = run.zone(), pass+1
		}
		if !w.From.Equal(at) || !w.From.Before(w.To) || w.Pass != pass {
			t.Errorf("window %+v begins elsewhere than at %s", w, at)
		}
		at = w.To
	}
	if !at.Equal(run.End) {
		t.Errorf("the windows end at %s", at)
	}
}

func journalOf(t *rapid.T, output string, run Run) *folder {
	d := &folder{Files: disk.Real{}, path: output + ".case", run: run}
	var err error
	if d.journal, err = disk.OpenJournal(d.Files, d.path, line{Run: &run}, d.take); err != nil {
		t.Fatal(err)
	}
	if err := d.journal.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// Promise: whatever goes wrong, as long as it ends, the output has every
// identity that the server has, none twice; windows tile exactly; nobody asks earlier than Retry-After; the token goes to
// the root alone and is in no file and no message. A fetch that gives up goes on when it is called again.
func TestAnyFaults(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		d := drawActivities(t)
		s := newStage(t, d.activities)
		faults := rapid.SliceOfN(rapid.SampledFrom(append(m365test.Passing(), m365test.None, m365test.None)), 0, 60).Draw(t, "faults")
		s.service.Fault = func(n int) m365test.Fault {
			if n < len(faults) {
				return faults[n]
			}
			return m365test.None
		}
		s.service.MaxPage = rapid.SampledFrom([]int{0, 3}).Draw(t, "page")
		s.service.NoNext = rapid.Bool().Draw(t, "no next")
		for i := range d.activities {
			// Late: not yet there when the last days are first asked for.
			if a := &d.activities[i]; !a.Time.Before(start.Add(-late)) && a.Time.Before(start) {
				a.From = rapid.IntRange(0, 3).Draw(t, "late")
			}
		}
		folder, err := os.MkdirTemp(memory(), "m365")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(folder)
		output := filepath.Join(folder, "alice.jsonl")
		var messages []string
		for attempt := 0; ; attempt++ {
			f := s.fetch(outer, output)
			f.Start, f.files, f.top = d.from, disktest.Mortal{}, 5
			hosts := map[string]bool{}
			f.API.Client.http.Transport = guard(f.API.Client.http.Transport, hosts)
			f.API.Client.Waiting = func(_ time.Duration, why string) { messages = append(messages, why) }
			plan := f.plan()
			_, err := f.Run(outer.Context())
			if len(hosts) > 1 {
				t.Fatalf("the token went to %v", hosts)
			}
			if err == nil {
				d := journalOf(t, output, plan)
				tiled(t, d.windows, d.run)
				break
			}
			messages = append(messages, err.Error())
			if attempt == 10 {
				t.Fatalf("never ends: %q", messages)
			}
		}
		got, want := outputIDs(outer, output), serverIDs(d.activities, d.from, start)
		m := readManifest(outer, output)
		wavered := slices.ContainsFunc(m.Coverage, func(c Coverage) bool { return c.Wavered })
		if !slices.Equal(got, want) && !wavered {
			t.Errorf("got %d of %d:\n%q\n%q", len(got), len(want), got, want)
		}
		if s.service.Early() > 0 {
			t.Errorf("%d requests came early", s.service.Early())
		}
		noSecret(t, folder, messages...)
	})
}

// Promise: a fetch that is killed after any byte, any number of times, and called again, ends with the bytes of a fetch
// that was never killed.
func TestKilledAfterAnyByte(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		d := drawActivities(t)
		s := newStage(t, d.activities)
		s.service.MaxPage = rapid.SampledFrom([]int{0, 3}).Draw(t, "page")
		folder, err := os.MkdirTemp(memory(), "m365")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(folder)
		run := func(name string, left *int) error {
			f := s.fetch(outer, filepath.Join(folder, name))
			f.Start, f.files, f.top, f.Format = d.from, disktest.Mortal{Left: left}, 5, csvFormat()
			_, err := f.Run(outer.Context())
			return err
		}
		if err := run("whole.csv", nil); err != nil {
			t.Fatal(err)
		}
		kills := rapid.SliceOfN(rapid.IntRange(0, 12_000), 1, 6).Draw(t, "kills")
		ended := false
		for _, left := range kills {
			err := run("killed.csv", &left)
			if ended = err == nil; ended {
				break
			}
			if !errors.Is(err, disktest.ErrKilled) {
				t.Fatalf("killed: %v", err)
			}
		}
		for range 2 { // the second time, all is there already
			if err := run("killed.csv", nil); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(filepath.Join(folder, "whole.csv"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(folder, "killed.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// Promise: the same, all along one fetch, from its first byte to its last.
func TestKilledAllAlong(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	activities := m365test.Generate(12, 3)
	s := newStage(t, activities)
	folder, err := os.MkdirTemp(memory(), "m365")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	run := func(name string, left *int) error {
		f := s.fetch(t, filepath.Join(folder, name))
		f.Start, f.End, f.files, f.top = activities[0].Time, activities[11].Time, disktest.Mortal{Left: left}, 5
		_, err := f.Run(t.Context())
		return err
	}
	much := 1 << 30
	left := much
	if err := run("whole.jsonl", &left); err != nil {
		t.Fatal(err)
	}
	want := outputIDs(t, filepath.Join(folder, "whole.jsonl"))
	if len(want) != 11 {
		t.Fatalf("%d activities", len(want))
	}
	whole, step := much-left, 1
	const most = 500
	if whole > most {
		step = whole / most
	}
	for at := 0; at < whole; at += step {
		name := fmt.Sprintf("%d.jsonl", at)
		left := at
		if err := run(name, &left); !errors.Is(err, disktest.ErrKilled) {
			t.Fatalf("killed after %d of %d bytes: %v", at, whole, err)
		}
		if err := run(name, nil); err != nil {
			t.Fatalf("after %d bytes: %v", at, err)
		}
		if got := outputIDs(t, filepath.Join(folder, name)); !slices.Equal(got, want) {
			t.Fatalf("after %d bytes: %q", at, got)
		}
		if err := errors.Join(os.RemoveAll(filepath.Join(folder, name)+".case"), os.Remove(filepath.Join(folder, name))); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed every %d bytes of %d", step, whole)
}
