package detect

import (
	"slices"
	"testing"
	"time"

	"triage/ingest/activity"
)

// A reading gives every field's texts as the field itself does, whatever stands behind them.
func TestReadingReadsWhatValuesRead(t *testing.T) {
	shard := activity.NewShard(0, activity.Interest{})
	add := func(a activity.Activity, id byte, fields map[activity.Field][]string) {
		a.ID, a.Mailbox, a.Actor = activity.ID{id}, shard.Intern([]byte("a@contoso.com")), shard.Intern([]byte("a@contoso.com"))
		for f, texts := range fields {
			for _, text := range texts {
				shard.Put(f, []byte(text))
			}
		}
		shard.PutNamed([]byte("params.Sid"), nil)
		shard.PutNamed([]byte("params.Sid"), []byte("7"))
		shard.Add(a)
	}
	when := time.Date(2018, 5, 2, 8, 0, 0, 0, time.UTC).UnixMilli()
	add(activity.Activity{Time: when, Type: activity.Deliver, Item: shard.Intern([]byte("item"))}, 1, map[activity.Field][]string{
		activity.FieldSubject: {"Parcel"}, activity.FieldAttachments: {"a.hta", "b.zip"}, activity.FieldForwardTo: {"x@example.org"},
	})
	add(activity.Activity{
		Time: when + 1, Type: activity.Read, Item: shard.Intern([]byte("item")), IP: shard.Intern([]byte("192.0.2.1")),
		App: shard.Intern([]byte("Web")),
	}, 2, map[activity.Field][]string{activity.FieldQuery: {"wire"}})
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: "case.csv", Source: activity.SourceActivities}, []*activity.Shard{shard}, "")
	tenant := &Tenant{Case: b.Case()}
	for _, name := range append(activity.FieldNames(), "params.sid", "params.none", "raw.x") {
		v, ok := ParseValue(name)
		if !ok {
			t.Fatalf("no field %q", name)
		}
		r := v.Reading(tenant)
		for i := range tenant.Case.Activities {
			a := &tenant.Case.Activities[i]
			var got []string
			for _, s := range r.Symbols(a) {
				got = append(got, r.Text(s))
			}
			if want := slices.Collect(v.Texts(a, tenant)); !slices.Equal(got, want) {
				t.Errorf("%s of activity %d: %q, want %q", name, i, got, want)
			}
			if got, want := r.Text(r.First(a)), v.Text(a, tenant); got != want {
				t.Errorf("first %s of activity %d: %q, want %q", name, i, got, want)
			}
		}
	}
}
