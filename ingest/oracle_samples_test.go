package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/outlook/outlooktest"
)

// sampleSize is how many records a sample of damage has.
const sampleRecords = 200

// sample is an undamaged export.
type sample struct {
	format string // that it must be recognised as
	how    string // the layout
	text   []byte
}

// samples are an untidy export of every format, in the layouts that each is found in.
func samples() []sample {
	return slices.Concat(auditJSON(), otherJSON(), auditTables(), otherTables(), rowSamples(), objectsOf(otherTables()))
}

// objects invents so many.
func objects(seed uint64, invent func(u untidy, i int) object) []string {
	u := newUntidy(seed)
	list := make([]string, sampleRecords)
	for i := range list {
		list[i] = jsonText(invent(u, i))
	}
	return list
}

// layouts are the ways in which JSON records stand in files.
func layouts() map[string]func([]string) []byte {
	join := func(before, between, after string) func([]string) []byte {
		return func(list []string) []byte { return []byte(before + strings.Join(list, between) + after) }
	}
	pretty := func(layout func([]string) []byte, prefix, end string) func([]string) []byte {
		return func(list []string) []byte {
			var all []string
			for _, o := range list {
				var b bytes.Buffer
				if err := json.Indent(&b, []byte(o), prefix, "  "); err != nil {
					panic(err)
				}
				all = append(all, b.String())
			}
			return bytes.ReplaceAll(layout(all), []byte("\n"), []byte(end))
		}
	}
	const context = `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#x","value":[`
	page := join(context, ",", `],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x?$skip=1"}`)
	batches := func(size int, each func([]string) []byte, between string) func([]string) []byte {
		return func(list []string) []byte {
			var out [][]byte
			for part := range slices.Chunk(list, size) {
				out = append(out, each(part))
			}
			return bytes.Join(out, []byte(between))
		}
	}
	return map[string]func([]string) []byte{
		"lines":           join("", "\n", "\n"),
		"CRLF lines":      join("\ufeff", "\r\n", "\r\n"),
		"one line":        join("", "", ""),
		"array":           join("[", ",", "]"),
		"array of lines":  join("[\n", ",\n", "\n]\n"),
		"bracketed":       join("[\r\n", "\r\n", "\r\n]"),
		"pretty":          pretty(join("\ufeff[\n  ", ",\n  ", "\n]\n"), "  ", "\r\n"),
		"pretty lines":    pretty(join("", "\n", "\n"), "", "\n"),
		"page":            page,
		"records":         join(`{"records":[`, ", ", `]}`),
		"pretty page":     pretty(join("{\n  \"value\": [\n    ", ",\n    ", "\n  ]\n}"), "    ", "\n"),
		"pages":           batches(50, page, ""),
		"pages on lines":  batches(50, page, "\n"),
		"arrays":          batches(20, join("[", ",", "]"), ""),
		"arrays on lines": batches(20, join("[", ",", "]"), "\n"),
	}
}

func laidOut(format string, list []string, names ...string) []sample {
	var out []sample
	all := layouts()
	for _, name := range names {
		out = append(out, sample{format, name, all[name](list)})
	}
	return out
}

// auditJSON is the Unified Audit Log: bare, and wrapped as a text and as an object.
func auditJSON() []sample {
	bare := objects(1, untidy.audit)
	var every []string
	for name := range layouts() {
		every = append(every, name)
	}
	slices.Sort(every)
	text := objects(2, func(u untidy, i int) object {
		o := u.audit(i)
		return u.mixed(object{
			{"RecordType", "x"},
			{"CreationDate", minute(i).Format(isoSeconds)},
			{"UserIds", "a"},
			{"Operations", "b"},
			{"AuditData", jsonText(o)},
			{"ResultIndex", i},
			{"Identity", ""},
			{"IsValid", true},
			{"ObjectState", u.text()},
		})
	})
	whole := objects(3, func(u untidy, i int) object {
		return u.mixed(object{
			{"id", u.guid()},
			{"createdDateTime", minute(i).Format(isoSeconds) + "Z"},
			{"auditLogRecordType", "x"},
			{"operation", "y"},
			{"organizationId", "z"},
			{"userPrincipalName", u.user()},
			{"auditData", u.audit(i)},
			{"administrativeUnits", []string{u.text()}},
		})
	})
	return slices.Concat(
		laidOut("audit-json", bare, every...),
		name("wrapped text", laidOut("audit-json", text, "lines", "array", "pretty", "one line")),
		name("wrapped object", laidOut("audit-json", whole, "lines", "page", "pages", "pretty page")),
	)
}

func name(what string, list []sample) []sample {
	for i := range list {
		list[i].how = what + ", " + list[i].how
	}
	return list
}

