package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/activity"
)

// timed are one record of each reader as a function of the texts of its two times: the one that counts, and one that is
// taken where that one cannot be true. Each file has a sound record before and after it.
func timed() map[string]func(first, second string) string {
	quote := func(text string) string { return fmt.Sprintf("%q", text) }
	cell := func(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
	return map[string]func(first, second string) string{
		"activities.csv": func(first, second string) string {
			return fmt.Sprintf("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n"+
				"2026-03-01T10:00:00Z,Web,Logon,,2026-03-01T10:00:00Z,s1,\n%s,Web,Logon,,%s,s2,\n2026-03-03T10:00:00Z,Web,Logon,,2026-03-03T10:00:00Z,s3,\n",
				cell(first), cell(second))
		},
		"activities.json": func(first, second string) string {
			return fmt.Sprintf(`{"value":[{"TimeStamp":"2026-03-01T10:00:00Z","AppIdType":"Web","ActivityIdType":"Logon","ClientSessionId":"s1"},`+
				`{"TimeStamp":%s,"ActivityCreationTime":%s,"AppIdType":"Web","ActivityIdType":"Logon","ClientSessionId":"s2"},`+
				`{"TimeStamp":"2026-03-03T10:00:00Z","AppIdType":"Web","ActivityIdType":"Logon","ClientSessionId":"s3"}]}`, quote(first), quote(second))
		},
		"audit.csv": func(first, second string) string {
			row := func(id int, first, second string) string {
				return fmt.Sprintf("ExchangeAdmin,%s,alice@contoso.com,Set-Mailbox,%s\n", cell(second),
					cell(fmt.Sprintf(`{"CreationTime":%s,"Id":"00000000-0000-4000-8000-00000000000%d","Operation":"Set-Mailbox","UserId":"alice@contoso.com"}`, quote(first), id)))
			}
			return "RecordType,CreationDate,UserIds,Operations,AuditData\n" + row(1, "2026-03-01T10:00:00", "2026-03-01T10:00:00Z") +
				row(2, first, second) + row(3, "2026-03-03T10:00:00", "2026-03-03T10:00:00Z")
		},
		"hawk.csv": func(first, second string) string {
			return fmt.Sprintf("CreationTime,CreationDate,Id,Operation,UserId,Param_Identity\n2026-03-01T10:00:00,,1,Set-Mailbox,alice@contoso.com,x\n"+
				"%s,%s,2,Set-Mailbox,alice@contoso.com,y\n2026-03-03T10:00:00,,3,Set-Mailbox,alice@contoso.com,z\n", cell(first), cell(second))
		},
		"directory.json": func(first, second string) string {
			row := func(id int, first, second string) string {
				return fmt.Sprintf(`{"id":"d%d","activityDateTime":%s,"TimeGenerated":%s,"activityDisplayName":"Add user","result":"success",`+
					`"initiatedBy":{"user":{"userPrincipalName":"alice@contoso.com"}},"targetResources":[{"id":"t%d","userPrincipalName":"x@contoso.com"}]}`+"\n", id, quote(first), quote(second), id)
			}
			return row(1, "2026-03-01T10:00:00Z", "") + row(2, first, second) + row(3, "2026-03-03T10:00:00Z", "")
		},
		"signins.json": func(first, second string) string {
			row := func(id int, first, second string) string {
				return fmt.Sprintf(`{"id":"00000000-0000-4000-8000-00000000000%d","createdDateTime":%s,"time":%s,"userPrincipalName":"alice@contoso.com",`+
					`"appId":"a","appDisplayName":"Outlook","ipAddress":"192.0.2.7","status":{"errorCode":0}}`+"\n", id, quote(first), quote(second))
			}
			return row(1, "2026-03-01T10:00:00Z", "") + row(2, first, second) + row(3, "2026-03-03T10:00:00Z", "")
		},
		"signins.csv": func(first, second string) string {
			return fmt.Sprintf("CreatedDateTime,TimeGenerated,Id,UserPrincipalName,AppDisplayName,AppId,IPAddress,ResultType\n"+
				"2026-03-01T10:00:00Z,,r1,alice@contoso.com,Outlook,a,192.0.2.7,0\n%s,%s,r2,alice@contoso.com,Outlook,a,192.0.2.7,0\n"+
				"2026-03-03T10:00:00Z,,r3,alice@contoso.com,Outlook,a,192.0.2.7,0\n", cell(first), cell(second))
		},
		"trace.csv": func(first, second string) string {
			return fmt.Sprintf("MessageTraceId,MessageId,Received,EndDate,SenderAddress,RecipientAddress,Subject,Status\n"+
				"t1,<1@x>,2026-03-01T10:00:00Z,,b@example.org,alice@contoso.com,s,Delivered\nt2,<2@x>,%s,%s,b@example.org,alice@contoso.com,s,Delivered\n"+
				"t3,<3@x>,2026-03-03T10:00:00Z,,b@example.org,alice@contoso.com,s,Delivered\n", cell(first), cell(second))
		},
		"trace.json": func(first, second string) string {
			row := func(id int, first, second string) string {
				return fmt.Sprintf(`{"messageTraceId":"t%d","messageId":"<%d@x>","received":%s,"receivedDateTime":%s,"senderAddress":"b@example.org","recipientAddress":"alice@contoso.com","status":"Delivered"}`+"\n",
					id, id, quote(first), quote(second))
			}
			return row(1, "2026-03-01T10:00:00Z", "") + row(2, first, second) + row(3, "2026-03-03T10:00:00Z", "")
		},
		"messages.json": func(first, second string) string {
			row := func(id int, first, second string) string {
				return fmt.Sprintf(`{"id":"m%d","internetMessageId":"<%d@x>","subject":"s","receivedDateTime":%s,"sentDateTime":%s,"mailbox":"alice@contoso.com",`+
					`"from":{"emailAddress":{"address":"b@example.org"}},"internetMessageHeaders":[{"name":"Subject","value":"s"}]}`+"\n", id, id, quote(first), quote(second))
			}
			return row(1, "2026-03-01T10:00:00Z", "") + row(2, first, second) + row(3, "2026-03-03T10:00:00Z", "")
		},
	}
}

const theDay = "2026-11-21"

// readTimed reads one record of each reader between two sound ones, and gives back the case of each by name.
func readTimed(t interface {
	Helper()
	Fatalf(string, ...any)
}, dir, first, second string,
) map[string]*activity.Case {
	t.Helper()
	day, err := time.Parse(time.DateOnly, theDay)
	if err != nil {
		t.Fatalf("%v", err)
	}
	cases := map[string]*activity.Case{}
	for name, write := range timed() {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(write(first, second)), 0o600); err != nil {
			t.Fatalf("%v", err)
		}
		files, err := Open(context.Background(), []string{path}, Options{Today: day, Workers: 1})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cases[name] = files.Case
	}
	return cases
}

