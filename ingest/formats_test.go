package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// tenantRecords are an invented tenant's Unified Audit Log: one AuditData object for each kind of act that a case of
// business email compromise turns on.
func tenantRecords() []string {
	record := func(n int, clock, operation, user, workload, more string) string {
		return fmt.Sprintf(`{"CreationTime":"2026-03-%sT%s","Id":"0a1b2c3d-0000-4000-8000-%012d","Operation":%q,"OrganizationId":"7e4a0000-0000-4000-8000-000000000001",`+
			`"RecordType":2,"ResultStatus":"Succeeded","UserKey":"1003","UserType":0,"Version":1,"Workload":%q,"UserId":%q%s}`,
			clock[:2], clock[3:], n, operation, workload, user, more)
	}
	const alice = "alice@contoso.com"
	return []string{
		record(1, "02 08:00:00", "UserLoggedIn", alice, "AzureActiveDirectory", `,"ClientIP":"192.0.2.10","IntraSystemId":"5c0ffee0-0000-4000-8000-000000000001","ErrorNumber":"0","ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla/5.0 \"X\""}]`),
		record(2, "02 08:00:05", "UserLoginFailed", "Bob@contoso.com", "AzureActiveDirectory", `,"ClientIP":"198.51.100.7","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"`),
		record(3, "02 09:30:00", "MailItemsAccessed", alice, "Exchange", `,"ClientIPAddress":"2001:db8::7","ClientInfoString":"Client=OWA;Action=ViaProxy","MailboxOwnerUPN":"alice@contoso.com","SessionId":"5e551000-0000-4000-8000-000000000001","OperationCount":2,`+
			`"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<1@example.org>"},{"InternetMessageId":"<2@example.org>"}]}]`),
		record(4, "02 09:31:00", "New-InboxRule", alice, "Exchange", `,"ClientIP":"[2001:db8::7]:4711","ObjectId":"alice\\..","Parameters":[{"Name":"Name","Value":".."},{"Name":"ForwardTo","Value":"mallory@example.org;x@example.net"},{"Name":"DeleteMessage","Value":"True"}],"OriginatingServer":"MW2 (15.20.4200.000)\r\n"`),
		record(5, "02 09:32:00", "UpdateInboxRules", alice, "Exchange", `,"OperationProperties":[{"Name":"RuleOperation","Value":"AddMailboxRule"},{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"mallory@example.org\"]}]"}]`),
		record(6, "03 10:00:00", "Set-Mailbox", "admin@contoso.com", "Exchange", `,"ObjectId":"alice","Parameters":[{"Name":"Identity","Value":"alice@contoso.com"},{"Name":"ForwardingSmtpAddress","Value":"smtp:mallory@example.org"}]`),
		record(7, "03 10:05:00", "Send", alice, "Exchange", `,"Item":{"Id":"AAMk1","Subject":"Übersicht; \"neu\", 発注","InternetMessageId":"<3@contoso.com>","Attachments":"Invoice (final).pdf (73728b); a;b.xlsm (12b)"}`),
		record(8, "03 10:06:00", "HardDelete", alice, "Exchange", `,"AffectedItems":[{"Id":"AAMk2","Subject":"a","InternetMessageId":"<4@example.org>"},{"Id":"AAMk3","Subject":"b","InternetMessageId":"<5@example.org>"}]`),
		record(9, "04 11:00:00", "Consent to application.", "bob@contoso.com", "AzureActiveDirectory", `,"Target":[{"ID":"Mail Backup","Type":1},{"ID":"a9900000-0000-4000-8000-000000000001","Type":4}],"ModifiedProperties":[{"Name":"ConsentAction.Permissions","NewValue":"[] => [[Scope: Mail.Read offline_access]]; ","OldValue":""}]`),
		record(10, "04 11:00:00", "Add-MailboxPermission", `NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)`, "Exchange", `,"Parameters":[{"Name":"Identity","Value":"x"},{"Name":"User","Value":"y"}]`),
		record(11, "05 12:00:00", "FileDownloaded", alice, "OneDrive", `,"ObjectId":"https://contoso-my.sharepoint.com/Documents/payroll.xlsx","ClientIP":"192.0.2.10","UserAgent":"Mozilla/5.0"`),
		record(12, "13 12:00:00", "AlertTriggered", "SecurityComplianceAlerts", "SecurityComplianceCenter", `,"Name":"Creation of forwarding/redirect rule","Severity":"Low","AlertEntityId":"alice@contoso.com","Data":"{\"f3u\":\"alice@contoso.com\"}"`),
	}
}

