package m365

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/ingest/m365/m365test"

	"triage/ingest/m365/disk"
	"triage/ingest/m365/disk/disktest"
)

// spends runs a fetch of a service that has no end, and checks that the budget ended it with that sentence.
func spends(t *testing.T, f *Fetch, message, remedy string) {
	t.Helper()
	_, err := f.Run(t.Context())
	own, ok := errors.AsType[*Error](err)
	if !ok || !strings.HasPrefix(own.Message, message) || !strings.Contains(own.Message, "in "+f.Output+".case") || !strings.Contains(own.Remedy, remedy) {
		t.Fatalf("got %v (%#v), want %q … %q", err, own, message, remedy)
	}
	if _, err := os.Stat(f.Output); err == nil {
		t.Error("there is an output")
	}
}

// Promise: a service that invents consistent activities for ever ends a fetch at its budget, all runs together. What came
// is kept, is each activity of its time once, and a larger budget goes on there.
func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector sees nothing here that it does not see elsewhere")
	}
	endless := &m365test.Endless{Step: time.Millisecond}
	server := httptest.NewServer(endless)
	t.Cleanup(server.Close)
	s := &stage{clock: m365test.NewClock(start), server: server}
	path := filepath.Join(t.TempDir(), "a.jsonl")
	fetch := func(budget float64) *Fetch {
		f := s.fetch(t, path)
		f.files, f.Start, f.Budget = disktest.Mortal{}, start.Add(-36*time.Hour), budget
		return f
	}
	// Two days: 22,000 requests, of them a hundredth.
	spends(t, fetch(0.01), "the budget of 220 requests is used up: what 2 days of activities may cost; kept: 220 answers with ", "--budget 0.02 goes on")
	if endless.Requests() != 220 {
		t.Errorf("%d requests", endless.Requests())
	}
	spends(t, fetch(0.01), "the budget of 220 requests is used up", "--budget 0.02")
	if endless.Requests() != 220 {
		t.Errorf("%d requests, and the budget was spent before", endless.Requests())
	}
	spends(t, fetch(0.02), "the budget of 440 requests is used up", "--budget 0.04")
	if endless.Requests() != 440 {
		t.Errorf("%d requests of 440", endless.Requests())
	}

	var m Manifest
	text, err := os.ReadFile(path + ".case/manifest.json")
	if err != nil || json.Unmarshal(text, &m) != nil || m.Complete || len(m.Pages) != 440 || len(m.Coverage) == 0 {
		t.Fatalf("manifest: %v, complete %t, %d pages, %d stretches", err, m.Complete, len(m.Pages), len(m.Coverage))
	}
	d, err := openFolder(disk.Real{}, path+".case", fetch(1).plan())
	if err != nil {
		t.Fatal(err)
	}
	defer d.journal.Close()
	seen := map[string]bool{}
	until := d.windows[len(d.windows)-1].To
	err = d.eachRow(t.Context(), func(r *row) error {
		if r.at.Before(until) {
			seen[r.id] = true
		}
		return nil
	})
	if want := int(until.Sub(d.run.Start) / time.Millisecond); err != nil || len(seen) != want {
		t.Errorf("%v: %d activities before %s, want %d", err, len(seen), until, want)
	}
}

// Promise: what comes is counted as well as what is asked.
func TestBudgetOfBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector sees nothing here that it does not see elsewhere")
	}
	endless := &m365test.Endless{Step: time.Millisecond, Pad: 5_000}
	server := httptest.NewServer(endless)
	t.Cleanup(server.Close)
	s := &stage{clock: m365test.NewClock(start), server: server}
	f := s.fetch(t, filepath.Join(t.TempDir(), "a.jsonl"))
	f.files, f.Start, f.Budget = disktest.Mortal{}, start.Add(-36*time.Hour), 0.005
	// 4 GiB and twice 64 MiB, of them a two-hundredth; an answer has 5 MB.
	spends(t, f, "the budget of 22 MB received is used up: what 2 days of activities may cost; kept: 5 answers", "--budget 0.01 ")
}

