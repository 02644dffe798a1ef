package message_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/ingest"
	"triage/ingest/activity"
)

func open(t *testing.T, paths ...string) *activity.Case {
	t.Helper()
	f, err := ingest.Open(t.Context(), paths, ingest.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return f.Case
}

func fixture(name string) string { return filepath.Join("testdata", name) }

// write puts texts into a folder of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func values(c *activity.Case, a *activity.Activity, k activity.Key) string {
	var all []string
	for d := range c.Details(a) {
		if d.Key == k {
			all = append(all, c.Text(d.Value))
		}
	}
	return strings.Join(all, "+")
}

func param(c *activity.Case, a *activity.Activity, name string) string {
	return values(c, a, activity.DynamicKey(c.Symbols.Find("params."+strings.ToLower(name))))
}

func lines(c *activity.Case) []string {
	var out []string
	for i := range c.Activities {
		a := &c.Activities[i]
		get := func(f activity.Field) string { return values(c, a, activity.KeyOf(f)) }
		out = append(out, fmt.Sprint(time.UnixMilli(a.Time).UTC().Format(time.DateTime), " ", a.Type, " ", a.Result, " ", c.Text(a.Mailbox), " ", c.Text(a.Actor),
			" ip=", c.Text(a.IP), " ", get(activity.FieldMessageID), " ", get(activity.FieldSender), " > ", get(activity.FieldRecipients), " ", get(activity.FieldSubject),
			" ", strings.ToLower(param(c, a, "Status")), " ", param(c, a, "FromIP"), " ", param(c, a, "Size")))
	}
	return out
}

func traced() []string {
	return []string{
		"2026-03-02 08:00:00 send success alice@contoso.com alice@contoso.com ip= <1@contoso.com> alice@contoso.com > bank@example.org Invoice 4711; new account delivered 2001:db8::25 2048",
		"2026-03-03 22:15:17 deliver success alice@contoso.com alice@contoso.com ip= <2@example.org> mallory@example.org > alice@contoso.com Ihre Überweisung delivered 198.51.100.25 4096",
		"2026-03-04 09:00:00 deliver success bob@contoso.com bob@contoso.com ip= <3@contoso.com> alice@contoso.com > bob@contoso.com see attachment filteredasspam 2001:db8::25 512",
		"2026-03-05 09:00:00 deliver failure alice@contoso.com alice@contoso.com ip= <4@example.org> mallory@example.org > alice@contoso.com blocked quarantined 198.51.100.25 512",
	}
}

// TestEveryTraceSaysTheSame keeps the promise that one message to one recipient is one activity, whatever cmdlet wrote
// it, in whatever culture, and that pages and queries that overlap change nothing.
func TestEveryTraceSaysTheSame(t *testing.T) {
	all := map[string][2]string{
		"v1-us.csv":                 {"trace-csv", "read as month/day/year: others can be read no other way"},
		"v1-gb.csv":                 {"trace-csv", "read as day/month/year: others can be read no other way"},
		"v1-de-utf16.csv":           {"trace-csv", ""},
		"alice@contoso.com-MTL.csv": {"trace-csv", ""},
		"graph.json":                {"trace-json", ""},
	}
	var paths []string
	for name, want := range all {
		paths = append(paths, fixture(name))
		c := open(t, fixture(name))
		if got := lines(c); !slices.Equal(got, traced()) || c.Inputs[0].Format != want[0] || len(c.Skips) > 0 {
			t.Errorf("%s as %s, skipped %v:\n%s\nwant\n%s", name, c.Inputs[0].Format, c.Skips, strings.Join(got, "\n"), strings.Join(traced(), "\n"))
		}
		notes := strings.Join(c.Inputs[0].Notes, "; ")
		if !strings.Contains(notes, want[1]) || want[1] == "" && strings.Contains(notes, "were read as") {
			t.Errorf("%s: notes %q, want %q", name, notes, want[1])
		}
		if !strings.Contains(notes, "own domains were taken from who is at one end of every message: contoso.com") {
			t.Errorf("%s: notes do not say where the domains come from: %q", name, notes)
		}
	}
	c := open(t, paths...)
	if got := lines(c); !slices.Equal(got, traced()) || len(c.Conflicts) > 0 {
		t.Errorf("all together: %d conflicts\n%s", len(c.Conflicts), strings.Join(got, "\n"))
	}
	if in := c.Inputs[0]; in.Rows != in.Activities+in.Duplicates+in.Skipped {
		t.Errorf("%+v", in)
	}
}

