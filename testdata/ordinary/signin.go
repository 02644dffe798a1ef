package ordinary

// entry is how somebody logs on.
type entry struct {
	app, appID string
	code       int    // 0 for success, else the service's error
	client     string // clientAppUsed; "" is a browser
	protocol   string
	single     bool // one factor was enough
	silent     bool // by a token, without the person
	name       string
}

// web is a log on with a browser.
func web(app, id string) entry { return entry{app: app, appID: id} }

// signIn adds a log on to the sign-ins and, mostly, to the audit log.
func (w *logbook) signIn(a act, e entry) {
	if w.opts.Activities {
		w.logsOn(a, e)
		return
	}
	id := w.guid()
	name := a.who.address
	if e.name != "" {
		name = e.name
	}
	if !e.silent || w.chance(0.5) {
		w.loggedIn(a, e, id, name)
	}
	requirement, client := "multiFactorAuthentication", "Browser"
	if e.single {
		requirement = "singleFactorAuthentication"
	}
	if e.client != "" {
		client = e.client
	}
	d := map[string]any{
		"id": id, "createdDateTime": a.at.Format("2006-01-02T15:04:05Z"), "userPrincipalName": name, "userId": a.who.object, "tenantId": w.id,
		"appDisplayName": e.app, "appId": e.appID, "resourceDisplayName": "Office 365 Exchange Online", "ipAddress": a.ip, "userAgent": a.agent,
		"isInteractive": !e.silent, "clientAppUsed": client, "authenticationRequirement": requirement, "correlationId": w.guid(), "userType": "member",
		"uniqueTokenIdentifier": token(a), "status": map[string]any{"errorCode": e.code, "failureReason": "Other."},
		"deviceDetail": map[string]any{"deviceId": a.device, "operatingSystem": a.system, "isManaged": a.managed, "isCompliant": a.managed, "trustType": trust(a)},
	}
	if a.session != "" {
		d["sessionId"] = a.session
	}
	if e.silent {
		d["incomingTokenType"] = "refreshToken"
	}
	if e.protocol != "" {
		d["authenticationProtocol"] = e.protocol
	}
	w.add(Record{Time: a.at, ID: id, Log: SignIns, Op: "sign-in", Text: line1(d)})
	if e.code == 0 {
		w.from(a)
		w.succeeded(a.at)
	}
}

// loggedIn is the log on as the audit log has it, under the same id.
func (w *logbook) loggedIn(a act, e entry, id, name string) {
	op := "UserLoggedIn"
	if e.code != 0 {
		op = "UserLoginFailed"
	}
	device := []any{map[string]any{"Name": "OS", "Value": a.system}, map[string]any{"Name": "BrowserType", "Value": "Other"}}
	if a.session != "" {
		device = append(device, map[string]any{"Name": "SessionId", "Value": a.session})
	}
	if a.device != "" {
		device = append(device, map[string]any{"Name": "Id", "Value": a.device}, map[string]any{"Name": "IsCompliantAndManaged", "Value": map[bool]string{true: "True", false: "False"}[a.managed]}, map[string]any{"Name": "TrustType", "Value": "AzureAD"})
	}
	w.add(Record{Time: a.at, ID: id, Op: op, Text: line1(map[string]any{
		"CreationTime": a.at.Format("2006-01-02T15:04:05"), "Id": id, "IntraSystemId": id, "Operation": op, "OrganizationId": w.id, "RecordType": 15,
		"ResultStatus": "Success", "UserKey": a.who.object, "UserType": 0, "Version": 1, "Workload": "AzureActiveDirectory", "ClientIP": a.ip,
		"ActorIpAddress": a.ip, "UserId": name, "ObjectId": exchangeOnline, "ApplicationId": e.appID,
		"ErrorNumber": e.code, "DeviceProperties": device,
		"ExtendedProperties": []any{map[string]any{"Name": "UserAgent", "Value": a.agent}, map[string]any{"Name": "RequestType", "Value": "OAuth2:Authorize"}},
	})})
}

func trust(a act) string {
	switch {
	case a.device == "":
		return ""
	case a.managed:
		return "Azure AD joined"
	default:
		return "Azure AD registered"
	}
}
