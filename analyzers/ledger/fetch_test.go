package ledger

import (
	"strings"
	"testing"
	"time"

	"triage/ingest/activity"
)

// Promise: what a fetch wrote down is said in its own words: stopped, a gap that was asked for (a loss), what no service has (a
// limit, one line for many mailboxes); and a log that was fetched and is empty is no log that nobody exported.
func TestFetches(t *testing.T) {
	hour := time.Hour.Milliseconds()
	c := &activity.Case{Symbols: &activity.Symbols{}, Fetches: []activity.FetchRecord{
		{Evidence: "e/signins", Name: "signins", Source: activity.SourceSignin},
		{Evidence: "e/trace", Name: "trace", Source: activity.SourceTrace, Complete: true, Covered: []activity.Span{{List: "messages", First: 100 * hour, Last: 200 * hour}}},
		{Evidence: "e/risk", Name: "risk", Complete: true, Wavered: true, Rows: 3, Gaps: []activity.Gap{{List: "users", Reason: "403", Remedy: "consent", Lost: true}}},
		{Evidence: "e/rules", Name: "rules", Source: activity.SourceRules, Complete: true, Rows: 3, Gaps: []activity.Gap{
			{List: "hidden inbox rules", Mailbox: "a@contoso.com", Reason: "Graph does not have it", Remedy: "Get-InboxRule -Mailbox a@contoso.com", File: "e/hidden-a.json"},
			{List: "hidden inbox rules", Mailbox: "b@contoso.com", Reason: "Graph does not have it", Remedy: "Get-InboxRule -Mailbox b@contoso.com", File: "e/hidden-b.json"},
			{List: "transport rules", Reason: "Graph does not have it", Remedy: "Get-TransportRule", File: "e/t.json"},
		}},
	}}
	found := map[string][]Item{}
	for _, it := range Of(c, Options{}) {
		found[it.Code] = append(found[it.Code], it)
	}
	want := func(code string, n int, severity Severity, words ...string) {
		t.Helper()
		if len(found[code]) != n {
			t.Fatalf("%s: got %+v", code, found[code])
		}
		for i, w := range words {
			if it := found[code][i]; !strings.Contains(it.Text+" | "+it.Ask, w) || it.Severity != severity {
				t.Errorf("%s: got %+v, want %q", code, it, w)
			}
		}
	}
	want("fetch-stopped", 1, Loss, "signins was stopped")
	want("fetch-gap", 2, Loss, "never agreed", "risk: users: 403 | consent")
	want("not-fetched", 2, Limit, "2 mailboxes (a@contoso.com, …): Graph does not have it | Get-InboxRule -Mailbox a@contoso.com > e/hidden-a.json; the same for each", "transport rules")
	want("fetched-empty", 1, Limit, "from 1970-01-05 to 1970-01-09")
	want("no-sign-ins", 1, Limit, "no sign-in log")
	want("no-message-trace", 0, Limit)
	want("no-rule-listing", 0, Limit)
}

// Promise: where a log was fetched, silent days are silence and no missing export, and it ends where it ends; but that it begins
// late is still said, since a service without a licence keeps less than was asked for. A fetch that was stopped, or of
// another time, explains nothing.
func TestFetchedSilence(t *testing.T) {
	log := func(complete bool, from, to string) *sheet {
		day := func(text string) int64 {
			at, err := time.Parse(time.DateOnly, text)
			if err != nil {
				t.Fatal(err)
			}
			return at.UnixMilli()
		}
		s := newSheet().file("a.json", "audit-json", audit).working("2026-02-02", 40, nil).file("s/s.json", "signin-json", activity.SourceSignin)
		s.working("2026-02-11", 20, []string{"2026-02-18", "2026-02-19", "2026-02-20"})
		s.fetches = []activity.FetchRecord{{
			Evidence: "s", Name: "signins", Source: activity.SourceSignin, Complete: complete, Rows: 9,
			Covered: []activity.Span{{List: "interactive", First: day(from), Last: day(to) - 1}},
		}}
		return s
	}
	want(t, log(true, "2026-02-01", "2026-03-20"), "source-short", "nothing before 2026-02-11")
	want(t, log(true, "2026-02-01", "2026-03-20"), "silent-days")
	want(t, log(false, "2026-02-01", "2026-03-20"), "silent-days", "from 2026-02-18 to 2026-02-22")
	want(t, log(false, "2026-02-01", "2026-03-20"), "source-short", "nothing before 2026-02-11", "nothing after")
	want(t, log(true, "2026-02-01", "2026-02-19"), "source-short", "nothing before 2026-02-11", "nothing after")
}
