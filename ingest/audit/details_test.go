package audit

import (
	"strings"
	"testing"
	"unicode/utf8"

	"triage/ingest/activity"
)

func TestMailItemsAccessed(t *testing.T) {
	s := one(t, rec("MailItemsAccessed", `"ClientIPAddress":"192.0.2.7","ClientAppId":"app-1","AppId":"app-2","OperationCount":3,`+
		`"OperationProperties":[{"Name":"MailAccessType","Value":"Sync"},{"Name":"IsThrottled","Value":"True"}],`+
		`"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<1@x>"},{"InternetMessageId":"<2@x>"}]},{"Path":"\\Sent","FolderItems":[{"InternetMessageId":"<3@x>"}]}]`))
	want(t, "ip", s.Text(s.IP), "192.0.2.7")
	wantList(t, "ids", s.fields(activity.FieldMessageID), "<1@x>", "<2@x>", "<3@x>")
	wantList(t, "folders", s.fields(activity.FieldFolder), `\Inbox`, `\Sent`)
	wantList(t, "access", s.fields(activity.FieldAccess), "Sync")
	wantList(t, "count", s.fields(activity.FieldCount), "3")
	wantList(t, "throttled", s.named("params.IsThrottled"), "True")
	wantList(t, "app", s.fields(activity.FieldAppID), "app-1")
}

func TestMailOfSendAndDelete(t *testing.T) {
	s := one(t, rec("Send", `"Item":{"Id":"RgAA","Subject":"Wire","InternetMessageId":"<1@x>","ParentFolder":{"Path":"\\Drafts"},"Attachments":"a.txt (333b); b (1b)"}`))
	want(t, "item", s.Text(s.Item), "RgAA")
	wantList(t, "subject", s.fields(activity.FieldSubject), "Wire")
	wantList(t, "folder", s.fields(activity.FieldFolder), `\Drafts`)
	wantList(t, "attachments", s.fields(activity.FieldAttachments), "a.txt", "b")
	s = one(t, rec("MoveToDeletedItems", `"AffectedItems":[{"Id":"1","Subject":"S1","InternetMessageId":"<1@x>"},{"Id":"2","InternetMessageId":"<2@x>"}],`+
		`"Folder":{"Path":"\\Inbox"},"DestFolder":{"Path":"\\Deleted Items"}`))
	wantList(t, "ids", s.fields(activity.FieldMessageID), "<1@x>", "<2@x>")
	wantList(t, "folders", s.fields(activity.FieldFolder), `\Inbox`, `\Deleted Items`)
	wantList(t, "count", s.fields(activity.FieldCount), "2")
	s = one(t, rec("SearchQueryInitiatedExchange", `"QueryText":"wire transfer"`))
	wantList(t, "query", s.fields(activity.FieldQuery), "wire transfer")
}

// TestAttachmentNames: names hold dots, parentheses and semicolons; only a size ends one.
func TestAttachmentNames(t *testing.T) {
	f := func(in string, expected ...string) {
		t.Helper()
		var got []string
		for _, n := range attachmentNames(text(in)) {
			got = append(got, string(n))
		}
		wantList(t, in, got, expected...)
	}
	f("passwords.txt (333b)", "passwords.txt")
	f("Contract v2 (Draft 04_04)(1001.7).docx (73728b); AttachedImage (3165b)", "Contract v2 (Draft 04_04)(1001.7).docx", "AttachedImage")
	f("a; b (1).pdf (9b); c (2b)", "a; b (1).pdf", "c")
	f("no size.html", "no size.html")
	f("")
	f("(5b)")
}

func TestFolderPermissions(t *testing.T) {
	s := one(t, rec("AddFolderPermissions", `"Item":{"Id":"LgAA","ParentFolder":{"Path":"\\Inbox","MemberUpn":"Everyone","MemberRights":"ReadAny"}}`))
	wantList(t, "target", s.fields(activity.FieldTarget), "Everyone")
	wantList(t, "rights", s.named("params.AccessRights"), "ReadAny")
	want(t, "item", s.Text(s.Item), "") // a folder is no message
	s = one(t, rec("Add-MailboxPermission", `"Parameters":[{"Name":"Identity","Value":"bob"},{"Name":"User","Value":"eve@contoso.com"},{"Name":"AccessRights","Value":"FullAccess"}]`))
	wantList(t, "user", s.fields(activity.FieldTarget), "eve@contoso.com")
}

