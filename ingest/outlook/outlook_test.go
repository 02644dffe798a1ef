package outlook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// decodeAll reads a whole text in one of the two forms, the way ingest does.
func decodeAll(t testing.TB, text []byte, in activity.Interest) *activity.Case {
	t.Helper()
	looks := []record.Look{record.LookJSON(text)}
	if !record.LooksLikeJSON(text) {
		looks = record.LookCSV(text, true)
	}
	for _, look := range looks {
		for _, f := range Formats() {
			if f.Shape == look.Shape && f.Recognise(look.Head) != "" {
				return decodeAs(t, text, look, f, in)
			}
		}
	}
	t.Fatalf("not recognised: %q", record.Clip(text, 200))
	return nil
}

func decodeAs(t testing.TB, text []byte, look record.Look, f record.Format, in activity.Interest) *activity.Case {
	t.Helper()
	start := 0
	if look.Shape == record.CSV {
		start = look.Data
		if f.NoHeader(look.Head) {
			start = look.Top
		}
	}
	shard := activity.NewShard(0, in)
	dec := f.New(look.Head)
	w := record.Walker{Sep: look.Cut.Sep}
	c := record.NewCutter(bytes.NewReader(text[start:]), look.Cut, record.Place{Offset: int64(start)})
	var b record.Block
	for {
		err := c.Next(&b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = w.Walk(&b, func(rec record.Record, broken error) error {
				if broken == nil {
					broken = dec.Decode(rec, shard)
				}
				if broken != nil {
					shard.Skip(rec.Offset, broken)
				}
				return nil
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	builder := activity.NewBuilder()
	builder.Add(activity.Input{Path: "alice.csv", Source: activity.SourceActivities}, []*activity.Shard{shard}, "")
	return builder.Case()
}

// one decodes a single record.
func one(t testing.TB, r outlooktest.Record) (*activity.Case, *activity.Activity) {
	t.Helper()
	if r.TimeStamp == "" {
		r.TimeStamp = "2018-03-01T10:00:00Z"
	}
	c := decodeAll(t, outlooktest.CSV([]outlooktest.Record{r}), activity.Interest{})
	if len(c.Activities) != 1 {
		t.Fatalf("%+v: %d activities, skipped %v", r, len(c.Activities), c.Skips)
	}
	return c, &c.Activities[0]
}

func pythonRecords(t testing.TB) []outlooktest.Record {
	t.Helper()
	text, err := os.ReadFile("testdata/python.json")
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		Value []struct {
			ID                                                    string `json:"Id"`
			TimeStamp, AppIDType, ActivityIDType                  string
			ActivityItemID, ActivityCreationTime, ClientSessionID string
			CustomProperties                                      []outlooktest.Property
		}
	}
	if err := json.Unmarshal(text, &page); err != nil {
		t.Fatal(err)
	}
	var records []outlooktest.Record
	for _, v := range page.Value {
		records = append(records, outlooktest.Record{
			ID: v.ID, TimeStamp: v.TimeStamp, AppIDType: v.AppIDType, ActivityIDType: v.ActivityIDType,
			ActivityItemID: v.ActivityItemID, ActivityCreationTime: v.ActivityCreationTime,
			ClientSessionID: v.ClientSessionID, Properties: v.CustomProperties,
		})
	}
	return records
}

// The writer of test data writes what Python writes: testdata/python.csv was made by Python 3's own csv and repr from
// testdata/python.json, every value a trap.
func TestWriterWritesWhatPythonWrites(t *testing.T) {
	want, err := os.ReadFile("testdata/python.csv")
	if err != nil {
		t.Fatal(err)
	}
	got := outlooktest.CSV(pythonRecords(t))
	wants, gots := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range wants {
		if i >= len(gots) || gots[i] != wants[i] {
			t.Fatalf("line %d: got %q\nwant %q", i+1, gots[min(i, len(gots)-1)], wants[i])
		}
	}
}

// identities is every activity's identity and content hash, in order.
func identities(c *activity.Case) string {
	var b strings.Builder
	for i := range c.Activities {
		a := &c.Activities[i]
		fmt.Fprintf(&b, "%s %x %s %q\n", a.ID, a.Sum, c.Text(a.Op), c.Text(c.Get(a, activity.FieldSubject)))
	}
	return b.String()
}

// The CSV as Python wrote it and the service's JSON of the same records give equal identities and equal fields.
func TestCSVAndJSONAgree(t *testing.T) {
	text, err := os.ReadFile("testdata/python.csv")
	if err != nil {
		t.Fatal(err)
	}
	records := pythonRecords(t)
	want := identities(decodeAll(t, text, activity.Interest{}))
	if n := strings.Count(want, "\n"); n != len(records) {
		t.Fatalf("%d activities, want %d", n, len(records))
	}
	indented, err := os.ReadFile("testdata/python.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string][]byte{
		"page": outlooktest.APIPage(records), "array": outlooktest.Array(records), "lines": outlooktest.JSONLines(records),
		"indented": indented, "no header": outlooktest.CSVRows(records),
	} {
		if got := identities(decodeAll(t, form, activity.Interest{})); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// What is the same moment, the same client, the same set of properties is the same activity, however it was written.
func TestIdentityIgnoresSpelling(t *testing.T) {
	f := func(x, y string, same bool) {
		t.Helper()
		head := outlooktest.Header + "\n"
		a, b := decodeAll(t, []byte(head+x+"\n"), activity.Interest{}), decodeAll(t, []byte(head+y+"\n"), activity.Interest{})
		if len(a.Activities) != 1 || len(b.Activities) != 1 {
			t.Fatalf("%q, %q: skipped %v %v", x, y, a.Skips, b.Skips)
		}
		if (identities(a) == identities(b)) != same || (a.Activities[0].Sum == b.Activities[0].Sum) != same {
			t.Errorf("%q and %q: same %v", x, y, !same)
		}
	}
	f("2018-03-01T10:00:00Z,IMAP,Delete,,,,", "2018-03-01T10:00:00.0000000Z,IMAP4,Delete,,,,", true)
	f("2018-03-01T10:00:00+01:00,9,Delete,,,,", "2018-03-01 09:00:00,2147483657,Delete,,,,{}", true)
	f("2018-03-01T10:00:00Z,Web,SearchSuggestionsDisplay,,,,", "2018-03-01T10:00:00Z,Web,SearchSuggestionDisplay,,,,", true)
	f(`2018-03-01T10:00:00Z,Web,Delete,,,,"{'a': '1', 'b': 'x'}"`, `2018-03-01T10:00:00Z,Web,Delete,,,,"{""b"": ""x"", ""a"": ""0"", ""a"": ""1""}"`, true)
	f(`2018-03-01T10:00:00Z,Web,Delete,,,,"{'a': '1', 'b': 'x'}"`, `2018-03-01T10:00:00Z,Web,Delete,,,,"[{'Name': 'b', 'Value': 'x'}, {'Value': '1', 'Name': 'a'}]"`, true)
	f("2018-03-01T10:00:00Z,Web,Delete,,,,", "2018-03-01T10:00:00.0000001Z,Web,Delete,,,,", false)
	f("2018-03-01T10:00:00Z,Web,Delete,ab,,c,", "2018-03-01T10:00:00Z,Web,Delete,a,,bc,", false)
	f("2018-03-01T10:00:00Z,Web,Delete,,,,{'a': 'bc'}", "2018-03-01T10:00:00Z,Web,Delete,,,,{'ab': 'c'}", false)
}

// Every way in which Python or a re-export may have quoted a property is read; errors say at which byte.
func TestProperties(t *testing.T) {
	f := func(cell, want string) {
		t.Helper()
		d := newDecoder()
		got := ""
		if err := d.parseProperties([]byte(cell)); err != nil {
			got = "error: " + err.Error()
		} else {
			d.sortProperties()
			for _, p := range d.props {
				got += string(p.name) + "=" + string(p.value) + "|"
			}
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", cell, got, want)
		}
	}
	f("", "")
	f("  ", "")
	f("{}", "")
	f("[]", "")
	f("None", "")
	f("null", "")
	f(`{'a': 'b'}`, "a=b|")
	f(`{'a': "Bob's"}`, "a=Bob's|")
	f(`{'a': 'Bob\'s "deal"'}`, `a=Bob's "deal"|`)
	f(`{'a': 'c:\\new\n\r\t\x41\u00e9\U0001F600\101'}`, "a=c:\\new\n\r\tAé😀A|")
	f(`{'a': '\ud83d\ude00\ud83dx'}`, "a=😀�x|")
	f(`{'a': '\uffff\UFFFFFFFF'}`, "a=\uffff\uFFFD|")
	f(`{'a': 'é\q'}`, `a=é\q|`)
	f(`{'a': None, 'b': True, 'c': 12, 'd': -1.5e3, 'e': false}`, "a=|b=True|c=12|d=-1.5e3|e=False|")
	f(`{'a': {'x': [1, 'y', None], "z": {}}, 'b': []}`, `a={"x":[1,"y",null],"z":{}}|b=[]|`)
	f(`{u'a': u'b', 'c': b'd',}`, "a=b|c=d|")
	f(`{"a": "b\/c", "n": null}`, "a=b/c|n=|")
	f(`[{"Name":"a","Value":"1"},{"Value":"2","Name":"b"},{'Name': 'c'}]`, "a=1|b=2|c=|")
	f(`{'a': '1', 'a': '2'}`, "a=2|")
	f("{'a':\x00 'b'}", "a=b|")
	f(`{'ClientIP': '192.0.2.1', 'UserAgent': 'Mozilla`, "error: custom properties: unterminated string at byte 40")
	f(`{'a': 'b'`, "error: custom properties: text ends where ',' should be at byte 10")
	f(`{'a' 'b'}`, "error: custom properties: want ':', got '\\'' at byte 6")
	f(`{'a': 'b'} x`, "error: custom properties: want the end, got 'x' at byte 12")
	f(`{a: 'b'}`, "error: custom properties: want a string at byte 2")
	f(`{'a': foo}`, `error: custom properties: unknown word "foo" at byte 7`)
	f(`{'a': '\x4'}`, "error: custom properties: escape without its hexadecimal digits at byte 8")
	f(`'text'`, "error: custom properties: want a dictionary or a list, got a string at byte 1")
	f(`[{'Value': '1'}]`, "error: custom properties: property without a Name at byte 2")
	f(`{'a': `+strings.Repeat("[", 40)+`}`, "error: custom properties: nested more than 32 deep at byte 39")
}

// A query is read out of every XML that a client may have written; what could harm the reader is refused.
func TestRawQuery(t *testing.T) {
	f := func(text, want string, salvaged bool) {
		t.Helper()
		got := rawQuery([]byte(text))
		if got.text != want || got.salvaged != salvaged || got.refused {
			t.Errorf("%s\n got %+v\nwant %q, salvaged %v", text, got, want, salvaged)
		}
	}
	f("wire transfer", "wire transfer", false)
	f("", "", false)
	f(" a < b ", "a < b", false)
	f("<Query><RawQuery>wire</RawQuery></Query>", "wire", false)
	f(`<?xml version="1.0" encoding="utf-16"?><Query x="1"><RawQuery lang="en">wire</RawQuery><Other>no</Other></Query>`, "wire", false)
	f(`<q:Query xmlns:q="urn:x"><q:RawQuery>wire</q:RawQuery></q:Query>`, "wire", false)
	f(`<q:Query><q:RawQuery>wire</q:RawQuery></q:Query>`, "wire", false)
	f(`<Query xmlns="urn:x"><RawQuery>a &quot;b&quot; &amp; &#65;&#x42; &lt;c&gt;</RawQuery></Query>`, `a "b" & AB <c>`, false)
	f(`<Query><RawQuery><![CDATA[a <b> & ]]>c</RawQuery></Query>`, "a <b> & c", false)
	f(`<Query><RawQuery>a<i>b</i>c</RawQuery></Query>`, "abc", false)
	f(`<Query><RawQuery>wire tran`, "wire tran", true)
	f(`<Query><RawQuery>a &amp; b &qu`, "a & b", true)
	f(`<Query><RawQuery><![CDATA[a <b`, "a <b", true)
	f(`<Query><RawQu`, "", true)
	f(`<Query><Kql>wire</Kql></Query>`, "wire", true)
	f("<Query><RawQuery></RawQuery></Query>", "", false)
	f("\uFEFF<Query><RawQuery>wire</RawQuery></Query>\x00", "wire", false)
}

// Entity bombs and external entities are refused before a parser sees them.
func TestRawQueryRefusesEntities(t *testing.T) {
	for _, text := range []string{
		`<!DOCTYPE Query [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Query><RawQuery>&b;</RawQuery></Query>`,
		`<?xml version="1.0"?><!doctype Query SYSTEM "http://example.com/x.dtd"><Query><RawQuery>x</RawQuery></Query>`,
		`<Query><!ENTITY x SYSTEM "file:///etc/passwd"><RawQuery>&x;</RawQuery></Query>`,
	} {
		if got := rawQuery([]byte(text)); !got.refused || got.text != "" {
			t.Errorf("%s: got %+v, want refused", text, got)
		}
	}
}

// A document of any size or depth costs bounded time and memory, and still yields what there is.
func TestRawQueryIsBounded(t *testing.T) {
	deep := rawQuery([]byte("<Query><RawQuery>wire</RawQuery>" + strings.Repeat("<a>", 100_000)))
	if deep.text != "wire" || !deep.salvaged {
		t.Errorf("deep: %+v", deep)
	}
	long := rawQuery([]byte("<Query><RawQuery>wire</RawQuery>" + strings.Repeat("<a/>", 1<<20) + "</Query>"))
	if long.text != "wire" || !long.salvaged {
		t.Errorf("long: %+v", long)
	}
}

// Only what the service says is a success is one, and what it never said before is named.
func TestServerLogonResult(t *testing.T) {
	f := func(said, exception string, want activity.Result, wantError string, notes int) {
		t.Helper()
		c, a := one(t, outlooktest.Record{ActivityIDType: "ServerLogon", AppIDType: "Web", Properties: []outlooktest.Property{
			{Name: "Result", Value: said}, {Name: "ExceptionInfo", Value: exception}, {Name: "UserName", Value: "Alice@Contoso.com"},
		}})
		if a.Result != want || c.Text(c.Get(a, activity.FieldError)) != wantError || len(c.Inputs[0].Notes) != notes {
			t.Errorf("%q, %q: got %v, %q, %q", said, exception, a.Result, c.Text(c.Get(a, activity.FieldError)), c.Inputs[0].Notes)
		}
		mailbox := "alice"
		if want == activity.Success {
			mailbox = "alice@contoso.com"
		}
		if c.Text(a.Mailbox) != mailbox || c.Text(a.Actor) != mailbox {
			t.Errorf("%q: mailbox %q, want %q", said, c.Text(a.Mailbox), mailbox)
		}
	}
	for _, said := range []string{"Success", "Succeeded", "True", "OK", "0"} {
		f(said, "", activity.Success, "", 0)
	}
	f("", "", activity.Success, "", 0)
	f("", "LogonFailure", activity.Failure, "LogonFailure", 0)
	f("Failed", "", activity.Failure, "Failed", 0)
	f("Strange", "", activity.Failure, "Strange", 1)
	f("Success", "Odd", activity.Success, "", 1)
}

// Both spellings of what sources spell differently end up in one field.
func TestBothSpellings(t *testing.T) {
	get := func(props ...outlooktest.Property) (*activity.Case, *activity.Activity) {
		return one(t, outlooktest.Record{ActivityIDType: "Logon", AppIDType: "IMAP", Properties: props})
	}
	for _, names := range [][2]string{{"ClientIP", "UserAgent"}, {"IPAddress", "Browser"}} {
		c, a := get(outlooktest.Property{Name: names[0], Value: "192.0.2.1, 198.51.100.2"}, outlooktest.Property{Name: names[1], Value: "Edge"})
		if c.Text(a.IP) != "192.0.2.1, 198.51.100.2" || c.Text(a.Agent) != "Edge" || c.Text(a.App) != "IMAP4" ||
			a.Flags&activity.ChainedIP == 0 || c.Get(a, activity.FieldChain) != a.IP || a.Result != activity.Success {
			t.Errorf("%v: ip %q agent %q app %q flags %v result %v", names, c.Text(a.IP), c.Text(a.Agent), c.Text(a.App), a.Flags, a.Result)
		}
	}
	for _, name := range []string{"DeliveredToInbox", "DelieveredToInbox"} {
		if c, a := get(outlooktest.Property{Name: name, Value: "True"}); c.Text(c.Get(a, activity.FieldFolder)) != "Inbox" {
			t.Errorf("%s: folder %q", name, c.Text(c.Get(a, activity.FieldFolder)))
		}
	}
	for _, op := range []string{"SearchSuggestionDisplay", "SearchSuggestionsDisplay"} {
		c, a := one(t, outlooktest.Record{ActivityIDType: op, AppIDType: "Web", Properties: []outlooktest.Property{{Name: "SuggestionStimulus", Value: "inv"}}})
		if a.Type != activity.Search || c.Text(a.Op) != "SearchSuggestionDisplay" || c.Text(c.Get(a, activity.FieldQuery)) != "inv" {
			t.Errorf("%s: %v %q %q", op, a.Type, c.Text(a.Op), c.Text(c.Get(a, activity.FieldQuery)))
		}
	}
}

// A delivery's properties reach the fields that rules name; an unknown activity is kept as other.
func TestFields(t *testing.T) {
	c, a := one(t, outlooktest.Record{
		TimeStamp: "2018-03-01T10:00:00.1239999Z", ActivityCreationTime: "2018-03-01T09:00:00-01:00",
		AppIDType: "Exchange", ActivityIDType: "MessageDelivered", ActivityItemID: "AAMk1", ClientSessionID: "s1",
		Properties: []outlooktest.Property{
			{Name: "InternetMessageId", Value: "<1@example.com>"},
			{Name: "ConversationId", Value: "c1"},
			{Name: "Subject", Value: "Bob's \"deal\""},
			{Name: "From", Value: "second"},
			{Name: "SenderSmtpAddress", Value: "eve@example.com"},
			{Name: "SenderAddress", Value: "third"},
			{Name: "Recipients", Value: "a@contoso.com; b@contoso.com;"},
			{Name: "DLRecipients", Value: "list@contoso.com"},
			{Name: "AttachmentDetail", Value: "invoice.hta"},
			{Name: "DeliveredFolderType", Value: "5"},
		},
	})
	if a.Time != 1519898400123 || a.Created != 1519898400000 || a.Type != activity.Deliver {
		t.Errorf("time %d created %d type %v", a.Time, a.Created, a.Type)
	}
	var got []string
	for d := range c.Details(a) {
		got = append(got, activity.Field(d.Key).String()+"="+c.Text(d.Value))
	}
	want := "attachments=invoice.hta conversation=c1 recipients=list@contoso.com message_id=<1@example.com> recipients=a@contoso.com recipients=b@contoso.com subject=Bob's \"deal\" sender=eve@example.com folder=5"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if c, a := one(t, outlooktest.Record{ActivityIDType: "NeverSeen", AppIDType: "Web"}); a.Type != activity.Other || c.Text(a.Op) != "NeverSeen" {
		t.Errorf("unknown activity: %v %q", a.Type, c.Text(a.Op))
	}
}

// A property that has no field is kept only where a rule asks for it, by either way of naming it.
func TestRawProperties(t *testing.T) {
	text := outlooktest.CSV([]outlooktest.Record{{TimeStamp: "2018-03-01T10:00:00Z", AppIDType: "Web", ActivityIDType: "Logon", Properties: []outlooktest.Property{{Name: "Layout", Value: "Mouse"}}}})
	for _, path := range []string{"Layout", "CustomProperties.Layout"} {
		c := decodeAll(t, text, activity.Interest{Raw: []string{path}})
		name := c.Symbols.Find("raw." + strings.ToLower(path))
		value, ok := c.Lookup(&c.Activities[0], activity.DynamicKey(name))
		if !ok || c.Text(value) != "Mouse" {
			t.Errorf("%s: %q, %v", path, c.Text(value), ok)
		}
	}
	if c := decodeAll(t, text, activity.Interest{}); c.Activities[0].Detail != 0 {
		t.Error("kept although nobody asked")
	}
}

// Rows that cannot be activities are skipped with the reason, and cost nothing else.
func TestSkippedRows(t *testing.T) {
	row := "2018-03-01T10:00:00Z,Web,Logon,,,,\n"
	text := outlooktest.Header + "\n" + row + ",Web,Logon,,,,\n" + "yesterday,Web,Logon,,,,\n" + outlooktest.Header + "\n" +
		"2018-02-30T10:00:00Z,Web,Logon,,,,\n" + `2018-03-01T10:00:00Z,Web,Logon,,,,"{'a': 'b` + "\"\n"
	c := decodeAll(t, []byte(text), activity.Interest{})
	want := []string{
		"TimeStamp: no time", `TimeStamp: time "yesterday" is not ISO 8601`, "the header again: two exports in one file",
		`TimeStamp: time "2018-02-30T10:00:00Z" is not ISO 8601`, "custom properties: unterminated string at byte 7",
	}
	if len(c.Activities) != 1 || len(c.Skips) != len(want) {
		t.Fatalf("%d activities, skips %v", len(c.Activities), c.Skips)
	}
	for i, s := range c.Skips {
		if s.Reason != want[i] {
			t.Errorf("got %q, want %q", s.Reason, want[i])
		}
	}
}

// The header may stand in any order; without one, seven cells that begin with a time are enough; a joined export may
// name the mailbox in a column of its own, and then means the same as one file per mailbox of a known owner.
func TestHeaders(t *testing.T) {
	f := func(text string) *activity.Case { t.Helper(); return decodeAll(t, []byte(text), activity.Interest{}) }
	plain := identities(f(outlooktest.Header + "\n2018-03-01T10:00:00Z,Web,Logon,item,,session,{'a': 'b'}\n"))
	if got := identities(f("CustomProperties,clientsessionid,ActivityItemId, ActivityIdType ,AppIdType,TimeStamp\n{'a': 'b'},session,item,Logon,Web,2018-03-01T10:00:00Z\n")); got != plain {
		t.Errorf("other order: got %s want %s", got, plain)
	}
	if got := identities(f("2018-03-01T10:00:00Z,Web,Logon,item,,session,{'a': 'b'}\n")); got != plain {
		t.Errorf("no header: got %s want %s", got, plain)
	}
	// A mailbox that is called after its file is no part of the identity; one that somebody tells is.
	told := f(outlooktest.Header + "\n2018-03-01T10:00:00Z,Web,Logon,item,,session,{'a': 'b'}\n")
	told.Activities[0].ID = told.Activities[0].ID.Mixed(activity.HashID([]byte("mailbox\x00alice")))
	if got, plain := identities(f("sep=;\r\n"+strings.ReplaceAll(outlooktest.Header, ",", ";")+";Mailbox\r\n2018-03-01T10:00:00Z;Web;Logon;item;;session;{'a': 'b'};ALICE\r\n")), identities(told); got != plain {
		t.Errorf("mailbox column: got %s want %s", got, plain)
	}
	for _, text := range []string{"a,b,c\n1,2,3\n", "2018-03-01T10:00:00Z,Web,Logon\n", "2018-03-01T10:00:00Z,a,b,c,d,e,not a dictionary\n"} {
		for _, look := range record.LookCSV([]byte(text), true) {
			if why := recogniseCSV(look.Head); why != "" {
				t.Errorf("%q recognised: %s", text, why)
			}
		}
	}
}
