package main

import (
	"fmt"
	"strings"
)

// appendSlashes writes a text as the service's JSON does: with \/ and \\.
func appendSlashes(to []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c == '\\' || c == '/' || c == '"' {
			to = append(to, '\\')
		}
		to = append(to, s[i])
	}
	return to
}

// slashes is appendSlashes as a string.
func slashes(s string) string { return string(appendSlashes(nil, s)) }

// open begins a record with the fields that all have, in the service's order.
func (g *auditLog) open(r *auditRecord, op, kind string, number int, result, key string, userType int, workload string) {
	r.op, r.kind = op, kind
	g.text = fmt.Appendf(g.text[:0], `{"CreationTime":"%s","Id":"%s","Operation":"%s","OrganizationId":"%s","RecordType":%d,`+
		`"ResultStatus":"%s","UserKey":"%s","UserType":%d,"Version":1,"Workload":"%s"`,
		r.at.Format("2006-01-02T15:04:05"), r.id, op, g.tenant, number, result, slashes(key), userType, workload)
}

// field adds a text field.
func (g *auditLog) field(name, value string) {
	g.text = append(g.text, `,"`...)
	g.text = append(g.text, name...)
	g.text = append(g.text, `":"`...)
	g.text = appendSlashes(g.text, value)
	g.text = append(g.text, '"')
}

// raw adds a field that is JSON already.
func (g *auditLog) raw(name, value string) {
	g.text = append(g.text, `,"`...)
	g.text = append(g.text, name...)
	g.text = append(g.text, `":`...)
	g.text = append(g.text, value...)
}

// pairs adds a list of {Name, Value}.
func (g *auditLog) pairs(name string, values ...string) {
	g.text = append(g.text, `,"`...)
	g.text = append(g.text, name...)
	g.text = append(g.text, `":[`...)
	for i := 0; i+1 < len(values); i += 2 {
		if i > 0 {
			g.text = append(g.text, ',')
		}
		g.text = append(g.text, `{"Name":"`...)
		g.text = append(g.text, values[i]...)
		g.text = append(g.text, `","Value":"`...)
		g.text = appendSlashes(g.text, values[i+1])
		g.text = append(g.text, `"}`...)
	}
	g.text = append(g.text, ']')
}

func (g *auditLog) end() { g.text = append(g.text, '}') }

// system writes a cmdlet that the service ran on itself: seven in ten records, and no person's doing.
func (g *auditLog) system(r *auditRecord, draw int) {
	const actor = `NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)`
	const prefix = "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.onmicrosoft.com/"
	cmdlet, object := "Set-Mailbox", prefix+"QuarantineOrgShard{368F7EFB-D8B2-448B-A304-41EA44801476}"
	parameters := []string{
		"RecoverableItemsQuota", "30 GB (32,212,254,720 bytes)", "Force", "True", "Arbitration", "True", "QuarantineMessageStore", "True",
		"ProhibitSendQuota", "99 GB (106,300,440,576 bytes)", "HiddenFromAddressListsEnabled", "True", "SCLDeleteEnabled", "False",
		"SCLQuarantineEnabled", "False", "SCLRejectEnabled", "False", "UseDatabaseQuotaDefaults", "False",
		"RecoverableItemsWarningQuota", "20 GB (21,474,836,480 bytes)", "IssueWarningQuota", "90 GB (96,636,764,160 bytes)",
		"Identity", object, "ProhibitSendReceiveQuota", "100 GB (107,374,182,400 bytes)", "SCLJunkEnabled", "False",
	}
	switch {
	case draw >= 585:
		cmdlet = choose(g.random, []string{
			"Set-TransportConfig", "Set-TransportConfig", "Set-User", "Set-OwaMailboxPolicy", "Add-MailboxPermission", "Set-AdminAuditLogConfig",
			"Enable-AddressListPaging", "Set-TenantObjectVersion", "Install-ResourceConfig",
		})
		object = prefix + strings.TrimPrefix(cmdlet, "Set-")
		parameters = []string{"DomainController", "", "Identity", object}
	case draw >= 322:
		cmdlet, object = "Set-MailboxPlan", prefix+"ExchangeOnlineEssentials-eca5b2bb-bfe7-4c13-8820-0743c2c42bb6"
		parameters = []string{
			"Identity", object, "UseDatabaseRetentionDefaults", "False", "RecoverableItemsQuota", "30 GB (32,212,254,720 bytes)",
			"RecoverableItemsWarningQuota", "20 GB (21,474,836,480 bytes)",
		}
	}
	g.open(r, cmdlet, "ExchangeAdmin", 1, "True", actor, 3, "Exchange")
	r.user = actor
	g.field("ObjectId", object)
	g.field("UserId", actor)
	g.field("AppId", "")
	g.field("ClientAppId", "")
	g.raw("ExternalAccess", "true")
	g.field("OrganizationName", "contoso.onmicrosoft.com")
	g.field("OriginatingServer", choose(g.random, g.servers))
	g.pairs("Parameters", parameters...)
	g.end()
}

