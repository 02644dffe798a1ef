package signin

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// decoded is all that a decoder made of one record, or why it made nothing.
func decoded(d *jsonDecoder, object []byte) string {
	shard := activity.NewShard(0, activity.Interest{Params: map[string]bool{"mfaresult": true, "riskeventtypes": true}, Raw: []string{"a.b", "status.errorCode"}})
	rec := record.Record{Bytes: object}
	if err := d.Decode(rec, shard); err != nil {
		shard.Skip(0, err)
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Source: activity.SourceSignin}, []*activity.Shard{shard}, "")
	c := b.Case()
	out := fmt.Sprintf("%v %q", c.Skips, d.ServiceID(rec))
	for i := range c.Activities {
		a := &c.Activities[i]
		out += fmt.Sprintf("\n%d %s %x %v %v %v %v", a.Time, a.ID, a.Sum, a.Result, a.Lane, a.ActorType, a.Flags)
		for _, sym := range []activity.Symbol{a.Actor, a.Mailbox, a.IP, a.App, a.Agent, a.Session} {
			out += fmt.Sprintf(" %q", c.Text(sym))
		}
		for d := range c.Details(a) {
			name, _ := d.Key.Dynamic()
			out += fmt.Sprintf("\n%d %s=%q", d.Key, c.Text(name), c.Text(d.Value))
		}
	}
	return out
}

// real are records of real tenants, where they are there. Nothing is fuzzed from them: what that finds is kept.
const real = "../../../shared/data/entra/*.jsonl"

// objects are the records of the fixtures and other files, and odd ones.
func objects(t testing.TB, others ...string) [][]byte {
	t.Helper()
	list := [][]byte{
		[]byte(`{"Status":"@{ErrorCode=0; x}","CreatedDateTime":"/Date(1)/","UserId":"a","appId":"b","ipAddress":"::1"}`),
		[]byte(`{"createdDateTime":"2026-03-02T10:00:00Z","userId":"a","APPID":"b","appid":null,"appId":"\u0062","ipAddress":"::1","properties":"{\"userId\":\"c\",\"id\":null,\"\\u0061ppId\":\"d\"}"}`),
		[]byte(`{"category":"SignInLogs","time":"2026-03-02T10:00:00Z","properties":{"userId":"c","status":{"errorCode":1,"errorCode":2}},"properties":{"uſerId":"d"}}`),
		[]byte(`{"userId":"a","appId":"b","properties":"{\"userId\":1,}"}`), []byte(`{"userId":"a"`), []byte(`[]`), []byte(`null`), []byte(`{"properties":"\""}`),
	}
	for _, path := range append(others, "testdata/*.json*") {
		files, err := filepath.Glob(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, cut(t, text)...)
		}
	}
	return list
}

func cut(t testing.TB, text []byte) (list [][]byte) {
	t.Helper()
	c, w, b := record.NewCutter(strings.NewReader(string(text)), record.Cut{Shape: record.JSON}, record.Place{}), record.Walker{}, record.Block{}
	for c.Next(&b) == nil {
		err := w.Walk(&b, func(rec record.Record, broken error) error {
			list = append(list, append([]byte(nil), rec.Bytes...))
			return broken
		})
		if err != nil {
			t.Fatal(errors.Unwrap(err))
		}
	}
	return list
}

// FuzzScan: whether a cursor reads a sign-in or encoding/json, the same comes of it.
func FuzzScan(f *testing.F) {
	for _, object := range objects(f) {
		f.Add(object)
	}
	f.Fuzz(agree)
}

// TestScanAgreesOnRealSignIns: the same holds for records of real tenants.
func TestScanAgreesOnRealSignIns(t *testing.T) {
	for _, object := range objects(t, real) {
		agree(t, object)
	}
}

func agree(t *testing.T, object []byte) {
	t.Helper()
	fast, slow := &jsonDecoder{}, &jsonDecoder{signInReading{slow: true}}
	if got, want := decoded(fast, object), decoded(slow, object); got != want {
		t.Fatalf("%q:\n%s\nencoding/json alone:\n%s", object, got, want)
	}
}
