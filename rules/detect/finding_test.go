package detect

import (
	"reflect"
	"testing"
	"time"

	"triage/ingest/activity"
)

// Promise: a finding states facts in the order in which its detector does, then what the message asks for and nothing
// states yet, unless the detector gives that another place; what is left out is not there; escalations see all of it.
func TestNewStatesInOrder(t *testing.T) {
	first := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMilli()
	shard := activity.NewShard(0, activity.Interest{})
	for n, ip := range []string{"192.0.2.2", "192.0.2.1", "192.0.2.2"} {
		shard.Add(activity.Activity{
			Time: first + int64(n), ID: activity.HashID([]byte{byte(n)}), Mailbox: shard.Symbols.InternString("ann@contoso.com"),
			IP: shard.Symbols.InternString(ip), App: shard.Symbols.InternString("Web"),
		})
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: "case.csv"}, []*activity.Shard{shard}, "")
	c := b.Case()
	line := Timeline{Timeline: c.Timelines()[0]}
	raise, err := NewGround(Facts{}, "{app} {ip} {nothing}", "app", "web")
	if err != nil {
		t.Fatal(err)
	}
	rule := &Rule{Message: "{app} {ip} {nothing}", Confidence: 80, Escalate: []Escalation{{raise, High}}}
	f := func(want []Fact, says ...Statement) {
		t.Helper()
		got := New(rule, line, &Tenant{Case: c}, []int{0, 1, 2}, []string{"g"}, says...)
		if !reflect.DeepEqual(got.Facts, want) {
			t.Errorf("got %v, want %v", got.Facts, want)
		}
		if got.Level != High || got.Count != 3 || got.First != first || got.Last != first+2 || len(got.Evidence) != 3 {
			t.Errorf("got %+v", got)
		}
	}
	both := []string{"192.0.2.1", "192.0.2.2"}
	f([]Fact{{"n", 1, 0}, {"app", "Web", 0}, {"ip", both, 0}}, Say("n", 1), Say("left", true).If(false))
	f([]Fact{{"ip", both, 0}, {"n", 1, 0}, {"app", "Web", 0}}, Fields(activity.FieldIP, activity.FieldCountry), Say("n", 1))
	f([]Fact{{"app", "Web", 0}, {"ip", both, 0}, {"n", 1, 0}}, MessageFields(), Say("n", 1))
	f([]Fact{{"ip", "192.0.2.1", 0}, {"app", "Web", 0}}, Fields(activity.FieldIP).From([]int{1}))
	f([]Fact{{"from", both, 0}, {"app", "Web", 0}, {"ip", both, 0}}, Values(ValueOf(activity.FieldIP).As("from")))
}