// TestForwards: every way to name where mail goes, and nothing where forwarding was cleared.
func TestForwards(t *testing.T) {
	f := func(operation, name, value, to, domains string) {
		t.Helper()
		s := one(t, rec(operation, `"Parameters":[{"Name":"`+name+`","Value":`+value+`}]`))
		want(t, value+" to", strings.Join(s.fields(activity.FieldForwardTo), " "), to)
		want(t, value+" domain", strings.Join(s.fields(activity.FieldForwardDomain), " "), domains)
		want(t, value+" params", len(s.named("params."+name)), 1)
	}
	f("Set-Mailbox", "ForwardingSmtpAddress", `"smtp:Ex@Example.net"`, "ex@example.net", "example.net")
	f("Set-Mailbox", "ForwardingSmtpAddress", `""`, "", "") // cleared: present and empty
	f("Set-Mailbox", "ForwardingAddress", `"S/O/contoso.com/Partner"`, "s/o/contoso.com/partner", "")
	f("New-InboxRule", "ForwardTo", `"a@example.org;b@example.net"`, "a@example.org b@example.net", "example.org example.net")
	f("New-InboxRule", "RedirectTo", `"\"Doe, Jane\" [SMTP:jane@example.org]"`, "jane@example.org", "example.org")
	f("New-InboxRule", "ForwardAsAttachmentTo", `"\"Jane; Doe\" <jane@example.org>"`, "jane@example.org", "example.org")
	f("New-InboxRule", "ForwardTo", `"\"Bob\" [EX:/o=ExchangeLabs/cn=Recipients/cn=bob]"`, "/o=exchangelabs/cn=recipients/cn=bob", "")
	f("New-InboxRule", "ForwardTo", `["a@example.org","b@example.net"]`, "a@example.org b@example.net", "example.org example.net")
	f("New-TransportRule", "BlindCopyTo", `"x@example.org"`, "x@example.org", "example.org")
}

// TestUpdateInboxRules: rules made in Outlook and by EWS have the names of New-InboxRule.
func TestUpdateInboxRules(t *testing.T) {
	outlook := one(t, rec("UpdateInboxRules", `"OperationProperties":[{"Name":"RuleOperation","Value":"AddMailboxRule"},{"Name":"RuleName","Value":"."},`+
		`{"Name":"RuleCondition","Value":"SubjectProperty Contains invoice"},`+
		`{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"drop@example.org\"]},{\"ActionType\":\"MarkAsRead\"},{\"ActionType\":\"Move\",\"FolderName\":\"RSS Feeds\"},{\"ActionType\":\"PermanentDelete\"}]"}]`))
	wantList(t, "name", outlook.named("params.Name"), ".")
	wantList(t, "forward", outlook.fields(activity.FieldForwardTo), "drop@example.org")
	wantList(t, "domain", outlook.fields(activity.FieldForwardDomain), "example.org")
	wantList(t, "read", outlook.named("params.MarkAsRead"), "True")
	wantList(t, "move", outlook.named("params.MoveToFolder"), "RSS Feeds")
	wantList(t, "delete", outlook.named("params.DeleteMessage"), "True")
	wantList(t, "condition", outlook.named("params.RuleCondition"), "SubjectProperty Contains invoice")

	ews := one(t, rec("UpdateInboxRules", `"OperationProperties":[{"Name":"Actions","Value":"RedirectToRecipientsAction"},{"Name":"Name","Value":"r"},`+
		`{"Name":"ServerRule","Value":"{\"Actions\":[{\"ActionType\":7,\"Recipients\":[{\"Values\":[{\"PropTag\":1,\"Value\":\"SMTP\"},{\"Value\":\"drop@example.org\"},{\"Value\":\"Drop@example.org\"}]}]}]}"}]`))
	wantList(t, "redirect", ews.named("params.RedirectTo"), "drop@example.org")
	wantList(t, "ews forward", ews.fields(activity.FieldForwardTo), "drop@example.org")

	// A changed rule has neither name nor actions in the log: that is no blank name.
	changed := one(t, rec("UpdateInboxRules", `"OperationProperties":[{"Name":"RuleOperation","Value":"ModifyMailboxRule"},{"Name":"RuleName","Value":""},{"Name":"RuleCondition","Value":"{}"},{"Name":"RuleActions","Value":"[]"}]`))
	wantList(t, "changed name", changed.named("params.Name"))
	blank := one(t, rec("UpdateInboxRules", `"OperationProperties":[{"Name":"RuleOperation","Value":"AddMailboxRule"},{"Name":"RuleName","Value":""}]`))
	wantList(t, "blank name", blank.named("params.Name"), "")
}

