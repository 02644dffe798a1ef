package ordinary

import (
	"encoding/json"
	"time"
)

// act is one thing that somebody does, from somewhere, with something.
type act struct {
	at      time.Time
	who     *person
	ip      string
	agent   string
	session string
	device  string // id of a registered device
	managed bool
	system  string
	appID   string
	own     bool    // its record carries a session of Exchange's own
	none    bool    // its record carries no session
	box     *person // whose mailbox it is in; nil: one's own
	token   string  // the token that it was done with; "" is the session's own of the hour
}

// owner is whose mailbox the act is in.
func (a *act) owner() *person {
	if a.box != nil {
		return a.box
	}
	return a.who
}

// inSession adds what a record of Exchange says of the session. Newer records carry Entra's, older ones only Exchange's own
// or none at all.
func (w *logbook) inSession(a act, d map[string]any) {
	switch {
	case a.none || a.session == "":
	case a.own: // one a day and line
		h := mix(uint64(w.dayOf(a.at)), a.session+a.ip)
		d["SessionId"] = guidOf(h, mix(h, "exchange"))
	default:
		d["SessionId"] = a.session
		d["AppAccessContext"] = map[string]any{
			"AADSessionId": a.session, "ClientAppId": a.appID, "UniqueTokenId": token(a),
			"IssuedAtTime": a.at.Add(-time.Duration(mix(uint64(a.at.Hour()), a.session)%50) * time.Minute).Format("2006-01-02T15:04:05"),
		}
	}
}

// token is the id of the token that an act was done with: a new one each hour or so.
func token(a act) string {
	if a.token != "" {
		return a.token
	}
	h := mix(uint64(a.at.Unix()/4000), a.session+a.ip)
	return guidOf(h, mix(h, "token"))[:22]
}

// exchange adds a mailbox record.
func (w *logbook) exchange(a act, op, client string, more map[string]any) {
	owner := a.owner()
	d := map[string]any{
		"RecordType": 2, "ResultStatus": "Succeeded", "UserKey": a.who.puid, "UserType": 0, "Workload": "Exchange", "ClientIPAddress": a.ip,
		"UserId": a.who.address, "ExternalAccess": false, "LogonType": 0, "MailboxGuid": owner.mailbox, "MailboxOwnerUPN": owner.address,
		"OrganizationName": "contoso.onmicrosoft.com", "OriginatingServer": "AM0PR04MB5678 (15.20.8511.000)",
	}
	if owner != a.who {
		d["LogonType"] = 2
	}
	if client != "" {
		d["ClientInfoString"] = client
	}
	if a.appID != "" && client != "" {
		d["AppId"], d["ClientAppId"] = a.appID, a.appID
	}
	w.inSession(a, d)
	w.audit(a.at, op, d, more)
	w.from(a)
	w.succeeded(a.at)
}

// admin adds an Exchange cmdlet. parameters are names and values in turn.
func (w *logbook) admin(a act, op, object string, parameters ...string) {
	list := []any{}
	for i := 0; i+1 < len(parameters); i += 2 {
		list = append(list, map[string]any{"Name": parameters[i], "Value": parameters[i+1]})
	}
	d := map[string]any{
		"RecordType": 1, "ResultStatus": "True", "UserKey": a.who.puid, "UserType": 2, "Workload": "Exchange", "ClientIP": withPort(a.ip),
		"UserId": a.who.address, "ObjectId": object, "Parameters": list, "OrganizationName": "contoso.onmicrosoft.com", "ExternalAccess": false,
	}
	w.inSession(a, d)
	w.audit(a.at, op, d, nil)
	w.from(a)
	w.succeeded(a.at)
}

// changedProperty is one that a change of the directory changed.
type changedProperty struct{ name, value string }

