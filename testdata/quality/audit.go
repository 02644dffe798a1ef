package main

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// auditRecord is a record of the Unified Audit Log.
func auditRecord(id string, p tenantMember, at where, when time.Time, l entryLine) map[string]any {
	record := map[string]any{
		"CreationTime": when.Format("2006-01-02T15:04:05"), "Id": id, "Operation": l.text(l.verb()), "OrganizationId": tenantID, "Version": 1,
		"UserId": p.address, "UserKey": p.puid, "UserType": 0,
	}
	switch l.verb() {
	case "login":
		logIn(record, p, at, l)
	case "ex":
		cmdlet(record, at, l)
	case "dir":
		addDirectoryChange(record, p, l)
	case "mail":
		mailbox(record, p, at, l)
	case "file":
		addFileAct(record, p, at, l)
	case "teams":
		record["RecordType"], record["Workload"], record["ClientIP"] = 25, "MicrosoftTeams", at.ip
	default:
		record["RecordType"], record["Workload"], record["ClientIP"], record["ResultStatus"] = l["type"], l.text("workload"), at.ip, "Succeeded"
		if o := l.text("object"); o != "" {
			record["ObjectId"] = o
		}
	}
	return merged(record, l.fields())
}

// pairs are names and values as Microsoft's lists of parameters have them, in order of name.
func pairs(of any) []any {
	list := []any{}
	m, _ := of.(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, map[string]any{"Name": k, "Value": fmt.Sprint(m[k])})
	}
	return list
}

func logIn(record map[string]any, p tenantMember, at where, l entryLine) {
	record["Operation"] = "UserLoggedIn"
	if l.text("login") != "0" {
		record["Operation"], record["LogonError"] = "UserLoginFailed", "InvalidUserNameOrPassword"
	}
	device := []any{map[string]any{"Name": "OS", "Value": agentSystem(at.agent)}, map[string]any{"Name": "BrowserType", "Value": "Other"}}
	if at.session != "" {
		device = append(device, map[string]any{"Name": "SessionId", "Value": at.session})
	}
	if at.device != "" {
		device = append(device, map[string]any{"Name": "Id", "Value": at.device}, map[string]any{"Name": "IsCompliantAndManaged", "Value": "True"})
	}
	record["RecordType"], record["Workload"], record["ResultStatus"], record["ErrorNumber"] = 15, "AzureActiveDirectory", "Success", l.text("login")
	record["ClientIP"], record["ActorIpAddress"], record["ApplicationId"], record["ObjectId"] = at.ip, at.ip, "9199bf20-a13f-4107-85dc-02114787ef48", "00000002-0000-0ff1-ce00-000000000000"
	record["DeviceProperties"], record["UserKey"], record["IntraSystemId"] = device, p.object, record["Id"]
	record["ExtendedProperties"] = []any{
		map[string]any{"Name": "ResultStatusDetail", "Value": "Success"}, map[string]any{"Name": "UserAgent", "Value": at.agent}, map[string]any{"Name": "RequestType", "Value": "OAuth2:Authorize"},
	}
}

// cmdlet is one of Exchange or of compliance: p are its parameters.
func cmdlet(record map[string]any, at where, l entryLine) {
	record["RecordType"], record["Workload"], record["ResultStatus"], record["UserType"], record["ClientIP"] = 1, "Exchange", "True", 2, at.ip+":50123"
	record["ObjectId"], record["Parameters"], record["OrganizationName"], record["ExternalAccess"] = l.text("object"), pairs(l["p"]), "contoso.onmicrosoft.com", false
	if at.session != "" {
		record["SessionId"] = at.session
	}
}

// addDirectoryChange is a change of the directory: m are the properties it changed, each a new value or an old and a new one.
func addDirectoryChange(record map[string]any, p tenantMember, l entryLine) {
	changed := []any{}
	m, _ := l["m"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		before, after := any(""), m[k]
		if both, ok := after.([]any); ok && len(both) == 2 {
			before, after = both[0], both[1]
		}
		changed = append(changed, map[string]any{"Name": k, "NewValue": fmt.Sprint(after), "OldValue": fmt.Sprint(before)})
	}
	target := l.text("target")
	record["RecordType"], record["Workload"], record["ResultStatus"], record["UserKey"] = 8, "AzureActiveDirectory", "Success", p.puid+"@contoso.com"
	record["ObjectId"], record["AzureActiveDirectoryEventType"], record["ModifiedProperties"], record["ExtendedProperties"] = target, 1, changed, []any{}
	record["Target"] = []any{map[string]any{"ID": "Object_" + hash12(target), "Type": 2}, map[string]any{"ID": target, "Type": 1}, map[string]any{"ID": target, "Type": 5}}
	record["Actor"] = []any{map[string]any{"ID": p.address, "Type": 5}, map[string]any{"ID": p.puid, "Type": 3}}
	record["ActorIpAddress"] = microsft
	record["ClientIP"] = microsft
}

