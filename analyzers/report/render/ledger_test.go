package render

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
)

// Promise: every "nothing found" stands beside what is missing, and the comparable form, which must not depend on how
// an export was cut, says nothing of it.
func TestLedgerBesideNothingFound(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	r.Mailboxes[0].Band, r.Mailboxes[0].Score = "none", 0
	r.Ledger = append(r.Ledger, report.LedgerItem{Code: "cap-reached", Severity: "loss", File: "case.csv", Text: "exactly 5,000 rows"})
	for name, write := range humanWriters(r) {
		if name != "text" && name != "md" {
			continue
		}
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(out.String()), " ")
		if !regexp.MustCompile(`which is not the same as clean(;| \() ?missing:`).MatchString(text) || !strings.Contains(text, "evidence known to be lost") {
			t.Errorf("%s: nothing found, and not a word of what is lost:\n%s", name, out.String())
		}
	}
	var canonical bytes.Buffer
	if err := WriteCanonical(&canonical, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(canonical.String(), "ledger") || strings.Contains(canonical.String(), "5,000") {
		t.Error("the canonical form holds the ledger")
	}
	if r.Losses() != 1 {
		t.Errorf("losses besides skipped rows: %d, want 1", r.Losses())
	}
}

// Promise: a filter on mailboxes hides what is missing of others, not what is missing of the case.
func TestLedgerFilter(t *testing.T) {
	s := reporttest.Sample("")
	s.Filter.Mailboxes = []string{"nobody@contoso.com"}
	all, filtered := reporttest.Build(t, reporttest.Sample("")), reporttest.Build(t, s)
	if len(filtered.Ledger) == 0 || len(filtered.Ledger) != len(all.Ledger) {
		t.Errorf("%d items, want the case's %d", len(filtered.Ledger), len(all.Ledger))
	}
}
