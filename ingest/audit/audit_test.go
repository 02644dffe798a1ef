package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/ingest/audit/operation"
	"triage/ingest/record"
)

// seen is one decoded activity with its case, so that tests can ask for texts.
type seen struct {
	*activity.Case
	*activity.Activity
}

func (s seen) fields(f activity.Field) []string { return s.values(activity.KeyOf(f)) }

func (s seen) named(name string) []string {
	return s.values(activity.DynamicKey(s.Symbols.Find(strings.ToLower(name))))
}

func (s seen) values(k activity.Key) []string {
	var list []string
	for d := range s.Details(s.Activity) {
		if d.Key == k {
			list = append(list, s.Text(d.Value))
		}
	}
	return list
}

// decode reads AuditData objects as bare JSON records.
func decode(t *testing.T, in activity.Interest, objects ...string) *activity.Case {
	t.Helper()
	decoder, shard := newReader(unwrapped), activity.NewShard(0, in)
	for i, o := range objects {
		if err := decoder.Decode(record.Record{Offset: int64(i), Bytes: []byte(o)}, shard); err != nil {
			shard.Skip(int64(i), err)
		}
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Source: activity.SourceAudit}, []*activity.Shard{shard}, "")
	return b.Case()
}

// one decodes the only record.
func one(t *testing.T, object string) seen {
	t.Helper()
	return oneWith(t, activity.Interest{}, object)
}

func oneWith(t *testing.T, in activity.Interest, object string) seen {
	t.Helper()
	c := decode(t, in, object)
	if len(c.Activities) != 1 || len(c.Skips) != 0 {
		t.Fatalf("%d activities, skipped %v; want 1 activity of %s", len(c.Activities), c.Skips, object)
	}
	return seen{c, &c.Activities[0]}
}

