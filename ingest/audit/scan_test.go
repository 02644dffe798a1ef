package audit

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// decoded is all that a decoder made of one record, or why it made nothing.
func decoded(d record.Decoder, rec record.Record, in activity.Interest) string {
	shard := activity.NewShard(0, in)
	if err := d.Decode(rec, shard); err != nil {
		shard.Skip(0, err)
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Source: activity.SourceAudit}, []*activity.Shard{shard}, "")
	c := b.Case()
	var out strings.Builder
	fmt.Fprintf(&out, "%v %q\n", c.Skips, c.Inputs[0].Notes)
	for i := range c.Activities {
		a := &c.Activities[i]
		fmt.Fprintf(&out, "%d %s %x %v %v %v %v %v", a.Time, a.ID, a.Sum, a.Type, a.Result, a.Lane, a.ActorType, a.Flags)
		for _, sym := range []activity.Symbol{a.Op, a.Mailbox, a.Actor, a.IP, a.App, a.Agent, a.Session, a.Item} {
			fmt.Fprintf(&out, " %q", c.Text(sym))
		}
		for d := range c.Details(a) {
			name, dynamic := d.Key.Dynamic()
			fmt.Fprintf(&out, "\n%d %v %s=%q", d.Key, dynamic, c.Text(name), c.Text(d.Value))
		}
	}
	if named, ok := d.(interface{ ServiceID(record.Record) string }); ok {
		fmt.Fprintf(&out, "\nid %q", named.ServiceID(rec))
	}
	return out.String()
}

// slowed makes a decoder read by encoding/json alone.
func slowed(t testing.TB, d record.Decoder) record.Decoder {
	t.Helper()
	switch d := d.(type) {
	case *reader:
		d.slow = true
	case *flat:
		d.slow = true
	case *directory:
		d.slow = true
	case *derived:
		slowed(t, d.Decoder)
	default:
		t.Fatalf("no way to slow %T", d)
	}
	return d
}

// wide asks for more than rules do, so that every way through a record is gone.
func wide() activity.Interest {
	return activity.Interest{
		Params: map[string]bool{"name": true, "forwardto": true, "requesttype": true, "accessrights": true, "role.displayname": true},
		Raw:    []string{"ExtendedProperties.RequestType", "Item.ParentFolder.Path", "Folders.FolderItems.InternetMessageId", "UserId", "a.b"},
	}
}

// agree holds a record against encoding/json. The fast decoder is one that has read records before: what they left must
// not show.
func agree(t interface{ Fatalf(string, ...any) }, fast, slow record.Decoder, rec record.Record) {
	for _, in := range []activity.Interest{{}, wide()} {
		if got, want := decoded(fast, rec, in), decoded(slow, rec, in); got != want {
			t.Fatalf("%q %q:\n%s\nencoding/json alone:\n%s", rec.Bytes, rec.Cells, got, want)
		}
	}
}

