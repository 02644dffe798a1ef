package message_test

import (
	"strings"
	"testing"

	"triage/ingest/activity"
)

// A message gets a new item id with every move. One that was fetched by a later id (ActivityItemId) is the delivery that
// the log has under the first, and whatever was done to it under either id is done to that delivery: however many ids
// it was fetched by, in whatever order, and also if the log has no delivery of it.
func TestMovedMessageIsFound(t *testing.T) {
	read := func(item string) string {
		return `{"Id":"` + item + `","TimeStamp":"2026-03-03T09:00:00Z","AppIdType":"Web","ActivityIdType":"ReadingPaneDisplayStart","ActivityItemId":"` + item + `"}` + "\n"
	}
	fetched := func(item, immutable string) string {
		return `{"Mailbox":"alice@contoso.com","ActivityItemId":"` + item + `","id":"` + immutable + `","internetMessageId":"<1@example.net>","subject":"urgent",` +
			`"receivedDateTime":"2026-03-02T08:00:05Z","from":{"emailAddress":{"address":"dana@contoso.com"}},"internetMessageHeaders":[{"name":"Received","value":"by x; Mon, 2 Mar 2026 08:00:05 +0000"}]}` + "\n"
	}
	log := strings.ReplaceAll(logon, "OWNER", "alice@contoso.com") + read("AAMk1") + read("AAMk2") + read("AAMk3")
	f := func(log string, sources activity.Source, messages ...string) {
		t.Helper()
		c := open(t, write(t, map[string]string{"alice.jsonl": log, "m.json": strings.Join(messages, "")}))
		reads := 0
		for i := range c.Activities {
			a := &c.Activities[i]
			if a.Type != activity.Read {
				continue
			}
			reads++
			if m, how := c.Message(a); m == nil || how != activity.ByItem || c.Inputs[m.File].Source != sources || values(c, m, activity.KeyOf(activity.FieldSubject)) != "urgent" {
				t.Errorf("%s: joined to %v by %s", c.Text(a.Item), m, how)
			}
		}
		if reads != 3 {
			t.Errorf("%d reads", reads)
		}
		for _, in := range c.Inputs {
			if in.Rows != in.Activities+in.Duplicates+in.Skipped {
				t.Errorf("%+v", in)
			}
		}
	}
	f(log+delivered, activity.SourceActivities, fetched("AAMk2", "AAkA1"), fetched("AAMk3", "AAkA2"))
	f(log+delivered, activity.SourceActivities, fetched("AAMk3", "AAkA1"), fetched("AAMk2", "AAkA1"))
	f(log, activity.SourceMessage, fetched("AAMk1", "AAkA1"), fetched("AAMk3", "AAkA1"), fetched("AAMk2", "AAkA1"))
}
