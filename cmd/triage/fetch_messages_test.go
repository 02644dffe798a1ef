package main

import (
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"triage/analyzers/report"
	"triage/ingest/m365"
	"triage/ingest/m365/m365test"
)

// serveMessages runs a service for a script, which finds its address in $SERVICE: `messages FILE`. FILE is a list of
// messages as Graph has them, with their mailbox.
func serveMessages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: messages FILE")
	}
	messages, err := m365test.ReadMessages([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	service := &m365test.Service{Messages: messages, User: "alice@contoso.com", Token: invented, Clock: systemClock{}}
	server := httptest.NewServer(service)
	ts.Defer(server.Close)
	ts.Setenv("SERVICE", server.URL)
}

// Promise: wanted are a report's messages, the messages of findings that no exception covers, and the unmatched ones;
// each once, by both ids where the report has both; --mailbox chooses.
func TestWantedMessages(t *testing.T) {
	text := func(name string, value any) report.Fact { return report.Fact{Name: name, Value: value} }
	r := &report.Report{
		Messages: []report.Message{{Item: "i1", MessageID: "<1>", Mailboxes: []string{"a@x", "B@x"}}, {MessageID: "<2>", Mailboxes: []string{"a@x"}}},
		Findings: []report.Finding{
			{Mailbox: "a@x", Facts: report.Facts{text("item", "i1")}},
			{Mailbox: "a@x", Facts: report.Facts{text("item", "i2"), text("message_id", "<2>")}},
			{Mailbox: "a@x", Facts: report.Facts{text("item", []string{"i3", "i4"}), text("message_id", nil)}},
			{Mailbox: "a@x", Facts: report.Facts{text("item", "i9")}, Suppressed: &report.Suppression{}},
		},
		Mailboxes: []report.Mailbox{
			{Mailbox: "a@x", Joined: report.Joined{Messages: []report.Unmatched{{Item: "i5"}, {MessageID: "<2>"}}}},
			{Mailbox: "c@x"},
		},
	}
	f := func(mailboxes []string, want ...m365.Wanted) {
		t.Helper()
		got, err := wantedOf(r, mailboxes)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %v, %v\nwant %v", mailboxes, got, err, want)
		}
	}
	a := []m365.Wanted{
		{Mailbox: "a@x", Item: "i1", MessageID: "<1>"},
		{Mailbox: "a@x", Item: "i2", MessageID: "<2>"},
		{Mailbox: "a@x", Item: "i3"},
		{Mailbox: "a@x", Item: "i4"},
		{Mailbox: "a@x", Item: "i5"},
	}
	b := m365.Wanted{Mailbox: "b@x", Item: "i1", MessageID: "<1>"}
	f(nil, append(slices.Clone(a), b)...)
	f([]string{"A@x"}, a...)
	f([]string{"b@x"}, b)
	f([]string{"c@x"})
	if _, err := wantedOf(r, []string{"d@x"}); err == nil {
		t.Error("d@x: want an error")
	}
}