// otherJSON is every other format of JSON.
func otherJSON() []sample {
	diagnostic := objects(4, func(u untidy, i int) object {
		return object{
			{"time", minute(i).Format(isoSeconds) + "Z"},
			{"resourceId", "/tenants/x"},
			{"operationName", "Sign-in activity"},
			{"category", "SignInLogs"},
			{"identity", u.text()},
			{"properties", u.signin(i)},
		}
	})
	return slices.Concat(
		laidOut("signin-json", objects(5, untidy.signin), "array", "lines", "page", "pretty"),
		name("diagnostic settings", laidOut("signin-json", diagnostic, "lines", "records", "array")),
		laidOut("activities-json", objects(6, untidy.activity), "page", "lines", "array", "pages"),
		laidOut("entra-audit-json", objects(7, untidy.directory), "page", "lines", "pretty"),
		laidOut("audit-flat-json", objects(8, untidy.office), "lines", "array"),
		laidOut("trace-json", objects(9, untidy.trace), "page", "pretty"),
		laidOut("rules-json", objects(10, untidy.rule), "page", "array of lines"),
		laidOut("message-headers-json", objects(11, untidy.message), "page", "lines"),
	)
}

// table writes rows: with every cell quoted, or only those that need it.
func tableText(all bool, end, header string, cell func(u untidy, i int, column string) string) []byte {
	return tableWith(newUntidy(12), ",", all, end, header, cell)
}

func tableWith(u untidy, sep string, all bool, end, header string, cell func(u untidy, i int, column string) string) []byte {
	columns := strings.Split(header, ",")
	var b strings.Builder
	write := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteString(sep)
			}
			if all || strings.ContainsAny(c, "\"\r\n"+sep) {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString(end)
	}
	write(columns)
	for i := range sampleRecords {
		cells := make([]string, len(columns))
		for k, column := range columns {
			cells[k] = cell(u, i, column)
		}
		write(cells)
	}
	return []byte(b.String())
}

// auditTables is the Unified Audit Log in its tables.
func auditTables() []sample {
	cell := func(culture string, spread bool) func(u untidy, i int, column string) string {
		return func(u untidy, i int, column string) string {
			switch strings.ToLower(column) {
			case "auditdata":
				if o := jsonText(u.audit(i)); spread {
					return indented(o)
				} else {
					return o
				}
			case "creationdate", "createddatetime":
				return date(minute(i).Format(isoSeconds), culture)
			case "identity", "recordid", "id":
				return u.guid()
			case "resultindex", "resultcount":
				return fmt.Sprint(i)
			case "_raw":
				return u.text() + "\n" + u.text()
			case "userids", "userid":
				return u.user()
			}
			return u.text()
		}
	}
	const graph = "id,createdDateTime,auditLogRecordType,operation,organizationId,userType,userId,service,objectId,userPrincipalName,clientIp,administrativeUnits,auditData"
	return []sample{
		{"audit-search-csv", "quoted", tableText(true, "\r\n", searchColumns, cell("us", false))},
		{"audit-search-csv", "JSON over lines", tableText(true, "\r\n", searchColumns, cell("de", true))},
		{"audit-search-csv", "Splunk", tableText(true, "\r\n", splunkColumns, cell("us", false))},
		{"audit-search-csv", "semicolons", tableWith(newUntidy(13), ";", false, "\n", searchColumns, cell("de", false))},
		{"audit-purview-csv", "minimal", tableText(false, "\n", "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits", cell("z", false))},
		{"audit-center-csv", "minimal", tableText(false, "\r\n", "CreationDate,UserIds,Operations,AuditData", cell("z", false))},
		{"audit-graph-csv", "JSON over lines", tableText(true, "\r\n", graph, cell("z", true))},
		{"audit-csv", "minimal", tableText(false, "\n", "x,AuditData,y", cell("z", false))},
	}
}

