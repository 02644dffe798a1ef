package signin_test

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

// open reads a file as a case.
func open(t *testing.T, in activity.Interest, path string) *activity.Case {
	t.Helper()
	f, err := ingest.Open(t.Context(), []string{path}, ingest.Options{Workers: 1, Interest: in})
	if err != nil {
		t.Fatal(err)
	}
	return f.Case
}

// openText reads a text as a file.
func openText(t *testing.T, text string) *activity.Case {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, activity.Interest{}, path)
}

func field(c *activity.Case, a *activity.Activity, f activity.Field) string {
	return c.Text(c.Get(a, f))
}

func param(c *activity.Case, a *activity.Activity, name string) string {
	v, _ := c.Lookup(a, activity.DynamicKey(c.Symbols.Find("params."+strings.ToLower(name))))
	return c.Text(v)
}

// lines is what the formats must agree on, one line a sign-in.
func lines(c *activity.Case) []string {
	var out []string
	for i := range c.Activities {
		a := &c.Activities[i]
		out = append(out, fmt.Sprint(
			a.ID, " ", time.UnixMilli(a.Time).UTC().Format(time.DateTime), " ", a.Type, " ", c.Text(a.Op), " ", c.Text(a.Mailbox), " ", c.Text(a.Actor),
			" ", a.Lane, " ", a.Result, " ", field(c, a, activity.FieldError), " ", c.Text(a.IP), " ", c.Text(a.App), " ",
			c.Text(a.Agent), " ", c.Text(a.Session), " ", field(c, a, activity.FieldAppID), " ", field(c, a, activity.FieldObject), " ",
			field(c, a, activity.FieldDevice), " ", param(c, a, "ClientAppUsed"), " ", param(c, a, "AuthenticationProtocol"), " ",
			param(c, a, "Location.City"), "|", param(c, a, "Location.Region"), "|", param(c, a, "Location.Country"),
		))
	}
	return out
}