// TestJoin keeps the promise that a read message of the Unified Audit Log finds its subject in the trace, each of
// several.
func TestJoin(t *testing.T) {
	dir := write(t, map[string]string{"ual.json": `{"CreationTime":"2026-03-06T10:00:00","Id":"0a0d1700-0000-4000-8000-000000000001","Operation":"MailItemsAccessed","Workload":"Exchange",` +
		`"UserId":"alice@contoso.com","UserType":0,"MailboxOwnerUPN":"alice@contoso.com","Folders":[{"Path":"\\Inbox","FolderItems":[` +
		`{"InternetMessageId":"<4@example.org>"},{"InternetMessageId":"<nowhere@example.org>"},{"InternetMessageId":"<2@example.org>"}]}]}`})
	c := open(t, dir, fixture("v1-us.csv"))
	a := &c.Activities[len(c.Activities)-1]
	if m, how := c.Message(a); m == nil || how != activity.ByMessageID || values(c, m, activity.KeyOf(activity.FieldSubject)) != "blocked" {
		t.Errorf("first message: %v by %s", m, how)
	}
	var got []string
	for id, m := range c.Messages(a) {
		subject := "-"
		if m != nil {
			subject = values(c, m, activity.KeyOf(activity.FieldSubject))
		}
		got = append(got, c.Text(id)+" "+subject)
	}
	if want := []string{"<4@example.org> blocked", "<nowhere@example.org> -", "<2@example.org> Ihre Überweisung"}; !slices.Equal(got, want) {
		t.Errorf("messages %q, want %q", got, want)
	}
}

const header = "MessageTraceId,MessageId,Received,SenderAddress,RecipientAddress,Subject,Status\n"

// TestDates: a file that proves nothing is not guessed at; a span that no trace can have proves something.
func TestDates(t *testing.T) {
	row := func(id, received string) string {
		return id + ",<" + id + "@contoso.com>," + received + ",alice@contoso.com,bob@example.org,s,Delivered\n"
	}
	f := func(text, date, note string) {
		t.Helper()
		c := open(t, write(t, map[string]string{"x": header + text}))
		got := "skipped"
		if len(c.Activities) > 0 {
			got = time.UnixMilli(c.Activities[0].Time).UTC().Format(time.DateOnly)
			if c.Activities[0].Flags&activity.Undated != 0 {
				got = "undated"
			}
		}
		if got != date || !strings.Contains(strings.Join(c.Inputs[0].Notes, ";"), note) {
			t.Errorf("%s: %s, notes %q; want %s, %q", text, got, c.Inputs[0].Notes, date, note)
		}
	}
	f(row("1", "01/03/2026 22:00:00")+row("2", "11/03/2026 22:00:00"), "2026-03-01", "read as day/month/year: else messages")
	f(row("1", "03/01/2026 22:00:00")+row("2", "03/11/2026 22:00:00"), "2026-03-01", "read as month/day/year: else messages")
	f(row("1", "03/02/2026 22:00:00"), "undated", "can be read both ways")
	f(row("1", "3/2/2026 10:00:00 PM"), "2026-03-02", "usual with AM and PM")
	f(row("1", "2026-03-02T22:00:00.1234567Z"), "2026-03-02", "")
}

