package ordinary

import "time"

// act is one thing that somebody does, from somewhere, with something.
type act struct {
	at      time.Time
	who     *person
	ip      string
	agent   string
	session string
	device  string // id of a managed device
	system  string
}

// exchange adds a mailbox record.
func (w *world) exchange(a act, op, client string, more map[string]any) {
	d := map[string]any{
		"RecordType": 2, "ResultStatus": "Succeeded", "UserKey": a.who.puid, "UserType": 0, "Workload": "Exchange", "ClientIPAddress": a.ip,
		"UserId": a.who.address, "ClientInfoString": client, "ExternalAccess": false, "LogonType": 0, "MailboxGuid": a.who.mailbox,
		"MailboxOwnerUPN": a.who.address, "OrganizationName": "contoso.onmicrosoft.com",
	}
	if a.session != "" {
		d["SessionId"] = a.session
	}
	w.audit(a.at, op, d, more)
}

// admin adds an Exchange cmdlet. parameters are names and values in turn.
func (w *world) admin(a act, op, object string, parameters ...string) {
	list := []any{}
	for i := 0; i+1 < len(parameters); i += 2 {
		list = append(list, map[string]any{"Name": parameters[i], "Value": parameters[i+1]})
	}
	d := map[string]any{
		"RecordType": 1, "ResultStatus": "True", "UserKey": a.who.puid, "UserType": 2, "Workload": "Exchange", "ClientIP": a.ip + ":51234",
		"UserId": a.who.address, "ObjectId": object, "Parameters": list, "OrganizationName": "contoso.onmicrosoft.com", "ExternalAccess": false,
	}
	if a.session != "" {
		d["SessionId"] = a.session
	}
	w.audit(a.at, op, d, nil)
}

// directory adds a change of the directory, which carries Microsoft's address or none.
func (w *world) directory(a act, op, target string, properties ...string) {
	changed := []any{}
	for i := 0; i+1 < len(properties); i += 2 {
		changed = append(changed, map[string]any{"Name": properties[i], "NewValue": properties[i+1], "OldValue": "[]"})
	}
	w.audit(a.at, op, map[string]any{
		"RecordType": 8, "ResultStatus": "Success", "UserKey": a.who.puid + "@contoso.com", "UserType": 0, "Workload": "AzureActiveDirectory",
		"UserId": a.who.address, "ObjectId": target, "AzureActiveDirectoryEventType": 1, "ModifiedProperties": changed,
		"Target": []any{map[string]any{"ID": "User_" + w.guid(), "Type": 2}, map[string]any{"ID": target, "Type": 5}},
		"Actor":  []any{map[string]any{"ID": a.who.address, "Type": 5}, map[string]any{"ID": a.who.puid, "Type": 3}},
	}, nil)
}

// file adds an act on a file.
func (w *world) file(a act, op, name string) {
	w.audit(a.at, op, map[string]any{
		"RecordType": 6, "UserKey": "i:0h.f|membership|" + a.who.puid + "@live.com", "UserType": 0, "Workload": "OneDrive", "ClientIP": a.ip,
		"UserId": a.who.address, "UserAgent": a.agent, "SourceFileName": name,
		"ObjectId": "https://contoso-my.sharepoint.com/personal/" + a.who.alias + "/Documents/" + name,
	}, nil)
}

func (w *world) audit(at time.Time, op string, d, more map[string]any) {
	id := w.guid()
	d["CreationTime"], d["Id"], d["Operation"], d["OrganizationId"], d["Version"] = at.Format("2006-01-02T15:04:05"), id, op, w.id, 1
	for k, v := range more {
		d[k] = v
	}
	w.add(Record{Time: at, ID: id, Data: d})
}

func (w *world) add(r Record) {
	if r.Time.Before(w.start) || !r.Time.Before(w.start.AddDate(0, 0, w.opts.Days)) {
		return
	}
	if r.Intruder = w.actor; w.actor > 0 {
		t := &w.tenant.Truth[w.actor-1]
		if t.First.IsZero() || r.Time.Before(t.First) {
			t.First = r.Time
		}
		if r.Time.After(t.Last) {
			t.Last = r.Time
		}
	}
	w.tenant.Records = append(w.tenant.Records, r)
}

// signIn adds a sign-in to both logs. code is 0 for success, else the service's error.
func (w *world) signIn(a act, app string, code int, more map[string]any) {
	id := w.guid()
	op := "UserLoggedIn"
	if code != 0 {
		op = "UserLoginFailed"
	}
	device := []any{map[string]any{"Name": "OS", "Value": a.system}, map[string]any{"Name": "SessionId", "Value": a.session}}
	if a.device != "" {
		device = append(device, map[string]any{"Name": "Id", "Value": a.device}, map[string]any{"Name": "TrustType", "Value": "AzureAD"})
	}
	w.add(Record{Time: a.at, ID: id, Data: map[string]any{
		"CreationTime": a.at.Format("2006-01-02T15:04:05"), "Id": id, "IntraSystemId": id, "Operation": op, "OrganizationId": w.id, "RecordType": 15,
		"ResultStatus": "Success", "UserKey": a.who.object, "UserType": 0, "Version": 1, "Workload": "AzureActiveDirectory", "ClientIP": a.ip,
		"ActorIpAddress": a.ip, "UserId": a.who.address, "ObjectId": "00000002-0000-0ff1-ce00-000000000000", "ApplicationId": "00000002-0000-0ff1-ce00-000000000000",
		"ErrorNumber": code, "DeviceProperties": device,
		"ExtendedProperties": []any{map[string]any{"Name": "UserAgent", "Value": a.agent}, map[string]any{"Name": "RequestType", "Value": "OAuth2:Authorize"}},
	}})
	d := map[string]any{
		"id": id, "createdDateTime": a.at.Format("2006-01-02T15:04:05Z"), "userPrincipalName": a.who.address, "userId": a.who.object, "tenantId": w.id,
		"appDisplayName": app, "ipAddress": a.ip, "userAgent": a.agent, "isInteractive": true, "clientAppUsed": "Browser", "sessionId": a.session,
		"authenticationRequirement": "multiFactorAuthentication", "correlationId": w.guid(), "userType": "member",
		"status":       map[string]any{"errorCode": code, "failureReason": "Other."},
		"deviceDetail": map[string]any{"deviceId": a.device, "operatingSystem": a.system, "isManaged": a.device != "", "trustType": trust(a.device)},
	}
	for k, v := range more {
		d[k] = v
	}
	w.add(Record{Time: a.at, ID: id, SignIn: true, Data: d})
}

func trust(device string) string {
	if device == "" {
		return ""
	}
	return "Azure AD joined"
}