// shapes are records as the services and the tools write them, and as an attacker or an accident may.
func shapes() []string {
	wrap := func(object string) string {
		return `{"CreationDate":"3/2/2026 10:00:00 AM","Identity":"x","ResultIndex":1,"ResultCount":"2","AuditData":` + strconv.Quote(object) + `}`
	}
	list := []string{
		rec("Set-Mailbox", `"ObjectId":"EUR.PROD.OUTLOOK.COM\/Hosted\/contoso.com\/bob","Parameters":[{"Name":"Identity","Value":"bob"},{"Name":"ForwardingSmtpAddress","Value":"smtp:x@example.org"}]`),
		rec("New-InboxRule", `"ObjectId":"a\\b","Parameters":[{"Name":"ForwardTo","Value":"\"A\" [SMTP:a@x];b@y"}]`),
		rec("UpdateInboxRules", `"OperationProperties":[{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"a@x\"]}]"}]`),
		rec("MailItemsAccessed", `"ClientIPAddress":"192.0.2.7","OperationCount":2,"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"AppAccessContext":{"AADSessionId":"s"},`+
			`"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<1@x>","Subject":"é \ud83d\ude00"},{"InternetMessageId":"\u003c2@x\u003e"}]},null,{"Path":null,"FolderItems":null}]`),
		rec("Send", `"Item":{"Id":"R","Subject":"Wire","ParentFolder":{"Path":"\\Drafts"},"Attachments":"a.txt (333b); b (1b)"},"SessionId":""`),
		rec("MoveToDeletedItems", `"AffectedItems":[{"Id":"1","Subject":"S"},null,{"Id":"2","ParentFolder":null}],"Folder":{"Path":"\\Inbox"},"DestFolder":{"Path":"\\D"}`),
		rec("UserLoggedIn", `"ErrorNumber":50126,"ExtendedProperties":[{"Name":"additionalDetails","Value":"{\"User-Agent\":\"EvoSTS\"}"},{"Name":"RequestType","Value":"OAuth2:Token"}],"DeviceProperties":[{"Name":"SessionId","Value":"s"}]`),
		rec("Add member to role.", `"Target":[{"ID":"User_1","Type":2},{"ID":"bob@contoso.com","Type":"5"},null],"ModifiedProperties":[{"Name":"Role.DisplayName","NewValue":"[\r\n  \"G\"\r\n]","OldValue":"[]"},{"Name":"m","NewValue":"[1,2]"},{"Name":"n","NewValue":"[null]"},{"Name":"o","NewValue":"[1"}]`),
		rec("Update", `"ModifiedProperties":["AttachmentCollection","\u0041"]`),
		rec("AlertTriggered", `"Data":"{\"f3u\":\"a@x\"}","Name":"n"`),
		rec("AlertTriggered", `"Data":"\"","Folders":"\"","Item":"\"\"\""`),
		rec("MailItemsAccessed", `"Folders":"\"[]\"","Item":"\"{}\"","AffectedItems":"\"[","DestFolder":"{\"Path\":\"a\"}"`),
		rec("Send", `"Item":{"ParentFolder":{"FolderItems":[{"Id":"1"}],"FolderItems":[]}},"Folders":[{"FolderItems":[{"Id":"1"}],"FolderItems":[{"Subject":"s"}]}]`),
		rec("Send", `"Item":{"ParentFolder":{"FolderItems":[{"ParentFolder":{"FolderItems":[]}}]}},"Folder":{"Path":1,"PATH":"x"}`),
		rec("Send", `"Item":"{\"Id\":\"1\"}","Folders":"[]","Folder":"null","DestFolder":null,"Target":"[{}]","Parameters":"null","ExtendedProperties":" "`),
		rec("Send", `"Item":{"Id":"kept","ParentFolder":"x"},"AffectedItems":{"Id":"1"},"Folders":[1],"Target":{},"AppAccessContext":[]`),
		rec("Send", `"Parameters":{"Name":"a","B":{"c":1}},"ExtendedProperties":{"\u0061":1},"OperationProperties":[{"Name":1,"name":"x","Value":null}],"DeviceProperties":[null,{}]`),
		rec("Send", `"Parameters":"-Identity \"a b\" -Force","ModifiedProperties":"System.Object[]","AppAccessContext":"{\"aadsessionid\":7}"`),
		rec("Send", `"USERID":"b@contoso.com","userid":null,"\u0055serId":"c@contoso.com","clientip":"192.0.2.1","uſerId":"d","ClientIP":["x", 1]`),
		rec("Send", `"ObjectId":"\ud83d","Subject":"`+"\xff"+`","ClientIP":"`+"\xc3\xa9\xff"+`","SessionId":"\u0000\b\f\n\r\t\/"`),
		rec("Send", `"ObjectId":{"b" : [1 , 2]},"ErrorNumber":-0.5e+7,"AppId":true,"Item":{"Id":`+strings.Repeat("[", 70)+strings.Repeat("]", 70)+`}`),
		rec("Send", `"a":{"b":1},"a":{"b":[1,{"x":2}]},"a.b":3,"A":"{\"B\":4}"`),
		`{"CreationTime":"\/Date(1772445600000)\/","Id":"x","Operation":"Send"}`, " \r\n{ \"CreationTime\" : \"2026-03-02T10:00:00Z\" , \"Operation\" : \"Send\" }\n",
		`{"CreationTime":"2026-03-02T10:00:00","Operation":"Send","UserId":01}`, `{"CreationTime":"2026-03-02T10:00:00","Id":"x","Operation":"Send","Parameters":[`,
		"{\"CreationTime\":\"2026-03-02T10:00:00\",\"Operation\":\"Se\nnd\"}", `{"Operation":"Send",}`, `[]`, `null`, `"x"`, `{}`, `@{Operation=Send; CreationTime=2026-03-02T10:00:00}`,
		`{"AuditData":"null"}`, `{"AuditData":null,"Operation":"Send","CreationTime":"2026-03-02T10:00:00"}`, `{"AuditData":[1]}`, `{"auditData":{"Operation":"Send"},"createdDateTime":"2026-03-02T10:00:00Z","id":"y"}`,
		`{"AuditData":{"Operation":"Send"}, "AuditData":"{", "CreationDate":5}`,
	}
	for _, object := range list[:len(list):len(list)] {
		list = append(list, wrap(object))
	}
	return list
}

// TestScanAgrees: whether a cursor reads a record or encoding/json, the same comes of it.
func TestScanAgrees(t *testing.T) {
	fast, slow := newReader(unwrapped), slowed(t, newReader(unwrapped))
	for _, object := range shapes() {
		agree(t, fast, slow, record.Record{Bytes: []byte(object)})
	}
}

