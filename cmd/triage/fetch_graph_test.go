package main

import (
	"context"
	"net/http/httptest"
	"os"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"triage/cmd/triage/console"
	"triage/ingest/m365/m365test"
)

// quick is the command triage but that its fetches wait without taking time.
func quick() {
	clock := m365test.NewClock(time.Now())
	t := &console.Tool{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: variables(os.Environ()), Now: clock.Now, Clock: clock,
		Full: make(chan error, 1),
	}
	os.Exit(perform(context.Background(), t, append([]string{"triage"}, os.Args[1:]...)))
}

// serveGraph runs a Microsoft Graph for a script: `graph FILE`. In FILE, @3h@ is the time three hours ago: the service keeps
// sign-ins for a month only.
func serveGraph(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: graph FILE")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	now := time.Now().UTC().Truncate(time.Hour)
	text = regexp.MustCompile(`@[0-9hm]+@`).ReplaceAllFunc(text, func(ago []byte) []byte {
		d, err := time.ParseDuration(string(ago[1 : len(ago)-1]))
		ts.Check(err)
		return []byte(now.Add(-d).Format(time.RFC3339))
	})
	g, err := m365test.ReadGraph(text)
	ts.Check(err)
	g.Unlimited = true // its clock is another one than that of triage-quick
	server := httptest.NewServer(&m365test.Service{User: "alice@contoso.com", Token: invented, Clock: systemClock{}, Graph: g})
	ts.Defer(server.Close)
	ts.Setenv("SERVICE", server.URL)
}