// head is what wrappers repeat of a record.
type wrapperHead struct{ ID, CreationTime, Operation, UserID string }

func headOf(t *testing.T, object string) (h wrapperHead) {
	t.Helper()
	if err := json.Unmarshal([]byte(object), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// asTable writes records as rows; cell gives the cell of a column.
func asTable(t *testing.T, columns string, records []string, cell func(column string, h wrapperHead, object string) string) []byte {
	t.Helper()
	var b bytes.Buffer
	write := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	names := strings.Split(columns, ",")
	write(names)
	for _, object := range records {
		h := headOf(t, object)
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = cell(name, h, object)
		}
		write(cells)
	}
	return b.Bytes()
}

// date writes 2026-03-02T08:00:00 as a culture does.
func date(creationTime, culture string) string {
	day, hour := creationTime[8:10], creationTime[11:13]
	rest := creationTime[13:]
	switch culture {
	case "us":
		half, n := "AM", int(hour[0]-'0')*10+int(hour[1]-'0')
		if n >= 12 {
			half, n = "PM", n-12
		}
		if n == 0 {
			n = 12
		}
		return fmt.Sprintf("3/%s/2026 %d%s %s", strings.TrimPrefix(day, "0"), n, rest, half)
	case "de":
		return day + ".03.2026 " + hour + rest
	case "z":
		return creationTime + ".0000000Z"
	default:
		return creationTime
	}
}

// searchCell is the cell of what Search-UnifiedAuditLog and Purview call their columns.
func searchCell(culture string) func(column string, h wrapperHead, object string) string {
	return func(column string, h wrapperHead, object string) string {
		switch strings.ToLower(column) {
		case "auditdata":
			return object
		case "creationdate", "createddatetime":
			return date(h.CreationTime, culture)
		case "userids", "userid":
			return h.UserID
		case "operations", "operation":
			return h.Operation
		case "identity", "recordid", "id":
			return h.ID
		case "resultindex", "resultcount":
			return "12"
		case "_raw":
			return "a\nb"
		default:
			return ""
		}
	}
}

// indented is a record over many lines.
func indented(object string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(object), "", "    ") != nil {
		return object
	}
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

const (
	searchColumns = "RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,Identity,IsValid,ObjectState"
	splunkColumns = "AuditData,CreationDate,Identity,IsValid,ObjectState,Operations,PSComputerName,PSShowComputerName,RecordType,ResultCount,ResultIndex,RunspaceId,UserIds,_raw,_time,date_hour,host,index,linecount,punct,source,sourcetype,splunk_server,timestamp"
)

// auditWrappings writes records in every wrapping of the Unified Audit Log that keeps all of them.
func auditWrappings(t *testing.T, records []string) map[string][]byte {
	t.Helper()
	wrapped := func(object string, text bool) string {
		h := headOf(t, object)
		data := object
		if text {
			quoted, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			data = string(quoted)
		}
		return fmt.Sprintf(`{"RecordType":"x","CreationDate":"%s","UserIds":%q,"Operations":%q,"AuditData":%s,"Identity":%q}`, h.CreationTime, h.UserID, h.Operation, data, h.ID)
	}
	each := func(f func(string) string) []string {
		var out []string
		for _, r := range records {
			out = append(out, f(r))
		}
		return out
	}
	texts := each(func(o string) string { return wrapped(o, true) })
	objects := each(func(o string) string { return wrapped(o, false) })
	list := func(all []string) []byte { return []byte("[" + strings.Join(all, ",\r\n") + "]\r\n") }
	all := map[string][]byte{
		"purview.csv":      asTable(t, "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames", records, searchCell("us")),
		"purview-2022.csv": asTable(t, "RecordId,CreationDate,RecordType,Operation,UserId,AuditData", records, searchCell("z")),
		"center.csv":       asTable(t, "CreationDate,UserIds,Operations,AuditData", records, searchCell("z")),
		"search.csv":       asTable(t, searchColumns, records, searchCell("us")),
		"search-de.csv":    asTable(t, searchColumns, each(indented), searchCell("de")),
		"remoting.csv":     asTable(t, "PSComputerName,RunspaceId,PSShowComputerName,"+searchColumns, records, searchCell("us")),
		"splunk.csv":       asTable(t, splunkColumns, records, searchCell("us")),
		"graph.csv":        asTable(t, "id,createdDateTime,auditLogRecordType,operation,organizationId,userType,userId,service,objectId,userPrincipalName,clientIp,administrativeUnits,auditData", each(indented), searchCell("z")),
		"suite.json":       append([]byte("\ufeff"), list(texts)...),
		"suite.jsonl":      []byte(strings.Join(texts, "\n") + "\n"),
		"objects.json":     list(objects),
		"lines.json":       []byte(strings.Join(records, "\n") + "\n"),
		"bracketed.json":   []byte("[\r\n" + strings.Join(records, "\r\n") + "\r\n]"),
		"joined.json":      slices.Concat(list(texts[:5]), list(nil), list(texts[5:])),
		"blob.json":        list(records),
		"pages.json":       []byte(`{"@odata.context":"x","value":[` + strings.Join(objects[:5], ",") + `],"@odata.nextLink":"y"}` + "\n" + `{"value":[` + strings.Join(objects[5:], ",") + `]}`),
		"indented.json":    []byte("[" + strings.Join(each(indented), ",\r\n") + "]"),
	}
	maps.Copy(all, envelopes(t, records))
	return all
}

// TestOneTenantInEveryFormat keeps the promise that the wrapping of an export changes nothing: one invented tenant, in
// every wrapping, in every encoding, doubled, shuffled, split, gives one canonical case.
func TestOneTenantInEveryFormat(t *testing.T) {
	records := tenantRecords()
	shuffled := make([]string, len(records))
	for i := range records {
		shuffled[i] = records[(i*5+3)%len(records)]
	}
	all, mixed := auditWrappings(t, records), auditWrappings(t, shuffled)
	first, second := auditWrappings(t, records[:7]), auditWrappings(t, records[5:])
	want := canonical(open(t, Options{}, write(t, map[string][]byte{"a": all["lines.json"]})).Case)
	if n := strings.Count(want, "\n"); n != len(records) {
		t.Fatalf("%d activities of %d records:\n%s", n, len(records), want)
	}
	for name, text := range all {
		for how, files := range map[string]map[string][]byte{
			"plain":    {"a": text},
			"gz":       {"a": compressGzip(text)},
			"utf16":    {"a": utf16Text(bytes.TrimPrefix(text, []byte("\ufeff")), true, true)},
			"shuffled": {"a": mixed[name]},
			"doubled":  {"a": text, "b": text},
			"split":    {"a": first[name], "b": compressZstd(t, second[name])},
		} {
			f := open(t, Options{Workers: 2}, write(t, files))
			if got := canonical(f.Case); got != want || len(f.Case.Skips)+len(f.Case.Conflicts) > 0 {
				t.Errorf("%s, %s as %s: skipped %v, conflicts %v\n%s\nwant\n%s", name, how, f.Case.Inputs[0].Format, f.Case.Skips, f.Case.Conflicts, got, want)
			}
		}
	}
	f := open(t, Options{Workers: 2}, write(t, all))
	if got := canonical(f.Case); got != want || len(f.Case.Duplicates) != (len(all)-1)*len(records) {
		t.Errorf("all together: %d duplicates\n%s", len(f.Case.Duplicates), got)
	}
}

// TestFlatTableOfTenant: a table without AuditData agrees in identity, time, type, mailbox and result.
func TestFlatTableOfTenant(t *testing.T) {
	records := tenantRecords()
	f := func(name, columns string, cell func(column string, members map[string]any) string) {
		t.Helper()
		text := asTable(t, columns, records, func(column string, _ wrapperHead, object string) string {
			members := map[string]any{}
			if err := json.Unmarshal([]byte(object), &members); err != nil {
				t.Fatal(err)
			}
			return cell(column, members)
		})
		got := open(t, Options{}, write(t, map[string][]byte{"a": text})).Case
		whole := open(t, Options{}, write(t, map[string][]byte{"a": []byte(strings.Join(records, "\n"))})).Case
		if g, w := core(got), core(whole); g != w {
			t.Errorf("%s as %s, skipped %v:\n%s\nwant\n%s", name, got.Inputs[0].Format, got.Skips, g, w)
		}
	}
	text := func(v any) string {
		switch v := v.(type) {
		case nil:
			return ""
		case string:
			return v
		default:
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	columns := "CreationTime,Id,Operation,RecordType,ResultStatus,UserId,UserType,Workload,ClientIP,ClientIPAddress,ObjectId,MailboxOwnerUPN,IntraSystemId,ErrorNumber,AlertEntityId,Parameters,OperationProperties,Folders,Item,AffectedItems"
	f("columns", columns, func(column string, members map[string]any) string { return text(members[column]) })
	office := map[string]string{"TimeGenerated": "CreationTime", "OfficeId": "Id", "OfficeWorkload": "Workload", "OfficeObjectId": "ObjectId", "Client_IPAddress": "ClientIPAddress"}
	f("sentinel", "TimeGenerated,OfficeId,Operation,RecordType,ResultStatus,UserId,UserType,OfficeWorkload,ClientIP,Client_IPAddress,OfficeObjectId,MailboxOwnerUPN,IntraSystemId,ErrorNumber,AlertEntityId,Parameters,OperationProperties,Folders,Item,AffectedItems",
		func(column string, members map[string]any) string {
			if name, ok := office[column]; ok {
				column = name
			}
			return text(members[column])
		})
}

// core is what lossy formats have to agree on.
func core(c *activity.Case) string {
	var b strings.Builder
	for i := range c.Activities {
		a := &c.Activities[i]
		fmt.Fprintln(&b, a.ID, a.Time, a.Type, a.Result, c.Text(a.Op), c.Text(a.Mailbox), c.Text(a.Actor), c.Text(a.IP), a.Lane)
	}
	return b.String()
}

// TestSummitSplunk keeps the promise that a real tenant's re-export through Splunk loses nothing and changes nothing.
func TestSummitSplunk(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "data", "summit")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	read := func(name string) *Files { return open(t, Options{Workers: 2}, filepath.Join(folder, name)) }
	search, splunk := read("summit_search_ual.csv"), read("summit_splunk_raw.csv")
	if in := splunk.Case.Inputs[0]; in.Rows != 8130 || in.Activities != 3898 || in.Duplicates != 4232 || in.Skipped != 0 {
		t.Errorf("%d rows = %d activities + %d duplicates + %d skipped, want 8130 = 3898 + 4232 + 0", in.Rows, in.Activities, in.Duplicates, in.Skipped)
	}
	if canonical(search.Case) != canonical(splunk.Case) {
		t.Error("the canonical output of summit_splunk_raw.csv is not that of summit_search_ual.csv")
	}
}

// TestHeadersAreTold keeps the promise that a table is taken for what it is: each format's own header is recognised as
// that format, in any order of columns, and a table that lacks what tells it is named with what is nearest.
func TestHeadersAreTold(t *testing.T) {
	formats := Formats()
	for _, f := range formats {
		if f.Shape != record.CSV {
			continue
		}
		for _, header := range [][]string{f.Columns, reversed(f.Columns)} {
			look := record.Look{Head: record.Head{Shape: record.CSV, Header: header}}
			if k, ok := claim(look, nil, formats); !ok || k.format.Name != f.Name {
				t.Errorf("header of %s is taken for %q: %q", f.Name, k.format.Name, header)
			}
		}
	}
	err := unknownTable([]string{"MessageId", "SenderAddress", "Recipient", "Subject", "Status"}, 0, tables(formats))
	if !strings.Contains(err.Error(), "nearest is trace-csv, which also has Received, RecipientAddress") {
		t.Error(err)
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}
