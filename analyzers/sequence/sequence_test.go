package sequence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// run makes a finding of each row's object (the rule) and target (the group), and prints the chains.
func run(t *testing.T, s Settings, rows string, change func([]detect.Finding)) string {
	t.Helper()
	if s.By == nil {
		s.By = []string{"mailbox"}
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	c, err := detecttest.Case(rows)
	if err != nil {
		t.Fatal(err)
	}
	p := &detect.Tenant{Case: c}
	findings := found(c, p)
	if change != nil {
		change(findings)
	}
	rule := &detect.Rule{ID: "chain", Level: detect.High, Confidence: 80}
	var out []string
	for _, f := range s.Detector(rule).(detect.Sequencer).Sequence(findings, p) {
		var at []string
		for _, index := range f.Evidence {
			at = append(at, c.Text(c.Activities[index].Op))
		}
		out = append(out, fmt.Sprintf("%s %s: %s", c.Text(f.Mailbox), strings.Join(f.Group, "/"), strings.Join(at, " ")))
	}
	return strings.Join(out, "; ")
}

func found(c *activity.Case, p *detect.Tenant) []detect.Finding {
	byKey := map[string]int{}
	var findings []detect.Finding
	for i := range c.Activities {
		a := &c.Activities[i]
		rule := detect.ValueOf(activity.FieldObject).Text(a, p)
		if rule == "" {
			continue
		}
		group := detect.ValueOf(activity.FieldTarget).Text(a, p)
		key := c.Text(a.Mailbox) + rule + group
		if _, ok := byKey[key]; !ok {
			byKey[key] = len(findings)
			findings = append(findings, detect.Finding{
				Rule: &detect.Rule{ID: rule}, Mailbox: a.Mailbox, Group: []string{group}, Level: detect.Medium,
			})
		}
		f := &findings[byKey[key]]
		f.Evidence = append(f.Evidence, uint32(i))
	}
	return findings
}

func steps(rules ...string) Settings {
	s := Settings{Within: 72 * time.Hour}
	for _, r := range rules {
		s.Steps = append(s.Steps, Step{Rule: r})
	}
	return s
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

const header = "time | mailbox | op | type | result | ip | object | target\n"

// Steps count in their order, in one mailbox, within the time from the first to the last.
func TestOrder(t *testing.T) {
	rows := header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-03T08:00:00Z | ann@contoso.com | a2 | search |         |           | search | wire
2026-03-05T08:00:00Z | ann@contoso.com | a3 | rule_change |    |           | rule   | r1
2026-03-02T08:00:00Z | bob@contoso.com | b1 | search |         |           | search | wire
2026-03-03T08:00:00Z | bob@contoso.com | b2 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-02T08:00:00Z | cid@contoso.com | c1 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-06T08:00:00Z | cid@contoso.com | c2 | search |         |           | search | wire
`
	same(t, run(t, steps("geo", "search"), rows, nil), "ann@contoso.com NG: a1 a2")
	same(t, run(t, steps("geo", "search", "rule"), rows, nil), "ann@contoso.com NG: a1 a2 a3")
	same(t, run(t, steps("rule", "search"), rows, nil), "")
}

// A finding that lasts for weeks starts a chain wherever the next step follows in time, and only one.
func TestLongFinding(t *testing.T) {
	rows := header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-20T08:00:00Z | ann@contoso.com | a2 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-21T08:00:00Z | ann@contoso.com | a3 | search |         |           | search | wire
2026-03-21T09:00:00Z | ann@contoso.com | a4 | search |         |           | search | iban
`
	same(t, run(t, steps("geo", "search"), rows, nil), "ann@contoso.com NG: a2 a3")
}

// What an exception covers, and what is only informational, is no step.
func TestNoSteps(t *testing.T) {
	rows := header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-03T08:00:00Z | ann@contoso.com | a2 | search |         |           | search | wire
`
	same(t, run(t, steps("geo", "search"), rows, func(f []detect.Finding) { f[0].Suppressed = &detect.Suppression{} }), "")
	same(t, run(t, steps("geo", "search"), rows, func(f []detect.Finding) { f[1].Level = detect.Informational }), "")
}

// Activities are steps, too, and may have to share more than the mailbox.
func TestWhere(t *testing.T) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("{type: logon, result: success}"), &n); err != nil {
		t.Fatal(err)
	}
	success, err := detecttest.Where(n.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	rows := header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon | failure | 192.0.2.1 | guess |
2026-03-02T08:01:00Z | ann@contoso.com | a2 | logon | success | 192.0.2.2 |       |
2026-03-02T08:02:00Z | ann@contoso.com | a3 | logon | success | 192.0.2.1 |       |
2026-03-02T08:00:00Z | bob@contoso.com | b1 | logon | failure | 192.0.2.1 | guess |
2026-03-02T08:01:00Z | bob@contoso.com | b2 | logon | success | 192.0.2.2 |       |
`
	s := Settings{Within: time.Hour, By: []string{"mailbox", "ip"}, Steps: []Step{{Rule: "guess"}, {Where: success}}}
	same(t, run(t, s, rows, nil), "ann@contoso.com /192.0.2.1: a1 a3")
	s.By = nil
	same(t, run(t, s, rows, nil), "ann@contoso.com : a1 a2; bob@contoso.com : b1 b2")
}

// The order in which findings come does not change the chains.
func TestAnyOrder(t *testing.T) {
	rows := header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-02T08:30:00Z | ann@contoso.com | a2 | logon  | success | 192.0.2.3 | geo    | UA
2026-03-03T08:00:00Z | ann@contoso.com | a3 | search |         |           | search | wire
`
	want := "ann@contoso.com NG: a1 a3; ann@contoso.com UA: a2 a3"
	same(t, run(t, steps("geo", "search"), rows, nil), want)
	same(t, run(t, steps("geo", "search"), rows, func(f []detect.Finding) { slices.Reverse(f) }), want)
}

// Without mailbox among the shared fields, an address that failed at some mailboxes and is let in at others is told to
// each of the latter once.
func TestAcrossMailboxes(t *testing.T) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("{type: logon, result: success}"), &n); err != nil {
		t.Fatal(err)
	}
	success, err := detecttest.Where(n.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	rows := header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon | failure | 192.0.2.1 | spray |
2026-03-02T08:01:00Z | bob@contoso.com | b1 | logon | failure | 192.0.2.1 | spray |
2026-03-02T08:02:00Z | cid@contoso.com | c1 | logon | success | 192.0.2.1 |       |
2026-03-02T08:03:00Z | cid@contoso.com | c2 | logon | success | 192.0.2.1 |       |
2026-03-02T08:04:00Z | bob@contoso.com | b2 | logon | success | 192.0.2.1 |       |
2026-03-02T08:05:00Z | dan@contoso.com | d1 | logon | success | 192.0.2.9 |       |
`
	s := Settings{Within: time.Hour, By: []string{"ip"}, Steps: []Step{{Rule: "spray"}, {Where: success}}}
	same(t, run(t, s, rows, nil), "cid@contoso.com 192.0.2.1: a1 c1; bob@contoso.com 192.0.2.1: a1 b2")
}

// A step that says something else than the first in an agreed field is passed over; one that says nothing is not.
func TestAgree(t *testing.T) {
	rows := `time | mailbox | op | type | ip | app | object | target
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon  | 192.0.2.1 | Mobile | geo    | ES
2026-03-02T09:00:00Z | ann@contoso.com | a2 | search |           | Web    | search | payslip
2026-03-02T10:00:00Z | ann@contoso.com | a3 | search |           | Mobile | search | iban
2026-03-02T08:00:00Z | bob@contoso.com | b1 | logon  | 192.0.2.1 | Mobile | geo    | ES
2026-03-02T09:00:00Z | bob@contoso.com | b2 | search |           | Web    | search | payslip
2026-03-02T08:00:00Z | cid@contoso.com | c1 | logon  | 192.0.2.1 | Web    | geo    | ES
2026-03-02T09:00:00Z | cid@contoso.com | c2 | search |           |        | search | payslip
`
	s := steps("geo", "search")
	s.Agree = []string{"app"}
	same(t, run(t, s, rows, nil), "ann@contoso.com ES: a1 a3; cid@contoso.com ES: c1 c2")
}

// A record that names several messages is a step for each of them.
func TestSeveralValues(t *testing.T) {
	where := func(text string) *detect.Where {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		w, err := detecttest.Where(n.Content[0])
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	rows := `time | mailbox | op | type | message_id
2026-03-02T08:00:00Z | ann@contoso.com | a1 | deliver | <1@x>
2026-03-02T08:01:00Z | ann@contoso.com | a2 | deliver | <2@x>
2026-03-02T08:02:00Z | ann@contoso.com | a3 | delete  | <9@x> ;; <2@x> ;; <1@x>
2026-03-02T08:02:00Z | bob@contoso.com | b1 | delete  | <1@x>
`
	s := Settings{Within: time.Hour, By: []string{"mailbox", "message_id"}}
	s.Steps = []Step{{Where: where("{type: deliver}")}, {Where: where("{type: delete}")}}
	same(t, run(t, s, rows, nil), "ann@contoso.com <1@x>: a1 a3; ann@contoso.com <2@x>: a2 a3")
}