// TestEveryFormatSaysTheSame keeps the promise that one sign-in is one activity, whatever it was exported with: alone,
// and with all exports together.
func TestEveryFormatSaysTheSame(t *testing.T) {
	want := []string{
		"5c0ffee0000040008000000000000001 2026-03-02 10:00:00 logon Sign-in activity alice@contoso.com alice@contoso.com person success  192.0.2.10 Web Mozilla/5.0 (X11) 5e551000-0000-4000-8000-000000000001 9199bf20-a13f-4107-85dc-02114787ef48 00000002-0000-0ff1-ce00-000000000000  Browser none Sankt Georgen, Ort|Wien|AT",
		"5c0ffee0000040008000000000000002 2026-03-02 11:30:05 logon Sign-in activity alice@contoso.com alice@contoso.com person failure 50126 2001:db8::77 IMAP4 BAV2ROPC  00000002-0000-0ff1-ce00-000000000000 00000002-0000-0ff1-ce00-000000000000  IMAP4 ropc Lagos|Lagos|NG",
		"5c0ffee0000040008000000000000003 2026-03-02 12:00:00 logon Sign-in activity alice@contoso.com alice@contoso.com person unknown 50140 198.51.100.9  Mozilla/5.0 (Windows NT 10.0) 5e551000-0000-4000-8000-000000000002 29d9ed98-a469-4536-ade2-f981bc1d605e 00000003-0000-0000-c000-000000000000 de71ce00-0000-4000-8000-000000000001 Mobile Apps and Desktop clients deviceCode Lagos|Lagos|NG",
	}
	formats := map[string]string{
		"graph-page.json": "signin-json", "graph-concatenated.json": "signin-json", "azuread-module.json": "signin-json",
		"diagnostic.jsonl": "signin-json", "sentinel.json": "signin-json", "sentinel.csv": "signin-table-csv",
		"portal.csv": "signin-portal-csv", "portal-reordered.csv": "signin-portal-csv",
	}
	for name, format := range formats {
		c := open(t, activity.Interest{}, filepath.Join("testdata", name))
		if got := lines(c); !slices.Equal(got, want) || len(c.Skips) > 0 || c.Inputs[0].Format != format {
			t.Errorf("%s: %s, skipped %v\n%s\nwant\n%s", name, c.Inputs[0].Format, c.Skips, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	c := open(t, activity.Interest{}, "testdata")
	if got := lines(c); !slices.Equal(got, want) || len(c.Duplicates) != (len(formats)-1)*len(want) {
		t.Errorf("all together: %d repeats\n%s", len(c.Duplicates), strings.Join(got, "\n"))
	}
}

// TestSignInIsTheUserLoggedIn keeps the promise that the Unified Audit Log's account of a sign-in is the same activity.
func TestSignInIsTheUserLoggedIn(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join("testdata", "graph-page.json"))
	if err != nil {
		t.Fatal(err)
	}
	ual := `{"CreationTime":"2026-03-02T10:00:02","Id":"0a0d1700-0000-4000-8000-000000000001","IntraSystemId":"5c0ffee0-0000-4000-8000-000000000001",` +
		`"Operation":"UserLoggedIn","UserId":"Alice@contoso.com","UserType":0,"Workload":"AzureActiveDirectory","ResultStatus":"Success","ErrorNumber":"0","ClientIP":"192.0.2.10"}`
	for name, text := range map[string][]byte{"signins.json": text, "ual.json": []byte(ual)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := open(t, activity.Interest{}, dir)
	if len(c.Activities) != 3 || len(c.Duplicates) != 1 || len(c.Conflicts) != 1 || !c.Conflicts[0].Merged {
		t.Errorf("%d activities, %d repeats, conflicts %v; want 3, 1 and one merged", len(c.Activities), len(c.Duplicates), c.Conflicts)
	}
}

// TestResults: what the codes mean. 50126 and 50053 are guesses, 50140 and its like are steps on the way.
func TestResults(t *testing.T) {
	f := func(more, result, code string) {
		t.Helper()
		c := openText(t, `{"id":"5c0ffee0-0000-4000-8000-000000000001","createdDateTime":"2026-03-02T10:00:00Z","userPrincipalName":"a@contoso.com","appId":"x","ipAddress":"192.0.2.1",`+more+`}`)
		a := &c.Activities[0]
		if a.Result.String() != result || field(c, a, activity.FieldError) != code {
			t.Errorf("%s: %s %q, want %s %q", more, a.Result, field(c, a, activity.FieldError), result, code)
		}
	}
	f(`"status":{"errorCode":0}`, "success", "")
	f(`"status":"{\"errorCode\":50053}"`, "failure", "50053")
	f(`"status":{"errorCode":50126}`, "failure", "50126")
	f(`"status":{"errorCode":500121}`, "failure", "500121")
	f(`"status":{"errorCode":50058}`, "unknown", "50058")
	f(`"status":{"errorCode":50072}`, "unknown", "50072")
	f(`"status":{"errorCode":65001}`, "unknown", "65001")
	f(`"resultType":"0"`, "success", "")
	f(`"resultType":"Success","status":{}`, "success", "")
	f(`"resultType":"50126","resultSignature":"FAILURE"`, "failure", "50126")
	f(`"status":null`, "unknown", "")
}

// TestApplications: what signs in without a user goes by its id, never by a name that its maker chose.
func TestApplications(t *testing.T) {
	c := openText(t, `{"time":"2026-03-02T10:00:00Z","category":"ServicePrincipalSignInLogs","resulttype":"0","calleripaddress":"198.51.100.7","location":"NL",`+
		`"properties":{"id":"5c0ffee0-0000-4000-8000-000000000009","servicePrincipalId":"5e7f1ce0-0000-4000-8000-000000000001","servicePrincipalName":"ceo@contoso.com","appId":"a9900000-0000-4000-8000-000000000001","ipAddress":"198.51.100.7","status":{"errorCode":0}}}`)
	a := &c.Activities[0]
	if c.Text(a.Actor) != "serviceprincipal_5e7f1ce0-0000-4000-8000-000000000001" || a.Lane != activity.Service || a.ActorType != activity.ActorServicePrincipal {
		t.Errorf("actor %q in lane %s", c.Text(a.Actor), a.Lane)
	}
	if param(c, a, "ServicePrincipalName") != "ceo@contoso.com" || param(c, a, "Location.Country") != "NL" {
		t.Errorf("name %q, country %q", param(c, a, "ServicePrincipalName"), param(c, a, "Location.Country"))
	}
}

// TestKeptOnRequest: of the many facts of a sign-in those stay that a rule asks for, and the place always.
func TestKeptOnRequest(t *testing.T) {
	in := activity.Interest{Params: map[string]bool{"riskstate": true}, Raw: []string{"deviceDetail.operatingSystem"}}
	c := open(t, in, filepath.Join("testdata", "graph-page.json"))
	a := &c.Activities[0]
	if param(c, a, "RiskState") != "none" || param(c, a, "Location.Country") != "AT" || param(c, a, "AuthenticationProtocol") != "" {
		t.Errorf("risk %q, country %q, protocol %q", param(c, a, "RiskState"), param(c, a, "Location.Country"), param(c, a, "AuthenticationProtocol"))
	}
	system, _ := c.Lookup(a, activity.DynamicKey(c.Symbols.Find("raw.devicedetail.operatingsystem")))
	if c.Text(system) != "Windows10" {
		t.Errorf("raw path: %q", c.Text(system))
	}
}

// TestSkipped: a record without a time, or of nobody, is skipped with its reason.
func TestSkipped(t *testing.T) {
	good := `{"id":"5c0ffee0-0000-4000-8000-000000000001","createdDateTime":"2026-03-02T10:00:00Z","userPrincipalName":"a@contoso.com","appId":"x","ipAddress":"192.0.2.1","status":{"errorCode":0}}`
	f := func(object, reason string) {
		t.Helper()
		c := openText(t, good+"\n"+object+"\n")
		if len(c.Skips) != 1 || c.Skips[0].Reason != reason {
			t.Errorf("%s: skipped %v, want %q", object, c.Skips, reason)
		}
	}
	f(strings.Replace(good, "2026-03-02T10:00:00Z", "soon", 1), `createdDateTime "soon": no time that can be read`)
	f(strings.Replace(good, "a@contoso.com", "", 1), "a record of another log")
	f(`{"category":"SignInLogs","time":"2026-03-02T10:00:00Z","properties":{"appId":"x"}}`, "sign-in of nobody: neither user nor service principal")
}