// Promise: whatever a record says of its time, in any reader, its activity's time can be true, or it has none and is
// kept; no other record suffers.
func TestAnyTimeInAnyReader(t *testing.T) {
	dir := t.TempDir()
	low := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	high := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).UnixMilli()
	text := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "0", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z",
			"10000-01-01T00:00:00", "999999999-12-31 23:59:59", "/Date(9223372036854775807)/", "/Date(-9223372036854775808)/", "/Date(9223372036854775808)/",
			`\/Date(-9999999999999999999999)\/`, "/Date(0)/", "/Date(-62135596800000)/", "/Date(1772532000000)/", "2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z",
			"1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2000-01-01T00:00:00+14:00", "12/31/9999 11:59:59 PM", "2026-03-02T10:00:00Z", "31.12.9999 23:59:59", "yesterday",
		}),
		rapid.Custom(func(t *rapid.T) string {
			return time.UnixMilli(rapid.Int64Range(-62_135_596_800_000, 253_402_300_799_999).Draw(t, "ms")).UTC().Format("2006-01-02T15:04:05.000Z07:00")
		}),
		rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("/Date(%d)/", rapid.Int64().Draw(t, "date")) }),
		rapid.StringMatching(`[0-9]{1,10}[-/.][0-9]{1,2}[-/.][0-9]{1,10}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( [AP]M|Z|[+-][0-9]{2}:[0-9]{2})?`),
	)
	rapid.Check(t, func(t *rapid.T) {
		first, second := text.Draw(t, "first"), text.Draw(t, "second")
		for name, c := range readTimed(t, dir, first, second) {
			dated := 0
			for i := range c.Activities {
				a := &c.Activities[i]
				switch undated := a.Flags&activity.Undated != 0; {
				case undated && a.Time != 0, !undated && (a.Time < low || a.Time >= high), a.Created != 0 && (a.Created < low || a.Created >= high):
					t.Fatalf("%s: %q, %q: time %d, created %d, undated %t", name, first, second, a.Time, a.Created, undated)
				case !undated:
					dated++
				}
			}
			if in := c.Inputs[0]; in.Rows != 3 || len(c.Activities)+len(c.Duplicates)+len(c.Skips) != 3 || dated < 2 || in.First < low || in.Last >= high {
				t.Fatalf("%s: %q, %q: %d rows, %d activities, %d dated, %d skipped, %d to %d", name, first, second, in.Rows,
					len(c.Activities), dated, len(c.Skips), in.First, in.Last)
			}
		}
	})
}

// Promise: a time that cannot be true is counted and shown, and the record's other time is taken where that one can be.
func TestOtherTimeIsTaken(t *testing.T) {
	dir := t.TempDir()
	for _, impossible := range []string{"0001-01-01T00:00:00", "9999-12-31T23:59:59", "1970-01-01T00:00:00Z", "2026-11-24T00:00:00Z", "/Date(9223372036854775808)/"} {
		for name, c := range readTimed(t, dir, impossible, "2026-03-02T10:00:00Z") {
			if name == "trace.csv" {
				continue // it has one time
			}
			if len(c.Activities) != 3 || c.Activities[1].Time != time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).UnixMilli() {
				t.Errorf("%s, %s: the other time was not taken", name, impossible)
			}
			if !noted(c, impossible, "was taken instead") {
				t.Errorf("%s, %s: notes %q", name, impossible, c.Inputs[0].Notes)
			}
		}
		for name, c := range readTimed(t, dir, impossible, "") {
			if len(c.Activities) != 3 || c.Activities[0].Flags&activity.Undated == 0 || !noted(c, impossible, "kept without it") {
				t.Errorf("%s, %s: not kept without a time, or not noted: %q", name, impossible, c.Inputs[0].Notes)
			}
		}
	}
}

func noted(c *activity.Case, words ...string) bool {
next:
	for _, note := range c.Inputs[0].Notes {
		for _, w := range words {
			if !strings.Contains(note, w) {
				continue next
			}
		}
		return strings.Contains(note, ": 1, such as")
	}
	return false
}
