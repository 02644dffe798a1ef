package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"triage/ingest/m365/collect"
	"triage/ingest/m365/m365test"
)

// fetchScenarios fetch from a service on this machine, and go on where a failed fetch stopped.
func fetchScenarios() []scenario {
	var list []scenario
	for _, output := range []string{"alice.csv", "alice.jsonl"} {
		list = append(list, scenario{
			name: "fetch activities into " + output, folder: output + ".case/",
			args: []string{"fetch", "activities", "--user", "me", "--output", output, "--start", "2018-01-01", "--end", "2018-01-03", "--quiet"},
			prepare: func(t *testing.T, dir string) {
				t.Helper()
				_, address := activityService(300, t.Cleanup)
				writeIn(t, dir, "token", []byte(invented))
				writeIn(t, dir, "address", []byte(address))
			},
		})
	}
	messages := scenario{
		name: "fetch messages", folder: "messages.case/",
		args: []string{"fetch", "messages", "--for", "wanted.json", "--output", "messages", "--quiet"},
		prepare: func(t *testing.T, dir string) {
			t.Helper()
			service := m365test.Service{User: "alice@contoso.com", Token: invented, Clock: systemClock{}}
			var wanted []string
			for i := range 3 {
				id := fmt.Sprintf("<%d@contoso.com>", i)
				wanted = append(wanted, fmt.Sprintf(`{"item": null, "message_id": %q}`, id))
				list, err := m365test.ReadMessages(fmt.Appendf(nil, `[{"mailbox": "bob@contoso.com", "id": "AAMk%d", "internetMessageId": %q, "subject": "Invoice %d"}]`, i, id, i))
				if err != nil {
					t.Fatal(err)
				}
				service.Messages = append(service.Messages, list...)
			}
			server := httptest.NewServer(&service)
			t.Cleanup(server.Close)
			writeIn(t, dir, "token", []byte(invented))
			writeIn(t, dir, "address", []byte(server.URL))
			writeIn(t, dir, "wanted.json", []byte(`{"schema": "triage.report/v1", "mailboxes": [{"mailbox": "bob@contoso.com", "joined": {"unmatched_messages": [`+
				strings.Join(wanted, ",")+`]}}]}`))
		},
	}
	grants := scenario{
		name: "fetch grants", folder: "grants.case/",
		args: []string{"fetch", "grants", "--output", "grants", "--quiet"},
		prepare: func(t *testing.T, dir string) {
			t.Helper()
			lists := map[string][]m365test.GraphRow{}
			for i, l := range grantsOf().Lists {
				id := fmt.Sprintf("grant-%d", i)
				lists[l.Path] = []m365test.GraphRow{{ID: id, JSON: fmt.Appendf(nil, `{"id":%q}`, id)}}
			}
			server := httptest.NewServer(&m365test.Service{Token: invented, Clock: systemClock{}, Graph: &m365test.Graph{Lists: lists, Unlimited: true}})
			t.Cleanup(server.Close)
			writeIn(t, dir, "token", []byte(invented))
			writeIn(t, dir, "address", []byte(server.URL))
		},
	}
	list = append(list, messages, grants)
	for i := range list {
		list[i].args = append(list[i].args, "--token-file", "token", "--base-url", "$SERVICE")
	}
	return list
}

func grantsOf() collect.Source {
	s, _ := collect.SourceOf("grants")
	return s
}
