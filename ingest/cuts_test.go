package ingest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: what a reader cuts, or does not read, because it is too long or too much, is counted in the notes of the input,
// and costs no row.
func TestCutsAreCounted(t *testing.T) {
	quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	search := func(query string) string {
		return "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n" +
			"2018-03-01T10:00:00Z,Web,SearchResult,,2018-03-01T10:00:00Z,s1," + quoted(fmt.Sprintf("{'Query': '%s'}", query)) + "\n"
	}
	long := strings.Repeat("x", 2<<20)
	var hops, results, notes strings.Builder
	for range 31 {
		hops.WriteString("Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\r\n")
	}
	for i := range 21 {
		fmt.Fprintf(&results, "Authentication-Results: mx%d.contoso.com; spf=pass\r\n", i)
	}
	notes.WriteString("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n")
	for i := range 60 {
		fmt.Fprintf(&notes, "2018-03-01T10:00:%02dZ,Web,ServerLogon,,2018-03-01T10:00:00Z,s1,\"{'Result': 'Odd%02d', 'UserName': 'a@contoso.com'}\"\n", i, i)
	}
	const mail = "From: b@example.org\r\nTo: a@contoso.com\r\nSubject: s\r\nMessage-ID: <1@example.org>\r\nDate: Mon, 2 Mar 2026 08:00:00 +0000\r\n"
	for name, c := range map[string]struct{ text, want string }{
		"query.csv":   {search("<Query a=\"" + long + "\"><RawQuery>wire</RawQuery></Query>"), "searches whose query is longer than 1 MiB: what stands behind that was not read: 1"},
		"nothing.csv": {search("<Query a=\"" + long + "\"><RawQuery>wire</RawQuery></Query>"), "searches in whose query no text was found: what was searched for is not known: 1"},
		"deep.csv":    {search(strings.Repeat("<a>", 70) + "<RawQuery>wire</RawQuery>"), "searches whose query is nested deeper than 64 levels: it was read as far as RawQuery shows: 1"},
		"audit.jsonl": {
			fmt.Sprintf(`{"CreationTime":"2026-03-01T10:00:00","Id":"00000000-0000-4000-8000-000000000001","Operation":"SearchQueryInitiatedExchange","Workload":"Exchange","UserId":"a@contoso.com","QueryText":%q}`, long),
			"texts longer than 32 KiB, of which what stands behind that was not read: ",
		},
		"hops.eml":    {hops.String() + mail + "\r\nx", "messages with more than 30 Received headers, of which the topmost were read: 1"},
		"results.eml": {results.String() + mail + "\r\nx", "messages with more than 20 Authentication-Results, of which the topmost were read: 1"},
		"notes.csv":   {notes.String(), "there are more notes than the 50 that are listed"},
	} {
		for _, workers := range []int{1, 3} {
			f := open(t, Options{Workers: workers}, filepath.Join(write(t, map[string][]byte{name: []byte(c.text)}), name))
			in := f.Case.Inputs[0]
			if said := strings.Join(in.Notes, "\n"); !strings.Contains(said, c.want) {
				t.Errorf("%s: want %q in %.300q", name, c.want, said)
			}
			if in.Activities == 0 || in.Skipped != 0 {
				t.Errorf("%s: %d activities, %d skipped", name, in.Activities, in.Skipped)
			}
		}
	}
}