func TestConsent(t *testing.T) {
	s := one(t, rec("Consent to application.", `"ObjectId":"x","Target":[{"ID":"ServicePrincipal_1","Type":2},{"ID":"rnicrosoft","Type":1},{"ID":"0a1b2c3d-0000-4000-8000-0000000000ff;https:\/\/x","Type":4}],`+
		`"ModifiedProperties":[{"Name":"ConsentContext.OnBehalfOfAll","NewValue":"True"},{"Name":"ConsentAction.Permissions","NewValue":"[[Id: a, Scope: Old.Scope]] => [[Id: a, ConsentType: AllPrincipals, Scope:  Mail.Read User.Read], [Id: b, ConsentType: Principal, Scope: Mail.Read Mail.Send]]; "}]`))
	wantList(t, "scopes", s.fields(activity.FieldScopes), "Mail.Read", "User.Read", "Mail.Send")
	wantList(t, "name", s.fields(activity.FieldTarget), "rnicrosoft")
	wantList(t, "app", s.fields(activity.FieldAppID), "0a1b2c3d-0000-4000-8000-0000000000ff")
	wantList(t, "all", s.named("params.ConsentContext.OnBehalfOfAll"), "True")
	s = one(t, rec("Add delegated permission grant.", `"ModifiedProperties":[{"Name":"DelegatedPermissionGrant.Scope","NewValue":" openid Mail.Read","OldValue":""}]`))
	wantList(t, "grant", s.fields(activity.FieldScopes), "openid", "Mail.Read")
	s = one(t, rec("Add app role assignment to service principal.", `"ModifiedProperties":[{"Name":"AppRole.Value","NewValue":"Mail.ReadWrite"}]`))
	wantList(t, "role", s.fields(activity.FieldScopes), "Mail.ReadWrite")
}

func TestDirectoryChange(t *testing.T) {
	s := one(t, rec("Add member to role.", `"Target":[{"ID":"User_1","Type":2},{"ID":"bob@contoso.com","Type":5}],"ModifiedProperties":[{"Name":"Role.DisplayName","NewValue":"Global Administrator"}]`))
	wantList(t, "target", s.fields(activity.FieldTarget), "bob@contoso.com")
	wantList(t, "role", s.named("params.Role.DisplayName"), "Global Administrator")
	s = one(t, rec("Remove member from role.", `"ModifiedProperties":[{"Name":"Role.DisplayName","NewValue":"","OldValue":"Global Administrator"}]`))
	wantList(t, "removed", s.named("params.Role.DisplayName"), "Global Administrator")
	s = one(t, rec("Add user.", `"ModifiedProperties":[{"Name":"DisplayName","NewValue":"[\r\n  \"Eve\"\r\n]","OldValue":"[]"},{"Name":"Many","NewValue":"[\"a\",\"b\"]"}]`))
	wantList(t, "list of one", s.named("params.DisplayName"), "Eve")
	wantList(t, "list of two", s.named("params.Many"), `["a","b"]`)
	s = one(t, rec("Disable Strong Authentication.", `"ModifiedProperties":[{"Name":"StrongAuthenticationRequirement","NewValue":"[]","OldValue":"[1]"}]`))
	wantList(t, "emptied", s.named("params.StrongAuthenticationRequirement"), "")
}

// TestComplianceParameters: compliance cmdlets write their parameters as one command line.
func TestComplianceParameters(t *testing.T) {
	s := one(t, rec("Remove-DlpCompliancePolicy", `"Parameters":"-Identity \"Payroll policy\" -Confirm:False -Force"`))
	wantList(t, "identity", s.named("params.Identity"), "Payroll policy")
	wantList(t, "colon", s.named("params.Confirm"), "False")
	wantList(t, "switch", s.named("params.Force"), "True")
}

func TestInterest(t *testing.T) {
	object := rec("New-InboxRule", `"Parameters":[{"Name":"Name","Value":"x"},{"Name":"DeleteMessage","Value":"True"}],`+
		`"ExtendedProperties":[{"Name":"RequestType","Value":"OAuth2:Token"},{"Name":"additionalDetails","Value":"{\"User-Agent\":\"x\"}"}],`+
		`"Members":[{"UPN":"a@x"},{"UPN":"b@x"}],"Deep":{"A.b":{"C":[1,true,null]}}`)
	in := activity.Interest{
		Params: map[string]bool{"deletemessage": true},
		Raw:    []string{"extendedproperties.REQUESTTYPE", "ExtendedProperties.additionalDetails.User-Agent", "Members.UPN", "Deep.A.b.C", "UserId", "Nothing.Here"},
	}
	s := oneWith(t, in, object)
	wantList(t, "wanted", s.named("params.DeleteMessage"), "True")
	wantList(t, "unwanted", s.named("params.Name"))
	wantList(t, "named value", s.named("raw.ExtendedProperties.RequestType"), "OAuth2:Token")
	wantList(t, "json in text", s.named("raw.ExtendedProperties.additionalDetails.User-Agent"), "x")
	wantList(t, "list", s.named("raw.Members.UPN"), "a@x", "b@x")
	wantList(t, "dotted name", s.named("raw.Deep.A.b.C"), "1", "true", "")
	wantList(t, "top", s.named("raw.UserId"), "Alice@contoso.com")
	wantList(t, "absent", s.named("raw.Nothing.Here"))
}

