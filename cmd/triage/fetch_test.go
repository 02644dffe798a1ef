package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/ingest/m365"
	"triage/ingest/m365/m365test"
)

// invented is the token of the tests' service.
const invented = "invented-token-0123456789"

// activityService is a service with some activities, on this machine, until the test ends.
func activityService(n int, end func(func())) (*m365test.Service, string) {
	service := &m365test.Service{
		Activities: m365test.Generate(n, 1), User: "alice@contoso.com", Token: invented, Clock: systemClock{},
	}
	server := httptest.NewServer(service)
	end(server.Close)
	return service, server.URL
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// serveActivities runs a service for a script, which finds its address in $SERVICE: `activities N`, or `activities
// endless`, which has one for each millisecond. Stand-ins are no such service: `activities page`, a web page for whatever
// is asked, `activities tls`, one of an unknown certificate, and `activities proxy`, which lets nobody through.
func serveActivities(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: activities N|endless|page|proxy|tls")
	}
	handlers := map[string]http.Handler{
		"endless": &m365test.Endless{Step: time.Millisecond},
		"page": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!DOCTYPE html><html><title>Sign in to Contoso</title></html>")
		}),
		"proxy": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }),
	}
	switch args[0] {
	case "endless", "page", "proxy":
		server := httptest.NewServer(handlers[args[0]])
		ts.Defer(server.Close)
		ts.Setenv("SERVICE", server.URL)
		return
	case "tls":
		server := httptest.NewUnstartedServer(&m365test.Service{Clock: systemClock{}})
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		ts.Defer(server.Close)
		ts.Setenv("SERVICE", server.URL)
		return
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	_, address := activityService(n, func(f func()) { ts.Defer(f) })
	ts.Setenv("SERVICE", address)
}

// Promise: a fetch that is killed for real, again and again, ends with the same bytes as one that was not.
func TestFetchKilled(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("some seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "triage")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	_, address := activityService(3000, t.Cleanup)
	folder := t.TempDir()
	fetch := func(ctx context.Context, name string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, link, "fetch", "activities", "--user", "me", "--base-url", address,
			"--start", "2017-12-25", "--end", "2018-02-01", "--output", filepath.Join(folder, name))
		cmd.Env = append(os.Environ(), "OAUTH_TOKEN="+invented)
		return cmd.CombinedOutput()
	}
	if out, err := fetch(t.Context(), "whole.csv"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	killed := 0
	for patience := 30 * time.Millisecond; ; patience += 20 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		out, err := fetch(ctx, "killed.csv")
		cancel()
		if err == nil {
			break
		}
		if killed++; ctx.Err() == nil || killed > 200 {
			t.Fatalf("%v: %s", err, out)
		}
	}
	whole, err := os.ReadFile(filepath.Join(folder, "whole.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "killed.csv"))
	if err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%v: %d bytes, want %d", err, len(got), len(whole))
	}
	t.Logf("killed %d times", killed)
}

// Promise: the token is in no output, no message and no file, whatever the service does with it.
func TestFetchShowsNoToken(t *testing.T) {
	f := func(want int, fault m365test.Fault, environ, stdin string, args ...string) {
		t.Helper()
		service, address := activityService(20, t.Cleanup)
		service.Fault = func(int) m365test.Fault { return fault }
		folder := t.TempDir()
		var stdout, stderr bytes.Buffer
		args = append([]string{
			"triage", "fetch", "activities", "--user", "me", "--base-url", address, "--start", "2018-01-01",
			"--end", "2018-01-02", "--output", filepath.Join(folder, "a.jsonl"),
		}, args...)
		if code := run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr, []string{environ}); code != want {
			t.Errorf("fault %d: exit code %d: %s", fault, code, stderr.String())
		}
		all := stdout.String() + stderr.String()
		err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			all += path + string(text)
			return err
		})
		if err != nil || strings.Contains(all, invented) {
			t.Errorf("fault %d: %v: the token is shown: %s", fault, err, all)
		}
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("Bearer "+invented+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f(exit.Done, m365test.None, "OAUTH_TOKEN="+invented, "")
	f(exit.Done, m365test.None, "", invented+"\n", "--token-file", "-")
	f(exit.Done, m365test.None, "", "", "--token-file", file)
	f(exit.Done, m365test.None, "TRIAGE_TOKEN_FILE="+file, "")
	f(exit.Failed, m365test.Expire, "OAUTH_TOKEN="+invented, "")
	f(exit.Failed, m365test.Elsewhere, "OAUTH_TOKEN="+invented, "")
	f(exit.Failed, m365test.Redirect, "OAUTH_TOKEN="+invented, "")
	f(exit.Refused, m365test.None, "OAUTH_TOKEN="+invented+" "+invented, "")
}

