package collect

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/ingest/fetched"
	"triage/ingest/m365"
	"triage/ingest/m365/m365test"
)

// lost are the gaps of a manifest that were asked for.
func lost(m *fetched.Manifest) []fetched.Gap {
	return slices.DeleteFunc(slices.Clone(m.Gaps), func(g fetched.Gap) bool { return !g.Lost })
}

// Promise: what the token may not read is a gap with the permission that lacks; the rest of the source comes; the same command
// with a better token fetches it, and the gap is gone.
func TestPermissionLacks(t *testing.T) {
	g := tenant()
	g.Denied = map[string]string{"/identityProtection/riskyUsers": "Authorization_RequestDenied"}
	s := newStage(t, g)
	output := filepath.Join(t.TempDir(), "risk")
	f := s.fetch(t, "risk", output)
	f.Consent = "https://login.example/consent"
	m, err := f.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gaps := lost(m.Manifest)
	if len(gaps) != 1 || gaps[0].List != "users" || !strings.Contains(gaps[0].Remedy, "IdentityRiskyUser.Read.All") || !strings.Contains(gaps[0].Remedy, f.Consent) {
		t.Errorf("gaps %+v", gaps)
	}
	if got := idsIn(t, output); len(got) != 3 {
		t.Errorf("got %v", got)
	}
	g.Denied = nil
	m, err = s.fetch(t, "risk", output).Run(t.Context())
	if err != nil || len(lost(m.Manifest)) != 0 || len(idsIn(t, output)) != 6 {
		t.Errorf("again: %+v, %v", m, err)
	}
}

// Promise: a tenant without the licence, a cloud without the list, a mailbox that is not there, and a time that the service
// no longer keeps are gaps that say so.
func TestNamedGaps(t *testing.T) {
	f := func(source string, change func(*m365test.Graph, *Fetch), reason, remedy string) {
		t.Helper()
		g := tenant()
		s := newStage(t, g)
		fetch := s.fetch(t, source, filepath.Join(t.TempDir(), source))
		change(g, fetch)
		m, err := fetch.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		gaps := lost(m.Manifest)
		if len(gaps) != 1 || !strings.Contains(gaps[0].Reason, reason) || !strings.Contains(gaps[0].Remedy, remedy) {
			t.Errorf("%s: gaps %+v, want %q and %q", source, gaps, reason, remedy)
		}
	}
	f("risk", func(g *m365test.Graph, _ *Fetch) {
		g.Denied = map[string]string{"/identityProtection/riskDetections": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}
	}, "NonPremiumTenant", "Entra ID P2")
	f("trace", func(_ *m365test.Graph, f *Fetch) { f.Global = false }, "global cloud only", "Get-MessageTraceV2")
	f("trace", func(_ *m365test.Graph, f *Fetch) { f.Since = start.Add(-120 * day) }, "keeps 90 days", "Sentinel")
	f("methods", func(_ *m365test.Graph, f *Fetch) { f.Mailboxes = append(f.Mailboxes, "carol@contoso.com") }, "404", "no such mailbox")
	f("methods", func(_ *m365test.Graph, f *Fetch) { f.Mailboxes = append(f.Mailboxes, "../../users?x") }, "no user principal name", "")
}

// Promise: what Graph never has is named with the command of Exchange's shell and the file under which its output is read,
// and is nobody's loss.
func TestNotInGraph(t *testing.T) {
	s := newStage(t, tenant())
	m, err := s.fetch(t, "rules", filepath.Join(t.TempDir(), "rules")).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, g := range m.Gaps {
		if g.Lost || g.File == "" || strings.Contains(g.Remedy, "{") {
			t.Errorf("gap %+v", g)
		}
		found[g.Remedy[:strings.IndexByte(g.Remedy, ' ')]+" "+g.Mailbox] = true
	}
	for _, want := range []string{"Get-InboxRule alice@contoso.com", "Get-Mailbox bob@contoso.com", "Get-TransportRule ", "Get-MailboxPermission bob@contoso.com"} {
		if !found[want] {
			t.Errorf("%s is not named among %v", want, found)
		}
	}
}

// Promise: the records of an audit log query that the service cut short are not believed: halves are asked for until each is
// whole. A query that fails is made again, and one that always fails is a gap.
func TestAuditQueries(t *testing.T) {
	g := tenant()
	g.MaxQuery = 7
	s := newStage(t, g)
	output := filepath.Join(t.TempDir(), "audit")
	m, err := s.fetch(t, "audit", output).Run(t.Context())
	if err != nil || len(lost(m.Manifest)) > 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	if got := idsIn(t, output); len(got) != 50 {
		t.Errorf("got %d records", len(got))
	}
	for _, c := range m.Coverage {
		if c.Rows > 7 || c.Query == "" {
			t.Errorf("coverage %+v", c)
		}
	}
	tiled(t, m.Manifest)

	g = tenant()
	g.Failing = func(n int) string { return map[bool]string{true: "failed"}[n < 2] }
	s = newStage(t, g)
	output = filepath.Join(t.TempDir(), "audit")
	if m, err = s.fetch(t, "audit", output).Run(t.Context()); err != nil || len(lost(m.Manifest)) > 0 || len(idsIn(t, output)) != 50 {
		t.Errorf("after two failures: %+v, %v", m, err)
	}

	g = tenant()
	g.Failing = func(int) string { return "cancelled" }
	s = newStage(t, g)
	f := s.fetch(t, "audit", filepath.Join(t.TempDir(), "audit"))
	f.Since = start.Add(-40 * day)
	if m, err = f.Run(t.Context()); err != nil || len(lost(m.Manifest)) != 2 || s.service.Queries() != 6 {
		t.Errorf("always cancelled: %+v, %v, %d queries", m, err, s.service.Queries())
	}
}

