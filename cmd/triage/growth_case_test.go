//go:build unix

package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// growthCase is what an analysis is given: exports, and a pack if it is not the core pack alone.
type growthCase struct {
	paths []string
	pack  string
}

// logAct is one record of the audit log.
type logAct struct {
	op, workload string
	kind         int
	user         string
	seconds      int // after firstTime
	id           string
	tenant       string
	more         string // further fields, with the comma before
}

var firstTime = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// timeAfter is a time in the log's words, so many seconds after the first.
func timeAfter(seconds int) string {
	return firstTime.Add(time.Duration(seconds) * time.Second).Format("2006-01-02T15:04:05")
}

func (a logAct) String() string {
	result := "Success"
	if a.op == "UserLoginFailed" {
		result = "Failed"
	}
	return fmt.Sprintf(`{"CreationTime":"%s","Id":"%s","Operation":"%s","OrganizationId":"%s","RecordType":%d,`+
		`"ResultStatus":"%s","UserKey":"k","UserType":0,"Version":1,"Workload":"%s","UserId":"%s"%s}`+"\n",
		timeAfter(a.seconds), a.id, a.op, cmp.Or(a.tenant, "0a0a0a0a-1111-4222-8333-444444444444"), a.kind, result, a.workload, a.user, a.more)
}

const (
	oneUser    = "one@contoso.com"
	anyBrowser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0"
	anySession = "5e551000-0000-4000-8000-000000000009"
	library    = "axios/1.7.9"
)

func userNumber(i int) string { return fmt.Sprintf("user%d@contoso.com", i) }

// homeAddress and foreignAddress are addresses that the databases know: a Dutch provider's and a Nigerian one's.
func homeAddress(i int) string    { return fmt.Sprintf("80.114.%d.%d", i/250%250, i%250+1) }
func foreignAddress(i int) string { return fmt.Sprintf("105.112.%d.%d", i/250%250, i%250+1) }

// anyAddress is one of any network.
func anyAddress(i int) string {
	return fmt.Sprintf("%d.%d.%d.%d", 5+i%180, i*7%250, i/180%250, i*13%250+1)
}

// anyID is an id like the service's, another for each number.
func anyID(i int) string {
	x := uint64(i+1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>29) * 0xbf58476d1ce4e5b9
	y := (x ^ x>>32) * 0x94d049bb133111eb
	return fmt.Sprintf("%08x-%04x-4%03x-9%03x-%012x", uint32(x>>32), uint16(x>>16), x&0xfff, y&0xfff, y>>16)
}

// anyWord is a word of six letters, another for each number.
func anyWord(i int) string {
	x := uint32(i) * 2654435761
	letters := make([]byte, 6)
	for k := range letters {
		letters[k] = byte('a' + x%26)
		x = x/26 + uint32(i*k)
	}
	return string(letters)
}

func logonAct(i, seconds int, user, ip, session, agent string) logAct {
	return logAct{
		op: "UserLoggedIn", workload: "AzureActiveDirectory", kind: 15, user: user, seconds: seconds, id: anyID(i),
		more: fmt.Sprintf(`,"ClientIP":"%[1]s","ActorIpAddress":"%[1]s","ErrorNumber":"0","ExtendedProperties":[{"Name":"UserAgent","Value":"%[2]s"}],`+
			`"DeviceProperties":[{"Name":"OS","Value":"Windows 10"},{"Name":"SessionId","Value":"%[3]s"}]`, ip, agent, session),
	}
}

func failedAct(i, seconds int, user, ip string) logAct {
	a := logonAct(i, seconds, user, ip, "", anyBrowser)
	a.op, a.more = "UserLoginFailed", strings.Replace(a.more, `"ErrorNumber":"0"`, `"ErrorNumber":"50126"`, 1)
	return a
}

