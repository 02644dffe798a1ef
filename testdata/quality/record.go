package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// exportFiles are the files of an export, by name.
type exportFiles struct {
	files  map[string]*bytes.Buffer
	prefix string // of the ids of records, so that those of an entry are not those of the month
	count  int
}

func newLogs() *exportFiles { return &exportFiles{files: map[string]*bytes.Buffer{}, prefix: "a0"} }

// traceHeader is that of a message trace as the portal and the cmdlet write it.
const traceHeader = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,FromIP,ToIP,Size\n"

func (w *exportFiles) to(file string) *bytes.Buffer {
	if w.files[file] == nil {
		w.files[file] = &bytes.Buffer{}
	}
	return w.files[file]
}

func (w *exportFiles) put(file string, record map[string]any) {
	text, err := json.Marshal(record)
	if err != nil {
		panic(err) // texts, numbers, lists and maps
	}
	b := w.to(file)
	b.Write(text)
	b.WriteByte('\n')
}

func (w *exportFiles) id() string {
	w.count++
	return fmt.Sprintf("%s000000-0000-4000-8000-%012d", w.prefix, w.count)
}

func hash12(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

// Words of a line that are no fields of its record.
func ownWords() []string {
	return []string{"who", "at", "from", "times", "every", "users", "p", "m", "target", "object", "subject", "attachments", "workload", "type", "n", "name", "agent", "session", "device"}
}

// verbs say which log a line is of; the value is the operation, or the code of a logon.
func verbs() []string {
	return []string{"logon", "quiet", "principal", "login", "ex", "dir", "mail", "file", "teams", "audit", "graph", "risk", "risky", "trace", "header", "change"}
}

func (l entryLine) verb() string {
	for _, v := range verbs() {
		if _, ok := l[v]; ok {
			return v
		}
	}
	return ""
}

func (l entryLine) text(key string) string {
	v, ok := l[key]
	if !ok || v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// fields are what the record says beside what every record of its kind says.
func (l entryLine) fields() map[string]any {
	out := map[string]any{}
	for k, v := range l {
		if k != l.verb() && !slices.Contains(ownWords(), k) {
			out[k] = v
		}
	}
	return out
}

// write adds the record of a line: somebody does it somewhere.
func (w *exportFiles) write(p tenantMember, at where, when time.Time, l entryLine) {
	for key, to := range map[string]*string{"agent": &at.agent, "session": &at.session, "device": &at.device} {
		if v, ok := l[key]; ok {
			*to = fmt.Sprint(v)
		}
	}
	switch verb := l.verb(); verb {
	case "logon", "quiet", "principal":
		w.put("signins.jsonl", signIn(w.id(), p, at, when, l))
	case "graph":
		w.put("graph.jsonl", graphCall(w.id(), p, at, when, l))
	case "risk", "risky":
		w.put(verb+".jsonl", riskRecord(w.id(), p, at, when, l))
	case "change":
		w.put("directory.jsonl", directoryAudit(w.id(), p, at, when, l))
	case "trace":
		w.trace(when, l, w.id())
	case "header":
		w.put("messages.jsonl", messageRecord(w.id(), when, l))
	default:
		w.put("audit.jsonl", auditRecord(w.id(), p, at, when, l))
	}
}

// merged lays the fields of a line over a record; maps are merged.
func merged(record, fields map[string]any) map[string]any {
	for k, v := range fields {
		if over, ok := v.(map[string]any); ok {
			if under, ok := record[k].(map[string]any); ok {
				record[k] = merged(maps.Clone(under), over)
				continue
			}
		}
		record[k] = v
	}
	return record
}

// signIn is a sign-in as Graph writes it.
func signIn(id string, p tenantMember, at where, when time.Time, l entryLine) map[string]any {
	record := map[string]any{
		"id": id, "createdDateTime": when.Format("2006-01-02T15:04:05Z"), "ipAddress": at.ip, "userAgent": at.agent, "correlationId": "c0" + id[2:],
		"clientAppUsed": "Browser", "authenticationRequirement": "multiFactorAuthentication", "isInteractive": l.verb() == "logon",
		"appDisplayName": "Office 365 Exchange Online", "appId": "00000002-0000-0ff1-ce00-000000000000", "resourceDisplayName": "Office 365 Exchange Online",
		"resourceId": "00000002-0000-0ff1-ce00-000000000000", "status": map[string]any{"errorCode": l[l.verb()], "failureReason": "Other."}, "homeTenantId": tenantID, "resourceTenantId": tenantID,
		"conditionalAccessStatus": "success", "uniqueTokenIdentifier": "t0k" + hash12(id),
		"deviceDetail": map[string]any{"deviceId": at.device, "operatingSystem": agentSystem(at.agent), "isManaged": at.managed, "isCompliant": at.managed, "trustType": ""},
	}
	if l.verb() == "principal" {
		record["servicePrincipalId"], record["servicePrincipalName"], record["status"] = "5e4d1ce0-0000-4000-8000-"+hash12(p.name), p.name, map[string]any{"errorCode": l["principal"]}
		record["appId"], record["signInEventTypes"] = "a9900000-0000-4000-8000-"+hash12(p.name), []any{"servicePrincipal"}
		delete(record, "clientAppUsed")
		delete(record, "deviceDetail")
		return merged(record, l.fields())
	}
	record["userPrincipalName"], record["userId"], record["userDisplayName"], record["userType"] = p.address, p.object, p.name, "member"
	if at.session != "" {
		record["sessionId"] = at.session
	}
	if l.verb() == "quiet" {
		record["incomingTokenType"] = "refreshToken"
	}
	return merged(record, l.fields())
}

func agentSystem(agent string) string {
	switch {
	case strings.Contains(agent, "Windows"):
		return "Windows10"
	case strings.Contains(agent, "iPhone"):
		return "Ios 19"
	case strings.Contains(agent, "Linux"):
		return "Linux"
	}
	return ""
}

// graphCall is a row of the Graph activity log.
func graphCall(id string, p tenantMember, at where, when time.Time, l entryLine) map[string]any {
	method, uri, _ := strings.Cut(l.text("graph"), " ")
	record := map[string]any{
		"TimeGenerated": when.Format("2006-01-02T15:04:05Z"), "RequestId": id, "UserId": p.object, "AppId": "d3590ed6-52b3-4102-aeff-aad2292ab01c", "IPAddress": at.ip,
		"RequestMethod": method, "RequestUri": "https://graph.microsoft.com/" + uri, "ResponseStatusCode": 200, "Scopes": "User.Read Mail.Read", "UserAgent": at.agent,
		"SignInActivityId": "s1" + id[2:], "TenantId": tenantID, "ClientAuthMethod": 0,
	}
	if at.session != "" {
		record["SessionId"] = at.session
	}
	return merged(record, l.fields())
}

// riskRecord is a detection of a risk, or a user at risk, as Graph writes them.
func riskRecord(id string, p tenantMember, at where, when time.Time, l entryLine) map[string]any {
	stamp := when.Format("2006-01-02T15:04:05Z")
	if l.verb() == "risky" {
		return merged(map[string]any{
			"id": p.object, "isDeleted": false, "isProcessing": false, "riskLevel": "medium", "riskState": l.text("risky"), "riskDetail": "none", "riskLastUpdatedDateTime": stamp,
			"userDisplayName": p.name, "userPrincipalName": p.address,
		}, l.fields())
	}
	return merged(map[string]any{
		"id": id, "requestId": "r0" + id[2:], "riskEventType": l.text("risk"), "riskType": l.text("risk"), "riskLevel": "medium", "riskState": "atRisk", "riskDetail": "none", "source": "IdentityProtection",
		"detectionTimingType": "realtime", "activity": "signin", "ipAddress": at.ip, "activityDateTime": stamp, "detectedDateTime": stamp, "lastUpdatedDateTime": stamp,
		"userId": p.object, "userDisplayName": p.name, "userPrincipalName": p.address, "additionalInfo": "[]",
	}, l.fields())
}

// directoryAudit is a change of the directory as Graph writes it.
func directoryAudit(id string, p tenantMember, at where, when time.Time, l entryLine) map[string]any {
	target := personOf(l.text("target"))
	record := map[string]any{
		"id": id, "activityDateTime": when.Format("2006-01-02T15:04:05Z"), "activityDisplayName": l.text("change"), "category": "UserManagement", "result": "success", "resultReason": "",
		"loggedByService": "Authentication Methods", "operationType": "Update", "correlationId": "c0" + id[2:], "additionalDetails": []any{},
		"initiatedBy":     map[string]any{"app": nil, "user": map[string]any{"id": p.object, "userPrincipalName": p.address, "ipAddress": at.ip, "displayName": p.name}},
		"targetResources": []any{map[string]any{"id": target.object, "displayName": target.name, "type": "User", "userPrincipalName": target.address, "modifiedProperties": []any{}}},
	}
	return merged(record, l.fields())
}

// trace adds a row of a message trace.
func (w *exportFiles) trace(when time.Time, l entryLine, id string) {
	b := w.to("trace.csv")
	if b.Len() == 0 {
		b.WriteString(traceHeader)
	}
	status := l.text("status")
	if status == "" {
		status = "Delivered"
	}
	c := csv.NewWriter(b)
	_ = c.Write([]string{when.Format("2006-01-02 15:04:05"), l.text("sender"), l.text("recipient"), l.text("subject"), status, "<" + id + "@mail.example>", l.text("ip"), "52.101.1.1", "20000"})
	c.Flush()
}

// messageRecord is one with its headers, as Graph returns it.
func messageRecord(id string, when time.Time, l entryLine) map[string]any {
	var headers []any
	for k, v := range l["m"].(map[string]any) {
		headers = append(headers, map[string]any{"name": k, "value": v})
	}
	slices.SortFunc(headers, func(a, b any) int {
		return strings.Compare(a.(map[string]any)["name"].(string), b.(map[string]any)["name"].(string))
	})
	address := func(a string) map[string]any {
		return map[string]any{"emailAddress": map[string]any{"address": a, "name": a}}
	}
	return merged(map[string]any{
		"id": id, "receivedDateTime": when.Format("2006-01-02T15:04:05Z"), "subject": l.text("header"), "internetMessageId": "<" + id + "@mail.example>",
		"from": address(l.text("sender")), "sender": address(l.text("sender")), "toRecipients": []any{address(l.text("recipient"))}, "internetMessageHeaders": headers,
	}, map[string]any{})
}
