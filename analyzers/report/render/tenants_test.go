package render

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/reporttest"
)

// client is one invented tenant: what its logs hold, and the rows of the audit log that hold it.
type client struct {
	id     string
	domain string
	audit  []string
	files  map[string]string // further exports, whose rows name no tenant
}

// add appends a record of the audit log; more are further members. Records of two clients have the same ids on purpose:
// what is one record's in one tenant is nothing in the other.
func (c *client) add(day, minute int, op, user, ip, workload, more string) {
	c.audit = append(c.audit, fmt.Sprintf(`{"CreationTime":"2026-03-%02dT%02d:%02d:00","Id":"%08x-0000-4000-8000-%012x","Operation":"%s","OrganizationId":"%s",`+
		`"RecordType":2,"ResultStatus":"Success","UserKey":"%s","UserType":0,"Workload":"%s","UserId":"%s","ClientIP":"%s"%s}`,
		day, minute/60%24, minute%60, day*10000+minute, len(c.audit), op, c.id, user, workload, user, ip, more))
}

// newClient is client number i of n. Whatever the clients have in common would be found if they were one tenant: one
// address guesses passwords of all, one session is in all, all forward to one place, and each has a neighbour whose
// domain is like its own and to whom it forwards mail: outside, though a client of the same case.
func newClient(i, n int) *client {
	c := &client{id: fmt.Sprintf("%08x-0000-4000-8000-00000000000a", i+1), domain: fmt.Sprintf("client%02d.example", i), files: map[string]string{}}
	people := []string{"anna@" + c.domain, "ben@" + c.domain, "desk@msp.example"}
	for day := 1; day <= 15; day++ {
		for p, user := range people {
			c.add(day, 480+p, "UserLoggedIn", user, fmt.Sprintf("80.114.221.%d", i+1), "AzureActiveDirectory", "")
			c.add(day, 490+p, "MailItemsAccessed", user, fmt.Sprintf("80.114.221.%d", i+1), "Exchange", `,"MailboxOwnerUPN":"`+user+`","SessionId":"s`+fmt.Sprint(p)+`"`)
		}
	}
	for p, user := range people {
		c.add(16, 100+p, "UserLoginFailed", user, "105.112.4.7", "AzureActiveDirectory", `,"ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"`)
	}
	next := fmt.Sprintf("anna@client%02d.example", (i+1)%n)
	rule := func(minute int, to string) {
		c.add(17, minute, "New-InboxRule", people[0], "105.112.4.7", "Exchange", `,"SessionId":"5e551000-0000-4000-8000-000000000001","ObjectId":"anna\\r`+
			fmt.Sprint(minute)+`","Parameters":[{"Name":"Name","Value":"r`+fmt.Sprint(minute)+`"},{"Name":"ForwardTo","Value":"smtp:`+to+`"}]`)
	}
	if i%2 == 0 {
		rule(200, "drop@evil.example")
		rule(201, next)
		c.add(17, 202, "Set-Mailbox", people[1], "105.112.4.7", "Exchange", `,"ObjectId":"anna","Parameters":[{"Name":"Identity","Value":"anna"},{"Name":"ForwardingSmtpAddress","Value":"smtp:drop@evil.example"}]`)
	}
	if i < 4 {
		c.others(i, n, next)
	}
	return c
}

