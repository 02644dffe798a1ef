package graph

import (
	"testing"

	"triage/ingest/row/rowtest"
)

// What a call does follows from its method and address, however the address is spelled.
func TestCallOf(t *testing.T) {
	f := func(method, uri, kind, owner, item, query string) {
		t.Helper()
		c := callOf([]byte(method), []byte(uri))
		if c.kind.String() != kind || string(c.owner) != owner || string(c.item) != item || string(c.query) != query {
			t.Errorf("%s %s: %s of %q, item %q, query %q", method, uri, c.kind, c.owner, c.item, c.query)
		}
	}
	f("GET", "https://graph.microsoft.com/v1.0/me/messages", "mail_access", "", "", "")
	f("get", "https://graph.microsoft.com/beta/users/ann%40contoso.com/mailFolders/inbox/messages/AAMk1?$select=body", "mail_access", "ann@contoso.com", "AAMk1", "")
	f("GET", "https://graph.microsoft.com/v1.0/users('ann@contoso.com')/messages/AAMk1/attachments", "mail_access", "ann@contoso.com", "AAMk1", "")
	f("GET", `https://graph.microsoft.com/v1.0/me/messages?$search="wire%20transfer"&$top=5`, "search", "", "", "wire transfer")
	f("POST", "https://graph.microsoft.com/v1.0/me/sendMail", "send", "", "", "")
	f("POST", "https://graph.microsoft.com/v1.0/me/messages/AAMk1/forward", "send", "", "AAMk1", "")
	f("DELETE", "https://graph.microsoft.com/v1.0/me/messages/AAMk1", "delete", "", "AAMk1", "")
	f("POST", "https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messageRules", "rule_change", "", "", "")
	// Near misses: the list of rules, a user's own entry, channel messages of a team, another service's address.
	f("GET", "https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messageRules", "other", "", "", "")
	f("GET", "https://graph.microsoft.com/v1.0/users/ann@contoso.com", "other", "", "", "")
	f("GET", "https://graph.microsoft.com/v1.0/teams/1/channels/2/messages", "other", "", "", "")
	f("GET", "https://graph.microsoft.com/v1.0/users?$search=%22displayName:a%22", "other", "", "", "")
	f("GET", "", "other", "", "", "")
}

func FuzzDecode(f *testing.F) {
	rowtest.Fuzz(
		f, Formats(),
		`{"category":"MicrosoftGraphActivityLogs","time":"2026-03-02T10:00:00Z","properties":{"requestMethod":"GET","requestUri":"https://graph.microsoft.com/v1.0/me/messages","userId":"1","scopes":"Mail.Read"}}`,
		`{"TimeGenerated":"2026-03-02T10:00:00Z","RequestUri":"%zz/users('a')/messages?%","RequestMethod":"POST","ResponseStatusCode":"x","AppId":"1"}`,
		`2026-03-02T10:00:00Z,1,2,3,203.0.113.9,GET,/me/messages,200,a b,x`,
	)
}