// TestScanIsUsed: encoding/json is not asked about records as the services write them.
func TestScanIsUsed(t *testing.T) {
	r := newReader(unwrapped)
	for _, object := range shapes()[:9] {
		r.begin()
		if !r.scanData([]byte(object)) || !r.readLists() || !r.readMail() {
			t.Errorf("%s: left to encoding/json", object)
		}
	}
}

// TestScanAgreesOnAnyShape: any value may stand under any name.
func TestScanAgreesOnAnyShape(t *testing.T) {
	fields := reflect.TypeFor[data]()
	names := []string{"Unknown", "AuditData", "a"}
	for i := range fields.NumField() {
		names = append(names, fields.Field(i).Name, strings.ToLower(fields.Field(i).Name))
	}
	scalar := rapid.SampledFrom([]string{`"x"`, `"a@contoso.com"`, `""`, `null`, `1`, `true`, `"\u0041\n"`, `"é"`, `"\ud800"`, `"[\"y\"]"`, `"{\"Name\":\"a\"}"`, `" [1]"`})
	inner := rapid.SampledFrom([]string{
		"Name", "Value", "NewValue", "OldValue", "Id", "ID", "Type", "Subject", "InternetMessageId", "Path", "MemberUpn", "MemberRights",
		"FolderItems", "ParentFolder", "AADSessionId", "User-Agent", "name", "n\\u0061me", "é",
	})
	var value func(depth int) *rapid.Generator[string]
	value = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			if depth == 0 || kind < 2 {
				return scalar.Draw(t, "scalar")
			}
			var parts []string
			for range rapid.IntRange(0, 3).Draw(t, "parts") {
				part := value(depth-1).Draw(t, "part")
				if kind == 2 {
					part = `"` + inner.Draw(t, "name") + `":` + part
				}
				parts = append(parts, part)
			}
			if kind == 2 {
				return "{" + strings.Join(parts, ",") + "}"
			}
			return "[" + strings.Join(parts, ",") + "]"
		})
	}
	operations := rapid.SampledFrom([]string{"Send", "UserLoggedIn", "New-InboxRule", "UpdateInboxRules", "Consent to application.", "MailItemsAccessed", "Set-Mailbox"})
	fast, slow := newReader(unwrapped), slowed(t, newReader(unwrapped))
	rapid.Check(t, func(t *rapid.T) {
		var members []string
		for range rapid.IntRange(1, 6).Draw(t, "members") {
			members = append(members, `"`+rapid.SampledFrom(names).Draw(t, "field")+`":`+value(4).Draw(t, "value"))
		}
		agree(t, fast, slow, record.Record{Bytes: []byte(rec(operations.Draw(t, "operation"), strings.Join(members, ",")))})
	})
}

// FuzzScan: whatever the bytes, a cursor and encoding/json come to the same activity, details, flags, sum or error.
func FuzzScan(f *testing.F) {
	for _, object := range shapes() {
		f.Add([]byte(object))
	}
	fast, slow := newReader(unwrapped), slowed(f, newReader(unwrapped))
	f.Fuzz(func(t *testing.T, object []byte) {
		agree(t, fast, slow, record.Record{Bytes: object})
	})
}

// TestScanAgreesOnRealExports: every row of real exports says the same to both.
func TestScanAgreesOnRealExports(t *testing.T) {
	paths, _ := filepath.Glob(shared + "*/*.csv")
	for _, path := range paths {
		if filepath.Base(filepath.Dir(path)) == "field" {
			continue // invented, of every kind of log
		}
		t.Run(filepath.Base(path), func(t *testing.T) { agreeOnTable(t, path) })
	}
	t.Run("entra", func(t *testing.T) { agreeOnLines(t, shared+"entra/cases.jsonl") })
}

func openShared(t *testing.T, path string) io.Reader {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func agreeOnTable(t *testing.T, path string) {
	t.Helper()
	rows := csv.NewReader(openShared(t, path))
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	header, err := rows.Read()
	if err != nil {
		t.Fatal(err)
	}
	head := record.Head{Shape: record.CSV, Header: header}
	format := recognised(t, head)
	fast, slow := format.New(head), slowed(t, format.New(head))
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var rec record.Record
		for _, cell := range row {
			rec.Cells = append(rec.Cells, []byte(cell))
		}
		agree(t, fast, slow, rec)
	}
}

func agreeOnLines(t *testing.T, path string) {
	t.Helper()
	lines := bufio.NewScanner(openShared(t, path))
	lines.Buffer(nil, 1<<20)
	fast, slow := newDirectory(), slowed(t, newDirectory())
	n := 0
	for lines.Scan() {
		agree(t, fast, slow, record.Record{Bytes: lines.Bytes()})
		n++
	}
	if err := lines.Err(); err != nil || n == 0 {
		t.Fatalf("%d lines, %v", n, err)
	}
}