// others are the client's further exports, of every kind. Neighbours write to each other, are each other's guests, and
// visit each other: nothing of that makes one's rows the other's.
func (c *client) others(i, n int, next string) {
	before := fmt.Sprintf("client%02d.example", (i+n-1)%n)
	nextID, beforeID := fmt.Sprintf("%08x-0000-4000-8000-00000000000a", (i+1)%n+1), fmt.Sprintf("%08x-0000-4000-8000-00000000000a", (i+n-1)%n+1)
	replace := strings.NewReplacer("$I", fmt.Sprint(i), "$D", c.domain, "$N", next, "$P", before, "$A", c.id, "$B", nextID, "$Z", beforeID)
	c.files["trace.csv"] = replace.Replace(`MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,FromIP,ToIP,Size
$I-1,2026-03-17T04:00:00Z,anna@$D,$N,invoice,Delivered,<1@x>,,,1
$I-2,2026-03-17T04:01:00Z,x@outside.example,ben@$D,hello,Delivered,<2@x>,,,1
$I-3,2026-03-17T04:02:00Z,x@outside.example,list@elsewhere.example,hello,Delivered,<3@x>,,,1
$I-4,2026-03-17T04:03:00Z,ben@$P,anna@$D,hello,Delivered,<4@x>,,,1
$I-5,2026-03-17T04:04:00Z,nobody-knows@$D,$N,hello,Delivered,<5@x>,,,1
`)
	c.files["activities.csv"] = replace.Replace(`TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties
2026-03-17T04:03:00Z,Outlook,ServerLogon,,2026-03-17T04:03:00Z,s1,"{'Result': 'Success', 'ClientIP': '105.112.4.7', 'UserName': 'ben@$D'}"
2026-03-17T04:04:00Z,Outlook,SearchResult,,2026-03-17T04:04:00Z,s1,"{'Query': 'wire transfer'}"
`)
	c.files["new.csv"] = strings.NewReplacer("ben@", "clara@", "04:0", "05:0").Replace(c.files["activities.csv"]) // only her domain is known
	signin := `{"id":"5c0ffee0-0000-4000-8000-00000000000%d","createdDateTime":"2026-03-17T06:0%d:00Z","userPrincipalName":"%s","appId":"x","appDisplayName":"Mail",` +
		`"ipAddress":"105.112.4.7","clientAppUsed":"Browser","userType":"%s","resourceTenantId":"%s","homeTenantId":"%s","status":{"errorCode":0}}` + "\n"
	c.files["signins.json"] = fmt.Sprintf(signin, 1, 1, "anna@"+c.domain, "member", c.id, c.id) + fmt.Sprintf(signin, 2, 2, "ben@"+before, "guest", c.id, beforeID) +
		fmt.Sprintf(signin, 3, 3, "ben@"+c.domain, "member", nextID, c.id)
	c.files["portal.csv"] = replace.Replace(`Date (UTC),Request ID,Username,User type,Application,IP address,Status,Sign-in error code
2026-03-17T06:11:00Z,$I-p1,anna@$D,Member,Mail,105.112.4.7,Success,
2026-03-17T06:12:00Z,$I-p2,$N,Guest,Mail,105.112.4.7,Success,
2026-03-17T06:13:00Z,$I-p3,stranger@outside.example,Guest,Mail,105.112.4.7,Failure,50126
`)
	c.files["rules.csv"] = replace.Replace(`UserName,RuleName,Enabled,Priority,RuleIdentity,MoveToFolder,RedirectTo,ForwardTo,DeleteMessage,From
ben@$D,..,True,1,1,,,$N,True,
ben,.,True,1,2,,,drop@evil.example,True,
`)
	mail := "From: %s\r\nTo: %s\r\nSubject: hello\r\nMessage-ID: <%s>\r\nDate: Tue, 17 Mar 2026 04:03:00 +0000\r\n\r\nx\r\n"
	received := "Received: from a by b; Tue, 17 Mar 2026 04:03:00 +0000\r\n"
	c.files["mail/in.eml"] = received + fmt.Sprintf(mail, "ben@"+before, "anna@"+c.domain, "4@x")
	c.files["mail/out.eml"] = fmt.Sprintf(mail, "anna@"+c.domain, next, "1@x")
	c.files["mail/new.eml"] = received + fmt.Sprintf(mail, "x@outside.example", "dora@"+c.domain, "9@x")
}

// writeClients puts each client's further files into a folder of its own, and the rows of all audit logs into one file, in any order.
func writeClients(t *testing.T, random *rand.Rand, folder string, clients ...*client) {
	t.Helper()
	var rows []string
	for _, c := range clients {
		rows = append(rows, c.audit...)
		for name, text := range c.files {
			writeExport(t, filepath.Join(folder, c.domain, name), text)
		}
	}
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	writeExport(t, filepath.Join(folder, "audit.jsonl"), strings.Join(rows, "\n")+"\n")
}

func writeExport(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func canonicalText(t *testing.T, r *report.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteCanonical(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Promise: forty-two tenants in one file are forty-two runs: what is reported of each is, byte for byte, the report of its
// own rows, whatever the others have in common with it.
func TestFortyTwoTenantsAreFortyTwoRuns(t *testing.T) {
	const n = 42
	random, a, folder := rand.New(rand.NewPCG(42, 1)), reporttest.NewAnalyst(t), t.TempDir()
	var clients []*client
	filters := []draw.Filter{{}}
	for i := range n {
		clients = append(clients, newClient(i, n))
		filters = append(filters, draw.Filter{Tenants: []string{clients[i].id}})
	}
	writeClients(t, random, folder, clients...)
	reports := a.Reports(t, filters, folder)
	whole := reports[0]
	if len(whole.Tenants) != n {
		t.Fatalf("%d tenants, want %d", len(whole.Tenants), n)
	}
	documentHolds(t, whole)
	citationsLeadToRows(t, whole)
	findings, activities := 0, int64(0)
	for i, c := range clients {
		alone := t.TempDir()
		writeClients(t, random, alone, c)
		want := a.Report(t, draw.Filter{}, alone)
		if got := reports[i+1]; canonicalText(t, got) != canonicalText(t, want) {
			t.Fatalf("%s differs from its own run:\n%s\nwant\n%s", c.domain, canonicalText(t, got), canonicalText(t, want))
		}
		findings += len(want.Findings)
		activities += int64(want.Tenants[0].Activities)
	}
	if len(whole.Findings) != findings || findings < n {
		t.Errorf("%d findings, in their own runs %d", len(whole.Findings), findings)
	}
	for _, in := range whole.Inputs {
		activities -= in.Activities
	}
	if activities != 0 {
		t.Errorf("the inputs have %d activities fewer than the tenants", activities)
	}
	// The traps are real: as one tenant's, the same rows are judged otherwise.
	for _, c := range clients {
		for i := range c.audit {
			c.audit[i] = strings.ReplaceAll(c.audit[i], c.id, clients[0].id)
		}
	}
	folder = t.TempDir()
	writeClients(t, random, folder, clients...)
	rules := map[string]bool{}
	for _, f := range a.Report(t, draw.Filter{}, folder).Findings {
		rules[f.Rule] = true
	}
	for _, rule := range []string{"logon.spray", "tenant.same-forward"} {
		if !rules[rule] {
			t.Errorf("%s finds nothing in the rows of all as one tenant's: the test proves less than it says", rule)
		}
	}
	for _, f := range whole.Findings {
		if f.Rule == "logon.spray" {
			t.Errorf("across tenants: %s", f.Text)
		}
	}
}