// mailbox is an act in a mailbox: n is how many messages.
func mailbox(record map[string]any, p tenantMember, at where, l entryLine) {
	owner := p
	if box := l.text("MailboxOwnerUPN"); box != "" {
		owner = personOf(box)
	}
	client := "Client=OWA;" + at.agent
	record["RecordType"], record["Workload"], record["ResultStatus"], record["ClientIPAddress"], record["ClientInfoString"] = 2, "Exchange", "Succeeded", at.ip, client
	record["MailboxOwnerUPN"], record["MailboxGuid"], record["LogonType"], record["ExternalAccess"] = owner.address, "b0c50000-0000-4000-8000-"+hash12(owner.address), 0, false
	record["AppId"], record["ClientAppId"] = "9199bf20-a13f-4107-85dc-02114787ef48", "9199bf20-a13f-4107-85dc-02114787ef48"
	if at.session != "" {
		record["SessionId"] = at.session
	}
	id := fmt.Sprint(record["Id"])
	switch record["Operation"] {
	case "MailItemsAccessed":
		record["RecordType"], record["OperationProperties"], record["OperationCount"] = 50, []any{map[string]any{"Name": "MailAccessType", "Value": "Bind"}, map[string]any{"Name": "IsThrottled", "Value": "False"}}, l["n"]
		items := []any{}
		for i := range max(1, wholeNumber(l["n"])) {
			items = append(items, map[string]any{"InternetMessageId": fmt.Sprintf("<%s.%d@mail.example>", id, i), "Id": fmt.Sprintf("RgAAA%s%d", hash12(id), i), "SizeInBytes": 20000})
		}
		record["Folders"] = []any{map[string]any{"Id": "LgAAA1", "Path": "\\Inbox", "FolderItems": items}}
	case "Send", "SendAs", "SendOnBehalf", "Update", "Create", "AttachmentAccess":
		item := map[string]any{"Id": "RgAAA" + hash12(id), "InternetMessageId": "<" + id + "@contoso.com>", "Subject": l.text("subject"), "ParentFolder": map[string]any{"Path": "\\Drafts", "Id": "LgAAA2"}}
		if a := l.text("attachments"); a != "" {
			item["Attachments"] = a
		}
		record["Item"] = item
	default:
		record["AffectedItems"] = []any{map[string]any{"Id": "RgAAA" + hash12(id), "InternetMessageId": "<" + id + "@mail.example>", "Subject": l.text("subject"), "ParentFolder": map[string]any{"Path": "\\Inbox", "Id": "LgAAA1"}}}
		record["Folder"] = map[string]any{"Path": "\\Inbox", "Id": "LgAAA1"}
	}
}

func wholeNumber(v any) int {
	n, _ := v.(int)
	return n
}

// addFileAct is an act on a file of OneDrive or SharePoint.
func addFileAct(record map[string]any, p tenantMember, at where, l entryLine) {
	name := l.text("name")
	record["RecordType"], record["Workload"], record["ClientIP"], record["UserAgent"], record["UserKey"] = 6, "OneDrive", at.ip, at.agent, "i:0h.f|membership|"+p.puid+"@live.com"
	record["SourceFileName"], record["ItemType"], record["EventSource"], record["ObjectId"] = name, "File", "SharePoint", "https://contoso-my.sharepoint.com/personal/"+p.name+"_contoso_com/Documents/"+name
	record["SiteUrl"], record["SourceRelativeUrl"] = "https://contoso-my.sharepoint.com/personal/"+p.name+"_contoso_com/", "Documents"
	if at.session != "" {
		record["AppAccessContext"] = map[string]any{"AADSessionId": at.session}
	}
}
