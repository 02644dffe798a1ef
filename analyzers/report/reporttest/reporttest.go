// Package reporttest has what tests of reports share: an invented case, goldens, the schemas at work.
package reporttest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"triage/analyzers/campaign"
	"triage/analyzers/report"
	"triage/analyzers/report/draw"
)

// Validate fails the test if a document breaks the schema.
func Validate(t testing.TB, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	if err := Compiled(t).Validate(doc); err != nil {
		t.Fatalf("schema: %v", err)
	}
}

// Compiled is the published schema, ready to validate.
func Compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(report.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:triage:report:v2", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("urn:triage:report:v2")
}

// Golden compares with a file of testdata.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (rewrite with -args -update):\n%s", name, got)
	}
}

// update rewrites the golden files: go test ./analyzers/report/render -args -update
var update = flag.Bool("update", false, "rewrite the golden files")

// crossSections is what an analysis of the sample may say across its mailboxes, with word wherever a log's text stands.
func crossSections(src *draw.Source, word string) {
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
	boxes := []campaign.SharedBox{
		{Mailbox: alice, Activities: 3, First: r.Findings[1].First, Last: at, Findings: []int{1}},
		{Mailbox: bob, Activities: 1, First: at, Last: at, DaysBefore: 2, Findings: []int{0}},
	}
	r.View = campaign.View{
		Ranked: []campaign.Ranked{{Box: 0, First: at, Last: at, Findings: []int{0}}, {Box: 1, Findings: []int{1}}},
		First: &campaign.FirstMailbox{
			Mailbox: bob, Time: at, Finding: 0, Row: row, Sure: "low", Text: "bob@contoso.com shows the earliest act" + word,
			Doubts: []string{"its data begin on the same day" + word}, Before: []int{1},
		},
		Shared: []campaign.Shared{
			{Kind: "address", Value: "203.0.113.9", Boxes: boxes},
			{Kind: "rule_name", Value: "." + word, Boxes: boxes, More: 3},
		},
		Spread: []campaign.Spread{
			{From: bob, To: alice, Time: at, Messages: 2, MessageID: "<m1@contoso.com>", Subject: "Invoice" + word, How: "message_id", Intruder: true, Rows: []uint32{row}, Findings: []int{1}, After: 90_000},
			{From: alice, To: bob, Time: at, Messages: 1, How: "sender", Rows: []uint32{row}, Findings: []int{}},
		},
	}
	step := func(s campaign.Step) campaign.Step {
		s.Findings, s.Rows = []int{0}, []uint32{row}
		return s
	}
	r.Containment = []campaign.Containment{{Mailbox: bob, More: 4, Steps: []campaign.Step{
		step(campaign.Step{Action: campaign.RevokeSessions, Account: "alice@contoso.com" + word}),
		step(campaign.Step{Action: campaign.ResetPassword, Account: "alice@contoso.com"}),
		step(campaign.Step{Action: campaign.RestoreAuditing, Account: "bob@contoso.com", Op: "Set-AdminAuditLogConfig"}),
		step(campaign.Step{Action: campaign.RemoveRule, Account: "bob@contoso.com", Object: "it's `fine`; $(x)" + word, Named: true, Values: []string{"mallory@example.com"}}),
		step(campaign.Step{Action: campaign.RemoveRule, Account: "bob@contoso.com", Object: " ", Named: true}),
		step(campaign.Step{Action: campaign.StopForwarding, Account: "bob@contoso.com", Object: "mallory@example.com" + word, Values: []string{"mallory@example.com" + word}, Undone: at + 11_000}),
		step(campaign.Step{Action: campaign.RemoveConsent, Object: "Mail helper" + word, ID: "0f0f0f0f-0000-4000-8000-000000000001", Values: []string{"Mail.Read"}}),
		step(campaign.Step{Action: campaign.RemoveGrant, Account: "bob@contoso.com", Object: "alice@contoso.com", Op: "Add-MailboxPermission", Values: []string{"FullAccess"}}),
		step(campaign.Step{Action: campaign.BlockAddress, Object: "203.0.113.9"}),
		step(campaign.Step{Action: campaign.WarnPartners, Account: "bob@contoso.com", Values: []string{"partner@example.org" + word}, More: 2}),
	}}}
	r.NextEvidence = []campaign.NextEvidence{
		{Mailbox: bob, Export: campaign.ExportAudit, Days: 180, From: day("2026-10-01"), To: day("2026-11-21"), Before: day("2027-03-30"), State: campaign.Open, Findings: []int{0}},
		{Mailbox: bob, Export: campaign.ExportSignins, Days: 30, From: day("2026-10-01"), To: day("2026-11-21"), Before: day("2026-11-21"), State: campaign.Going, Findings: []int{0}},
		{Mailbox: bob, Export: campaign.ExportRules, State: campaign.Standing, Findings: []int{0}},
		{Export: campaign.ExportAddresses, Values: []string{"203.0.113.9"}, Days: 90, From: day("2018-05-01"), To: day("2018-06-09"), State: campaign.Gone, Findings: []int{0, 1}},
		{Export: campaign.ExportApps, Values: []string{"0f0f0f0f-0000-4000-8000-000000000001", "x" + word}, Days: 30, From: day("2026-11-01"), To: day("2026-11-21"), Before: day("2026-12-01"), State: campaign.Open, Findings: []int{0}},
	}
}

// Nasty is what attackers put into subjects, queries, agents and rule names.
const Nasty = "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b31m" + // ANSI, an OSC title, a raw C1 byte (also invalid UTF-8)
	"\u009b2J\u0085next" + // C1 as a rune
	"\u202egpj.exe\u202c\u2066iso\u2069\u200b\u200d\ufeff\u00ad" + // overrides, isolates, zero-width
	"\U000e0041\u3164\u2028line\u2029" + // tag, filler, separators
	"\x00nul\xff\xfe" + // NUL, invalid UTF-8
	"</script><img src=x onerror=alert(1)>" +
	"=cmd|' /C calc'!A0" +
	"\r\nSet-Cookie: x\r\n\t+1" +
	"|`*_[a](javascript:b)" +
	"{{.}}%s%n${x}"

// JSONOf is the document of a source.
func JSONOf(t testing.TB, src draw.Source) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteJSON(&out, Build(t, src)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// CommandsOf are all commands of a report.
func CommandsOf(r *report.Report) []string {
	var out []string
	for _, c := range r.Containment {
		for _, s := range c.Steps {
			out = append(out, s.Commands...)
		}
	}
	for _, n := range r.NextEvidence {
		out = append(out, n.Commands...)
	}
	return out
}
