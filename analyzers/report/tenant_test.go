package report

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/analyzers/detect"
)

// crossSections is what an analysis of the sample may say across its mailboxes, with word wherever a log's text stands.
func crossSections(src *Source, word string) {
	r := src.Result
	alice, bob := r.Mailboxes[1].Symbol, r.Mailboxes[0].Symbol
	row := r.Findings[0].Evidence[0]
	at := r.Findings[0].First
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		return d
	}
	boxes := []analyzers.SharedBox{
		{Mailbox: alice, Activities: 3, First: r.Findings[1].First, Last: at, Findings: []int{1}},
		{Mailbox: bob, Activities: 1, First: at, Last: at, DaysBefore: 2, Findings: []int{0}},
	}
	r.Tenant = analyzers.Tenant{
		Ranked: []analyzers.Ranked{{Box: 0, First: at, Last: at, Findings: []int{0}}, {Box: 1, Findings: []int{1}}},
		First: &analyzers.FirstMailbox{
			Mailbox: bob, Time: at, Finding: 0, Row: row, Sure: "low", Text: "bob@contoso.com shows the earliest act" + word,
			Doubts: []string{"its data begin on the same day" + word}, Before: []int{1},
		},
		Shared: []analyzers.Shared{
			{Kind: "address", Value: "203.0.113.9", Boxes: boxes},
			{Kind: "rule_name", Value: "." + word, Boxes: boxes, More: 3},
		},
		Spread: []analyzers.Spread{
			{From: bob, To: alice, Time: at, Messages: 2, MessageID: "<m1@contoso.com>", Subject: "Invoice" + word, How: "message_id", Intruder: true, Rows: []uint32{row}, Findings: []int{1}, After: 90_000},
			{From: alice, To: bob, Time: at, Messages: 1, How: "sender", Rows: []uint32{row}, Findings: []int{}},
		},
	}
	step := func(s analyzers.Step) analyzers.Step {
		s.Findings, s.Rows = []int{0}, []uint32{row}
		return s
	}
	r.Containment = []analyzers.Containment{{Mailbox: bob, More: 4, Steps: []analyzers.Step{
		step(analyzers.Step{Action: analyzers.RevokeSessions, Account: "alice@contoso.com" + word}),
		step(analyzers.Step{Action: analyzers.ResetPassword, Account: "alice@contoso.com"}),
		step(analyzers.Step{Action: analyzers.RestoreAuditing, Account: "bob@contoso.com", Op: "Set-AdminAuditLogConfig"}),
		step(analyzers.Step{Action: analyzers.RemoveRule, Account: "bob@contoso.com", Object: "it's `fine`; $(x)" + word, Named: true, Values: []string{"mallory@example.com"}}),
		step(analyzers.Step{Action: analyzers.RemoveRule, Account: "bob@contoso.com", Object: " ", Named: true}),
		step(analyzers.Step{Action: analyzers.StopForwarding, Account: "bob@contoso.com", Object: "mallory@example.com" + word, Values: []string{"mallory@example.com" + word}, Undone: at + 11_000}),
		step(analyzers.Step{Action: analyzers.RemoveConsent, Object: "Mail helper" + word, ID: "0f0f0f0f-0000-4000-8000-000000000001", Values: []string{"Mail.Read"}}),
		step(analyzers.Step{Action: analyzers.RemoveGrant, Account: "bob@contoso.com", Object: "alice@contoso.com", Op: "Add-MailboxPermission", Values: []string{"FullAccess"}}),
		step(analyzers.Step{Action: analyzers.BlockAddress, Object: "203.0.113.9", Ordinary: 2, Others: 1}),
		step(analyzers.Step{Action: analyzers.WarnPartners, Account: "bob@contoso.com", Values: []string{"partner@example.org" + word}, More: 2}),
	}}}
	r.NextEvidence = []analyzers.NextEvidence{
		{Mailbox: bob, Export: analyzers.ExportAudit, Days: 180, From: day("2026-10-01"), To: day("2026-11-21"), Before: day("2027-03-30"), State: analyzers.Open, Findings: []int{0}},
		{Mailbox: bob, Export: analyzers.ExportSignins, Days: 30, From: day("2026-10-01"), To: day("2026-11-21"), Before: day("2026-11-21"), State: analyzers.Going, Findings: []int{0}},
		{Mailbox: bob, Export: analyzers.ExportRules, State: analyzers.Standing, Findings: []int{0}},
		{Export: analyzers.ExportAddresses, Values: []string{"203.0.113.9"}, Days: 90, From: day("2018-05-01"), To: day("2018-06-09"), State: analyzers.Gone, Findings: []int{0, 1}},
		{Export: analyzers.ExportApps, Values: []string{"0f0f0f0f-0000-4000-8000-000000000001", "x" + word}, Days: 30, From: day("2026-11-01"), To: day("2026-11-21"), Before: day("2026-12-01"), State: analyzers.Open, Findings: []int{0}},
	}
}

// Promise: a filter on mailboxes names no other in the sections across them, and nothing names a finding that is hidden.
func TestCrossSectionsAreFiltered(t *testing.T) {
	f := func(filter Filter, first bool, ranked, shared, spread, lists, next int) {
		t.Helper()
		src := sample("")
		src.Filter = filter
		r := build(t, src)
		v := &r.Tenant
		if (v.First != nil) != first || len(v.Mailboxes) != ranked || len(v.Shared) != shared || len(v.Spread) != spread ||
			len(r.Containment) != lists || len(r.NextEvidence) != next {
			t.Errorf("%+v: got first %t, %d mailboxes, %d shared, %d spread, %d checklists, %d next", filter, v.First != nil,
				len(v.Mailboxes), len(v.Shared), len(v.Spread), len(r.Containment), len(r.NextEvidence))
		}
		validate(t, []byte(jsonOf(t, src)))
	}
	f(Filter{}, true, 2, 2, 2, 1, 5)
	f(Filter{Mailboxes: []string{"bob@contoso.com"}}, false, 1, 0, 0, 1, 5)
	f(Filter{Mailboxes: []string{"alice@contoso.com"}}, false, 1, 0, 0, 0, 1)
	f(Filter{MinLevel: detect.High}, true, 1, 0, 1, 1, 5)
	f(Filter{Mailboxes: []string{"nobody@contoso.com"}}, false, 0, 0, 0, 0, 0)
}

// Promise: a report that was written before these sections existed is drawn without them.
func TestOldReportHasNoCrossSections(t *testing.T) {
	r := build(t, sample(""))
	r.Tenant, r.Containment, r.NextEvidence = TenantView{}, nil, nil
	var out bytes.Buffer
	if err := WriteText(&out, r, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&out, r); err != nil {
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
	with, without := sample(""), sample("")
	without.Result.Tenant, without.Result.Containment, without.Result.NextEvidence = analyzers.Tenant{}, nil, nil
	var one, two bytes.Buffer
	if err := WriteCanonical(&one, build(t, with)); err != nil {
		t.Fatal(err)
	}
	if err := WriteCanonical(&two, build(t, without)); err != nil {
		t.Fatal(err)
	}
	if one.String() != two.String() {
		t.Error("they change the canonical form")
	}
}

// Promise: of one intruder in two mailboxes the report names what they share, who was first and how sure that is, and
// tells which of their own things are not shared.
func TestTwoMailboxes(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "cases", "two-mailboxes")
	r := analyzed(t, filepath.Join(folder, "hank.csv"), filepath.Join(folder, "iris.csv"))
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
