package audit_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/ingest"
	"triage/ingest/activity"
	"triage/ingest/audit"
	"triage/ingest/record"
)

// openText reads a text as a file of a name that says nothing.
func openText(t *testing.T, text string) *activity.Case {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := ingest.Open(t.Context(), []string{path}, ingest.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return f.Case
}

func values(c *activity.Case, a *activity.Activity, name string) string {
	key := activity.DynamicKey(c.Symbols.Find(strings.ToLower(name)))
	if f, ok := activity.ParseField(name); ok {
		key = activity.KeyOf(f)
	}
	var all []string
	for d := range c.Details(a) {
		if d.Key == key {
			all = append(all, c.Text(d.Value))
		}
	}
	return strings.Join(all, "+")
}

// counts checks rows = activities + duplicates + skipped, and the format.
func counts(t *testing.T, c *activity.Case, format string, activities, duplicates, skipped int64) {
	t.Helper()
	in := c.Inputs[0]
	if in.Format != format || in.Activities != activities || in.Duplicates != duplicates || in.Skipped != skipped || in.Rows != activities+duplicates+skipped {
		t.Errorf("%s: %d rows = %d + %d + %d, want %s: %d + %d + %d; skipped %v, notes %q",
			in.Format, in.Rows, in.Activities, in.Duplicates, in.Skipped, format, activities, duplicates, skipped, c.Skips, in.Notes)
	}
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func object(id, more string) string {
	return `{"CreationTime":"2026-03-02T10:00:00","Id":"0a1b2c3d-0000-4000-8000-00000000000` + id + `","Operation":"Send","RecordType":2,"ResultStatus":"Succeeded","UserId":"alice@contoso.com","UserKey":"1003","UserType":0,"Workload":"Exchange"` + more + `}`
}

func csvText(rows ...[]string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// TestTrapSuiteJSON: what the Extractor Suite's JSON comes as.
func TestTrapSuiteJSON(t *testing.T) {
	wrapper := func(id string) string {
		return `{"RecordType":"ExchangeItem","CreationDate":"\/Date(1772445600000)\/","UserIds":"alice@contoso.com","Operations":"Send","AuditData":` + quoted(object(id, "")) + `,"ResultIndex":1,"ResultCount":2,"Identity":"0a1b2c3d-0000-4000-8000-00000000000` + id + `"}`
	}
	f := func(name, text string, activities, duplicates int64) {
		t.Helper()
		t.Log(name)
		counts(t, openText(t, text), "audit-json", activities, duplicates, 0)
	}
	f("a single record is a bare object", wrapper("1")+"\r\n\r\n", 1, 0)
	f("Windows PowerShell writes a byte order mark", "\ufeff["+wrapper("1")+",\r\n"+wrapper("2")+"]", 2, 0)
	f("arrays behind one another", "["+wrapper("1")+"]["+wrapper("2")+"]\n["+wrapper("1")+"]", 2, 1)
	f("JSON lines named .json", object("1", "")+"\n"+object("2", "")+"\n", 2, 0)
	f("JSON lines in brackets, without commas", "[\n"+object("1", "")+"\n"+object("2", "")+"\n]", 2, 0)
	f("a wrapper a line", wrapper("1")+"\n"+wrapper("2")+"\n", 2, 0)
	f("AuditData as an object", `[{"AuditData":`+object("1", "")+`,"Identity":"x"}]`, 1, 0)
	f("empty pages between", "[]\n["+wrapper("1")+"]\n[]", 1, 0)
	f("Management API blob", "["+object("1", "")+","+object("2", "")+"]", 2, 0)
}

// TestTrapPowerShellDate: where AuditData has no time, \/Date(ms)\/ of the wrapper counts.
func TestTrapPowerShellDate(t *testing.T) {
	c := openText(t, `{"CreationDate":"\/Date(1772445600000)\/","UserIds":"Alice@contoso.com","Operations":"Send","AuditData":"{\"Operation\":\"Send\"}","Identity":"0a1b2c3d-0000-4000-8000-000000000001"}`)
	counts(t, c, "audit-json", 1, 0, 0)
	if a := &c.Activities[0]; a.Time != 1772445600000 || c.Text(a.Actor) != "alice@contoso.com" {
		t.Errorf("time %d, actor %q", a.Time, c.Text(a.Actor))
	}
}

// TestTrapGraphQuery: pages of the audit log query, with what Graph adds.
func TestTrapGraphQuery(t *testing.T) {
	page := func(id string) string {
		return `{"@odata.context":"https://graph.microsoft.com/beta/$metadata#security/auditLog/queries('x')/records","@odata.nextLink":"https://example.invalid/next","value":[` +
			`{"id":"0a1b2c3d-0000-4000-8000-00000000000` + id + `","createdDateTime":"2026-03-02T10:00:00Z","auditLogRecordType":"exchangeItem","operation":"Send","userId":"alice@contoso.com",` +
			`"auditData":{"@odata.type":"#microsoft.graph.security.defaultAuditData",` + object(id, "")[1:] + `}]}`
	}
	counts(t, openText(t, page("1")+"\n"+page("2")+"\n"+page("1")), "audit-json", 2, 1, 0)
}

// TestTrapGraphCSV: auditData over many lines in one cell; before April 2025 PowerShell's text, cut short.
func TestTrapGraphCSV(t *testing.T) {
	header := []string{"id", "createdDateTime", "auditLogRecordType", "operation", "organizationId", "userType", "userId", "service", "objectId", "userPrincipalName", "clientIp", "administrativeUnits", "auditData"}
	row := func(id, data string) []string {
		return []string{"0a1b2c3d-0000-4000-8000-00000000000" + id, "2026-03-02T10:00:00Z", "exchangeAdmin", "New-InboxRule", "", "regular", "alice@contoso.com", "Exchange", "", "", "", "", data}
	}
	c := openText(t, csvText(header,
		row("1", strings.ReplaceAll(object("1", ""), ",", ",\r\n    ")),
		row("2", "@{CreationTime=2026-03-02T10:00:01; Id=0a1b2c3d-0000-4000-8000-000000000002; Operation=New-InboxRule; UserId=alice@contoso.com; ClientIP=192.0.2.7; Parameters=System.Object[]; ResultStatus=True; Workload=Exch"),
		row("3", "@{Parameters=System.Object[]; Id=0a1b"),
	))
	counts(t, c, "audit-graph-csv", 3, 0, 0)
	if !strings.Contains(strings.Join(c.Inputs[0].Notes, ";"), "System.Object[]") {
		t.Errorf("the loss is not named: %q", c.Inputs[0].Notes)
	}
	cut := &c.Activities[slices.IndexFunc(c.Activities, func(a activity.Activity) bool { return a.Time == 1772445601000 })]
	if cut.Flags&activity.Lossy == 0 || cut.Flags&activity.Salvaged == 0 || c.Text(cut.IP) != "192.0.2.7" || cut.Result != activity.Success || values(c, cut, "workload") != "" {
		t.Errorf("flags %b, address %q, %s, workload %q", cut.Flags, c.Text(cut.IP), cut.Result, values(c, cut, "workload"))
	}
}

// TestTrapAuditDataOnly: a table whose columns are the first record's keys has lost all lists, and says so.
func TestTrapAuditDataOnly(t *testing.T) {
	c := openText(t, csvText(
		[]string{"CreationTime", "Id", "Operation", "OrganizationId", "RecordType", "ResultStatus", "UserKey", "UserType", "Version", "Workload", "ClientIP", "ObjectId", "UserId", "Parameters", "AppAccessContext"},
		[]string{"2026-03-02T10:00:00", "0a1b2c3d-0000-4000-8000-000000000001", "New-InboxRule", "o", "1", "True", "1003", "2", "1", "Exchange", "192.0.2.7:4711", `alice\x`, "alice@contoso.com", "System.Object[]", "@{IssuedAtTime=2026; UniqueTokenId=x}"},
	))
	counts(t, c, "audit-flat-csv", 1, 0, 0)
	a := &c.Activities[0]
	equal(t, "type", a.Type.String(), "rule_change")
	equal(t, "mailbox", c.Text(a.Mailbox), "alice@contoso.com")
	if a.Flags&activity.Lossy == 0 || !strings.Contains(strings.Join(c.Inputs[0].Notes, ";"), "flattened") {
		t.Errorf("flags %b, notes %q", a.Flags, c.Inputs[0].Notes)
	}
}

// TestTrapLossyAndWhole: beside the whole record the flattened copy is one of its places, not a second act.
func TestTrapLossyAndWhole(t *testing.T) {
	dir := t.TempDir()
	whole := object("1", `,"Item":{"InternetMessageId":"<1@contoso.com>","Subject":"hello"}`)
	flat := csvText([]string{"CreationTime", "Id", "Operation", "RecordType", "UserId", "UserType", "Workload", "Item"},
		[]string{"2026-03-02T10:00:00", "0a1b2c3d-0000-4000-8000-000000000001", "Send", "2", "alice@contoso.com", "0", "Exchange", "@{Subject=hello}"})
	for name, text := range map[string]string{"a.json": whole, "b.csv": flat} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := ingest.Open(t.Context(), []string{dir}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := f.Case; len(c.Activities) != 1 || len(c.Duplicates) != 1 || values(c, &c.Activities[0], "subject") != "hello" {
		t.Errorf("%d activities, %d duplicates, subject %q", len(c.Activities), len(c.Duplicates), values(c, &c.Activities[0], "subject"))
	}
}

// TestTrapTruncated: AuditData cut at 3,060 characters by the old cmdlet, or at 32,767 by a spreadsheet.
func TestTrapTruncated(t *testing.T) {
	long := object("1", `,"ObjectId":"o","Item":{"Subject":"`+strings.Repeat("x", 40_000)+`"}`)
	for _, length := range []int{3_060, 32_767} {
		c := openText(t, csvText([]string{"CreationDate", "UserIds", "Operations", "AuditData"}, []string{"2026-03-02T10:00:00.0000000Z", "alice@contoso.com", "Send", long[:length]}))
		counts(t, c, "audit-center-csv", 1, 0, 0)
		if a := &c.Activities[0]; a.Flags&activity.Salvaged == 0 || values(c, a, "object") != "o" {
			t.Errorf("%d: flags %b, object %q", length, a.Flags, values(c, a, "object"))
		}
	}
	c := openText(t, csvText([]string{"CreationDate", "UserIds", "Operations", "AuditData"}, []string{"2026-03-02T10:00:00.0000000Z", "alice@contoso.com", "Send", long[:60]}))
	counts(t, c, "audit-center-csv", 1, 0, 0) // what stands beside it is left
	if a := &c.Activities[0]; a.Flags&activity.Salvaged == 0 || c.Text(a.Actor) != "alice@contoso.com" {
		t.Errorf("flags %b, actor %q", a.Flags, c.Text(a.Actor))
	}
}

// TestTrapHeaderAgain: two exports joined into one file have their header twice.
func TestTrapHeaderAgain(t *testing.T) {
	header := []string{"CreationDate", "UserIds", "Operations", "AuditData"}
	c := openText(t, csvText(header, []string{"", "", "Send", object("1", "")}, header, []string{"", "", "Send", object("2", "")}))
	counts(t, c, "audit-center-csv", 2, 0, 1)
	equal(t, "reason", c.Skips[0].Reason, "the header again: two exports in one file")
}

// TestTrapElastic: addresses that are none stay as they were written; types that vary are read either way.
func TestTrapElastic(t *testing.T) {
	for _, ip := range []string{"localhost", "[localhost]:12345", "cool.client.local:12345", "NOTANIPV4 (10.9000.0.1)", "[CORRECTIPV4 (10.90.0.1)]", "::1", "[2001:db8::7]:4711"} {
		c := openText(t, object("1", `,"ClientIP":"`+ip+`"`))
		counts(t, c, "audit-json", 1, 0, 0)
		equal(t, "address", c.Text(c.Activities[0].IP), ip)
	}
	c := openText(t, strings.Replace(object("1", `,"Version":"1","OriginatingServer":"MW2 (15.20.4200.000)\r\n","OperationProperties":"[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]"`), `"RecordType":2`, `"RecordType":"-1"`, 1))
	counts(t, c, "audit-json", 1, 0, 0)
	equal(t, "properties in a text", values(c, &c.Activities[0], "access"), "Bind")
}

// TestTrapOfficeActivity: Sentinel's table, exported as CSV and as JSON.
func TestTrapOfficeActivity(t *testing.T) {
	parameters := `[{"Name":"ForwardTo","Value":"mallory@example.org"},{"Name":"Name","Value":".."}]`
	columns := []string{"TenantId", "TimeGenerated [UTC]", "RecordType", "Operation", "OfficeWorkload", "ResultStatus", "OfficeObjectId", "UserId", "UserKey", "UserType", "ClientIP", "Client_IPAddress", "Parameters", "OfficeId", "Type"}
	cells := []string{"t", "3/2/2026, 10:00:00.000 AM", "ExchangeAdmin", "New-InboxRule", "Exchange", "True", `alice\..`, "alice@contoso.com", "1003", "Regular", "192.0.2.7", "", parameters, "0a1b2c3d-0000-4000-8000-000000000001", "OfficeActivity"}
	f := func(c *activity.Case, format string) {
		t.Helper()
		counts(t, c, format, 1, 0, 0)
		a := &c.Activities[0]
		equal(t, format, strings.Join([]string{a.ID.String(), a.Type.String(), c.Text(a.Mailbox), c.Text(a.IP), values(c, a, "forward_to"), values(c, a, "params.Name"), values(c, a, "workload"), a.Result.String()}, " "),
			"0a1b2c3d000040008000000000000001 rule_change alice@contoso.com 192.0.2.7 mallory@example.org .. Exchange success")
		if a.Time != 1772445600000 {
			t.Errorf("%s: time %d", format, a.Time)
		}
	}
	f(openText(t, csvText(columns, cells)), "audit-office-csv")
	local := slices.Clone(columns)
	local[1] = "TimeGenerated [Local Time]" // as the portal exports it unless it is told to show UTC
	c := openText(t, csvText(local, cells))
	f(c, "audit-office-csv")
	if notes := strings.Join(c.Inputs[0].Notes, "; "); !strings.Contains(notes, "exporter's own clock") {
		t.Errorf("notes %q", notes)
	}
	var members []string
	for i, name := range columns {
		members = append(members, quoted(strings.TrimSuffix(name, " [UTC]"))+":"+quoted(cells[i]))
	}
	f(openText(t, strings.Replace("[{"+strings.Join(members, ",")+"}]", "3/2/2026, 10:00:00.000 AM", "2026-03-02T10:00:00Z", 1)), "audit-flat-json")
}

// TestTrapHawk: parameters in columns of their own, or as they were typed.
func TestTrapHawk(t *testing.T) {
	f := func(columns, cells []string) {
		t.Helper()
		c := openText(t, csvText(columns, cells))
		counts(t, c, "audit-hawk-csv", 1, 0, 0)
		a := &c.Activities[0]
		equal(t, "type and target", a.Type.String()+" "+c.Text(a.Mailbox)+" "+values(c, a, "forward_to"), "forwarding_change bob@contoso.com mallory@example.org")
	}
	f([]string{"CreationTime", "Id", "Operation", "UserId", "Workload", "ResultStatus", "FullCommand", "ParameterString", "Param_Identity", "Param_ForwardingSmtpAddress"},
		[]string{"2026-03-02T10:00:00", "0a1b2c3d-0000-4000-8000-000000000001", "Set-Mailbox", "admin@contoso.com", "Exchange", "True", "Set-Mailbox -Identity bob@contoso.com -ForwardingSmtpAddress smtp:mallory@example.org", "-Identity bob@contoso.com -ForwardingSmtpAddress smtp:mallory@example.org", "bob@contoso.com", "smtp:mallory@example.org"})
	f([]string{"Caller", "Cmdlet", "FullCommand", "RunDate"},
		[]string{"admin@contoso.com", "Set-Mailbox", "Set-Mailbox -Identity bob@contoso.com -ForwardingSmtpAddress smtp:mallory@example.org", "3/2/2026 10:00:00 AM"})
	f([]string{"Caller", "Cmdlet", "FullCommand", "RunDate", "ParameterString"},
		[]string{"admin@contoso.com", "Set-Mailbox", "x", "3/2/2026 10:00:00 AM", `-Identity "bob@contoso.com" -ForwardingSmtpAddress "smtp:mallory@example.org"`})
}

// TestTrapSuiteLists: sessions and messages that the Extractor Suite derived are read, and said to be derived.
func TestTrapSuiteLists(t *testing.T) {
	c := openText(t, csvText([]string{"TimeStamp", "User", "Action", "SessionId", "ClientIP", "MailAccessType", "IsThrottled", "OperationCount"},
		[]string{"2026-03-02T10:00:00", "alice@contoso.com", "MailItemsAccessed", "s1", "192.0.2.7", "Sync", "True", "17"}))
	counts(t, c, "audit-sessions-csv", 1, 0, 0)
	a := &c.Activities[0]
	equal(t, "session", strings.Join([]string{a.Type.String(), c.Text(a.Session), values(c, a, "access"), values(c, a, "params.IsThrottled"), values(c, a, "count")}, " "), "mail_access s1 Sync True 17")
	if !strings.Contains(strings.Join(c.Inputs[0].Notes, ";"), "derived") {
		t.Errorf("notes %q", c.Inputs[0].Notes)
	}
	row := func(id string) []string {
		return []string{"2026-03-02T10:00:00", "alice@contoso.com", "2001:db8::7", "s1", "Bind", `\Inbox`, "<" + id + "@contoso.com>", "512"}
	}
	c = openText(t, csvText([]string{"Timestamp", "User", "IPaddress", "SessionID", "MailAccessType", "FolderPath", "InternetMessageId", "SizeInBytes"}, row("1"), row("2"), row("1")))
	counts(t, c, "audit-messages-csv", 2, 1, 0)
	a = &c.Activities[0]
	equal(t, "message", c.Text(a.IP)+" "+values(c, a, "folder"), `2001:db8::7 \Inbox`)
	c = openText(t, csvText([]string{"Timestamp", "User", "IPaddress", "SessionID", "InternetMessageId", "SizeInBytes"}, []string{"2026-03-02T10:00:00", "alice@contoso.com", "192.0.2.7", "s1", "<1@contoso.com>", "512"}))
	counts(t, c, "audit-messages-csv", 1, 0, 0)
	equal(t, "operation", c.Text(c.Activities[0].Op), "MailItemsAccessed")
}

// TestTrapMailboxAudit: Search-MailboxAuditLog of old.
func TestTrapMailboxAudit(t *testing.T) {
	c := openText(t, csvText(
		[]string{"PSComputerName", "Operation", "OperationResult", "LogonType", "ExternalAccess", "DestFolderPathName", "FolderPathName", "ClientInfoString", "ClientIPAddress", "MailboxOwnerUPN", "LogonUserDisplayName", "ItemId", "ItemSubject", "ItemAttachments", "AggregatedRecordFoldersData", "SessionId", "Identity", "LastAccessed"},
		[]string{"outlook.office365.com", "MoveToDeletedItems", "Succeeded", "Delegate", "False", `\Deleted Items`, `\Inbox`, "Client=OWA;Mozilla/5.0;", "192.0.2.7", "alice@contoso.com", "Bob", "AAMk1", "Your invoice", "a.pdf (12b)", "", "s1", "id-1", "02.03.2026 10:00:00"}))
	counts(t, c, "audit-mailbox-csv", 1, 0, 0)
	a := &c.Activities[0]
	equal(t, "act", strings.Join([]string{a.Type.String(), c.Text(a.Mailbox), c.Text(a.Actor), c.Text(a.IP), c.Text(a.App), c.Text(a.Item), values(c, a, "subject"), values(c, a, "folder"), values(c, a, "attachments"), a.Result.String()}, " "),
		`delete alice@contoso.com unknown (bob) 192.0.2.7 Web AAMk1 Your invoice \Inbox+\Deleted Items a.pdf success`)
}

// TestTrapTables: byte order mark, sep=, #TYPE, other separators, UTF-16 without a mark, compression.
func TestTrapTables(t *testing.T) {
	table := csvText([]string{"RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "ResultCount", "Identity", "IsValid", "ObjectState"},
		[]string{"ExchangeItem", "3/2/2026 10:00:00 AM", "alice@contoso.com", "Send", strings.ReplaceAll(object("1", ""), ",", ",\n"), "1", "1", "x", "True", "Unchanged"})
	semicolon := strings.ReplaceAll(strings.ReplaceAll(table, `","`, `";"`), "Send\",", "Send\";")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(table)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	var wide []byte
	for _, r := range table {
		wide = append(wide, byte(r), byte(r>>8))
	}
	for name, text := range map[string]string{
		"mark": "\ufeff" + table, "sep": "sep=,\r\n" + table, "type": "#TYPE Selected.System.Object\r\n" + table,
		"semicolon": "sep=;\r\n" + semicolon, "tab": strings.ReplaceAll(table, `","`, "\"\t\""), "gzip": packed.String(), "UTF-16LE": string(wide),
	} {
		t.Log(name)
		counts(t, openText(t, text), "audit-search-csv", 1, 0, 0)
	}
}

// FuzzTables keeps the promise that no row of any table panics, is lost, or is two activities.
func FuzzTables(f *testing.F) {
	f.Add("2026-03-02T10:00:00,Send,a@contoso.com,@{x=1,System.Object[]")
	f.Add("@{CreationTime=2026-03-02T10:00:00; Id=x; Operation=Send; a=b")
	f.Add(`{"Operation":"Send","TimeGenerated":"2026-03-02T10:00:00Z","OfficeId":"x","Param_a":"b"}`)
	f.Fuzz(func(t *testing.T, text string) {
		rec := record.Record{Bytes: []byte(text)}
		cells := strings.Split(text, ",")
		for _, format := range slices.Concat(audit.Formats(), audit.DirectoryFormats()) {
			rec.Cells = nil
			if format.Shape == record.CSV {
				for _, cell := range cells {
					rec.Cells = append(rec.Cells, []byte(cell))
				}
			}
			shard := activity.NewShard(0, activity.Interest{Raw: []string{"a.b"}})
			d := format.New(record.Head{Shape: format.Shape, Header: format.Columns, Rows: [][]string{cells}})
			err := d.Decode(rec, shard)
			if (err == nil) != (shard.Len() == 1) {
				t.Fatalf("%s: error %v and %d activities", format.Name, err, shard.Len())
			}
			if named, ok := d.(ingest.Identifier); ok {
				named.ServiceID(rec)
			}
		}
	})
}
