package digest_test

import (
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/digest"
)

func finding(level, rule, family, mailbox, intruder string, facts ...string) report.Finding {
	f := report.Finding{Level: level, Rule: rule, Title: rule, Family: family, Mailbox: mailbox, Intruder: report.Text(intruder), First: 1_527_000_000_000}
	for i := 0; i < len(facts); i += 2 {
		f.Facts = append(f.Facts, report.Fact{Name: facts[i], Value: []string{facts[i+1]}})
	}
	return f
}

// Promise: findings stand under what they are about, whatever their rule: an application by id or by its only name, an intruder
// in one account, what one person gave on one day; and none is lost.
func TestObjects(t *testing.T) {
	excused := finding("high", "search.finance", "search", "a@contoso.com", "")
	excused.Suppressed = &report.Suppression{}
	list := []report.Finding{
		finding("critical", "rule.external-forward", "mailrule", "a@contoso.com", "", "object", "A", "forward_to", "x@evil.example"),
		finding("high", "consent.mail", "consent", "a@contoso.com", "", "app_id", "11", "target", "Poss", "object", "11"),
		finding("high", "consent.mail", "consent", "b@contoso.com", "", "app_id", "22", "target", "Other", "object", "22"),
		finding("high", "geo.impossible-travel", "location", "a@contoso.com", "A", "country", "NL", "foreign", "RO (192.0.2.1)"),
		finding("high", "chain.consent-then-reads", "chain", "b@contoso.com", "A", "app_id", "11"),
		finding("medium", "app.secret", "consent", "a@contoso.com", "", "target", "Poss", "object", "Application_1"),
		finding("medium", "search.finance", "search", "a@contoso.com", "A", "query", "iban"),
		finding("medium", "geo.impossible-travel", "location", "b@contoso.com", "", "country", "NL", "foreign", "RO (192.0.2.1)"),
		finding("medium", "access.role", "access", "a@contoso.com", "", "actor", "admin@contoso.com"),
		finding("medium", "access.send-as", "access", "b@contoso.com", "", "actor", "admin@contoso.com"),
		finding("medium", "rule.hides", "mailrule", "a@contoso.com", "", "object", `a\. `, "params.Name", "."),
		finding("medium", "rule.shape", "mailrule", "a@contoso.com", "", "object", `a\. `, "params.Name", "."),
		finding("low", "logon.spray", "credential", "a@contoso.com", "", "tries", "5"),
		finding("low", "app.grant", "consent", "a@contoso.com", "", "target", "Microsoft Graph", "object", "00000003/a", "actor", "admin@contoso.com"),
		excused,
	}
	var got []string
	for _, o := range digest.Objects(list) {
		got = append(got, o.Name+": "+strings.Join(o.Titles(), ","))
		if o.Level() != o.Findings[0].Level || o.Grave() != (o.Level() == "high" || o.Level() == "critical") {
			t.Errorf("%s: level %s", o.Name, o.Level())
		}
	}
	want := []string{
		"forwarding of a@contoso.com to x@evil.example: rule.external-forward",
		`application "Poss" (11): consent.mail,chain.consent-then-reads,app.secret`,
		`application "Other" (22): consent.mail`,
		"intruder A in a@contoso.com: geo.impossible-travel,search.finance",
		"b@contoso.com used from RO: geo.impossible-travel",
		"roles, rights and accounts changed by admin@contoso.com on 2018-05-22: access.role,access.send-as,app.grant",
		`inbox rule "." of a@contoso.com: rule.hides,rule.shape`,
		"attempts to guess passwords: logon.spray",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Promise: the frame has six phases in their order; what is to be done for several accounts is one thing, and no step of a
// checklist is lost.
func TestDoNow(t *testing.T) {
	step := func(action, account, text string) report.Step {
		return report.Step{Action: action, Account: report.Text(account), Text: text}
	}
	r := &report.Report{
		Threads: []report.Thread{{Title: "Invoice 4711", LookAlikes: []report.LookAlike{{Domain: "c0ntoso.com", LooksLike: "contoso.com"}}}},
		Containment: []report.Containment{
			{Mailbox: "a@contoso.com", Steps: []report.Step{
				step("revoke-sessions", "a@contoso.com", "revoke all sessions of a@contoso.com"), step("reset-password", "a@contoso.com", "reset the password of a@contoso.com"),
				step("remove-consent", "a@contoso.com", "remove the consent of X"), step("block-address", "", "block the address 192.0.2.1"),
				step("warn-partners", "", "warn those to whom the intruder wrote: p@example.org"),
			}},
			{Mailbox: "b@contoso.com", Steps: []report.Step{
				step("revoke-sessions", "b@contoso.com", "revoke all sessions of b@contoso.com"), step("reset-password", "b@contoso.com", "reset the password of b@contoso.com"),
				step("remove-consent", "b@contoso.com", "remove the consent of X"), step("block-address", "", "block the address 192.0.2.1"),
			}},
			{Mailbox: "admin@contoso.com", Steps: []report.Step{
				step("ask-owner", "admin@contoso.com", "ask admin@contoso.com"), step("reset-password", "admin@contoso.com", "reset the password of admin@contoso.com"),
				step("block-address", "", "block the address 198.51.100.7"),
			}},
		},
		NextEvidence: []report.NextEvidence{
			{Export: "inbox-rules", Mailbox: "a@contoso.com", State: "standing"},
			{Export: "inbox-rules", Mailbox: "b@contoso.com", State: "standing"},
			{Export: "sign-ins", Mailbox: "a@contoso.com", State: "gone"},
		},
	}
	var got []string
	steps := 0
	for _, phase := range digest.DoNow(r) {
		for _, item := range phase.Items {
			got = append(got, phase.Name+": "+item.Text+" ["+strings.Join(item.For, " ")+"]")
			steps += len(item.Steps)
		}
	}
	want := []string{
		`money: call the bank and the counterparties, by numbers that are not from the mail, and stop payments in flight (hours count): "Invoice 4711" []`,
		"money: bank details from these senders are not the counterparty's: c0ntoso.com looks like contoso.com []",
		"preserve: litigation hold on the mailbox, before anything is removed [a@contoso.com b@contoso.com]",
		"preserve: copies of the 1 thing below as they stand, applications and rules included, before they are removed []",
		"cut off: revoke all sessions, reset the password [a@contoso.com b@contoso.com]",
		"cut off: block the address [192.0.2.1]",
		"cut off: ask the owner first about his own acts, and only if they were not his, do what his checklist says [admin@contoso.com]",
		"remove: remove the consent of X []",
		"look for: inbox rules as they stand, before any is removed [a@contoso.com b@contoso.com]",
		"warn: warn those to whom the intruder wrote [p@example.org]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if all := len(r.Containment[0].Steps) + len(r.Containment[1].Steps) + len(r.Containment[2].Steps); steps != all {
		t.Errorf("%d steps of %d", steps, all)
	}
}