// mailAccess writes a MailItemsAccessed of n messages: half by the service's own REST calls, as in the real export.
func (g *auditLog) mailAccess(r *auditRecord, n int) {
	u := &g.users[g.random.below(len(g.users))]
	ip, client := u.ip, "Client=OWA;"+u.agent
	if draw := g.random.unit(); draw < 0.6 {
		ip, client = fmt.Sprintf("2603:10a6:800:%x::%x", g.random.below(512), 1+g.random.below(30)), "Client=REST;Client=RESTSystem;;"
	} else if draw < 0.75 {
		client = "Client=MSExchangeRPC"
	}
	g.exchange(r, u, "MailItemsAccessed", "ExchangeItemAggregated", 50, ip, client)
	g.pairs("OperationProperties", "MailAccessType", "Bind", "IsThrottled", "False")
	g.field("OrganizationName", "contoso.onmicrosoft.com")
	g.raw("OriginatingServer", `"`+choose(g.random, g.servers)+`\u000d\u000a"`)
	g.text = append(g.text, `,"Folders":[{"FolderItems":[`...)
	for i := range n {
		if i > 0 {
			g.text = append(g.text, ',')
		}
		g.text = fmt.Appendf(g.text, `{"InternetMessageId":"<%s@az.westeurope.production.microsoft.com>"}`, g.random.guid())
	}
	g.text = fmt.Appendf(g.text, `],"Id":"LgAAAADBwCLOTkcSTpPvPqAu44P4AQBY8xpM8MPnRJFI1LZ3pAMJAAAAAAEMAAAB","Path":"\\Inbox"}],"OperationCount":%d`, n)
	g.end()
}

// exchange begins a mailbox record of a person.
func (g *auditLog) exchange(r *auditRecord, u *auditUser, op, kind string, number int, ip, client string) {
	g.open(r, op, kind, number, "Succeeded", u.key, 0, "Exchange")
	r.user = u.name
	g.field("UserId", u.name)
	g.field("AppId", "8a18aa92-0a1e-4e06-abd0-e118fa4787b1")
	g.field("ClientAppId", "3c8e478f-21ca-493a-b87c-c7366d664d54")
	g.field("ClientIPAddress", ip)
	g.field("ClientInfoString", client)
	g.raw("ExternalAccess", "false")
	g.raw("InternalLogonType", "0")
	g.raw("LogonType", "0")
	g.field("LogonUserSid", u.sid)
	g.field("MailboxGuid", u.mailbox)
	g.field("MailboxOwnerSid", u.sid)
	g.field("MailboxOwnerUPN", u.name)
}

// signIn writes a sign-in that succeeded, or one with a wrong password.
func (g *auditLog) signIn(r *auditRecord, ok bool) {
	u := &g.users[g.random.below(len(g.users))]
	op, code := "UserLoggedIn", "0"
	if !ok {
		op, code = "UserLoginFailed", "50126"
	}
	g.open(r, op, "AzureActiveDirectoryStsLogon", 15, "Success", u.object, 0, "AzureActiveDirectory")
	r.user = u.name
	g.field("ClientIP", u.ip)
	g.field("ObjectId", "00000002-0000-0ff1-ce00-000000000000")
	g.field("UserId", u.name)
	g.raw("AzureActiveDirectoryEventType", "1")
	g.pairs("ExtendedProperties", "ResultStatusDetail", "Success", "UserAgent", u.agent, "UserAuthenticationMethod", "1", "RequestType", "Login:login")
	g.raw("ModifiedProperties", "[]")
	g.text = fmt.Appendf(g.text, `,"Actor":[{"ID":"%s","Type":0},{"ID":"%s","Type":5}]`, u.object, u.name)
	g.field("ActorContextId", g.tenant)
	g.field("ActorIpAddress", u.ip)
	g.field("InterSystemsId", g.random.guid())
	g.field("IntraSystemId", r.id)
	g.field("SupportTicketId", "")
	g.raw("Target", `[{"ID":"00000002-0000-0ff1-ce00-000000000000","Type":0}]`)
	g.field("TargetContextId", g.tenant)
	g.field("ApplicationId", "d3590ed6-52b3-4102-aeff-aad2292ab01c")
	g.pairs("DeviceProperties", "OS", "Windows 10", "BrowserType", "Chrome", "IsCompliantAndManaged", "False", "SessionId", u.mailbox)
	g.field("ErrorNumber", code)
	if !ok {
		g.field("LogonError", "InvalidUserNameOrPassword")
	}
	g.end()
}