// directory adds a change of the directory, which carries Microsoft's address or none.
func (w *logbook) directory(a act, op, target string, properties ...changedProperty) {
	changed := []any{}
	for _, p := range properties {
		changed = append(changed, map[string]any{"Name": p.name, "NewValue": p.value, "OldValue": "[]"})
	}
	d := map[string]any{
		"RecordType": 8, "ResultStatus": "Success", "UserKey": a.who.puid + "@contoso.com", "UserType": 0, "Workload": "AzureActiveDirectory",
		"UserId": a.who.address, "ObjectId": target, "AzureActiveDirectoryEventType": 1, "ModifiedProperties": changed,
		"Target": []any{map[string]any{"ID": "User_" + w.guid(), "Type": 2}, map[string]any{"ID": target, "Type": 5}},
		"Actor":  []any{map[string]any{"ID": a.who.address, "Type": 5}, map[string]any{"ID": a.who.puid, "Type": 3}},
	}
	if w.chance(0.6) {
		d["ActorIpAddress"] = pick(w, []string{"20.190.160.9", "20.190.160.24", "40.126.32.7", "2603:1026:c03:24::5"})
	}
	w.audit(a.at, op, d, nil)
	w.succeeded(a.at)
}

// consents adds that somebody let an application in.
func (w *logbook) consents(a act, x program) {
	w.audit(a.at, "Consent to application.", map[string]any{
		"RecordType": 8, "ResultStatus": "Success", "UserKey": a.who.puid + "@contoso.com", "UserType": 0, "Workload": "AzureActiveDirectory",
		"UserId": a.who.address, "ObjectId": x.id, "AzureActiveDirectoryEventType": 1,
		"ModifiedProperties": []any{
			map[string]any{"Name": "ConsentAction.Permissions", "NewValue": "[] => [[Id: " + w.guid()[:20] + ", ConsentType: Principal, Scope: " + x.scopes + "]]", "OldValue": ""},
			map[string]any{"Name": "ConsentContext.IsAdminConsent", "NewValue": "False", "OldValue": ""},
			map[string]any{"Name": "TargetId.ServicePrincipalNames", "NewValue": x.id, "OldValue": ""},
		},
		"Target": []any{map[string]any{"ID": "ServicePrincipal_" + w.guid(), "Type": 2}, map[string]any{"ID": x.name, "Type": 1}, map[string]any{"ID": x.id, "Type": 4}},
		"Actor":  []any{map[string]any{"ID": a.who.address, "Type": 5}, map[string]any{"ID": a.who.puid, "Type": 3}},
	}, nil)
	w.succeeded(a.at)
	w.stands("consent: " + x.name)
}

// file adds an act on a file.
func (w *logbook) file(a act, op, name string) {
	d := map[string]any{
		"RecordType": 6, "UserKey": "i:0h.f|membership|" + a.who.puid + "@live.com", "UserType": 0, "Workload": "OneDrive", "ClientIP": a.ip,
		"UserId": a.who.address, "SourceFileName": name, "ObjectId": "https://contoso-my.sharepoint.com/personal/" + a.who.alias + "/Documents/" + name,
	}
	if a.agent != "" && !w.chance(0.05) {
		d["UserAgent"] = a.agent
	}
	if a.session != "" && !a.none {
		d["AppAccessContext"] = map[string]any{"AADSessionId": a.session, "UniqueTokenId": token(a)}
	}
	w.audit(a.at, op, d, nil)
	w.from(a)
	w.succeeded(a.at)
	w.touches(a, letter{id: name, subject: name, from: a.who.address}, "file")
}

func (w *logbook) audit(at time.Time, op string, d, more map[string]any) {
	if w.kept = false; w.opts.Activities {
		return
	}
	id := w.guid()
	d["CreationTime"], d["Id"], d["Operation"], d["OrganizationId"], d["Version"] = at.Format("2006-01-02T15:04:05"), id, op, w.id, 1
	for k, v := range more {
		d[k] = v
	}
	w.add(Record{Time: at, ID: id, Op: op, Text: line1(d)})
}

// line1 is a record on one line, with its end.
func line1(d map[string]any) []byte {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // nothing but text, numbers, lists and maps
	}
	return append(text, '\n')
}

func (w *logbook) add(r Record) {
	if w.kept = !r.Time.Before(w.start) && r.Time.Before(w.start.AddDate(0, 0, w.opts.Days)); !w.kept {
		return
	}
	r.Lure, r.Noise = w.lured, w.noise
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