// otherTables is every other table.
func otherTables() []sample {
	records := make([]outlooktest.Record, sampleRecords)
	u := newUntidy(14)
	for i := range records {
		records[i] = outlooktest.Record{
			TimeStamp: minute(i).Format(isoSeconds + ".000Z"), AppIDType: u.pick("Web", "Outlook"), ActivityIDType: u.pick("ServerLogon", "Move", "SearchResult"),
			ActivityItemID: "AAMk" + u.guid(), ActivityCreationTime: minute(i).Format(isoSeconds + ".000Z"), ClientSessionID: u.guid(),
		}
		if u.IntN(4) > 0 {
			records[i].Properties = []outlooktest.Property{{Name: "UserName", Value: "alice@contoso.com"}, {Name: "Result", Value: "Success"}, {Name: "Subject", Value: u.text()}, {Name: "Query", Value: u.text()}}
		}
	}
	plain := func(u untidy, i int, column string) string {
		switch strings.ToLower(column) {
		case "timegenerated", "creationtime", "timestamp", "date (utc)", "lastaccessed":
			return minute(i).Format(isoSeconds) + "Z"
		case "startdate":
			return "2/28/2026 12:00:00 AM"
		case "enddate":
			return "3/5/2026 12:00:00 AM"
		case "received":
			return minute(i).Format("1/2/2006 3:04:05 PM")
		case "id", "officeid", "request id", "messagetraceid", "sessionid", "ruleidentity", "correlationid", "target1objectid":
			return u.guid()
		case "operation", "action":
			return u.pick("Send", "New-InboxRule")
		case "operationname", "activity":
			return u.pick("Add user", "Consent to application")
		case "userid", "user", "username", "userprincipalname", "mailboxownerupn", "recipientaddress", "senderaddress", "logonuserdisplayname", "actoruserprincipalname":
			return u.user()
		case "clientip", "ip address", "ipaddress", "client_ipaddress", "clientipaddress":
			return "192.0.2.8"
		case "mailaccesstype":
			return "Bind"
		case "operationcount", "sizeinbytes", "resulttype", "sign-in error code", "size":
			return fmt.Sprint(u.IntN(9))
		case "internetmessageid", "messageid":
			return "<" + u.guid() + "@example.org>"
		case "initiatedby":
			return jsonText(object{{"user", object{{"userPrincipalName", u.user()}}}})
		case "targetresources":
			return jsonText([]object{{{"id", u.guid()}, {"displayName", u.text()}}})
		case "parameters":
			return jsonText(u.pairs(3))
		case "location":
			return "Köln, Nordrhein-Westfalen, DE"
		}
		return u.text()
	}
	german := func(u untidy, i int, column string) string {
		if column == "Received" {
			return minute(i).Add(1e9 * 86400 * 10).Format("02.01.2006 15:04:05")
		}
		return plain(u, i, column)
	}
	slashes := func(u untidy, i int, column string) string {
		if column == "Received" { // 24-hour times: nothing but the days says which number is the month
			return minute(i * 20).Format("02/01/2006 15:04:05")
		}
		return plain(u, i, column)
	}
	const traces = "MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageTraceId"
	const rules = "UserName,RuleName,Enabled,Priority,RuleIdentity,MoveToFolder,RedirectTo,ForwardTo,ForwardAsAttachmentTo,MarkAsRead,DeleteMessage,From,SubjectContainsWords,BodyContainsWords"
	var out []sample
	for _, s := range []sample{
		{"audit-office-csv", "TimeGenerated,Operation,OfficeWorkload,OfficeObjectId,UserId,ClientIP,OfficeId,Parameters", nil},
		{"audit-mailbox-csv", "Operation,OperationResult,LogonType,MailboxOwnerUPN,LogonUserDisplayName,ClientIPAddress,LastAccessed,SessionId,ItemSubject", nil},
		{"audit-hawk-csv", "CreationTime,Id,UserId,Operation,FullCommand,ParameterString,Param_Identity,Param_Name", nil},
		{"audit-sessions-csv", "TimeStamp,User,Action,SessionId,ClientIP,MailAccessType,IsThrottled,OperationCount", nil},
		{"audit-messages-csv", "Timestamp,User,IPaddress,SessionID,MailAccessType,FolderPath,InternetMessageId,SizeInBytes", nil},
		{"audit-flat-csv", "CreationTime,Id,Operation,RecordType,UserId,UserType,Workload,ClientIP,ObjectId,Parameters", nil},
		{"signin-portal-csv", "Date (UTC),Request ID,User agent,Correlation ID,Username,Application,Application ID ,Resource,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Browser", nil},
		{"signin-steps-csv", "Request ID,Date (UTC),Authentication method,Authentication method detail,Succeeded,Result detail,Requirement", nil},
		{"signin-table-csv", "TimeGenerated,Id,UserPrincipalName,AppDisplayName,AppId,IPAddress,ResultType,UserAgent,Location", nil},
		{"entra-audit-portal-csv", "Date (UTC),CorrelationId,Service,Category,Activity,Result,ActorType,ActorUserPrincipalName,Target1ObjectId,Target1DisplayName", nil},
		{"entra-audit-table-csv", "TimeGenerated,Id,OperationName,Result,InitiatedBy,TargetResources,AdditionalDetails", nil},
		{"trace-csv", "PSComputerName," + traces + ",StartDate,EndDate,Index", nil},
		{"rules-csv", rules, nil},
	} {
		out = append(out, sample{s.format, "quoted", tableText(true, "\r\n", s.how, plain)}, sample{s.format, "minimal", tableText(false, "\n", s.how, plain)})
	}
	return append(out,
		sample{"trace-csv", "full stops in dates", tableText(true, "\r\n", traces, german)},
		sample{"trace-csv", "slashes in dates", tableText(true, "\r\n", traces, slashes)},
		sample{"activities-csv", "as the retriever wrote it", outlooktest.CSV(records)},
		sample{"activities-csv", "without a header", outlooktest.CSVRows(records)},
		sample{"activities-csv", "columns in another order", reordered(outlooktest.CSV(records))},
		sample{"message-eml", "one message", []byte("Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\r\nFrom: x@example.org\r\nTo: alice@contoso.com\r\nSubject: y\r\nMessage-ID: <1@example.org>\r\nDate: Mon, 2 Mar 2026 08:00:00 +0000\r\n\r\nbody\r\n")},
	)
}
