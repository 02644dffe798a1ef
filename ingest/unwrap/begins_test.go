package unwrap

import (
	"testing"

	"triage/ingest/record"
)

// Promise: a format is asked about an object if a member has one of its names, in any spelling that its reader takes.
func TestHasAny(t *testing.T) {
	f := func(member string, want bool) {
		t.Helper()
		if got := hasAny([]record.Member{{Name: []byte("x")}, {Name: []byte(member)}}, []string{"risklevel", "createddatetime"}); got != want {
			t.Errorf("%q: %v", member, got)
		}
	}
	for _, member := range []string{"riskLevel", "RiskLevel", "risk_level", "Risk Level", "RISK-LEVEL", "Risk\u00a0Level", "createdDateTime (UTC)"} {
		f(member, true)
	}
	for _, member := range []string{"risk", "level", "", "arisklevel", "risk.level"} {
		f(member, false)
	}
}
