package draw

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/analyzers/campaign"
	"triage/analyzers/report"
)

// unquoted is what PowerShell makes of a string in single quotes: its text, and what stands after it. Written from
// about_Quoting_Rules, apart from quote.
func unquoted(s string) (text, rest string) {
	single := func(r rune) bool { return strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) }
	runes := []rune(s)
	var out []rune
	for i := 1; i < len(runes); i++ {
		if single(runes[i]) {
			if i+1 == len(runes) || !single(runes[i+1]) {
				return string(out), string(runes[i+1:])
			}
			i++
		}
		out = append(out, runes[i])
	}
	return string(out), "unterminated"
}

// Promise: pasting a quoted name runs nothing: PowerShell reads it as one string, the name itself.
func TestQuote(t *testing.T) {
	f := func(name, want string) {
		t.Helper()
		if got, why := quote(name); got != want || why != "" {
			t.Errorf("%q: got %s, %q", name, got, why)
		}
	}
	f("Financial Reporting", "'Financial Reporting'")
	f("it's", "'it''s'")
	f("x'; Remove-Mailbox *; '", "'x''; Remove-Mailbox *; '''")
	f("\u2019; calc; \u2018", "'\u2019\u2019; calc; \u2018\u2018'")
	f("$(calc) `n \"a\" %PATH% {x}", "'$(calc) `n \"a\" %PATH% {x}'")
	f("two  spaces ", "'two  spaces '")
	f("-Confirm:$false", "'-Confirm:$false'")
	refused := func(name string) {
		t.Helper()
		if got, why := quote(name); got != "" || why == "" {
			t.Errorf("%q: got %s", name, got)
		}
	}
	refused("")
	refused("a\nRemove-Mailbox x")
	refused("a\r")
	refused("a\x1b[31m")
	refused("a\u202eb")
	refused("a\u2028b")
	refused("a\u00a0b")
	refused("a\u200bb")
	refused("a\xffb")
	refused(strings.Repeat("a", maxShell+1))
}

// Invariant: whatever is not refused is one PowerShell string with just that text, on one line.
func TestQuoteIsOneString(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("'\u2018\u2019\u201a\u201b\";$()`x \n"))))
	rapid.Check(t, func(t *rapid.T) {
		name := texts.Draw(t, "name")
		got, why := quote(name)
		if why != "" {
			return
		}
		if text, rest := unquoted(got); text != name || rest != "" || strings.ContainsAny(got, "\r\n") {
			t.Fatalf("%q as %s is read as %q and %q", name, got, text, rest)
		}
	})
}

// Promise: each step's words and commands, and where the log does not say enough, no command but the reason.
func TestWording(t *testing.T) {
	f := func(in campaign.Step, want string, commands ...string) {
		t.Helper()
		w := wording(&in)
		if !strings.Contains(w.text, want) {
			t.Errorf("%s: got %q", in.Action, w.text)
		}
		if !slices.Equal(w.ps.commands(), commands) && len(w.ps.lines)+len(commands) > 0 {
			t.Errorf("%s: got %q (%s)", in.Action, w.ps.lines, w.ps.refused)
		}
	}
	const list = "Get-InboxRule -Mailbox 'a@contoso.com' -IncludeHidden | Format-List"
	rule := campaign.Step{Action: campaign.RemoveRule, Account: "a@contoso.com", Object: "x", Named: true, ID: "17"}
	f(rule, `"x"`, list, "Remove-InboxRule -Mailbox 'a@contoso.com' -Identity '17'")
	rule.ID = "x;calc"
	f(rule, `"x"`, list, "Remove-InboxRule -Mailbox 'a@contoso.com' -Identity 'x'")
	rule.Named, rule.Object = false, ""
	f(rule, "whose name the log does not say", list)
	// Near miss: an interface's id is not the application's. Microsoft Graph itself must never be switched off.
	f(campaign.Step{Action: campaign.RemoveConsent, Object: "Test2", ID: ""}, `"Test2"`)
	f(campaign.Step{Action: campaign.RemoveConsent, Object: "x", ID: "0f0f0f0f-0000-4000-8000-000000000001'; calc"}, `"x"`)
	f(campaign.Step{Action: campaign.RemoveGrant, Account: "a@contoso.com", Object: "b@contoso.com", Op: "Add-MailboxPermission", Values: []string{"FullAccess; calc"}}, "b@contoso.com")
	f(campaign.Step{Action: campaign.RemoveGrant, Account: "a@contoso.com", Object: "b@contoso.com", Op: "Add-RecipientPermission"}, "b@contoso.com",
		"Remove-RecipientPermission -Identity 'a@contoso.com' -Trustee 'b@contoso.com' -AccessRights SendAs")
	f(campaign.Step{Action: campaign.TurnOffProtocol, Account: "a@contoso.com"}, "IMAP and POP", "Set-CASMailbox -Identity 'a@contoso.com' -ImapEnabled $false -PopEnabled $false")
	f(campaign.Step{Action: campaign.RestoreSetting, Op: "Remove-DlpPolicy", Object: "x"}, "put back what Remove-DlpPolicy changed: x")
}

// Promise: every action and export that an analysis may give is one that the schema knows, and has words.
func TestEveryActionHasWords(t *testing.T) {
	for _, a := range campaign.Actions() {
		if !strings.Contains(report.JSONSchema(), `"`+string(a)+`"`) {
			t.Errorf("%s is not in the schema", a)
		}
		if w := wording(&campaign.Step{Action: a, Account: "a@contoso.com", Object: "x"}); w.text == "" {
			t.Errorf("%s says nothing", a)
		}
	}
	for _, e := range campaign.Exports() {
		if !strings.Contains(report.JSONSchema(), `"`+string(e)+`"`) {
			t.Errorf("%s is not in the schema", e)
		}
		if w := asking(&campaign.NextEvidence{Export: e, State: campaign.Open}, "a@contoso.com", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)); w.text == "" {
			t.Errorf("%s says nothing", e)
		}
	}
	for _, k := range campaign.SharedKinds() {
		if !strings.Contains(report.JSONSchema(), `"`+k+`"`) {
			t.Errorf("%s is not in the schema", k)
		}
	}
}
