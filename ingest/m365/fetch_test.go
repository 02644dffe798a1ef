package m365

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"triage/ingest/m365/m365test"
	"triage/ingest/outlook/retriever"
)

const secret = "invented-token-0123456789"

// start is when all tests begin, after the last activity.
var start = time.Date(2018, 6, 1, 12, 0, 0, 0, time.UTC)

// stage is a service on this machine, and the clock that it shares with its client.
type stage struct {
	service *m365test.Service
	clock   *m365test.Clock
	server  *httptest.Server
}

func newStage(t interface{ Cleanup(func()) }, activities []m365test.Activity) *stage {
	clock := m365test.NewClock(start)
	s := &stage{clock: clock, service: &m365test.Service{
		Activities: activities, User: "alice@contoso.com", Token: secret, Clock: clock, Advance: clock.Advance,
	}}
	s.server = httptest.NewServer(s.service)
	t.Cleanup(s.server.Close)
	return s
}

func (s *stage) options(tokens Source) Options {
	return Options{
		Root: s.server.URL, Tokens: tokens, Clock: s.clock, Rand: func() float64 { return 0.5 },
		Transport: s.server.Client().Transport,
	}
}

func (s *stage) fetch(t testing.TB, output string) *Fetch {
	t.Helper()
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClient(s.options(token))
	if err != nil {
		t.Fatal(err)
	}
	return &Fetch{
		API: &Activities{Client: c, Version: "v2.0", User: "alice@contoso.com"}, Output: output,
		Format: Lines(), Tool: "triage test",
	}
}

// csvFormat is the retriever's, as the command line gives it.
func csvFormat() Format {
	return Format{Head: retriever.BOM + retriever.Header + "\n", Row: retriever.AppendObject}
}

// outputIDs is the identities in an output of JSON lines, in their order.
func outputIDs(t testing.TB, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for line := range bytes.Lines(text) {
		var o struct {
			ID string `json:"Id"`
		}
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, o.ID)
	}
	return ids
}

// serverIDs is the identities of [from, to), by time and identity.
func serverIDs(all []m365test.Activity, from, to time.Time) []string {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b m365test.Activity) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
	var ids []string
	for _, a := range all {
		if !a.Time.Before(from) && a.Time.Before(to) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func readManifest(t testing.TB, output string) Manifest {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(output+".case", manifestName))
	if err != nil {
		t.Fatal(err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Promise: a fetch without a start has everything, in order of time, lossless; its manifest names every page with its
// hash, and covers all time to the end without a gap.
func TestFetchEverything(t *testing.T) {
	activities := m365test.Generate(5000, 1)
	slices.Reverse(activities)
	s := newStage(t, activities)
	s.server.Close()
	s.server = httptest.NewTLSServer(s.service)
	output := filepath.Join(t.TempDir(), "alice.jsonl")
	result, err := s.fetch(t, output).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if refused := s.service.Refused(); len(refused) > 0 {
		t.Errorf("refused: %q", refused)
	}
	if got, want := outputIDs(t, output), serverIDs(activities, time.Time{}, start); !slices.Equal(got, want) || result.Activities != len(want) {
		t.Errorf("got %d activities (%d), want %d", len(got), result.Activities, len(want))
	}
	m := readManifest(t, output)
	if !m.Complete || !m.Settled || m.Output.Activities != 5000 || len(m.Notes) > 0 {
		t.Errorf("manifest: %+v", m.Output)
	}
	covered := 0
	for i, c := range m.Coverage {
		covered += c.Activities
		if i == 0 && !c.From.IsZero() || i > 0 && !c.From.Equal(m.Coverage[i-1].To) || i == len(m.Coverage)-1 && !c.To.Equal(start) {
			t.Errorf("coverage %d: %+v", i, c)
		}
	}
	if covered != 5000 {
		t.Errorf("coverage counts %d activities", covered)
	}
	for _, p := range m.Pages {
		body, err := os.ReadFile(filepath.Join(output+".case", p.File))
		sum := sha256.Sum256(body)
		if err != nil || hex.EncodeToString(sum[:]) != p.SHA256 || len(body) != p.Bytes {
			t.Errorf("%+v: %v", p, err)
		}
	}
	t.Logf("%d requests for 5000 activities in %d days", s.service.Requests(), len(m.Coverage))
}

// unfiltered is a service that ignores $filter.
type unfiltered struct{ *m365test.Service }

func (u unfiltered) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	query.Del("$filter")
	r.URL.RawQuery = query.Encode()
	u.Service.ServeHTTP(w, r)
}