// Promise: an answer to a POST that gets lost makes no second query.
func TestLostPost(t *testing.T) {
	for _, fault := range []m365test.Fault{m365test.Reset, m365test.GatewayTimeout, m365test.Cut, m365test.Stall} {
		s := newStage(t, tenant())
		s.service.Fault = func(n int) m365test.Fault {
			if n == 0 {
				return fault
			}
			return m365test.None
		}
		output := filepath.Join(t.TempDir(), "audit")
		f := s.fetch(t, "audit", output)
		f.Since = start.Add(-20 * day)
		m, err := f.Run(t.Context())
		if err != nil || s.service.Queries() != 1 || len(idsIn(t, output)) != 50 {
			t.Errorf("fault %d: %+v, %v, %d queries", fault, m, err, s.service.Queries())
		}
	}
}

// Promise: a service that throttles for eight hours is waited for, and never asked earlier than it says.
func TestThrottledForHours(t *testing.T) {
	s := newStage(t, tenant())
	begun := s.clock.Now()
	s.service.Fault = func(n int) m365test.Fault {
		if s.clock.Now().Sub(begun) < 8*time.Hour && n%9 != 0 {
			return []m365test.Fault{m365test.Throttle, m365test.ThrottleDate, m365test.ThrottleBare, m365test.Unavailable}[n%4]
		}
		return m365test.None
	}
	s.service.MaxPage = 1
	output := filepath.Join(t.TempDir(), "signins")
	f := s.fetch(t, "signins", output)
	for range 40 { // the command is given again when it gives up
		if _, err := f.Run(t.Context()); err == nil {
			break
		}
		f = s.fetch(t, "signins", output)
		s.clock.Advance(10 * time.Minute)
	}
	if got := idsIn(t, output); len(got) != 40 || s.service.Early() > 0 {
		t.Errorf("%d rows, %d requests too early", len(got), s.service.Early())
	}
}

// Promise: pages that the service repeats for ever, or that never agree, end the fetch or are marked.
func TestServiceContradicts(t *testing.T) {
	s := newStage(t, tenant())
	s.service.MaxPage = 1
	s.service.Fault = func(n int) m365test.Fault {
		if n > 2 {
			return m365test.EmptyNext
		}
		return m365test.None
	}
	_, err := s.fetch(t, "signins", filepath.Join(t.TempDir(), "signins")).Run(t.Context())
	if own, ok := errors.AsType[*m365.Error](err); !ok || !strings.Contains(own.Message, "contradicts itself") {
		t.Errorf("got %v", err)
	}
}

// Promise: a fetch goes on only with the flags that it began with, and no folder of somebody else's is written into.
func TestOthers(t *testing.T) {
	s := newStage(t, tenant())
	output := filepath.Join(t.TempDir(), "rules")
	if _, err := s.fetch(t, "rules", output).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := s.fetch(t, "rules", output)
	f.Mailboxes = f.Mailboxes[:1]
	if _, err := f.Run(t.Context()); !errors.Is(err, ErrOther) || !strings.Contains(err.Error(), "--mailboxes") {
		t.Errorf("other mailboxes: %v", err)
	}
	other := filepath.Join(t.TempDir(), "mine")
	if err := os.MkdirAll(other, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "mine.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.fetch(t, "rules", other).Run(t.Context()); !errors.Is(err, ErrExists) {
		t.Errorf("somebody's folder: %v", err)
	}
}

// Promise: late rows of the last day are found: it is asked for again until nothing new turns up.
func TestLateRows(t *testing.T) {
	g := tenant()
	rows := rowsAt("late", "activityDateTime", start.Add(-time.Hour), start.Add(-2*time.Hour))
	rows[0].From, rows[1].From = 13, 14
	g.Lists["/auditLogs/directoryAudits"] = append(g.Lists["/auditLogs/directoryAudits"], rows...)
	s := newStage(t, g)
	output := filepath.Join(t.TempDir(), "directory")
	f := s.fetch(t, "directory", output)
	f.Source.Lists = f.Source.Lists[:1]
	f.Since = start.Add(-12 * day)
	s.service.MaxPage = 2
	m, err := f.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := idsIn(t, output); len(got) != 12 {
		t.Errorf("got %v after %d requests", got, s.service.Requests())
	}
	tiled(t, m.Manifest)
}

// Promise: the mailboxes of a list are asked for several at once, and 100,000 rows need no more memory than 10,000.
func TestMemory(t *testing.T) {
	peak := func(n int) uint64 {
		g := tenant()
		g.Lists["/devices"] = nil
		for i := range n {
			id := fmt.Sprintf("%08d", i)
			g.Lists["/devices"] = append(g.Lists["/devices"], m365test.GraphRow{ID: id, JSON: fmt.Appendf(nil, `{"id":%q,"pad":%q}`, id, strings.Repeat("x", 400))})
		}
		s := newStage(t, g)
		f := s.fetch(t, "directory", filepath.Join(t.TempDir(), "directory"))
		f.Source.Lists = []List{{Name: "devices", Path: "/devices", Options: []string{"$top=999"}}}
		most := uint64(0)
		f.Progress = func(Progress) {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		var before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, err := f.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		return most - min(most, before.HeapAlloc)
	}
	small, large := peak(10_000), peak(50_000)
	t.Logf("%d KB and %d KB", small>>10, large>>10)
	if perRow := (float64(large) - float64(small)) / 40_000; perRow > 100 {
		t.Errorf("%.0f bytes a row", perRow)
	}
}