// changeAct is a command in Exchange; parameters are names and values.
func changeAct(i, seconds int, op, user, ip, object string, parameters ...string) logAct {
	var list []string
	for p := 0; p < len(parameters); p += 2 {
		list = append(list, fmt.Sprintf(`{"Name":"%s","Value":"%s"}`, parameters[p], parameters[p+1]))
	}
	return logAct{
		op: op, workload: "Exchange", kind: 1, user: user, seconds: seconds, id: anyID(i),
		more: fmt.Sprintf(`,"ClientIP":"%s","ObjectId":"%s","Parameters":[%s],"SessionId":"s1"`, ip, object, strings.Join(list, ",")),
	}
}

// ruleAct makes an inbox rule of the one user's; forwardAct forwards a mailbox.
func ruleAct(i, seconds int, ip, name string, parameters ...string) logAct {
	return changeAct(i, seconds, "New-InboxRule", oneUser, ip, `one\\`+name, append([]string{"Name", name}, parameters...)...)
}

func forwardAct(i int, user, to string) logAct {
	return changeAct(i, 60*i, "Set-Mailbox", user, foreignAddress(1), user, "Identity", user, "ForwardingSmtpAddress", to)
}

// directoryAct is a change in Entra ID.
func directoryAct(i, seconds int, op, more string) logAct {
	return logAct{op: op, workload: "AzureActiveDirectory", kind: 8, user: oneUser, seconds: seconds, id: anyID(i), more: more}
}

// mailAct is what was done with messages in a mailbox.
func mailAct(i, seconds int, op, user, ip, more string) logAct {
	return logAct{
		op: op, workload: "Exchange", kind: 2, user: user, seconds: seconds, id: anyID(i),
		more: fmt.Sprintf(`,"ClientIPAddress":"%s","ClientInfoString":"Client=OWA;%s","MailboxOwnerUPN":"%s","SessionId":"s1","LogonType":0%s`, ip, anyBrowser, user, more),
	}
}

// delegateAct is one of another person's in a mailbox.
func delegateAct(i int, user, owner string) logAct {
	a := mailAct(i, 60*i, "SendAs", user, foreignAddress(i), "")
	a.more = strings.NewReplacer(`"MailboxOwnerUPN":"`+user, `"MailboxOwnerUPN":"`+owner, `"LogonType":0`, `"LogonType":2`).Replace(a.more)
	return a
}

// message is a message as records of sending and deleting name it.
func message(number int) string {
	return fmt.Sprintf(`{"Id":"RgAAAA%[1]d","InternetMessageId":"<%[1]d@contoso.com>","ParentFolder":{"Path":"\\Inbox"},"Subject":"Invoice %[1]d"}`, number)
}

// readAct is a record of messages that were read.
func readAct(i, seconds int, ids ...string) logAct {
	for k, id := range ids {
		ids[k] = fmt.Sprintf(`{"InternetMessageId":"<%s>"}`, id)
	}
	return mailAct(i, seconds, "MailItemsAccessed", oneUser, foreignAddress(1), fmt.Sprintf(
		`,"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"Folders":[{"FolderItems":[%s],"Path":"\\Inbox"}],"OperationCount":%d`,
		strings.Join(ids, ","), len(ids)))
}

// auditOf is a case of one file of the audit log: what records gives for each of n numbers, and a record that is in
// every case.
func auditOf(records func(i int) []logAct) func(t *testing.T, n int) growthCase {
	return func(t *testing.T, n int) growthCase {
		t.Helper()
		var b strings.Builder
		b.WriteString(logonAct(-1, 0, "nobody@contoso.com", homeAddress(1), "", anyBrowser).String())
		for i := range n {
			for _, a := range records(i) {
				b.WriteString(a.String())
			}
		}
		return growthCase{paths: []string{writeCase(t, t.TempDir(), "audit.jsonl", b.String())}}
	}
}

// eachAct is auditOf for one record a number.
func eachAct(record func(i int) logAct) func(t *testing.T, n int) growthCase {
	return auditOf(func(i int) []logAct { return []logAct{record(i)} })
}

func writeCase(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
