package conduct

import (
	"strings"
	"testing"

	"triage/ingest/activity"
)

// Promise: what succeeded has a kind, with a word of its own, and what failed has none; a rule is strong, reading is not.
func TestOf(t *testing.T) {
	f := func(a activity.Activity, want Kind, name string) {
		t.Helper()
		if got := Of(&a); got != want || strings.Join(got.Names(), "+") != name || len(got.Words()) != got.Len() {
			t.Errorf("%+v: got %v %v %v, want %s", a, got, got.Names(), got.Words(), name)
		}
	}
	f(activity.Activity{Type: activity.Read}, Read, "read")
	f(activity.Activity{Type: activity.ForwardingChange, Result: activity.Success}, Rule, "rule")
	f(activity.Activity{Type: activity.RuleChange, Result: activity.Failure}, 0, "")
	f(activity.Activity{Type: activity.Deliver}, 0, "")
	if got := strings.Join((Read | Rule | Sync).Names(), " "); got != "read rule sync" {
		t.Error(got)
	}
	if Strong&Mailbox != 0 || Strong&Rule == 0 || Strong&Read != 0 {
		t.Error("what is strong is not done in a mailbox every day")
	}
}
