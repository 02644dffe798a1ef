package audit

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// TestRecognise: each wrapping is told by its columns, in any order, and exactly one format takes it.
func TestRecognise(t *testing.T) {
	f := func(header, name string) {
		t.Helper()
		got := recognised(t, record.Head{Shape: record.CSV, Header: strings.Split(header, ",")})
		want(t, header, got.Name, name)
	}
	f("RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,Identity,IsValid,ObjectState", "audit-search-csv")
	f("PSComputerName,RunspaceId,PSShowComputerName,RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,ResultCount,Identity,IsValid,ObjectState", "audit-search-csv")
	f("\ufeffAuditData,CreationDate,Identity,IsValid,ObjectState,Operations,RecordType,ResultCount,ResultIndex,UserIds,_raw", "audit-search-csv")
	f("RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames", "audit-purview-csv")
	f("RecordId,CreationDate,RecordType,Operation,UserId,AuditData", "audit-purview-csv")
	f("CreationDate,UserIds,Operations,AuditData", "audit-center-csv")
	f("id,createdDateTime,auditLogRecordType,operation,organizationId,userType,userId,service,objectId,userPrincipalName,clientIp,administrativeUnits,auditData", "audit-graph-csv")
	f("whatever,AuditData", "audit-csv")
	for _, format := range Formats() {
		h := record.Head{Shape: record.CSV, Header: strings.Split("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties", ",")}
		want(t, format.Name+" takes Outlook Activities", format.Recognise(h), "")
	}
}

func TestRecogniseJSON(t *testing.T) {
	f := func(object string, expected bool) {
		t.Helper()
		want(t, object, recogniseJSON(record.Head{Shape: record.JSON, Objects: [][]byte{[]byte(object)}}) != "", expected)
	}
	f(rec("Send", ""), true)
	f(`{"RecordType":"ExchangeItem","AuditData":"{}"}`, true)
	f(`{"id":"x","createdDateTime":"2026-03-02T10:00:00Z","auditData":{"Id":"y"}}`, true)
	f(`{"Id":"x","ActivityIdType":"Logon","TimeStamp":"2018-01-01T00:00:00Z"}`, false)
	f(`{"id":"x","createdDateTime":"2026-03-02T10:00:00Z","userPrincipalName":"a@contoso.com"}`, false)
	f(`{"AuditData":null}`, false)
}