// TestTruncated: what was cut is salvaged as far as it goes and marked, or skipped with a reason; nothing is silent.
func TestTruncated(t *testing.T) {
	whole := rec("UserLoggedIn", `"ObjectId":"o","ErrorNumber":"0","ExtendedProperties":[{"Name":"UserAgent","Value":"x"}]`)
	id := one(t, whole).ID
	for cut := range whole {
		c := decode(t, activity.Interest{}, whole[:cut])
		if len(c.Activities)+len(c.Skips) != 1 {
			t.Fatalf("cut at %d: %d activities, %d skips", cut, len(c.Activities), len(c.Skips))
		}
		if len(c.Skips) == 1 {
			if c.Skips[0].Reason == "" {
				t.Fatalf("cut at %d: skipped without a reason", cut)
			}
			continue
		}
		a := c.Activities[0]
		if a.Flags&activity.Salvaged == 0 || a.ID != id || a.Type != activity.Logon {
			t.Fatalf("cut at %d: %+v, want a salvaged logon", cut, a)
		}
	}
	s := one(t, whole[:strings.Index(whole, `"ExtendedProperties"`)+40])
	want(t, "actor", s.Text(s.Actor), "alice@contoso.com")
	wantList(t, "object", s.fields(activity.FieldObject), "o")
	want(t, "result", s.Result, activity.Unknown) // ResultStatus never came
	if c := decode(t, activity.Interest{}, whole[:60]); len(c.Skips) != 1 || !strings.HasPrefix(c.Skips[0].Reason, "AuditData: ") {
		t.Errorf("skips %v, want one that names AuditData", c.Skips)
	}
}

// TestFlattenedIsLossy: exports that write nested values as System.Object[] are marked, not mistaken for whole ones.
func TestFlattenedIsLossy(t *testing.T) {
	s := one(t, rec("New-InboxRule", `"Parameters":"System.Object[]"`))
	want(t, "flags", s.Flags&activity.Lossy, activity.Lossy)
	s = one(t, rec("Send", `"Item":"@{Id=1}"`))
	want(t, "item", s.Flags&activity.Lossy, activity.Lossy)
	s = one(t, rec("HardDelete", `"Item":"@{Id=1}","AffectedItems":[{"Subject":"kept"}]`))
	wantList(t, "what can be read is", s.fields(activity.FieldSubject), "kept")
	want(t, "whole", one(t, rec("Send", `"Item":{"Id":"1"}`)).Flags, 0)
}

// TestPublishedCornerCases: record shapes that another project's published tests hold.
func TestPublishedCornerCases(t *testing.T) {
	for _, ip := range []string{"localhost", "[localhost]:12345", "cool.client.local:12345", "NOTANIPV4 (10.9000.0.1)", "[CORRECTIPV4 (10.90.0.1)]"} {
		s := one(t, rec("Send", `"ClientIP":"`+ip+`"`))
		want(t, "address as written", s.Text(s.IP), ip)
	}
	want(t, "numbers as texts", one(t, rec("Send", `"RecordType":"2","Version":"1","UserType":"0"`)).ActorType, activity.ActorRegular)
	want(t, "negative record type", one(t, rec("Send", `"RecordType":-1`)).Type, activity.Send)
	s := one(t, rec("MailItemsAccessed", `"OperationProperties":"[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]"`))
	wantList(t, "properties as text", s.fields(activity.FieldAccess), "Bind")
	s = oneWith(t, activity.Interest{Raw: []string{"OriginatingServer"}}, rec("Send", `"OriginatingServer":"DB6 (15.20.4200.000)\r\n"`))
	wantList(t, "newline at the end", s.named("raw.OriginatingServer"), "DB6 (15.20.4200.000)\r\n")
	s = oneWith(t, activity.Interest{Raw: []string{"ObjectId"}}, rec("FileAccessed", `"ObjectId":"https:\/\/x\/y"`))
	wantList(t, "escaped slashes", s.fields(activity.FieldObject), "https://x/y")
}

// TestLongValuesAreCut keeps the promise that a row's cost is bounded, at whole runes.
func TestLongValuesAreCut(t *testing.T) {
	s := one(t, rec("Send", `"ClientIP":"x`+strings.Repeat("é", 32<<10)+`"`))
	if ip := s.Text(s.IP); len(ip) > 32<<10 || !utf8.ValidString(ip) {
		t.Errorf("address of %d bytes, valid %v", len(ip), utf8.ValidString(ip))
	}
}

// TestLoneQuote: a text that is a quote and nothing else stood where JSON was expected, and ended the program.
func TestLoneQuote(t *testing.T) {
	s := one(t, rec("AlertTriggered", `"Data":"\"","Item":"\""`))
	want(t, "type", s.Type, activity.Alert)
	want(t, "unread item", s.Flags&activity.Lossy, activity.Lossy)
}
