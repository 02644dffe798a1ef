package rules_test

import (
	"strings"
	"testing"

	"triage/analyzers"
	"triage/rules"
)

// Promise: a new pack loads without a warning as it is made, and with every example in it taken out of its comment.
func TestStarter(t *testing.T) {
	try := func(name string, text []byte) *rules.Set {
		t.Helper()
		set, err := rules.Load(analyzers.Kinds(), rules.Options{Paths: []string{write(t, "acme.yaml", string(text))}, AsOf: day("2026-11-28")})
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if len(set.Warnings) > 0 {
			t.Errorf("%s: %v", name, set.Warnings)
		}
		return set
	}
	empty := rules.NewStarter(rules.Starter{Path: "acme.yaml", About: "mine\n- evil"})
	try("empty", empty)
	var said []string
	for line := range strings.Lines(string(empty)) {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") {
			line = line[1:]
		}
		said = append(said, line)
	}
	set := try("all of it", []byte(strings.Join(said, "")))
	if d := set.Declared; len(d.Homes) != 1 || len(d.Journeys) != 1 || len(d.Egress) != 1 || len(d.Attacker.IPs) != 1 || len(d.Owner.IPs) != 1 || set.Case.TLP != "AMBER" {
		t.Errorf("%+v, %+v", d, set.Case)
	}
	full := try("suggested", rules.NewStarter(rules.Starter{
		Path: "acme.yaml", About: "mine", Case: rules.CaseData{Name: "14", Client: "# x: y", TLP: "RED"},
		Domains:   []rules.Suggestion{{Value: "contoso.com", Why: "of 3 mailboxes"}, {Value: "no", Why: "hostile\u2028egress: [0.0.0.0/0]\nhome: [XX]"}},
		Countries: []rules.Suggestion{{Value: "NO", Why: "9 of 10 days"}, {Mailbox: "a\n'\"}: x@contoso.com", Value: "NL", Why: "8 days"}},
		Gateways:  []rules.Suggestion{{Value: "2001:db8::/32", Why: "of 4 mailboxes"}},
	}))
	if full.Case.Client != "# x: y" || full.Declared.Homes[0].Countries[0] != "NO" || len(full.Declared.Egress) != 1 ||
		strings.Join(full.Lists["internal_domains"], " ") != "contoso.com no" {
		t.Errorf("%+v, %+v, %v", full.Case, full.Declared, full.Lists["internal_domains"])
	}
}
