package detect

import (
	"slices"
	"testing"

	"triage/ingest/activity"
)

// Whose a saved message is may be known from the To that its sender wrote: that makes no domain the tenant's own, or an
// attacker could declare theirs. Of a trace, which end is the tenant's is settled before.
func TestSavedMessagesDeclareNoDomain(t *testing.T) {
	f := func(source activity.Source, want ...string) {
		t.Helper()
		s := activity.NewShard(0, activity.Interest{})
		s.Add(activity.Activity{ID: activity.HashID([]byte("1")), Type: activity.Deliver, Mailbox: s.Intern([]byte("alice@Contoso.com"))})
		b := activity.NewBuilder()
		b.Add(activity.Input{Path: "x", Source: source, Rows: 1}, []*activity.Shard{s}, "")
		c := b.Case()
		if source == activity.SourceTrace && len(NewDomains(c, nil).Own()) > 0 {
			t.Error("a trace of nobody's declares a domain")
		}
		c.Own = []string{"contoso.com"}
		if got := NewDomains(c, nil).Own(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
	f(activity.SourceMessage)
	f(activity.SourceTrace, "contoso.com")
	f(activity.SourceActivities, "contoso.com")
	if own := (*Domains)(nil).Own(); own != nil {
		t.Errorf("nobody's domains: %q", own)
	}
}