// directory writes a change that an administrator made, long as directory records are.
func (g *auditLog) directory(r *auditRecord) {
	admin, u := &g.users[0], &g.users[g.random.below(len(g.users))]
	op := choose(g.random, []string{"Update user.", "Add member to group.", "Update group.", "Change user license."})
	g.open(r, op, "AzureActiveDirectory", 8, "Success", "10030000A96E0F1C@contoso.onmicrosoft.com", 0, "AzureActiveDirectory")
	r.user = admin.name
	g.field("ObjectId", u.name)
	g.field("UserId", admin.name)
	g.raw("AzureActiveDirectoryEventType", "1")
	details := fmt.Sprintf(`{"targetUpdatedProperties":"%s"}`, strings.Repeat(`[AccountEnabled, AssignedLicense, AssignedPlan] `, 20))
	g.pairs("ExtendedProperties", "additionalDetails", details, "extendedAuditEventCategory", "User")
	g.text = append(g.text, `,"ModifiedProperties":[`...)
	for i, name := range []string{"AssignedLicense", "AssignedPlan", "LastDirSyncTime", "Included Updated Properties"} {
		if i > 0 {
			g.text = append(g.text, ',')
		}
		g.text = fmt.Appendf(g.text, `{"Name":"%s","NewValue":"[\r\n  \"%s\"\r\n]","OldValue":"[]"}`, name, g.random.guid())
	}
	g.text = fmt.Appendf(g.text, `],"Actor":[{"ID":"%s","Type":5},{"ID":"%s","Type":3}]`, admin.name, admin.object)
	g.field("ActorContextId", g.tenant)
	g.field("ActorIpAddress", admin.ip)
	g.field("InterSystemsId", g.random.guid())
	g.field("IntraSystemId", g.random.guid())
	g.field("SupportTicketId", "")
	g.text = fmt.Appendf(g.text, `,"Target":[{"ID":"User_%s","Type":2},{"ID":"%s","Type":5}]`, u.object, u.name)
	g.field("TargetContextId", g.tenant)
	g.end()
}

// mailChange writes a send, a move to the deleted items, or a soft delete.
func (g *auditLog) mailChange(r *auditRecord) {
	u := &g.users[g.random.below(len(g.users))]
	op := choose(g.random, []string{"Send", "MoveToDeletedItems", "SoftDelete"})
	kind, number := "ExchangeItemGroup", 3
	if op == "Send" {
		kind, number = "ExchangeItem", 2
	}
	g.exchange(r, u, op, kind, number, u.ip, "Client=OWA;"+u.agent)
	g.field("SessionId", u.object)
	g.field("OrganizationName", "contoso.onmicrosoft.com")
	g.raw("OriginatingServer", `"`+choose(g.random, g.servers)+`\u000d\u000a"`)
	item := fmt.Sprintf(`{"Id":"%s","InternetMessageId":"<%s@contoso.onmicrosoft.com>","ParentFolder":{"Id":"%s","Path":"\\Inbox"},"SizeInBytes":%d,"Subject":"%s"}`,
		g.random.token(70), g.random.guid(), g.random.token(36), g.random.between(4000, 90_000), choose(g.random, officeContacts("contoso.com")[0].subjects))
	if op == "Send" {
		g.raw("Item", item)
	} else {
		g.raw("AffectedItems", "["+item+"]")
		g.raw("CrossMailboxOperation", "false")
	}
	g.end()
}

// query writes a report that a portal page asked for.
func (g *auditLog) query(r *auditRecord) {
	u := &g.users[0]
	g.open(r, choose(g.random, []string{"ValidaterbacAccessCheck", "Get-DlpSiDetectionsReport", "SearchMtpStatus"}),
		"SecurityComplianceCenterEOPCmdlet", 18, "Success", u.name, 2, "SecurityComplianceCenter")
	r.user = u.name
	g.field("ObjectId", "")
	g.field("UserId", u.name)
	g.field("Parameters", `-Organization "contoso.onmicrosoft.com" -ServiceVersion "V1.0"`)
	g.end()
}

// forwardingRule writes the one planted act: a rule that forwards what is about money to an outsider.
func (g *auditLog) forwardingRule(r *auditRecord) {
	u := &g.users[1]
	g.open(r, "New-InboxRule", "ExchangeAdmin", 1, "True", u.key, 2, "Exchange")
	r.user = u.name
	g.field("ClientIP", ngMobile().at(7)+":51234")
	g.field("ObjectId", "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/contoso.onmicrosoft.com/user002\\.")
	g.field("UserId", u.name)
	g.field("AppId", "")
	g.field("ClientAppId", "")
	g.raw("ExternalAccess", "false")
	g.field("OrganizationName", "contoso.onmicrosoft.com")
	g.field("OriginatingServer", g.servers[0])
	g.pairs("Parameters", "AlwaysDeleteOutlookRulesBlob", "False", "Force", "False", "ForwardTo", "smtp:drop@fabrikam-mail.example",
		"Name", ".", "SubjectOrBodyContainsWords", "invoice;payment", "StopProcessingRules", "True")
	g.field("SessionId", g.random.guid())
	g.end()
}
