package ingest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/ingest/activity"
)

// The tenants of these tests: $A and $B are clients, $P is a partner of theirs, $W the workspace that keeps their logs.
func tenantIDs() *strings.Replacer {
	return strings.NewReplacer(
		"$A", "aaaaaaaa-0000-4000-8000-00000000000a", "$B", "bbbbbbbb-0000-4000-8000-00000000000b",
		"$P", "cccccccc-0000-4000-8000-00000000000c", "$W", "dddddddd-0000-4000-8000-00000000000d",
	)
}

// audited is a record of the audit log; more are further members.
func audited(at, user, more string) string {
	return `{"CreationTime":"2026-03-02T` + at + `:00","Operation":"MailItemsAccessed","Workload":"Exchange","UserType":0,"UserId":"` + user +
		`","Id":"` + at + user + `"` + more + `}`
}

// tenantsOf writes the texts into files and tells for each tenant which of their lines are its own. What a file holds is
// recognised by itself; a file's name has no part in it.
func tenantsOf(t *testing.T, files map[string]string) (got map[string]string, f *Files) {
	t.Helper()
	folder := t.TempDir()
	ids := tenantIDs()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(ids.Replace(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open(t.Context(), []string{folder}, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	got = map[string]string{}
	rows := int64(0)
	for _, c := range f.Case.Tenants() {
		var lines []string
		for i := range c.Activities {
			rows++
			evidence, err := f.Evidence(t.Context(), []activity.Origin{c.Whole(c.Activities[i].Origin())}, 64)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(folder, evidence[0].Path)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, fmt.Sprintf("%s:%d", filepath.ToSlash(name), evidence[0].Line))
		}
		slices.Sort(lines)
		got[named(c.Tenant)] = strings.Join(lines, " ")
	}
	sum := int64(0)
	for _, in := range f.Case.Inputs {
		sum += in.Activities
		if in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("%s: %d rows, %d activities + %d duplicates + %d skipped", in.Path, in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
	}
	if sum != rows {
		t.Errorf("%d activities of inputs, %d of tenants", sum, rows)
	}
	return got, f
}

// named is the letter of a tenant of these tests; "-" for none.
func named(id string) string {
	if id == "" {
		return "-"
	}
	return strings.ToUpper(id[:1])
}

// wantTenants asks which lines are whose.
func wantTenants(t *testing.T, files, want map[string]string) {
	t.Helper()
	if got, _ := tenantsOf(t, files); !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Promise: the tenant whose log it is parts the case: the OrganizationId of audit records, however they are wrapped.
func TestTenantOfAuditRecords(t *testing.T) {
	for _, of := range []struct{ name, text string }{
		{"bare", audited("08:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n" + audited("08:01", "b@b.example", `,"OrganizationId":"$B"`) + "\n"},
		{"spelled", audited("08:00", "a@a.example", `,"organizationid":" `+strings.ToUpper("aaaaaaaa-0000-4000-8000-00000000000a")+`"`) + "\n" +
			audited("08:01", "b@b.example", `,"OrganizationId":"$B"`) + "\n"},
		{"wrapped", `{"organizationId":"$A","auditData":` + audited("08:00", "a@a.example", "") + "}\n" +
			`{"organizationId":"$A","auditData":` + audited("08:01", "b@b.example", `,"OrganizationId":"$B"`) + "}\n"},
		{"flat", `{"TimeGenerated":"2026-03-02T08:00:00Z","Operation":"MailItemsAccessed","OfficeWorkload":"Exchange","UserId":"a@a.example","TenantId":"$W","OrganizationId":"$A"}` + "\n" +
			`{"TimeGenerated":"2026-03-02T08:01:00Z","Operation":"MailItemsAccessed","OfficeWorkload":"Exchange","UserId":"b@b.example","TenantId":"$W","OrganizationId":"$B"}` + "\n"},
		{"directory", `{"time":"2026-03-02T08:00:00Z","category":"AuditLogs","tenantId":"$A","properties":{"id":"1","activityDisplayName":"Add user","activityDateTime":"2026-03-02T08:00:00Z","initiatedBy":{"user":{"userPrincipalName":"a@a.example"}},"targetResources":[]}}` + "\n" +
			`{"TimeGenerated":"2026-03-02T08:01:00Z","OperationName":"Add user","TenantId":"$W","AADTenantId":"$B","Id":"2","InitiatedBy":{"user":{"userPrincipalName":"b@b.example"}},"TargetResources":[]}` + "\n"},
	} {
		t.Run(of.name, func(t *testing.T) {
			wantTenants(t, map[string]string{"log": of.text}, map[string]string{"A": "log:1", "B": "log:2"})
		})
	}
	t.Run("table", func(t *testing.T) {
		wantTenants(t, map[string]string{"log": "CreationTime,Id,Operation,Workload,UserId,OrganizationId,TenantId\n" +
			"2026-03-02T08:00:00Z,1,MailItemsAccessed,Exchange,a@a.example,$A,$W\n2026-03-02T08:01:00Z,2,MailItemsAccessed,Exchange,b@b.example,$B,$W\n"},
			map[string]string{"A": "log:2", "B": "log:3"})
	})
	t.Run("table of directory changes", func(t *testing.T) {
		wantTenants(t, map[string]string{"log": "TimeGenerated [UTC],Id,OperationName,InitiatedBy,TargetResources,TenantId,AADTenantId\n" +
			"2026-03-02T08:00:00Z,1,Add user,\"{\"\"user\"\":{\"\"userPrincipalName\"\":\"\"a@a.example\"\"}}\",[],$W,$A\n" +
			"2026-03-02T08:01:00Z,2,Add user,\"{\"\"user\"\":{\"\"userPrincipalName\"\":\"\"b@b.example\"\"}}\",[],$W,$B\n"},
			map[string]string{"A": "log:2", "B": "log:3"})
	})
}

// signedIn is a sign-in as Graph writes it.
func signedIn(at, user, more string) string {
	return `{"id":"` + at + user + `","createdDateTime":"2026-03-02T` + at + `:00Z","userPrincipalName":"` + user + `","appId":"x","appDisplayName":"Mail",` +
		`"ipAddress":"192.0.2.1","status":{"errorCode":0}` + more + `}`
}

// Promise: a sign-in stands in the log of who wrote it, else of the resource's tenant; never of a guest's own tenant, and
// Log Analytics' TenantId is a workspace.
func TestTenantOfSignIns(t *testing.T) {
	ours := audited("07:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n"
	for _, of := range []struct{ name, text string }{
		{"diagnostic settings", `{"time":"2026-03-02T08:00:00Z","category":"SignInLogs","tenantId":"$B","properties":` + signedIn("08:00", "b@b.example", `,"resourceTenantId":"$P","homeTenantId":"$B"`) + "}\n"},
		{"diagnostic settings, inside", `{"time":"2026-03-02T08:00:00Z","category":"SignInLogs","properties":` + signedIn("08:00", "b@b.example", `,"tenantId":"$B","timeGenerated":"2026-03-02T08:00:00Z"`) + "}\n"},
		{"Sentinel", `{"TimeGenerated":"2026-03-02T08:00:00Z","Id":"1","UserPrincipalName":"b@b.example","AppId":"x","AppDisplayName":"Mail","IPAddress":"192.0.2.1","ResultType":"0","TenantId":"$W","AADTenantId":"$B","ResourceTenantId":"$P","HomeTenantId":"$B"}` + "\n"},
		{"Graph", signedIn("08:00", "b@b.example", `,"resourceTenantId":"$B","homeTenantId":"$B"`) + "\n"},
		{"guest", signedIn("08:00", "p@p.example", `,"resourceTenantId":"$B","homeTenantId":"$P","userType":"guest"`) + "\n"},
		{"home unknown", signedIn("08:00", "b@b.example", `,"resourceTenantId":"$B","homeTenantId":""`) + "\n"},
	} {
		t.Run(of.name, func(t *testing.T) {
			wantTenants(t, map[string]string{"audit": ours, "log": of.text}, map[string]string{"A": "audit:1", "B": "log:1"})
		})
	}
	t.Run("portal", func(t *testing.T) {
		wantTenants(t, map[string]string{"audit": ours, "log": `Date (UTC),Request ID,Username,User type,Application,Resource tenant ID,Home tenant ID,IP address,Status` + "\n" +
			"2026-03-02T08:00:00Z,1,b@b.example,Member,Mail,$B,$B,192.0.2.1,Success\n2026-03-02T08:01:00Z,2,p@p.example,Guest,Mail,$B,$P,192.0.2.1,Success\n"},
			map[string]string{"A": "audit:1", "B": "log:2 log:3"})
	})
	t.Run("workspace only", func(t *testing.T) {
		wantTenants(t, map[string]string{"audit": ours, "log": `{"TimeGenerated":"2026-03-02T08:00:00Z","Id":"1","UserPrincipalName":"b@b.example","AppId":"x","AppDisplayName":"Mail","IPAddress":"192.0.2.1","ResultType":"0","TenantId":"$W"}` + "\n"},
			map[string]string{"A": "audit:1 log:1"})
	})
	t.Run("table", func(t *testing.T) {
		wantTenants(t, map[string]string{"audit": ours, "log": "TimeGenerated,Id,UserPrincipalName,AppId,IPAddress,ResultType,TenantId,AADTenantId\n" +
			"2026-03-02T08:00:00Z,1,a@a.example,x,192.0.2.1,0,$W,\n2026-03-02T08:01:00Z,2,b@b.example,x,192.0.2.1,0,$W,$B\n"},
			map[string]string{"A": "audit:1 log:2", "B": "log:3"})
	})
}

// Promise: guests, and the client's own people at a partner's, open no tenant: one client stays one.
func TestGuestsAndPartnersOpenNoTenant(t *testing.T) {
	member := signedIn("08:00", "a@a.example", `,"resourceTenantId":"$A","homeTenantId":"$A"`) + "\n"
	guest := signedIn("08:01", "p@p.example", `,"resourceTenantId":"$A","homeTenantId":"$P","userType":"guest"`) + "\n"
	away := signedIn("08:02", "a@a.example", `,"resourceTenantId":"$P","homeTenantId":"$A"`) + "\n"
	further := signedIn("08:03", "a@a.example", `,"resourceTenantId":"$W","homeTenantId":"$A"`) + "\n"
	wantTenants(t, map[string]string{"log": member + guest + away + further}, map[string]string{"A": "log:1 log:2 log:3 log:4"})
	// Without any member's sign-in: the log's own tenant stands at one end of all.
	wantTenants(t, map[string]string{"log": guest + away + further}, map[string]string{"A": "log:1 log:2 log:3"})
	// Another file names the tenant.
	wantTenants(t, map[string]string{"log": away, "audit": audited("07:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n"}, map[string]string{"A": "audit:1 log:1"})
	// Both are clients: the file says whose log it is; a file that does not, the resource.
	theirs := signedIn("08:05", "p@p.example", `,"resourceTenantId":"$P","homeTenantId":"$P"`) + "\n"
	wantTenants(t, map[string]string{"a": member + away, "p": theirs}, map[string]string{"A": "a:1 a:2", "C": "p:1"})
	wantTenants(t, map[string]string{"a": member, "p": theirs, "x": away}, map[string]string{"A": "a:1", "C": "p:1 x:1"})
}

// traced is a message trace.
func traced(rows ...string) string {
	text := "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,FromIP,ToIP,Size\n"
	for i, row := range rows {
		text += fmt.Sprintf("%08d-0000-4000-8000-000000000000,2026-03-02T09:%02d:00Z,%s,hello,Delivered,<%d@x>,,,1\n", i, i, row, i)
	}
	return text
}

// bothClients is one audit log of two tenants.
func bothClients() string {
	return audited("07:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n" + audited("07:01", "b@b.example", `,"OrganizationId":"$B"`) + "\n"
}

// Promise: what names no tenant follows its mailbox, else its file, else its domain; what nothing tells is not mixed into
// anybody's.
func TestWhatNamesNoTenant(t *testing.T) {
	both := map[string]string{"A": "audit:1", "B": "audit:2"}
	with := func(tenant, lines string) map[string]string {
		all := maps.Clone(both)
		all[tenant] = strings.TrimSpace(all[tenant] + " " + lines)
		return all
	}
	activities := "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n" +
		`2026-03-02T09:00:00Z,Outlook,ServerLogon,,2026-03-02T09:00:00Z,s,"{'Result': 'Success', 'UserName': 'NAME'}"` + "\n" +
		"2026-03-02T09:01:00Z,Outlook,MarkAsRead,AAMk1,2026-03-02T09:01:00Z,s,\n"
	letter := "Received: from mx by mx; Mon, 2 Mar 2026 09:00:00 +0000\r\nFrom: FROM\r\nTo: TO\r\nSubject: s\r\nMessage-ID: <9@x>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\nx\r\n"
	rules := "UserName,RuleName,Enabled,Priority,RuleIdentity,MoveToFolder,RedirectTo,ForwardTo,DeleteMessage,From\nNAME,r,True,1,1,,,,True,\n"
	portal := "Date (UTC),Request ID,Username,User type,Application,IP address,Status\n"
	signin := func(user, kind string) string {
		return "2026-03-02T09:00:00Z," + user + kind + "," + user + "," + kind + ",Mail,192.0.2.1,Success\n"
	}
	for _, of := range []struct {
		name, text string
		want       map[string]string
	}{
		{"Activities, mailbox", strings.ReplaceAll(activities, "NAME", "b@b.example"), with("B", "x:2 x:3")},
		{"Activities, domain", strings.ReplaceAll(activities, "NAME", "new@b.example"), with("B", "x:2 x:3")},
		{"Activities, nothing", strings.ReplaceAll(activities, "NAME", "who@elsewhere.example"), with("-", "x:2 x:3")},
		{"listing", strings.ReplaceAll(rules, "NAME", "a@a.example"), with("A", "x:2")},
		{"message", strings.NewReplacer("FROM", "x@y.example", "TO", "b@b.example").Replace(letter), with("B", "x:1")},
		{"message from one to the other", strings.NewReplacer("FROM", "a@a.example", "TO", "b@b.example").Replace(letter), with("B", "x:1")},
		{"message of nobody", strings.NewReplacer("FROM", "x@y.example", "TO", "z@y.example").Replace(letter), with("-", "x:1")},
		{"portal, guest follows the file", portal + signin("a@a.example", "Member") + signin("b@b.example", "Guest") + signin("g@y.example", "Guest"), with("A", "x:2 x:3 x:4")},
		{"trace", traced("a@a.example,x@y.example", "x@y.example,a@a.example", "x@y.example,unknown@a.example"), with("A", "x:2 x:3 x:4")},
		{"trace with mail to the other", traced("a@a.example,x@y.example", "a@a.example,b@b.example", "z@y.example,x@y.example"), with("A", "x:2 x:3 x:4")},
		{
			"trace of both", traced("a@a.example,x@y.example", "x@y.example,b@b.example", "new@a.example,x@y.example", "z@y.example,x@y.example"),
			map[string]string{"A": "audit:1 x:2 x:4", "B": "audit:2 x:3", "-": "x:5"},
		},
		{"audit, other rows of the file", audited("09:00", "m@x.example", `,"OrganizationId":"$A"`) + "\n" + audited("09:01", "n@y.example", "") + "\n", with("A", "x:1 x:2")},
		{"audit, zeros are no id", audited("09:00", "b@b.example", `,"OrganizationId":"00000000-0000-0000-0000-000000000000"`) + "\n", with("B", "x:1")},
		{"audit, a file of both", audited("09:00", "m@x.example", `,"OrganizationId":"$A"`) + "\n" + audited("09:01", "b@b.example", "") + "\n" +
			audited("09:02", "n@b.example", "") + "\n" + audited("09:03", "o@y.example", "") + "\n", map[string]string{"A": "audit:1 x:1", "B": "audit:2 x:2 x:3", "-": "x:4"}},
	} {
		t.Run(of.name, func(t *testing.T) {
			wantTenants(t, map[string]string{"audit": bothClients(), "x": of.text}, of.want)
		})
	}
}

// Promise: who has a mailbox is known by acts in it; a logon, which a guest has too, counts where no such act is known,
// and a refused one never. What two tenants have is nobody's.
func TestWhoHasAMailbox(t *testing.T) {
	logon := func(at, user, result, id string) string {
		return `{"CreationTime":"2026-03-02T` + at + `:00","Operation":"` + result + `","ResultStatus":"Success","Workload":"AzureActiveDirectory","UserType":0,"UserId":"` + user +
			`","Id":"` + at + user + id + `","OrganizationId":"` + id + `"}` + "\n"
	}
	rules := "UserName,RuleName,Enabled,Priority,RuleIdentity,MoveToFolder,RedirectTo,ForwardTo,DeleteMessage,From\nb@b.example,r,True,1,1,,,,True,\n"
	wantTenants(t, map[string]string{"audit": bothClients() + logon("08:00", "b@b.example", "UserLoggedIn", "$A"), "x": rules},
		map[string]string{"A": "audit:1 audit:3", "B": "audit:2 x:2"})
	wantTenants(t, map[string]string{"audit": audited("07:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n" + logon("08:00", "b@b.example", "UserLoginFailed", "$A") +
		logon("08:00", "b@b.example", "UserLoggedIn", "$B"), "x": rules}, map[string]string{"A": "audit:1 audit:2", "B": "audit:3 x:2"})
	wantTenants(t, map[string]string{"audit": bothClients() + audited("08:00", "b@b.example", `,"OrganizationId":"$A"`) + "\n", "x": rules},
		map[string]string{"A": "audit:1 audit:3", "B": "audit:2", "-": "x:2"})
}

// Promise: everything that one client hands over is one tenant's, whatever of it says so, and if nothing does.
func TestOneClientIsOneTenant(t *testing.T) {
	files := map[string]string{
		"audit":     audited("07:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n" + audited("07:01", "b@other.example", "") + "\n",
		"trace":     traced("a@a.example,x@y.example", "x@y.example,stranger@z.example"),
		"a.eml":     "Received: from mx by mx; Mon, 2 Mar 2026 09:00:00 +0000\r\nFrom: x@y.example\r\nTo: z@z.example\r\nSubject: s\r\nMessage-ID: <9@x>\r\n\r\nx\r\n",
		"portal":    "Date (UTC),Request ID,Username,User type,Application,IP address,Status\n2026-03-02T09:00:00Z,1,g@p.example,Guest,Mail,192.0.2.1,Success\n",
		"act/n.csv": "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n2026-03-02T09:01:00Z,Outlook,MarkAsRead,AAMk1,2026-03-02T09:01:00Z,s,\n",
	}
	want := "a.eml:1 act/n.csv:2 audit:1 audit:2 portal:2 trace:2 trace:3"
	wantTenants(t, files, map[string]string{"A": want})
	files["audit"] = strings.ReplaceAll(files["audit"], "$A", "tenant-1 \\u001b[2J"+strings.Repeat("x", 10_000)) // no id
	wantTenants(t, files, map[string]string{"-": want})
}

// Promise: a real client's audit log, with its guests, services and failed logons of strangers, is one tenant's.
func TestRealExportIsOneTenant(t *testing.T) {
	path := filepath.Join("..", "..", "shared", "data", "summit", "summit_search_ual.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	f, err := Open(t.Context(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Case.Parts) > 0 || f.Case.Tenant != "0873ee4d-d342-44f2-8961-74c442a2fad2" {
		t.Errorf("tenant %q and %d parts", f.Case.Tenant, len(f.Case.Parts))
	}
}

// Promise: parts number their own inputs, each of which has the figures of that part alone.
func TestPartsHaveTheirOwnInputs(t *testing.T) {
	_, f := tenantsOf(t, map[string]string{
		"1": audited("07:00", "a@a.example", `,"OrganizationId":"$A"`) + "\n", "2": "no export", "3": bothClients(),
		"4": audited("09:00", "b@b.example", `,"OrganizationId":"$B"`) + "\n" + "{broken\n",
	})
	var got []string
	for _, c := range f.Case.Parts {
		for i := range c.Inputs {
			in := &c.Inputs[i]
			whole := &f.Case.Inputs[c.Whole(activity.Origin{File: uint32(i)}).File]
			got = append(got, fmt.Sprintf("%s %s %d=%d+%d of %d", named(c.Tenant), filepath.Base(in.Path), in.Rows, in.Activities, in.Duplicates, whole.Rows))
			if in.Path != whole.Path {
				t.Errorf("%s is %s in the whole", in.Path, whole.Path)
			}
		}
	}
	want := []string{"A 1 1=1+0 of 1", "A 3 1=0+1 of 2", "B 3 1=1+0 of 2", "B 4 1=1+0 of 2"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
