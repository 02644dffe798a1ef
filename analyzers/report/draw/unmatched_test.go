package draw

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// Promise: the messages of which only reading is known are named, those of the window first, then the oldest, each once;
// those that are known are not; of a mailbox that nothing speaks against, none; never more than the schema allows.
func TestUnmatched(t *testing.T) {
	s := activity.NewShard(0, activity.Interest{})
	const base = 1_514_764_800_000 // 2018-01-01
	at := int64(base)
	add := func(typ activity.Type, item string, ids ...string) {
		at += 1000
		for _, id := range ids {
			s.Put(activity.FieldMessageID, []byte(id))
		}
		s.Add(activity.Activity{
			Time: at, ID: activity.HashID(fmt.Append(nil, at)), Type: typ, Mailbox: s.Intern([]byte("alice@contoso.com")),
			Actor: s.Intern([]byte("alice@contoso.com")), Item: s.Intern([]byte(item)),
		})
	}
	add(activity.Read, "before")
	add(activity.Deliver, "known", "<known>")
	add(activity.Read, "known")
	add(activity.MailAccess, "", "<known>", "<one>", "<two>")
	add(activity.Read, "both", "<both>")
	add(activity.Read, "before")
	add(activity.Logon, "")
	add(activity.Read, "after")
	for i := range 600 {
		add(activity.Read, fmt.Sprint("many-", i))
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: "a.csv", Source: activity.SourceActivities, Mailbox: "alice@contoso.com"}, []*activity.Shard{s}, "")
	c := b.Case()
	box := verdict.Mailbox{Timeline: c.Timelines()[0], Window: &verdict.Window{First: base + 3000, Last: base + 5000}}
	box.Score = 50
	p := &tenantPart{c: c}
	got, more := unmatched(p, &box)
	want := []report.Unmatched{{Item: "", MessageID: "<one>"}, {Item: "", MessageID: "<two>"}, {Item: "both", MessageID: "<both>"}, {Item: "before", MessageID: ""}, {Item: "after", MessageID: ""}, {Item: "many-0", MessageID: ""}}
	if len(got) != maxUnmatched || more != 105 || !slices.Equal(got[:len(want)], want) {
		t.Errorf("%d and %d more: %v, want %v", len(got), more, got[:min(len(got), 8)], want)
	}
	box.Score = 0
	if got, more := unmatched(p, &box); len(got)+more > 0 {
		t.Errorf("nothing speaks against the mailbox: %v", got)
	}
}

// Promise: a report of before unmatched messages were named is rendered again as the schema wants it.
func TestReadWithoutUnmatched(t *testing.T) {
	r, err := report.Read(strings.NewReader(`{"schema":"triage.report/v1","mailboxes":[{"mailbox":"alice@contoso.com","joined":{"unmatched":1}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := report.WriteJSON(&out, r); err != nil || !strings.Contains(out.String(), `"unmatched_messages":[]`) {
		t.Errorf("%v: %s", err, out.String())
	}
}
