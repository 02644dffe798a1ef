package render

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/campaign"
	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// Promise: a filter on mailboxes names no other in the sections across them, and nothing names a finding that is hidden.
func TestCrossSectionsAreFiltered(t *testing.T) {
	f := func(filter draw.Filter, first bool, ranked, shared, spread, lists, next int) {
		t.Helper()
		src := reporttest.Sample("")
		src.Filter = filter
		r := reporttest.Build(t, src)
		v := &r.Tenant
		if (v.First != nil) != first || len(v.Mailboxes) != ranked || len(v.Shared) != shared || len(v.Spread) != spread ||
			len(r.Containment) != lists || len(r.NextEvidence) != next {
			t.Errorf("%+v: got first %t, %d mailboxes, %d shared, %d spread, %d checklists, %d next", filter, v.First != nil,
				len(v.Mailboxes), len(v.Shared), len(v.Spread), len(r.Containment), len(r.NextEvidence))
		}
		reporttest.Validate(t, []byte(reporttest.JSONOf(t, src)))
	}
	f(draw.Filter{}, true, 2, 2, 2, 1, 5)
	f(draw.Filter{Mailboxes: []string{"bob@contoso.com"}}, false, 1, 0, 0, 1, 5)
	f(draw.Filter{Mailboxes: []string{"alice@contoso.com"}}, false, 1, 0, 0, 0, 1)
	f(draw.Filter{MinLevel: detect.High}, true, 1, 0, 1, 1, 5)
	f(draw.Filter{Mailboxes: []string{"nobody@contoso.com"}}, false, 0, 0, 0, 0, 0)
}

// Promise: a report that was written before these sections existed is drawn without them.
func TestOldReportHasNoCrossSections(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	r.Tenant, r.Containment, r.NextEvidence = report.TenantView{}, nil, nil
	var out bytes.Buffer
	if err := WriteText(&out, r, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&out, r, ""); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"TENANT", "CONTAINMENT", "NEXT EVIDENCE", "## Tenant", "## Containment", "## Next"} {
		if strings.Contains(out.String(), word) {
			t.Errorf("it has %q", word)
		}
	}
}

// Promise: the canonical form says nothing of these sections: they rest on findings that are in it.
func TestCanonicalHasNoCrossSections(t *testing.T) {
	with, without := reporttest.Sample(""), reporttest.Sample("")
	without.Result.View, without.Result.Containment, without.Result.NextEvidence = campaign.View{}, nil, nil
	var one, two bytes.Buffer
	if err := WriteCanonical(&one, reporttest.Build(t, with)); err != nil {
		t.Fatal(err)
	}
	if err := WriteCanonical(&two, reporttest.Build(t, without)); err != nil {
		t.Fatal(err)
	}
	if one.String() != two.String() {
		t.Error("they change the canonical form")
	}
}

// Promise: of one intruder in two mailboxes the report names what they share, who was first and how sure that is, and
// tells which of their own things are not shared.
func TestTwoMailboxes(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "testdata", "cases", "two-mailboxes")
	r := reporttest.Analyzed(t, filepath.Join(folder, "hank.csv"), filepath.Join(folder, "iris.csv"))
	if f := r.Tenant.First; f == nil || f.Mailbox != "hank@contoso.com" || f.Evidence.Line != 164 || f.Sure != "high" {
		t.Errorf("first: %+v", f)
	}
	shared := map[string]string{}
	for _, s := range r.Tenant.Shared {
		for _, m := range s.Mailboxes {
			if len(m.Findings) == 0 {
				t.Errorf("%s %s: no finding in %s", s.Kind, s.Value, m.Mailbox)
			}
		}
		shared[s.Kind] += s.Value
	}
	if len(shared) != 2 || shared["address"] != "102.89.10.55" || !strings.Contains(shared["agent"], "Firefox/52.0") {
		t.Errorf("shared: %v", shared)
	}
	if len(r.Tenant.Spread) > 0 {
		t.Errorf("spread: %+v", r.Tenant.Spread)
	}
	for _, c := range r.Containment {
		var actions []string
		for _, s := range c.Steps {
			actions = append(actions, s.Action)
		}
		if got := strings.Join(actions, " "); got != "revoke-sessions reset-password block-address" {
			t.Errorf("%s: %s", c.Mailbox, got)
		}
	}
	for _, n := range r.NextEvidence {
		if n.State == "gone" && len(n.Commands) > 0 {
			t.Errorf("%s: a command for what is gone", n.Export)
		}
	}
}
