package campaign

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// left is what the changes of somebody left behind, each with whether the log shows it taken back.
func left(t *testing.T, by, rows string) []string {
	t.Helper()
	x := crossed(t, changes+rows)
	var his []uint32
	for i := range x.Case.Activities {
		if x.Case.Text(x.Case.Activities[i].Actor) == by {
			his = append(his, uint32(i))
		}
	}
	steps, _ := Left(x.Case, his)
	var out []string
	for _, s := range steps {
		out = append(out, fmt.Sprintf("%s %s|%s undone=%t", s.Action, s.Account, s.Object, s.Undone != 0))
	}
	return out
}

// Promise: what is left behind is told with whether it was taken back, whoever did that: rights, roles, applications,
// methods, accounts, beside rules and forwarding. A password, a right of None and what was refused leave nothing.
func TestLeft(t *testing.T) {
	const rows = `
		2026-11-02T08:01:00Z | permission_change | Add-MailboxPermission | a@contoso.com | a@contoso.com |||| a | b@contoso.com |||||| FullAccess
		2026-11-02T08:01:30Z | permission_change | Add-MailboxFolderPermission | a@contoso.com | a@contoso.com |||| a | everyone |||||| None
		2026-11-02T08:02:00Z | consent | Consent to application. | a@contoso.com | a@contoso.com |||| o | Mail helper | 0f0f0f0f-0000-4000-8000-000000000001 | Mail.Read
		2026-11-02T08:03:00Z | credential_change | User registered security info. | a@contoso.com | a@contoso.com |||| | a@contoso.com
		2026-11-02T08:03:30Z | credential_change | Reset user password. | a@contoso.com | a@contoso.com |||| | a@contoso.com
		2026-11-02T08:04:00Z | account_change | Add user. | a@contoso.com | a@contoso.com |||| | new@contoso.com
		2026-11-02T08:05:00Z | rule_change | New-InboxRule | a@contoso.com | a@contoso.com |||failure| a\Refused
`
	standing := []string{
		"remove-consent |Mail helper undone=false", "check-mfa-methods a@contoso.com| undone=false",
		"remove-permission a@contoso.com|b@contoso.com undone=false", "check-account new@contoso.com| undone=false",
	}
	if got := left(t, "a@contoso.com", rows); !slices.Equal(got, standing) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	gone := left(t, "a@contoso.com", rows+`
		2026-11-03T08:01:00Z | permission_change | Remove-MailboxPermission | a@contoso.com | admin@contoso.com |||| a | b@contoso.com
		2026-11-03T08:02:00Z | app_change | Remove service principal. | admin@contoso.com | admin@contoso.com |||| o | Mail helper | 0f0f0f0f-0000-4000-8000-000000000001
		2026-11-03T08:03:00Z | credential_change | Admin deleted security info. | a@contoso.com | admin@contoso.com |||| | a@contoso.com
		2026-11-03T08:04:00Z | account_change | Delete user. | admin@contoso.com | admin@contoso.com |||| | new@contoso.com
`)
	for i, text := range standing {
		if want := strings.Replace(text, "undone=false", "undone=true", 1); i >= len(gone) || gone[i] != want {
			t.Errorf("want %q, got\n%s", want, strings.Join(gone, "\n"))
		}
	}
}
