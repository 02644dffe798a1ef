package collect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/fetched"
	"triage/ingest/m365"
	"triage/ingest/m365/disk/disktest"
	"triage/ingest/m365/m365test"
)

const secret = "eyJ0eXAi-this-is-the-token-0123456789"

var start = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

// stage is a Graph with a client beside it.
type stage struct {
	service *m365test.Service
	server  *httptest.Server
	clock   *m365test.Clock
}

func newStage(t interface{ Cleanup(func()) }, g *m365test.Graph) *stage {
	clock := m365test.NewClock(start)
	s := &stage{clock: clock, service: &m365test.Service{User: "alice@contoso.com", Token: secret, Clock: clock, Advance: clock.Advance, Graph: g}}
	s.server = httptest.NewServer(s.service)
	t.Cleanup(s.server.Close)
	return s
}

func (s *stage) fetch(t interface{ Fatal(...any) }, source, output string) *Fetch {
	token, err := m365.NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := m365.NewClient(m365.Options{
		Root: s.server.URL, Tokens: token, Clock: s.clock, Rand: func() float64 { return 0.5 }, Transport: s.server.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	of, ok := SourceOf(source)
	if !ok {
		t.Fatal("no source " + source)
	}
	return &Fetch{
		Client: c, Source: of, Global: true, Mailboxes: []string{"bob@contoso.com", "Alice@contoso.com"}, Output: output,
		Tool: "triage test", Files: disktest.Mortal{},
	}
}

// rowsAt invents a row for each moment.
func rowsAt(prefix, property string, at ...time.Time) []m365test.GraphRow {
	var rows []m365test.GraphRow
	for i, t := range at {
		id := fmt.Sprintf("%s%04d", prefix, i)
		rows = append(rows, m365test.GraphRow{ID: id, Time: t, JSON: fmt.Appendf(nil, `{"id":%q,%q:%q}`, id, property, t.Format(time.RFC3339Nano))})
	}
	return rows
}

// every is n moments up to the start, so far apart.
func every(n int, apart time.Duration) []time.Time {
	var all []time.Time
	for i := range n {
		all = append(all, start.Add(-time.Duration(n-i)*apart))
	}
	return all
}

// tenant is a Graph with something in every list.
func tenant() *m365test.Graph {
	g := &m365test.Graph{Lists: map[string][]m365test.GraphRow{}, Objects: map[string]json.RawMessage{}, Polls: 3}
	signins := rowsAt("s", "createdDateTime", every(40, 5*time.Hour)...)
	for i := range signins {
		signins[i].Kind = []string{"", "nonInteractiveUser", "servicePrincipal", "managedIdentity"}[i%4]
	}
	g.Lists["/auditLogs/signIns"] = signins
	g.Lists["/auditLogs/directoryAudits"] = rowsAt("d", "activityDateTime", every(10, 20*time.Hour)...)
	g.Lists["/security/auditLog/queries"] = rowsAt("a", "createdDateTime", every(50, 7*time.Hour)...)
	g.Lists["/admin/exchange/tracing/messageTraces"] = rowsAt("t", "receivedDateTime", every(30, 9*time.Hour)...)
	for _, path := range []string{
		"/identityProtection/riskDetections", "/identityProtection/riskyUsers", "/oauth2PermissionGrants", "/servicePrincipals",
		"/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/appRoleAssignedTo",
		"/servicePrincipals(appId='00000002-0000-0ff1-ce00-000000000000')/appRoleAssignedTo",
		"/servicePrincipals(appId='00000003-0000-0ff1-ce00-000000000000')/appRoleAssignedTo",
		"/reports/authenticationMethods/userRegistrationDetails", "/users", "/devices", "/domains",
		"/roleManagement/directory/roleAssignments", "/roleManagement/directory/roleDefinitions",
	} {
		g.Lists[path] = rowsAt(path, "createdDateTime", every(3, time.Hour)...)
	}
	for _, mailbox := range []string{"alice@contoso.com", "bob@contoso.com"} {
		g.Lists["/users/"+mailbox+"/mailfolders/inbox/messagerules"] = rowsAt(mailbox, "createdDateTime", start)
		g.Lists["/users/"+mailbox+"/authentication/methods"] = rowsAt(mailbox, "createdDateTime", start, start)
		g.Objects["/users/"+mailbox+"/mailboxsettings"] = json.RawMessage(`{"timeZone":"UTC"}`)
	}
	return g
}

// idsIn are the ids of all rows on the disk, sorted, each once.
func idsIn(t interface{ Fatal(...any) }, folder string) []string {
	names, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, n := range names {
		text, err := os.ReadFile(filepath.Join(folder, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Value []struct{ ID string }
		}
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(n.Name(), err)
		}
		for _, row := range page.Value {
			ids[row.ID] = true
		}
	}
	var all []string
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// want are the ids that a source should bring: of every list that it asks for.
func want(g *m365test.Graph, s Source, mailboxes ...string) []string {
	ids := map[string]bool{}
	for _, l := range s.Lists {
		paths := []string{l.Path}
		if l.PerMailbox() {
			paths = nil
			for _, m := range mailboxes {
				paths = append(paths, strings.ToLower(strings.ReplaceAll(l.Path, "{mailbox}", m)))
			}
		}
		for _, path := range paths {
			for _, row := range g.Lists[path] {
				ids[row.ID] = true
			}
		}
	}
	var all []string
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// noSecret makes sure that no file below a folder holds the token.
func noSecret(t interface{ Errorf(string, ...any) }, folder string) {
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), secret) {
			t.Errorf("the token is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Errorf("%v", err)
	}
}

// tiled makes sure that the stretches of each list touch each other exactly, up to the end of the run.
func tiled(t interface{ Errorf(string, ...any) }, m *fetched.Manifest) {
	last := map[string]time.Time{}
	for _, c := range m.Coverage {
		if c.From.IsZero() {
			continue
		}
		if at, ok := last[c.List]; ok && !at.Equal(c.From) || !c.From.Before(c.To) {
			t.Errorf("%s: %s to %s, after %s", c.List, c.From, c.To, at)
		}
		last[c.List] = c.To
	}
	for list, at := range last {
		if !at.Equal(m.Until) {
			t.Errorf("%s ends at %s, not at %s", list, at, m.Until)
		}
	}
}

// Promise: every source brings every row of every list, from both versions of the service, and the manifest says which time
// was covered, what each answer was, and how the service called the request.
func TestEverySource(t *testing.T) {
	for _, source := range SourceNames() {
		t.Run(source, func(t *testing.T) {
			g := tenant()
			g.BetaOnly = map[string]bool{"/security/auditLog/queries": true, "/admin/exchange/tracing/messageTraces": true}
			s := newStage(t, g)
			output := filepath.Join(t.TempDir(), source)
			f := s.fetch(t, source, output)
			result, err := f.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := idsIn(t, output), want(g, f.Source, "alice@contoso.com", "bob@contoso.com"); !slices.Equal(got, want) {
				t.Errorf("got %d rows %v, want %d %v", len(got), got, len(want), want)
			}
			if refused := slices.DeleteFunc(s.service.Refused(), func(r string) bool { return strings.Contains(r, "Resource not found") }); len(refused) > 0 {
				t.Errorf("refused: %v", refused)
			}
			m, err := fetched.Read(fetched.Folder(output))
			if err != nil || m == nil || !m.Complete || len(m.Pages) == 0 || len(m.Pages) != len(result.Pages) {
				t.Fatalf("manifest %+v, %v", m, err)
			}
			tiled(t, m)
			for _, p := range m.Pages {
				if !strings.HasPrefix(p.RequestID, "request-") || p.SHA256 == "" || p.Rows == 0 && p.File != "" {
					t.Errorf("page %+v", p)
				}
			}
			for _, gap := range m.Gaps {
				if gap.Lost {
					t.Errorf("gap %+v", gap)
				}
			}
			again, err := s.fetch(t, source, output).Run(t.Context())
			if err != nil || !again.Already {
				t.Errorf("again: %+v, %v", again, err)
			}
			noSecret(t, filepath.Dir(output))
		})
	}
}

// drawFaults are faults that end.
func drawFaults(t *rapid.T) func(int) m365test.Fault {
	faults := rapid.SliceOfN(rapid.SampledFrom(append(m365test.Passing(), m365test.None, m365test.None, m365test.None)), 0, 60).Draw(t, "faults")
	return func(n int) m365test.Fault {
		if n < len(faults) {
			return faults[n]
		}
		return m365test.None
	}
}

// Promise: whatever goes wrong, as long as it ends, every row is there; the stretches tile the time; nobody asks earlier
// than Retry-After; no audit log query is created twice under one name.
func TestAnyFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.SampledFrom([]string{"signins", "audit", "trace", "rules", "directory"}).Draw(t, "source")
		g := tenant()
		g.MaxQuery = rapid.SampledFrom([]int{0, 20}).Draw(t, "most")
		cleaning := &cleanups{}
		defer cleaning.run()
		s := newStage(cleaning, g)
		s.service.MaxPage = rapid.SampledFrom([]int{0, 2, 5}).Draw(t, "page")
		s.service.Fault = drawFaults(t)
		dir := folder1(t)
		defer os.RemoveAll(dir)
		output := filepath.Join(dir, source)
		f := s.fetch(t, source, output)
		f.Since = start.Add(-20 * day)
		m, err := f.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := idsIn(t, output), want(g, f.Source, "alice@contoso.com", "bob@contoso.com"); !slices.Equal(got, want) {
			t.Errorf("got %d rows, want %d", len(got), len(want))
		}
		tiled(t, m.Manifest)
		if s.service.Early() > 0 && source != "rules" { // of four at once, three are on their way when the first is sent back
			t.Errorf("%d requests came too early", s.service.Early())
		}
		for _, r := range s.service.Refused() {
			if !strings.Contains(r, "Too many") {
				t.Errorf("refused: %s", r)
			}
		}
		noSecret(t, dir)
	})
}