// rec is an AuditData object of an operation with more members.
func rec(operation, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"CreationTime":"2026-03-02T10:00:00","Id":"0a1b2c3d-0000-4000-8000-00000000000a","Operation":%s,`+
		`"UserId":"Alice@contoso.com","UserType":0,"Workload":"Exchange"%s}`, strconv.Quote(operation), more)
}

func want[T comparable](t *testing.T, what string, got, expected T) {
	t.Helper()
	if got != expected {
		t.Errorf("%s: got %v, want %v", what, got, expected)
	}
}

func wantList(t *testing.T, what string, got []string, expected ...string) {
	t.Helper()
	if !slices.Equal(got, expected) {
		t.Errorf("%s: got %q, want %q", what, got, expected)
	}
}

// TestTypes keeps the promise that every operation of the parity floor has a type of ours.
func TestTypes(t *testing.T) {
	f := func(operation, more, expected string) {
		t.Helper()
		want(t, operation+" "+more, one(t, rec(operation, more)).Type.String(), expected)
	}
	params := func(name, value string) string {
		return fmt.Sprintf(`"Parameters":[{"Name":%q,"Value":%q}]`, name, value)
	}
	f("UserLoggedIn", "", "logon")
	f("UserLoginFailed", "", "logon")
	f("MailItemsAccessed", "", "mail_access")
	f("Send", "", "send")
	f("SendAs", "", "send")
	f("SendOnBehalf", "", "send")
	f("HardDelete", "", "delete")
	f("SoftDelete", "", "delete")
	f("MoveToDeletedItems", "", "delete")
	f("Move", "", "move")
	f("SearchQueryInitiatedExchange", "", "search")
	f("SearchQueryInitiatedSharePoint", "", "search")
	for _, verb := range []string{"New", "Set", "Enable", "Disable", "Remove"} {
		f(verb+"-InboxRule", "", "rule_change")
	}
	f("UpdateInboxRules", "", "rule_change") // not UpdateInboxRule, as another analyzer has it
	f("Set-Mailbox", params("ForwardingSmtpAddress", ""), "forwarding_change")
	f("Set-Mailbox", params("ForwardingAddress", "x"), "forwarding_change")
	f("Set-Mailbox", params("GrantSendOnBehalfTo", "x"), "permission_change")
	f("Set-Mailbox", params("AuditEnabled", "False"), "audit_change")
	f("Set-Mailbox", params("AuditLogAgeLimit", "00:00:00"), "audit_change")
	f("Set-Mailbox", params("LitigationHoldEnabled", "False"), "policy_change")
	f("Set-Mailbox", params("ProhibitSendQuota", "99 GB"), "other")
	f("New-TransportRule", params("BlindCopyTo", "x@example.org"), "forwarding_change")
	f("Set-TransportRule", params("SetAuditSeverity", "DoNotAudit"), "audit_change")
	f("New-TransportRule", params("Name", "x"), "policy_change")
	f("New-InboundConnector", "", "policy_change")
	f("Add-MailboxPermission", "", "permission_change")
	f("Add-RecipientPermission", "", "permission_change")
	f("Add-MailboxFolderPermission", "", "permission_change")
	f("ModifyFolderPermissions", "", "permission_change")
	f("AddFolderPermissions", "", "permission_change")
	f("New-ManagementRoleAssignment", "", "role_change")
	f("New-RoleGroup", "", "role_change")
	f("Set-CASMailbox", params("PopEnabled", "True"), "policy_change")
	f("Consent to application.", "", "consent")
	f("Add service principal.", "", "app_change")
	f("Add delegated permission grant.", "", "app_change")
	f("Add app role assignment to service principal.", "", "app_change")
	f("Update application – Certificates and secrets management ", "", "app_change")
	f("Create application – Certificates and secrets management ", "", "app_change")
	f("Update application - Certificates and secrets management", "", "app_change")
	f("Update application — Certificates and secrets management", "", "app_change")
	f("update application–certificates  and secrets management.", "", "app_change")
	f("Update application â€“ Certificates and secrets management", "", "app_change")
	f("Update application ΓÇô Certificates and secrets management", "", "app_change")
	f("Update application ? Certificates and secrets management", "", "app_change")
	f("Update service principal\u00a0– Certificates and secrets management", "", "app_change")
	f("Update application certificates", "", "other")
	f("Add member to role.", "", "role_change")
	f("Add member to role", "", "role_change")
	f("Remove member from role.", "", "role_change")
	f("Add user.", "", "account_change")
	f("User registered security info", "", "credential_change")
	f("Admin deleted security info", "", "credential_change")
	f("Disable Strong Authentication.", "", "credential_change")
	f("Reset user password.", "", "credential_change")
	f("Update user.", `"ModifiedProperties":[{"Name":"StrongAuthenticationMethod","NewValue":"[]","OldValue":"[1]"}]`, "credential_change")
	f("Update user.", "", "account_change")
	f("Set federation settings on domain.", "", "policy_change")
	f("Set domain authentication.", "", "policy_change")
	f("Register device.", "", "account_change")
	f("Set-AdminAuditLogConfig", "", "audit_change")
	f("Set-MailboxAuditBypassAssociation", "", "audit_change")
	f("Set-OrganizationConfig", params("AuditDisabled", "True"), "audit_change")
	f("Remove-UnifiedAuditLogRetentionPolicy", "", "audit_change")
	f("Remove-RetentionCompliancePolicy", "", "policy_change")
	f("Remove-DlpCompliancePolicy", "", "policy_change")
	f("Disable-AntiPhishRule", "", "policy_change")
	f("Remove-SafeLinksPolicy", "", "policy_change")
	f("SearchExported", "", "mail_access")
	f("New-ComplianceSearchAction", "", "mail_access")
	f("FileAccessed", "", "file_access")
	f("FileDownloaded", "", "file_access")
	f("AnonymousLinkCreated", "", "share")
	f("SharingSet", "", "share")
	f("AlertTriggered", "", "alert")
	f("Install-AdminAuditLogConfig", "", "other")
	f("Something-New", "", "other")
}

// TestTableNamesAreFolded keeps the table findable: look-up folds, so its rows must be folded.
func TestTableNamesAreFolded(t *testing.T) {
	for _, row := range operation.All() {
		for name := range strings.SplitSeq(row.Names, ",") {
			want(t, "table", string(operation.TableForm(nil, []byte(name))), name)
		}
	}
}

func TestResult(t *testing.T) {
	f := func(operation, more string, expected activity.Result) {
		t.Helper()
		want(t, operation+" "+more, one(t, rec(operation, more)).Result, expected)
	}
	f("Set-Mailbox", `"ResultStatus":"True"`, activity.Success)
	f("Set-Mailbox", `"ResultStatus":"False"`, activity.Failure)
	f("Send", `"ResultStatus":"Succeeded"`, activity.Success)
	f("SoftDelete", `"ResultStatus":"PartiallySucceeded"`, activity.Success)
	f("Send", `"ResultStatus":"Failed"`, activity.Failure)
	f("Consent to application.", `"ResultStatus":"Failure"`, activity.Failure)
	f("FileAccessed", ``, activity.Unknown)
	f("UserLoginFailed", `"ResultStatus":"Success","ErrorNumber":"50126"`, activity.Failure)
	f("UserLoggedIn", `"ResultStatus":"Success","ErrorNumber":"0"`, activity.Success)
	f("UserLoggedIn", `"ResultStatus":"Success","ErrorNumber":50140`, activity.Unknown)
	s := one(t, rec("UserLoginFailed", `"ErrorNumber":50126,"LogonError":"InvalidUserNameOrPassword"`))
	wantList(t, "error", s.fields(activity.FieldError), "50126")
	wantList(t, "logon error", s.named("raw.LogonError"), "InvalidUserNameOrPassword")
}

func TestLanes(t *testing.T) {
	f := func(user, userType string, expected activity.Lane) {
		t.Helper()
		want(t, user, laneOf(text(user), actorType(text(userType))), expected)
	}
	f(`NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)`, "3", activity.System)
	f(`NT SERVICE\MSExchangeAdminApiNetCore`, "3", activity.System)
	f("S-1-5-18", "2", activity.System)
	f("Certificate", "4", activity.System)
	f("NOT-FOUND", "5", activity.System)
	f("app@sharepoint", "0", activity.System)
	f(`Microsoft\ServiceOperator`, "0", activity.System)
	f(`SHAREPOINT\system`, "0", activity.System)
	f("SecurityComplianceAlerts", "4", activity.System)
	f("ServicePrincipal_0a1b2c3d-0000-4000-8000-00000000000a", "4", activity.Service)
	f("0a1b2c3d-0000-4000-8000-00000000000a", "0", activity.Service)
	f("Backup", "Application", activity.Service)
	f("alice@contoso.com", "5", activity.Person) // portals act for people under UserType 5
	f("S-1-5-21-1-2-3-4", "0", activity.Person)
	want(t, "number", actorType(text("2")), activity.ActorAdmin)
	want(t, "word", actorType(text("Admin")), activity.ActorAdmin)
	want(t, "absent", actorType(nil), activity.ActorUnknown)
	want(t, "unknown", actorType(text("99")), activity.ActorUnknown)
}

func TestAppAndAgent(t *testing.T) {
	f := func(info, process, app, agent string) {
		t.Helper()
		want(t, info+" app", appType(text(info), text(process)), app)
		want(t, info+" agent", string(agentOf(text(info))), agent)
	}
	f("Client=MSExchangeRPC", "OUTLOOK.EXE", "Outlook", "")
	f("Client=MSExchangeRPC", "lync.exe 16", "Lync", "")
	f("Client=MSExchangeRPC", "", "Other", "")
	f("Client=OWA;Action=ViaProxy", "", "Web", "")
	f("Client=OWA;Mozilla/5.0 (X11; Linux) AppleWebKit/537.36;", "", "Web", "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36")
	f("Client=ActiveSync;Apple-iPhone12C1/1805.62", "", "Mobile", "Apple-iPhone12C1/1805.62")
	f("Client=WebServices;MacOutlook/16.5 (Intelx64 Mac OS X)", "", "MacOutlook", "MacOutlook/16.5 (Intelx64 Mac OS X)")
	f("Client=WebServices;Microsoft Office/16.0 (Windows NT 10.0; Pro);", "", "Other", "Microsoft Office/16.0 (Windows NT 10.0; Pro)")
	f("Client=POP3/IMAP4;Protocol=IMAP4", "", "IMAP4", "")
	f("Client=POP3/IMAP4;Protocol=POP3", "", "POP3", "")
	f("Client=Hub Transport", "", "Exchange", "")
	f("Client=REST;;", "", "REST", "")
	f("Client=REST;Client=RESTSystem;;", "", "RESTSystem", "")
	f("", "", "", "")
}

func TestAddressSessionAgentOfRecord(t *testing.T) {
	f := func(more, ip, session, agent string) {
		t.Helper()
		s := one(t, rec("UserLoggedIn", more))
		want(t, more+" ip", s.Text(s.IP), ip)
		want(t, more+" session", s.Text(s.Session), session)
		want(t, more+" agent", s.Text(s.Agent), agent)
	}
	f(`"ClientIP":"192.0.2.1:5795","ClientIPAddress":"192.0.2.2"`, "192.0.2.1:5795", "", "")
	f(`"ClientIP":"","ClientIPAddress":"[2001:db8::1]:443"`, "[2001:db8::1]:443", "", "")
	f(`"ClientIP":null,"ActorIpAddress":"::ffff:192.0.2.3"`, "::ffff:192.0.2.3", "", "")
	f(`"SessionId":"s1"`, "", "s1", "")
	f(`"AppAccessContext":{"AADSessionId":"s2","APIId":"x"}`, "", "s2", "")
	f(`"DeviceProperties":[{"Name":"SessionId","Value":"s3"}]`, "", "s3", "")
	f(`"ExtendedProperties":[{"Name":"UserAgent","Value":"BAV2ROPC"}]`, "", "", "BAV2ROPC")
	f(`"ExtendedProperties":[{"Name":"additionalDetails","Value":"{\"User-Agent\":\"EvoSTS\"}"}]`, "", "", "EvoSTS")
	f(`"UserAgent":"Go-http-client\/2.0"`, "", "", "Go-http-client/2.0")
}

// TestIdentity: a sign-in is one activity in both logs; elsewhere IntraSystemId is a request's and must not merge.
func TestIdentity(t *testing.T) {
	const id, intra = "0a1b2c3d-0000-4000-8000-00000000000a", "11111111-2222-4333-8444-555555555555"
	wantID, _ := activity.GUID([]byte(id))
	wantIntra, _ := activity.GUID([]byte(intra))
	want(t, "change", one(t, rec("Add user.", `"IntraSystemId":"`+intra+`"`)).ID, wantID)
	want(t, "logon", one(t, rec("UserLoggedIn", `"IntraSystemId":"`+intra+`"`)).ID, wantIntra)
	want(t, "logon without", one(t, rec("UserLoggedIn", ``)).ID, wantID)
	odd := one(t, `{"CreationTime":"2026-03-02T10:00:00","Id":"not-a-guid","Operation":"Send"}`)
	want(t, "odd id", odd.ID, activity.HashID([]byte("not-a-guid")))
	a := one(t, `{"CreationTime":"2026-03-02T10:00:00","Operation":"Send","UserId":"a@contoso.com"}`)
	b := one(t, `{"CreationTime":"2026-03-02T10:00:01","Operation":"Send","UserId":"a@contoso.com"}`)
	if a.ID == b.ID || a.ID == (activity.ID{}) {
		t.Errorf("records without ids: %s and %s, want two ids", a.ID, b.ID)
	}
}

// TestReserialisedCopiesAreRepeats: key order, number or string, escapes and spaces say nothing about what happened.
func TestReserialisedCopiesAreRepeats(t *testing.T) {
	c := decode(t, activity.Interest{},
		`{"CreationTime":"2026-03-02T10:00:00","Id":"0a1b2c3d-0000-4000-8000-00000000000a","Operation":"New-InboxRule","UserId":"a@contoso.com","UserType":2,"ObjectId":"a\/b","Parameters":[{"Name":"Name","Value":"x"},{"Name":"DeleteMessage","Value":"True"}]}`,
		"{\r\n \"Parameters\":[{\"Value\":\"True\",\"Name\":\"DeleteMessage\"},{\"Name\":\"Name\",\"Value\":\"\\u0078\"}],\"ObjectId\":\"a/b\",\r\n \"UserType\":\"Admin\",\"UserId\":\"A@contoso.com\",\"Operation\":\"New-InboxRule\",\"Id\":\"0A1B2C3D-0000-4000-8000-00000000000A\",\"CreationTime\":\"2026-03-02T10:00:00Z\"}",
		`{"CreationTime":"2026-03-02T10:00:00","Id":"0a1b2c3d-0000-4000-8000-00000000000a","Operation":"New-InboxRule","UserId":"a@contoso.com","UserType":2,"ObjectId":"a/b","Parameters":[{"Name":"Name","Value":"y"}]}`)
	want(t, "activities", len(c.Activities), 2) // the third says something else and is kept
	want(t, "repeats", len(c.Duplicates), 1)
	want(t, "conflicts", len(c.Conflicts), 1)
}

func TestMailbox(t *testing.T) {
	f := func(operation, more, mailbox, actor string) {
		t.Helper()
		s := one(t, rec(operation, more))
		want(t, operation+" mailbox", s.Text(s.Mailbox), mailbox)
		want(t, operation+" actor", s.Text(s.Actor), actor)
	}
	const alice = "alice@contoso.com"
	f("Send", `"MailboxOwnerUPN":"Bob@contoso.com"`, "bob@contoso.com", alice)
	f("Set-Mailbox", `"ObjectId":"ALICE","Parameters":[{"Name":"Identity","Value":"S/Microsoft Exchange Hosted Organizations/contoso.com/alice"}]`, alice, alice)
	f("Set-Mailbox", `"ObjectId":"bob","Parameters":[{"Name":"Identity","Value":"S/O/contoso.com/Bob"}]`, "bob", alice)
	f("Set-Mailbox", `"ObjectId":"0a1b2c3d-0000-4000-8000-00000000000b","Parameters":[{"Name":"Identity","Value":"Bob@contoso.com"}]`, "bob@contoso.com", alice)
	f("Add-MailboxFolderPermission", `"ObjectId":"bob:\\Calendar","Parameters":[{"Name":"Identity","Value":"bob@contoso.com:\\Calendar"}]`, "bob@contoso.com", alice)
	f("New-InboxRule", `"ObjectId":"alice\\Invoices"`, alice, alice)
	f("New-InboxRule", `"ObjectId":"bob\\Invoices","Parameters":[{"Name":"Mailbox","Value":"bob@contoso.com"}]`, "bob@contoso.com", alice)
	f("New-InboxRule", `"ObjectId":"S/O/contoso.com/0a1b2c3d-0000-4000-8000-00000000000b\\Direct"`, alice, alice)
	f("Set-InboxRule", `"ObjectId":"alice\\176","Parameters":[{"Name":"Identity","Value":"Accounts"}]`, alice, alice)
	f("Add member to role.", `"ObjectId":"bob@contoso.com","Workload":"AzureActiveDirectory"`, alice, alice)
	f("AlertTriggered", `"Data":"{\"f3u\":\"Bob@contoso.com\"}","UserId":"SecurityComplianceAlerts"`, "bob@contoso.com", "securitycompliancealerts")
	f("AlertEntityGenerated", `"AlertEntityId":"Bob@contoso.com","UserId":"SecurityComplianceAlerts"`, "bob@contoso.com", "securitycompliancealerts")
	f("Set-Mailbox", `"UserId":"NT AUTHORITY\\SYSTEM (x)","Parameters":[{"Name":"Identity","Value":"bob@contoso.com"}]`, `nt authority\system (x)`, `nt authority\system (x)`)
}

// Promise: a mailbox known by alias or directory id elsewhere joins its owner's timeline.
func TestNamesJoin(t *testing.T) {
	c := decode(t, activity.Interest{},
		`{"CreationTime":"2026-03-02T10:00:00","Id":"00000000-0000-4000-8000-000000000001","Operation":"UserLoggedIn","UserId":"bob@contoso.com","UserKey":"0A1B2C3D-0000-4000-8000-00000000000B","ResultStatus":"Success","ErrorNumber":"0"}`,
		`{"CreationTime":"2026-03-02T10:00:01","Id":"00000000-0000-4000-8000-000000000002","Operation":"UserLoginFailed","UserId":"bob@example.org"}`,
		`{"CreationTime":"2026-03-02T10:00:02","Id":"00000000-0000-4000-8000-000000000003","Operation":"Add-MailboxPermission","UserId":"it@contoso.com","Parameters":[{"Name":"Identity","Value":"Bob"}]}`,
		`{"CreationTime":"2026-03-02T10:00:03","Id":"00000000-0000-4000-8000-000000000004","Operation":"Set-Mailbox","UserId":"it@contoso.com","ObjectId":"0a1b2c3d-0000-4000-8000-00000000000b"}`,
		`{"CreationTime":"2026-03-02T10:00:04","Id":"00000000-0000-4000-8000-000000000005","Operation":"SearchAlert","UserId":"0a1b2c3d-0000-4000-8000-00000000000b","UserType":0}`,
		`{"CreationTime":"2026-03-02T10:00:05","Id":"00000000-0000-4000-8000-000000000006","Operation":"Set-Mailbox","UserId":"it@contoso.com","ObjectId":"nobody"}`)
	account.Spell(c).Join()
	want(t, "joined names", len(c.Aliases), 2)
	var boxes []string
	for i := range c.Activities {
		boxes = append(boxes, c.Text(c.Activities[i].Mailbox))
	}
	wantList(t, "mailboxes", boxes, "bob@contoso.com", "bob@example.org", "bob@contoso.com", "bob@contoso.com", "bob@contoso.com", "unknown (nobody)")
	want(t, "lane", c.Activities[4].Lane, activity.Person)
}

func TestTenantDomains(t *testing.T) {
	c := decode(t, activity.Interest{},
		rec("Send", `"MailboxOwnerUPN":"bob@Sub.contoso.com"`),
		`{"CreationTime":"2026-03-02T10:00:00","Operation":"UserLoginFailed","Id":"x1","UserId":"a@example.org","Workload":"AzureActiveDirectory"}`,
		`{"CreationTime":"2026-03-02T10:00:00","Operation":"FileAccessed","Id":"x2","UserId":"guest@example.net","Workload":"SharePoint"}`,
		`{"CreationTime":"2026-03-02T10:00:00","Operation":"Set-Mailbox","Id":"x3","UserId":"p@partner.example","UserType":9,"Workload":"Exchange"}`)
	wantList(t, "domains", TenantDomains(c), "contoso.com", "sub.contoso.com")
}