// TestJSONWrappings: one record is one activity, whatever holds it.
func TestJSONWrappings(t *testing.T) {
	bare := rec("Send", "")
	c := decode(t, activity.Interest{}, bare,
		`{"RecordType":2,"CreationDate":"2026-03-02T10:00:00Z","AuditData":`+quoted(bare)+`,"Identity":"z"}`,
		`{"id":"z","createdDateTime":"2026-03-02T10:00:00Z","auditData":`+bare+`}`)
	want(t, "activities", len(c.Activities), 1)
	want(t, "repeats", len(c.Duplicates), 2)
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func csvRow(cells ...string) string {
	for i, c := range cells {
		cells[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
	}
	return strings.Join(cells, ",") + "\r\n"
}

// TestTable: rows with a pretty-printed AuditData, none, a short row and a missing inner time. Without AuditData, what
// stands beside it is the activity, marked as a part.
func TestTable(t *testing.T) {
	header := "RecordType,CreationDate,UserIds,Operations,AuditData,ResultIndex,Identity\r\n"
	table := header +
		csvRow("2", "02.03.2026 10:00:00", "a@contoso.com", "Send", strings.ReplaceAll(rec("Send", ""), ",", ",\r\n  "), "1", "x") +
		csvRow("2", "02.03.2026 10:00:00", "a@contoso.com", "Send", strings.ReplaceAll(rec("Send", ""), ",", ",\r\n  "), "2", "y") +
		csvRow("2", "02.03.2026 10:00:00", "a@contoso.com", "Send", "", "3", "x") +
		csvRow("2", "02.03.2026 10:00:00") +
		csvRow("2", "25.03.2026 11:12:13", "Bob@contoso.com", "Send", `{"Operation":"Send"}`, "4", "0a1b2c3d-0000-4000-8000-00000000000c")
	c := decodeCSV(t, strings.NewReader(table), "x.csv", activity.Interest{})
	want(t, "activities", len(c.Activities), 3)
	want(t, "repeats", len(c.Duplicates), 1)
	want(t, "skipped", len(c.Skips), 1)
	want(t, "short", c.Skips[0].Reason, "row has 2 cells, AuditData would be cell 5")
	outer := seen{c, &c.Activities[2]}
	id, _ := activity.GUID([]byte("0a1b2c3d-0000-4000-8000-00000000000c"))
	want(t, "outer id", outer.ID, id)
	want(t, "outer time", outer.Time, int64(1774437133000))
	want(t, "outer user", outer.Text(outer.Actor), "bob@contoso.com")
}

// TestDayFirst: a file's own rows show how it writes days and months.
func TestDayFirst(t *testing.T) {
	header := "CreationDate,UserIds,Operations,AuditData\r\n"
	inner := rec("Send", "")
	c := decodeCSV(t, strings.NewReader(header+csvRow("02/03/2026 10:00:00", "a", "Send", inner)+
		csvRow("05/03/2026 10:00:00", "a", "Send", `{"Operation":"Send","Id":"x"}`)), "x.csv", activity.Interest{})
	want(t, "day first", c.Activities[1].Time-c.Activities[0].Time, 3*24*3600*1000)
	c = decodeCSV(t, strings.NewReader(header+csvRow("05/03/2026 10:00:00", "a", "Send", `{"Operation":"Send","Id":"x"}`)), "x.csv", activity.Interest{})
	want(t, "undecided", c.Activities[0].Flags&activity.Undated, activity.Undated)
	want(t, "said", strings.Contains(strings.Join(c.Inputs[0].Notes, "; "), "can be read both ways"), true)
}

// TestSalvageFromRaw: a row whose AuditData came out empty is read from the beginning that Splunk kept.
func TestSalvageFromRaw(t *testing.T) {
	whole := csvRow("outlook.office365.com", "ExchangeItem", rec("Send", `"ObjectId":"o","Item":{"Subject":"cut here"}`))
	table := "AuditData,CreationDate,Operations,ResultIndex,UserIds,_raw\r\n" +
		csvRow("", "3/2/2026 10:00:00 AM", "Send", "1", "alice@contoso.com", whole[:len(whole)-20])
	c := decodeCSV(t, strings.NewReader(table), "x.csv", activity.Interest{})
	want(t, "activities", len(c.Activities), 1)
	s := seen{c, &c.Activities[0]}
	want(t, "flag", s.Flags&activity.Salvaged, activity.Salvaged)
	want(t, "actor", s.Text(s.Actor), "alice@contoso.com")
	wantList(t, "object", s.fields(activity.FieldObject), "o")
}

func TestBeginsRow(t *testing.T) {
	f := func(line string, expected bool) {
		t.Helper()
		want(t, line, beginsRow([]byte(line)), expected)
	}
	f(`"ExchangeItem","3/2/2026","a","Send","{""Id"":""x"",`, true)
	f(`"{""Id"":""x""}","3/2/2026"`, true)
	f(`  ""Item"": {`, false)
	f(`""Value"":""{\""User-Agent\"":1}"",""x"":{""y""`, false)
}

// TestSumIgnoresOrder keeps the invariant that makes re-serialised copies repeats: the order of an object's members
// changes neither identity nor sum, and a changed value changes the sum.
func TestSumIgnoresOrder(t *testing.T) {
	members := []string{
		`"CreationTime":"2026-03-02T10:00:00"`, `"Id":"0a1b2c3d-0000-4000-8000-00000000000a"`, `"Operation":"Set-Mailbox"`,
		`"UserId":"a@contoso.com"`, `"ClientIP":"192.0.2.1"`, `"ObjectId":"a"`, `"ResultStatus":"True"`,
		`"Parameters":[{"Name":"ForwardingSmtpAddress","Value":"smtp:x@example.org"}]`,
	}
	first := one(t, "{"+strings.Join(members, ",")+"}")
	rapid.Check(t, func(r *rapid.T) {
		object := "{" + strings.Join(rapid.Permutation(members).Draw(r, "order"), ",") + "}"
		if s := one(t, object); s.ID != first.ID || s.Sum != first.Sum {
			r.Fatalf("%s: id %s sum %d, want %s %d", object, s.ID, s.Sum, first.ID, first.Sum)
		}
		if s := one(t, strings.Replace(object, "192.0.2.1", "192.0.2.2", 1)); s.Sum == first.Sum {
			r.Fatalf("%s: another address has the same sum", object)
		}
	})
}

// FuzzAuditData keeps the promise that no text in an AuditData cell panics, is lost or gets into two activities.
func FuzzAuditData(f *testing.F) {
	f.Add([]byte(rec("New-InboxRule", `"ObjectId":"a\\b","Parameters":[{"Name":"ForwardTo","Value":"\"A\" [SMTP:a@x];b@y"}]`)))
	f.Add([]byte(rec("UpdateInboxRules", `"OperationProperties":[{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"a@x\"]}]"}]`)))
	f.Add([]byte(rec("Consent to application.", `"Target":[{"ID":"a","Type":1}],"ModifiedProperties":[{"Name":"ConsentAction.Permissions","NewValue":"[] => [[Scope: A B]]"}]`)))
	f.Add([]byte(rec("Send", `"Item":{"Attachments":"a (1b); b (2b)"},"Parameters":"-A \"b c\" -D"`)))
	f.Add([]byte(rec("AlertTriggered", `"Data":"{\"f3u\":\"a@x\"}"`)))
	f.Add([]byte(`{"CreationTime":"2026-03-02T10:00:00","Id":"x","Operation":"Send","Parameters":[`))
	in := activity.Interest{Raw: []string{"Parameters.ForwardTo", "Item.Attachments", "Data.f3u", "a.b"}}
	f.Fuzz(func(t *testing.T, object []byte) {
		var sums [2]uint64
		for i := range sums {
			shard := activity.NewShard(0, in)
			err := newReader(unwrapped).Decode(record.Record{Bytes: object}, shard)
			if (err == nil) != (shard.Len() == 1) {
				t.Fatalf("error %v and %d activities", err, shard.Len())
			}
			if err != nil {
				return
			}
			b := activity.NewBuilder()
			b.Add(activity.Input{}, []*activity.Shard{shard}, "")
			sums[i] = b.Case().Activities[0].Sum
		}
		if sums[0] != sums[1] {
			t.Fatal("the same record has two sums")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	object := []byte(rec("MailItemsAccessed", `"ClientIPAddress":"192.0.2.7","ClientInfoString":"Client=OWA;Mozilla/5.0 (X11);","MailboxOwnerUPN":"alice@contoso.com","OperationCount":2,`+
		`"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],`+
		`"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<1@x>"},{"InternetMessageId":"<2@x>"}]}]`))
	decoder, shard := newReader(unwrapped), activity.NewShard(0, activity.Interest{})
	b.SetBytes(int64(len(object)))
	b.ReportAllocs()
	for b.Loop() {
		if err := decoder.Decode(record.Record{Bytes: object}, shard); err != nil {
			b.Fatal(err)
		}
	}
}