// cleanups are those of one case of a property.
type cleanups []func()

func (c *cleanups) Cleanup(f func()) { *c = append(*c, f) }

func (c *cleanups) run() {
	for _, f := range *c {
		f()
	}
}

func folder1(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "collect")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Promise: a fetch that is killed after any byte, again and again, ends with the rows and the coverage of one that was not.
func TestKilledAfterAnyByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.SampledFrom([]string{"signins", "audit", "trace", "rules"}).Draw(t, "source")
		g := tenant()
		cleaning := &cleanups{}
		defer cleaning.run()
		s := newStage(cleaning, g)
		s.service.MaxPage = rapid.SampledFrom([]int{0, 3}).Draw(t, "page")
		dir := folder1(t)
		defer os.RemoveAll(dir)
		output := filepath.Join(dir, source)
		for range rapid.IntRange(1, 5).Draw(t, "kills") {
			left := rapid.IntRange(0, 6000).Draw(t, "bytes")
			f := s.fetch(t, source, output)
			f.Since, f.Files = start.Add(-20*day), disktest.Mortal{Left: &left}
			if _, err := f.Run(t.Context()); err != nil && !errors.Is(err, disktest.ErrKilled) {
				t.Fatal(err)
			}
			// What it left says that it is not whole, as soon as anything stands in the evidence.
			m, err := fetched.Read(fetched.Folder(output))
			names, _ := os.ReadDir(output)
			if err != nil || len(names) > 0 && m == nil {
				t.Errorf("killed: %d files, manifest %+v, %v", len(names), m, err)
			}
			if m != nil && m.Complete && len(idsIn(t, output)) < len(want(g, f.Source, "alice@contoso.com", "bob@contoso.com")) {
				t.Error("killed: the manifest calls it complete, and rows lack")
			}
		}
		f := s.fetch(t, source, output)
		f.Since = start.Add(-20 * day)
		m, err := f.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := idsIn(t, output), want(g, f.Source, "alice@contoso.com", "bob@contoso.com"); !slices.Equal(got, want) {
			t.Errorf("got %d rows, want %d", len(got), len(want))
		}
		tiled(t, m.Manifest)
		if !m.Complete {
			t.Errorf("not complete")
		}
		for _, r := range s.service.Refused() {
			if strings.Contains(r, "twice") {
				t.Errorf("refused: %s", r)
			}
		}
	})
}