// TestDirection: with the tenant's domains known from another log, redirected mail stays apart from people.
func TestDirection(t *testing.T) {
	dir := write(t, map[string]string{
		"ual.json": `{"CreationTime":"2026-03-01T10:00:00","Id":"0a0d1700-0000-4000-8000-000000000001","Operation":"Send","Workload":"Exchange","UserId":"alice@contoso.com","UserType":0}`,
		"trace.csv": header + "1,<1@x>,2026-03-02T10:00:00Z,alice@contoso.com,bob@example.org,s,Delivered\n" +
			"2,<2@x>,2026-03-02T11:00:00Z,bob@example.org,mallory@example.net,s,Delivered\n" +
			"3,<3@x>,2026-03-02T12:00:00Z,,alice@contoso.com,s,Delivered\n" +
			"4,<4@x>,2026-03-02T13:00:00Z,,,s,Delivered\n",
	})
	c := open(t, dir)
	var got []string
	for i := range c.Activities {
		a := &c.Activities[i]
		got = append(got, fmt.Sprint(a.Type, " ", c.Text(a.Mailbox), " ", a.Lane))
	}
	want := []string{"send alice@contoso.com person", "send alice@contoso.com person", "deliver mallory@example.net service", "deliver alice@contoso.com person"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(c.Skips) != 1 || c.Skips[0].Reason != "neither a recipient nor a sender: not a message trace" {
		t.Errorf("skipped %v", c.Skips)
	}
}

// TestDomainsOfAdministrators: a log that knows only the tenant's first domain does not make strangers of its people.
func TestDomainsOfAdministrators(t *testing.T) {
	dir := write(t, map[string]string{
		"ual.json": `{"CreationTime":"2026-03-01T10:00:00","Id":"0a0d1700-0000-4000-8000-000000000001","Operation":"Set-Mailbox","Workload":"Exchange","UserId":"admin@contoso.onmicrosoft.com","UserType":2}`,
		"trace.csv": header + "1,<1@x>,2026-03-02T10:00:00Z,alice@contoso.com,bob@example.org,s,Delivered\n" +
			"2,<2@x>,2026-03-02T11:00:00Z,eve@example.net,alice@contoso.com,s,Delivered\n",
	})
	c := open(t, dir)
	for i := range c.Activities[1:] {
		if a := &c.Activities[i+1]; c.Text(a.Mailbox) != "alice@contoso.com" || a.Lane != activity.Person {
			t.Errorf("%s in %s, lane %s", a.Type, c.Text(a.Mailbox), a.Lane)
		}
	}
}

// TestStrangerIsNoAlias: a correspondent whose name at another domain is that of one of the tenant's people does not keep
// that person's alias from being understood.
func TestStrangerIsNoAlias(t *testing.T) {
	dir := write(t, map[string]string{
		"ual.json": `{"CreationTime":"2026-03-01T10:00:00","Id":"0a0d1700-0000-4000-8000-000000000001","Operation":"Send","Workload":"Exchange","UserId":"bob@contoso.com","UserType":0}` + "\n" +
			`{"CreationTime":"2026-03-01T10:00:00","Id":"0a0d1700-0000-4000-8000-000000000002","Operation":"Set-Mailbox","Workload":"Exchange","UserId":"admin@contoso.com","UserType":2,"ObjectId":"bob","Parameters":[{"Name":"ForwardingSmtpAddress","Value":"x@example.net"}]}`,
		"trace.csv": header + "1,<1@x>,2026-03-02T10:00:00Z,admin@contoso.com,bob@example.org,s,Delivered\n",
	})
	c := open(t, dir)
	i := slices.IndexFunc(c.Activities, func(a activity.Activity) bool { return a.Type == activity.ForwardingChange })
	if got := c.Text(c.Activities[i].Mailbox); got != "bob@contoso.com" {
		t.Errorf("alias bob is %q", got)
	}
}

// TestRules keeps the promise that a rule reads as New-InboxRule would have it, whoever listed it, and is in no time.
func TestRules(t *testing.T) {
	f := func(name, format string) activity.ID {
		t.Helper()
		c := open(t, fixture(name))
		a := &c.Activities[slices.IndexFunc(c.Activities, func(a activity.Activity) bool { return c.Text(a.Mailbox) == "alice@contoso.com" })]
		if c.Inputs[0].Format != format || a.Type != activity.RuleChange || a.Flags&activity.Undated == 0 || c.Text(a.Op) != "InboxRule" || len(c.Timelines()) != 0 {
			t.Errorf("%s as %s: %s %s, flags %b, %d timelines", name, c.Inputs[0].Format, a.Type, c.Text(a.Op), a.Flags, len(c.Timelines()))
		}
		for name, want := range map[string]string{"Name": "..", "DeleteMessage": "True", "MarkAsRead": "False", "SubjectContainsWords": "invoice;payment", "Enabled": "True", "MoveToFolder": ""} {
			if got := param(c, a, name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if to := values(c, a, activity.KeyOf(activity.FieldForwardTo)); to != "mallory@example.org" {
			t.Errorf("%s forwards to %q", name, to)
		}
		return a.ID
	}
	suite, cmdlet, graph := f("rules-suite.csv", "rules-csv"), f("rules-cmdlet.csv", "rules-csv"), f("rules-graph.json", "rules-json")
	if suite != cmdlet || cmdlet != graph {
		t.Errorf("one rule has the identities %s, %s and %s", suite, cmdlet, graph)
	}
	c := open(t, fixture("rules-suite.csv"), fixture("rules-cmdlet.csv"), fixture("rules-graph.json"))
	if len(c.Activities) != 2 || len(c.Duplicates) != 2 || len(c.Conflicts) != 0 {
		t.Errorf("all listings together: %d activities, %d duplicates, conflicts %v", len(c.Activities), len(c.Duplicates), c.Conflicts)
	}
}

// TestRuleOwner: objects of Graph without a page do not say whose they are.
func TestRuleOwner(t *testing.T) {
	rules := `[{"id":"1","displayName":"x","sequence":1,"isEnabled":true,"conditions":null,"actions":{"permanentDelete":true}}]`
	c := open(t, filepath.Join(write(t, map[string]string{"bob@contoso.com.json": rules}), "bob@contoso.com.json"))
	a := &c.Activities[0]
	if c.Text(a.Mailbox) != "bob@contoso.com" || c.Inputs[0].MailboxFrom != "file name" || param(c, a, "DeleteMessage") != "True" {
		t.Errorf("mailbox %q from %q", c.Text(a.Mailbox), c.Inputs[0].MailboxFrom)
	}
}
