package message_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest"
	"triage/ingest/activity"
)

// hop is a row of a trace.
type hop struct{ from, to, id, status, toIP string }

func traceOf(rows []hop) string {
	var b strings.Builder
	b.WriteString("MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,FromIP,ToIP,Size\n")
	for i, r := range rows {
		status := r.status
		if status == "" {
			status = "Delivered"
		}
		fmt.Fprintf(&b, "00000000-0000-4000-8000-%012x,2026-03-02T08:%02d:00Z,%s,%s,Order,%s,%s,,%s,10\n", i+1, i, r.from, r.to, status, r.id, r.toIP)
	}
	return b.String()
}

// redirected is a trace asked for vendor.example: the tenant is fabrikam.com, where a rule sends mail on to a stranger.
func redirected(more ...hop) []hop {
	return append([]hop{
		{from: "ann@vendor.example", to: "joe@fabrikam.com", id: "<1@v>"},
		{from: "ann@vendor.example", to: "drop@stranger.example", id: "<1@v>"},
		{from: "ann@vendor.example", to: "joe@fabrikam.com", id: "<2@v>"},
		{from: "ann@vendor.example", to: "drop@stranger.example", id: "<2@v>"},
		{from: "joe@fabrikam.com", to: "ann@vendor.example", id: "<3@f>"},
		{from: "ann@vendor.example", to: "sue@fabrikam.com", id: "<4@v>"},
	}, more...)
}

func mailboxes(c *activity.Case) []string {
	seen := map[string]bool{}
	for i := range c.Activities {
		if a := &c.Activities[i]; a.Lane == activity.Person {
			seen[c.Text(a.Mailbox)] = true
		}
	}
	var all []string
	for name := range seen {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Promise: a trace that was asked for one partner does not make the partner the client.
func TestTraceOfOnePartner(t *testing.T) {
	tenant := []string{"joe@fabrikam.com", "sue@fabrikam.com"}
	logon := `{"CreationTime":"2026-03-02T07:00:00","Id":"00000000-0000-4000-8000-0000000000aa","Operation":"UserLoggedIn","Workload":"AzureActiveDirectory",` +
		`"UserType":0,"UserId":"joe@fabrikam.com","ResultStatus":"Success","ClientIP":"80.114.221.9"}` + "\n"
	for _, x := range []struct {
		name  string
		rows  []hop
		audit string
		want  []string
		own   string
	}{
		{"a rule redirects", redirected(hop{from: "ann@vendor.example", to: "joe@fabrikam.com", id: "<1@v>", status: "Redirected"}), "", tenant, "fabrikam.com"},
		{"a list is expanded", redirected(hop{from: "ann@vendor.example", to: "sue@fabrikam.com", id: "<5@v>", status: "expanded"}), "", tenant, "fabrikam.com"},
		{"where mail goes out to", redirected(hop{from: "sue@fabrikam.com", to: "ann@vendor.example", id: "<5@f>", toIP: "203.0.113.25"}), "", tenant, "fabrikam.com"},
		{"who logged on", redirected(), logon, tenant, "fabrikam.com"},
		{"somebody else writes to the tenant", redirected(hop{from: "eve@other.example", to: "sue@fabrikam.com", id: "<5@o>"}), "", tenant, "fabrikam.com"},
		{"nothing tells", redirected(), "", []string{"ann@vendor.example", "drop@stranger.example", "joe@fabrikam.com", "sue@fabrikam.com"}, ""},
		// Near misses: the domain at most ends is the tenant's.
		{"one partner among others", []hop{
			{from: "ann@vendor.example", to: "joe@fabrikam.com", id: "<1@v>"},
			{from: "joe@fabrikam.com", to: "ann@vendor.example", id: "<2@v>"},
			{from: "sue@fabrikam.com", to: "eve@other.example", id: "<3@v>"},
			{from: "bob@third.example", to: "sue@fabrikam.com", id: "<4@v>"},
		}, "", tenant, "fabrikam.com"},
		{"a mailbox at a public provider writes to many", []hop{
			{from: "ann@gmail.com", to: "joe@fabrikam.com", id: "<1@v>"},
			{from: "ann@gmail.com", to: "sue@fabrikam.com", id: "<2@v>"},
			{from: "ann@gmail.com", to: "drop@gmail.com", id: "<2@v>"},
		}, "", tenant, "fabrikam.com"},
	} {
		rapid.Check(t, func(r *rapid.T) {
			files := map[string]string{"trace.csv": traceOf(rapid.Permutation(x.rows).Draw(r, "rows"))}
			if x.audit != "" {
				files["audit.jsonl"] = x.audit
			}
			f, err := ingest.Open(t.Context(), []string{write(t, files)}, ingest.Options{Workers: 1})
			if err != nil {
				r.Fatal(err)
			}
			c := f.Case
			if got := mailboxes(c); !slices.Equal(got, x.want) || strings.Join(c.Own, " ") != x.own {
				r.Fatalf("%s: mailboxes %q, own domains %q; want %q, %q", x.name, got, c.Own, x.want, x.own)
			}
		})
	}
}
