package message_test

import (
	"encoding/json"
	"strings"
	"testing"

	"triage/ingest/activity"
)

// graph is the message of spoof as Graph returns it, in a page of its mailbox.
func graph(t *testing.T, owner string) string {
	t.Helper()
	var fields []map[string]string
	head, _, _ := strings.Cut(spoof, "\n\n")
	for _, line := range strings.Split(strings.ReplaceAll(head, "\n ", " "), "\n") {
		name, value, _ := strings.Cut(line, ": ")
		fields = append(fields, map[string]string{"name": name, "value": value})
	}
	object := map[string]any{
		"id": "AAMk1", "receivedDateTime": "2026-03-02T08:00:05Z", "internetMessageId": "<1@example.net>",
		"subject": "Überweisung dringend", "from": map[string]any{"emailAddress": map[string]string{"name": "Dana Köhler", "address": "Dana@contoso.com"}},
		"toRecipients": []any{map[string]any{"emailAddress": map[string]string{"address": "alice@contoso.com"}}}, "internetMessageHeaders": fields,
	}
	page := map[string]any{"value": []any{object}}
	if owner != "" {
		page["@odata.context"] = "https://graph.microsoft.com/v1.0/$metadata#users('" + owner + "')/messages"
	}
	text, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// One message is one activity, whether it was handed over as a file, by Graph, or both.
func TestFileAndGraphAreOne(t *testing.T) {
	for _, owner := range []string{"", "alice%40contoso.com"} {
		c := open(t, write(t, map[string]string{"urgent.eml": spoof, "graph.json": graph(t, owner)}))
		if len(c.Activities) != 1 || len(c.Duplicates) != 1 || len(c.Conflicts) > 0 {
			t.Fatalf("%d activities, %d duplicates, conflicts %v, skips %v", len(c.Activities), len(c.Duplicates), c.Conflicts, c.Skips)
		}
		if a := &c.Activities[0]; param(c, a, "compauth_reason") != "601" || c.Text(a.Mailbox) != "alice@contoso.com" {
			t.Errorf("owner %q: reason %q in %s", owner, param(c, a, "compauth_reason"), c.Text(a.Mailbox))
		}
	}
}

// A second message under an id that was used before does not hide behind the first.
func TestIdUsedTwice(t *testing.T) {
	other := strings.Replace(spoof, "spf=softfail", "spf=pass", 1)
	c := open(t, write(t, map[string]string{"1.eml": spoof, "2.eml": other}))
	if len(c.Activities) != 2 || len(c.Conflicts) != 1 || c.Conflicts[0].Merged {
		t.Errorf("%d activities, conflicts %v", len(c.Activities), c.Conflicts)
	}
}

const delivered = `{"Id":"x","TimeStamp":"2026-03-02T08:00:09Z","AppIdType":"Exchange","ActivityIdType":"MessageDelivered","ActivityItemId":"AAMk1",` +
	`"CustomProperties":[{"Name":"InternetMessageId","Value":"<1@example.net>"},{"Name":"SenderSmtpAddress","Value":"dana@contoso.com"},{"Name":"Subject","Value":"urgent"}]}` + "\n"

const logon = `{"Id":"y","TimeStamp":"2026-03-02T07:00:00Z","AppIdType":"Web","ActivityIdType":"ServerLogon","CustomProperties":[{"Name":"Result","Value":"Success"},{"Name":"UserName","Value":"OWNER"}]}` + "\n"

// A message completes the delivery that a log has of it: one activity, the log's, which says what only the message can.
func TestCompletesItsDelivery(t *testing.T) {
	f := func(owner string, files map[string]string, activities int, mailbox, sources string) {
		t.Helper()
		files["alice.jsonl"] = strings.ReplaceAll(logon, "OWNER", owner) + delivered
		c := open(t, write(t, files))
		var found *activity.Activity
		deliveries := 0
		for i := range c.Activities {
			if a := &c.Activities[i]; a.Type == activity.Deliver {
				deliveries++
				if param(c, a, "spf") != "" {
					found = a
				}
			}
		}
		if deliveries != activities || found == nil {
			t.Fatalf("%s: %d deliveries, want %d; skips %v", owner, deliveries, activities, c.Skips)
		}
		if c.Text(found.Mailbox) != mailbox || origins(c, found) != sources {
			t.Errorf("%s: in %s from %s, want %s from %s", owner, c.Text(found.Mailbox), origins(c, found), mailbox, sources)
		}
		for _, in := range c.Inputs {
			if in.Rows != in.Activities+in.Duplicates+in.Skipped {
				t.Errorf("%+v", in)
			}
		}
	}
	f("alice@contoso.com", map[string]string{"urgent.eml": spoof}, 1, "alice@contoso.com", "activities+message")
	f("alice@contoso.com", map[string]string{"urgent.eml": spoof, "graph.json": graph(t, "")}, 1, "alice@contoso.com", "activities+message+message")
	f("carol@contoso.com", map[string]string{"urgent.eml": spoof}, 1, "carol@contoso.com", "activities+message")                                                                        // To names an alias
	f("carol@contoso.com", map[string]string{"graph.json": graph(t, "alice@contoso.com")}, 2, "alice@contoso.com", "message")                                                           // the page knows its mailbox
	f("alice@contoso.com", map[string]string{"urgent.eml": strings.ReplaceAll(spoof, "Mar 2026", "Apr 2026")}, 2, "alice@contoso.com", "message")                                       // the id again, a month later
	f("alice@contoso.com", map[string]string{"h.json": strings.Replace(graph(t, ""), "2026-03-02T08:00:05Z", "2026-03-02T08:00:04Z", 1)}, 1, "alice@contoso.com", "activities+message") // by item and id
}

// What the closed API gives without headers still tells the subject of an item, and says nothing of its sender's truth.
func TestHistoricObject(t *testing.T) {
	c := open(t, write(t, map[string]string{
		"m.json": `{"Id":"AAMk9","Mailbox":"alice@contoso.com","WebLink":"https://outlook.example/x","BodyPreview":"pay","Subject":"Invoice 7"}`,
		"a.jsonl": strings.ReplaceAll(logon, "OWNER", "alice@contoso.com") +
			`{"Id":"z","TimeStamp":"2026-03-02T09:00:00Z","AppIdType":"Web","ActivityIdType":"ReadingPaneDisplayStart","ActivityItemId":"AAMk9"}` + "\n",
	}))
	read := find(t, c, activity.Read)
	m, how := c.Message(read)
	if m == nil || how != activity.ByItem || values(c, m, activity.KeyOf(activity.FieldSubject)) != "Invoice 7" || param(c, m, "auth") != "" {
		t.Errorf("joined to %v by %s", m, how)
	}
}

// What `triage fetch messages` writes joins by the log's id of the item, not by Graph's own, and knows its mailbox.
func TestFetched(t *testing.T) {
	c := open(t, write(t, map[string]string{
		"messages.jsonl": `{"Mailbox":"alice@contoso.com","ActivityItemId":"AAMk9","id":"AAkALg-immutable","internetMessageId":"<7@example.org>","subject":"Invoice 7",` +
			`"from":{"emailAddress":{"address":"bob@example.org"}},"receivedDateTime":"2026-03-02T08:30:00Z","internetMessageHeaders":[` +
			`{"name":"Authentication-Results","value":"spf=fail smtp.mailfrom=example.org; dmarc=fail action=reject header.from=example.org"}]}` + "\n",
		"a.jsonl": strings.ReplaceAll(logon, "OWNER", "alice@contoso.com") +
			`{"Id":"z","TimeStamp":"2026-03-02T09:00:00Z","AppIdType":"Web","ActivityIdType":"ReadingPaneDisplayStart","ActivityItemId":"AAMk9"}` + "\n",
	}))
	m, how := c.Message(find(t, c, activity.Read))
	if m == nil || how != activity.ByItem || param(c, m, "dmarc_action") != "reject" || c.Text(m.Mailbox) != "alice@contoso.com" {
		t.Errorf("joined to %v by %s", m, how)
	}
}