// Promise: answers that are none count as well: a service that is ill for ever cannot be asked for ever either.
func TestBudgetOfAttempts(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked%3 != 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"value":[]}`)
	}))
	t.Cleanup(server.Close)
	s := &stage{clock: m365test.NewClock(start), server: server}
	f := s.fetch(t, filepath.Join(t.TempDir(), "a.jsonl"))
	f.files, f.Start, f.Budget = disktest.Mortal{}, start.Add(-100*day), 0.0001
	spends(t, f, "the budget of 12 requests is used up: what 100 days of activities may cost; kept: 4 answers with 0 activities, complete up to", "--budget 0.0002")
	if asked != 12 {
		t.Errorf("asked %d times", asked)
	}
}

// Promise: messages have a budget by their number, and what was found stays.
func TestBudgetOfMessages(t *testing.T) {
	s := newStage(t, nil)
	s.service.Messages = someMessages(30)
	var wanted []Wanted
	for i := range 30 {
		wanted = append(wanted, Wanted{Mailbox: "alice@contoso.com", MessageID: messageID(i)})
	}
	f := s.messages(t, Graph, filepath.Join(t.TempDir(), "messages"), wanted...)
	f.Budget = 0.02 // of 1,000 and 30 times 10 requests
	_, err := f.Run(t.Context())
	own, ok := errors.AsType[*Error](err)
	if !ok || !strings.HasPrefix(own.Message, "the budget of 26 requests is used up: what 30 messages may cost; kept: what became of 26 of them, 26 found, in ") {
		t.Fatalf("got %v", err)
	}
	if names, err := os.ReadDir(f.Output); err != nil || len(names) != 26 {
		t.Errorf("%d files, %v", len(names), err)
	}
	f.Budget = 0
	if result, err := f.Run(t.Context()); err != nil || result.Found != 30 || !result.Resumed {
		t.Errorf("got %+v, %v", result, err)
	}

	// Another report names one message more, and not those before: their answers have a budget of their own.
	s.service.Messages = someMessages(31)
	f.Wanted = []Wanted{{Mailbox: "alice@contoso.com", MessageID: messageID(30)}}
	f.Budget = 0.024 // of 1,310 requests are 31, of 1,010 were 24
	if result, err := f.Run(t.Context()); err != nil || result.Found != 1 {
		t.Errorf("got %+v, %v", result, err)
	}
}

// Promise: the largest mailbox that we know of, and what is asked about no activity at all, stay far below the budget.
func TestBudgetIsGenerous(t *testing.T) {
	f := func(from, to time.Time, want Budget) {
		t.Helper()
		r := Run{Start: from, End: to}
		if got := r.budget(); got != want {
			t.Errorf("%s to %s: got %+v, want %+v", from, to, got, want)
		}
	}
	f(time.Time{}, start, Budget{200_000, 4<<30 + 180*64<<20})
	f(start.Add(-time.Nanosecond), start, Budget{21_000, 4<<30 + 64<<20})
	f(start, start, Budget{20_000, 4 << 30})
	f(start.Add(-24*time.Hour), start, Budget{21_000, 4<<30 + 64<<20})
	f(time.Time{}.Add(1), start, Budget{1_020_000, 4<<30 + 1000*64<<20})
	f(start.Add(-1000*day), start, Budget{1_020_000, 4<<30 + 1000*64<<20})
	if days := int(start.Sub(time.Time{}.Add(200*365*day))/day) + 200*365; days > (&Run{Start: time.Time{}.Add(1), End: start}).budget().Requests {
		t.Errorf("%d days are more requests than the budget has", days)
	}

	if testing.Short() {
		t.Skip("the race detector sees nothing here that it does not see elsewhere")
	}
	// A twentieth of that mailbox, ten to an answer.
	s := newStage(t, m365test.Generate(5_000, 1))
	s.service.MaxPage = 10
	fetch := s.fetch(t, filepath.Join(t.TempDir(), "a.jsonl"))
	fetch.files = disktest.Mortal{}
	if _, err := fetch.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := fetch.API.Client
	t.Logf("%d requests and %d MB of %d and %d", c.cost.Requests, c.cost.Bytes>>20, c.budget.Requests, c.budget.Bytes>>20)
	if 20*c.cost.Requests > c.budget.Requests/2 || 20*c.cost.Bytes > c.budget.Bytes/2 {
		t.Errorf("a twentieth of a mailbox takes %+v of %+v", c.cost, c.budget)
	}
}