// Promise: an interrupt ends a wait that the service asked for at once, and the fetch goes on later.
func TestFetchInterrupted(t *testing.T) {
	service, address := activityService(20, t.Cleanup)
	output := filepath.Join(t.TempDir(), "a.jsonl")
	args := []string{"triage", "fetch", "activities", "--user", "me", "--base-url", address, "--start", "2018-01-01", "--end", "2018-01-03", "--output", output}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	service.Fault = func(n int) m365test.Fault {
		if n == 2 {
			cancel()
			return m365test.Throttle
		}
		return m365test.None
	}
	var stderr bytes.Buffer
	began := time.Now()
	code := run(ctx, args, nil, &stderr, &stderr, []string{"OAUTH_TOKEN=" + invented})
	if took := time.Since(began); code != exit.Interrupted || stderr.String() != "triage: interrupted\n" || took > 6*time.Second { // it was to wait for 7
		t.Errorf("exit code %d after %s: %s", code, took, stderr.String())
	}
	stderr.Reset()
	if code := run(t.Context(), args, nil, &stderr, &stderr, []string{"OAUTH_TOKEN=" + invented}); code != exit.Done || !strings.Contains(stderr.String(), "going on where it had stopped: 20 activities") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

// Promise: of the command's files, only that of fetch names what dials Microsoft.
func TestOnlyFetchDials(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(`"triage/ingest/m365`)) && !strings.HasPrefix(name, "fetch") {
			t.Errorf("%s imports ingest/m365", name)
		}
	}
}

// Promise: progress fits on a line of a terminal and says what is waited for.
func TestFetchProgress(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	p := &fetchProgress{progress: progress{w: &out, now: now}}
	p.wait(90*time.Second, "the service throttles\x1b[2J "+strings.Repeat("x", 200))
	if got := out.String(); !strings.HasPrefix(got, "\rwaiting 1m30s: ") || strings.Contains(got, "\x1b") || len(got) > 120 {
		t.Errorf("got %q", got)
	}
}

// Promise: without a terminal, and with --quiet, a wait of more than five seconds is said with its reason, and so is a
// shorter one that goes on where others were; short waits and progress are not.
func TestWaitsAreSaid(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, quiet := range []bool{false, true} {
		out.Reset()
		p := startFetchProgress(&console.Tool{Stderr: &out, Now: func() time.Time { return at }}, quiet)
		want := func(text string) {
			t.Helper()
			if got := out.String(); got != text {
				t.Errorf("got %q, want %q", got, text)
			}
			out.Reset()
		}
		pass := func(d time.Duration) { at = at.Add(d) }
		p.wait(2*time.Second, "hiccup")
		pass(2 * time.Second)
		p.show(m365.Progress{})
		p.wait(5*time.Second, "hiccup")
		pass(5 * time.Second)
		want("")
		p.wait(time.Second, "the connection stands still") // and has stood still for long
		pass(time.Second)
		want("triage: waiting 1s: the connection stands still\n")
		p.wait(2*time.Second, "the connection stands still")
		pass(2 * time.Second)
		want("")
		p.wait(time.Minute, "the service throttles\x1b[2J")
		pass(time.Minute)
		p.end()
		want("triage: waiting 1m0s: the service throttles[2J\n")
	}
}

// Promise: the wait that a service asks for is said before it begins, though nobody watches.
func TestThrottlingIsSaid(t *testing.T) {
	service, address := activityService(20, t.Cleanup)
	service.Fault = func(n int) m365test.Fault {
		if n == 2 {
			return m365test.Throttle
		}
		return m365test.None
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said := &until{word: "waiting", then: cancel} // seven seconds, which nobody needs to wait for here
	code := run(ctx, []string{
		"triage", "fetch", "activities", "--user", "me", "--base-url", address, "--start", "2018-01-01", "--end", "2018-01-03",
		"--output", filepath.Join(t.TempDir(), "a.jsonl"),
	}, nil, said, said, []string{"OAUTH_TOKEN=" + invented})
	if got := said.String(); code != exit.Interrupted || !strings.HasPrefix(got, "triage: waiting ") || !strings.Contains(got, ": the service throttles\n") {
		t.Errorf("exit code %d: %q", code, got)
	}
}

// until does something as soon as a word is written.
type until struct {
	mu   sync.Mutex
	text strings.Builder
	word string
	then func()
}

// Write implements io.Writer.
func (u *until) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.text.Write(p)
	if strings.Contains(u.text.String(), u.word) {
		u.then()
	}
	return len(p), nil
}

func (u *until) String() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.text.String()
}
