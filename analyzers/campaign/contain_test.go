package campaign

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/ingest/activity"
)

// steps are a mailbox's steps in short, in their order.
func steps(r *crossing, mailbox string) string {
	var out []string
	for _, c := range r.Containment {
		if r.Case.Text(c.Mailbox) != mailbox {
			continue
		}
		for _, s := range c.Steps {
			text := fmt.Sprintf("%s %s|%s|%s", s.Action, s.Account, s.Object, s.ID)
			if len(s.Values) > 0 {
				text += " " + strings.Join(s.Values, ",")
			}
			if s.Undone != 0 {
				text += " undone " + time.UnixMilli(s.Undone).UTC().Format("15:04:05")
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}

func wantSteps(t *testing.T, rows string, want ...string) {
	t.Helper()
	if got := steps(crossed(t, rows), "a@contoso.com"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

const changes = "time | type | op | mailbox | actor | ip | app | result | object | target | app_id | scopes | forward_to | recipients | params.Name | params.AccessRights | params.ServicePrincipal.DisplayName | params.ServicePrincipal.ObjectID | raw.found\n"

const (
	revokeA = "revoke-sessions a@contoso.com||"
	resetA  = "reset-password a@contoso.com||"
)

// Promise: what stays in the tenant has a step that takes it back, in the order in which a responder acts.
func TestStepsInOrder(t *testing.T) {
	wantSteps(t, changes+`
		2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 | Web | success ||||||||||| mark
		2026-11-02T08:01:00Z | permission_change | Add-MailboxPermission | a@contoso.com | a@contoso.com | 203.0.113.9 || success | a | b@contoso.com |||||| FullAccess ||| mark
		2026-11-02T08:02:00Z | consent | Consent to application. | a@contoso.com | a@contoso.com |  || success | o | Mail helper | 0f0f0f0f-0000-4000-8000-000000000001 | Mail.Read ;; User.Read ||||||| mark
		2026-11-02T08:03:00Z | rule_change | New-InboxRule | a@contoso.com | a@contoso.com | 203.0.113.9 || success | a\Invoices |||| mallory@example.com || Invoices |||| mark
		2026-11-02T08:04:00Z | forwarding_change | Set-Mailbox | a@contoso.com | a@contoso.com | 203.0.113.9 || success | a |||| mallory@example.com |||||| mark
		2026-11-02T08:05:00Z | audit_change | Set-AdminAuditLogConfig | a@contoso.com | a@contoso.com | 203.0.113.9 || success | Admin Audit |||||||||| mark
		2026-11-02T08:06:00Z | read | r | a@contoso.com | a@contoso.com | 203.0.113.9 | IMAP4 | success ||||||||||| mark
	`, revokeA, resetA, "restore-auditing a@contoso.com|Admin Audit|", "remove-rule a@contoso.com|Invoices| mallory@example.com",
		"stop-forwarding a@contoso.com|mallory@example.com| mallory@example.com",
		"remove-consent |Mail helper|0f0f0f0f-0000-4000-8000-000000000001 Mail.Read,User.Read",
		"remove-permission a@contoso.com|b@contoso.com| FullAccess", "turn-off-protocols a@contoso.com||", "block-address |203.0.113.9|")
}

// Promise: what failed, was taken away, or is Microsoft's own interface gives no step to take back; guessing alone resets
// nobody's password.
func TestNearMisses(t *testing.T) {
	wantSteps(t, changes+`
		2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 | Web | failure ||||||||||| mark
		2026-11-02T08:03:00Z | rule_change | New-InboxRule | a@contoso.com | a@contoso.com | 203.0.113.9 || failure | a\x ||||||  x |||| mark
		2026-11-02T08:04:00Z | consent | Consent to application. | a@contoso.com | a@contoso.com |  || failure | o | y | 0f0f0f0f-0000-4000-8000-000000000001 |||||||| mark
	`, "block-address |203.0.113.9|")
	wantSteps(t, changes+`
		2026-11-02T08:03:00Z | rule_change | Remove-InboxRule | a@contoso.com | a@contoso.com |  || success | a\x ||||||  x |||| mark
		2026-11-02T08:04:00Z | forwarding_change | Set-Mailbox | a@contoso.com | a@contoso.com |  || success | a |||||||||| mark
	`, revokeA, resetA)
	wantSteps(t, changes+`
		2026-11-02T08:03:00Z | app_change | Add app role assignment to service principal. | a@contoso.com | a@contoso.com |  || success | o | Microsoft Graph | 00000003-0000-0000-c000-000000000000 | Mail.Read ||||| Test2 | 37ee6e8e-0000-4000-8000-000000000001 | mark
		2026-11-02T08:04:00Z | consent | Consent to application. | a@contoso.com | a@contoso.com |  || success | o | Microsoft Graph | 00000003-0000-0000-c000-000000000000 |||||||| mark
	`, revokeA, resetA, "remove-consent |Microsoft Graph|", "remove-app-permission |Test2|37ee6e8e-0000-4000-8000-000000000001 Mail.Read")
	wantSteps(t, changes+`
		2026-11-02T08:03:00Z | rule_change | New-InboxRule | a@contoso.com | a@contoso.com |  || success | a\x ||||||  x |||| mark:low
	`)
}

// Promise: a change of low level that lies in the intruder's window is on the list; the same outside is not.
func TestWeakFindingsInTheWindow(t *testing.T) {
	f := func(at string, want ...string) {
		t.Helper()
		wantSteps(t, changes+`
			2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com |  || success ||||||||||| mark
			2026-11-04T08:00:00Z | read | r | a@contoso.com | a@contoso.com |  || success ||||||||||| mark
			`+at+` | credential_change | User registered security info | a@contoso.com | a@contoso.com |  || success ||||||||||| mark:low
		`, want...)
	}
	f("2026-11-03T08:00:00Z", revokeA, resetA, "check-mfa-methods a@contoso.com||")
	f("2026-11-05T08:00:00Z", revokeA, resetA)
}

// Promise: an undoing that the log shows is said, until the thing is made again; the undoing of another rule is none.
func TestUndone(t *testing.T) {
	const made = "2026-11-02T08:00:00Z | rule_change | New-InboxRule | a@contoso.com | a@contoso.com |  || success | a\\x ||||||  x |||| mark\n"
	const again = "2026-11-02T10:00:00Z | rule_change | New-InboxRule | a@contoso.com | a@contoso.com |  || success | a\\x ||||||  x |||| mark\n"
	const gone = "2026-11-02T09:00:00Z | rule_change | Remove-InboxRule | a@contoso.com | a@contoso.com |  || success | a\\x\n"
	const step = "remove-rule a@contoso.com|x|"
	wantSteps(t, changes+made, revokeA, resetA, step)
	wantSteps(t, changes+made+gone, revokeA, resetA, step+" undone 09:00:00")
	wantSteps(t, changes+made+gone+again, revokeA, resetA, step)
	wantSteps(t, changes+made+strings.Replace(gone, "a\\x", "a\\y", 1), revokeA, resetA, step)
	wantSteps(t, changes+made+strings.Replace(gone, "success", "failure", 1), revokeA, resetA, step)
	wantSteps(t, changes+made+strings.Replace(gone, "09:00", "07:00", 1), revokeA, resetA, step)
}

// Promise: sessions and password are those of who acted, who need not own the mailbox; a service has neither.
func TestAccountOfTheActor(t *testing.T) {
	wantSteps(t, changes+`
		2026-11-02T08:00:00Z | read | r | a@contoso.com | b@contoso.com |  || success ||||||||||| mark
	`, "revoke-sessions b@contoso.com||", "reset-password b@contoso.com||")
	wantSteps(t, strings.Replace(changes, "raw.found", "lane | raw.found", 1)+`
		2026-11-02T08:00:00Z | read | r | a@contoso.com | robot |  || success |||||||||||  service | mark
		2026-11-02T08:00:00Z | logon | r | a@contoso.com | a@contoso.com |  || success
	`)
}

// Promise: partners are warned of what the intruder sent outside, not of the owner's mail nor of colleagues.
func TestPartners(t *testing.T) {
	const in = `
		2026-10-01T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 198.51.100.1 || success
		2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 || success ||||||||||| mark
		2026-11-04T08:00:00Z | read | r | a@contoso.com | a@contoso.com | 203.0.113.9 || success ||||||||||| mark
		2026-11-03T08:00:00Z | send | Send | a@contoso.com | a@contoso.com | 198.51.100.1 || success |||||| owner@example.net
	`
	const sent = "2026-11-03T09:00:00Z | send | Send | a@contoso.com | a@contoso.com | 203.0.113.9 || success |||||| P <P@example.org> ;; b@contoso.com\n"
	wantSteps(t, changes+in, revokeA, resetA, "block-address |203.0.113.9|")
	wantSteps(t, changes+in+sent, revokeA, resetA, "block-address |203.0.113.9|", "warn-partners a@contoso.com|| p@example.org")
}

// Promise: where the verdict is not a high one, the owner is asked first: a business trip costs no password.
func TestOwnerIsAskedFirst(t *testing.T) {
	const row = "2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | || success ||||||||||| "
	wantSteps(t, changes+row+"mark:medium", "ask-owner a@contoso.com|| low", revokeA, resetA)
	wantSteps(t, changes+row+"mark:high", "ask-owner a@contoso.com|| medium", revokeA, resetA)
	wantSteps(t, changes+row+"mark", revokeA, resetA)
}

// Promise: a message that came in, and what its reader did with it, accuse no account: the message goes.
func TestDeliveryAccusesNobody(t *testing.T) {
	wantSteps(t, strings.Replace(changes, "recipients", "message_id", 1)+`
		2026-11-02T08:00:00Z | deliver | d | a@contoso.com |||||||||| <m@x> ||||| mark
		2026-11-02T08:05:00Z | attachment_open | o | a@contoso.com | a@contoso.com | 198.51.100.1 ||||||||||||| mark
	`, "remove-messages a@contoso.com|| <m@x>")
}

// Promise: every kind of step in an analysis is one of Actions, so that it has a place in the order.
func TestActionsAreListed(t *testing.T) {
	all := Actions()
	for i, a := range all {
		if slices.Index(all, a) != i {
			t.Errorf("%s is listed twice", a)
		}
	}
}

// next is the evidence to fetch in short.
func next(r *crossing) string {
	var out []string
	for _, n := range r.NextEvidence {
		text := fmt.Sprintf("%s %s %s", n.Export, n.State, r.Case.Text(n.Mailbox))
		if !n.From.IsZero() {
			text += " " + n.From.Format("01-02") + ".." + n.To.Format("01-02")
		}
		if !n.Before.IsZero() {
			text += " before " + n.Before.Format(time.DateOnly)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// Promise: what the case lacks is asked for, with the span of the findings, and the day on which it goes by the standard
// retention: 180 days for audit since October 2023, 90 before, 30 for sign-ins, 90 for traces.
func TestNextEvidence(t *testing.T) {
	f := func(day string, source activity.Source, want ...string) {
		t.Helper()
		r := crossed(t, changes+day+"T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 || success ||||||||||| mark\n")
		r.Case.Inputs[0].Source = source
		r.Case.Inputs[0].First, r.Case.Inputs[0].Last = r.Case.Activities[0].Time, r.Case.Activities[0].Time
		r.read()
		if got := next(r); got != strings.Join(want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", day, got, strings.Join(want, "\n"))
		}
	}
	f("2026-11-15", activity.SourceActivities,
		"audit-log open a@contoso.com 11-01..11-21 before 2027-04-30", "sign-ins open a@contoso.com 11-01..11-21 before 2026-12-01",
		"message-trace open a@contoso.com 11-01..11-21 before 2027-01-30", "inbox-rules standing a@contoso.com",
		"audit-by-address open  11-01..11-21 before 2027-04-30")
	f("2026-10-10", activity.SourceAudit,
		"audit-log open a@contoso.com 09-26..10-10 before 2027-03-25", "audit-log open a@contoso.com 10-10..11-09 before 2027-04-08",
		"mail-access open a@contoso.com 09-26..11-09 before 2027-03-25", "sign-ins going a@contoso.com 09-26..11-09 before 2026-11-21",
		"message-trace open a@contoso.com 09-26..11-09 before 2026-12-25", "inbox-rules standing a@contoso.com",
		"audit-by-address open  09-26..11-09 before 2027-03-25")
	f("2018-05-14", activity.SourceActivities,
		"audit-log gone a@contoso.com 04-30..06-13", "sign-ins gone a@contoso.com 04-30..06-13", "message-trace gone a@contoso.com 04-30..06-13",
		"inbox-rules standing a@contoso.com", "audit-by-address gone  04-30..06-13")
}

// Promise: what is at the edge of its retention is still asked for, and the day after it is gone.
func TestRetentionEdges(t *testing.T) {
	f := func(from, to string, export Export, want State) {
		t.Helper()
		at := func(s string) time.Time {
			d, err := time.Parse(time.DateOnly, s)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		l := fetches{asOf: at("2026-11-21")}
		l.add(NextEvidence{Export: export, From: at(from), To: at(to)})
		if got := l.out[0].State; got != want {
			t.Errorf("%s, %s to %s: got %s, want %s", export, from, to, got, want)
		}
	}
	f("2026-10-22", "2026-11-21", ExportSignins, Open)
	f("2026-10-21", "2026-11-21", ExportSignins, Going)
	f("2026-10-01", "2026-10-22", ExportSignins, Going)
	f("2026-10-01", "2026-10-21", ExportSignins, Gone)
	f("2026-05-25", "2026-05-25", ExportAudit, Open)
	f("2026-05-24", "2026-05-24", ExportAudit, Gone)
	f("2026-08-23", "2026-08-23", ExportTrace, Open)
	f("2026-08-22", "2026-08-22", ExportTrace, Gone)
	f("2020-01-01", "2020-01-01", ExportRules, Standing)
}
