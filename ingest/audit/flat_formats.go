package audit

import (
	"encoding/json"
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// flatTable is a table without AuditData, told by its columns whatever their order.
type flatTable struct {
	name    string
	from    string   // whose export it is, for the report
	columns []string // some of its usual header
	tells   []string // columns, in lower case, that tell it from the others; a|b means either
	usual   string   // the operation of rows that name none
	lossy   string   // what it says in the notes, if the rows are not the records themselves
}

// flatTables lists them, a special one before a general one.
func flatTables() []flatTable {
	const derived = "rows are a list that the Extractor Suite derived from the audit log, not the records: give the log itself where it exists, or acts count twice"
	return []flatTable{
		{
			name: "audit-office-csv", from: "Sentinel OfficeActivity",
			columns: []string{"TimeGenerated", "Operation", "OfficeWorkload", "OfficeObjectId", "UserId", "ClientIP", "OfficeId"},
			tells:   []string{"operation", "officeworkload|officeobjectid"},
		},
		{
			name: "audit-mailbox-csv", from: "Exchange mailbox audit",
			columns: []string{"Operation", "OperationResult", "LogonType", "MailboxOwnerUPN", "LogonUserDisplayName", "ClientIPAddress", "LastAccessed"},
			tells:   []string{"operation", "logontype", "lastaccessed", "operationresult|logonuserdisplayname"},
		},
		{
			name: "audit-hawk-csv", from: "Hawk",
			columns: []string{"CreationTime", "UserId", "Operation", "FullCommand", "ParameterString", "Param_Identity"},
			tells:   []string{"operation|cmdlet", "parameterstring|fullcommand", "creationtime|creationdate|rundate"},
		},
		{
			name: "audit-sessions-csv", from: "Extractor Suite, sessions of MailItemsAccessed",
			columns: []string{"TimeStamp", "User", "Action", "SessionId", "ClientIP", "MailAccessType", "IsThrottled", "OperationCount"},
			tells:   []string{"timestamp", "user", "sessionid", "clientip", "mailaccesstype", "operationcount"},
			usual:   "MailItemsAccessed", lossy: derived,
		},
		{
			name: "audit-messages-csv", from: "Extractor Suite, messages of MailItemsAccessed",
			columns: []string{"Timestamp", "User", "IPaddress", "SessionID", "MailAccessType", "FolderPath", "InternetMessageId", "SizeInBytes"},
			tells:   []string{"timestamp", "user", "ipaddress", "sessionid", "internetmessageid"},
			usual:   "MailItemsAccessed", lossy: derived,
		},
		{
			name: "audit-flat-csv", from: "AuditData in columns",
			columns: []string{"CreationTime", "Id", "Operation", "RecordType", "UserId", "UserType", "Workload", "ClientIP", "ObjectId"},
			tells:   []string{"creationtime", "operation", "workload|recordtype|userkey"},
		},
	}
}

// flatFormats are the tables without AuditData, and Sentinel's and Hawk's objects.
func flatFormats() []record.Format {
	var formats []record.Format
	for _, t := range flatTables() {
		formats = append(formats, record.Format{
			Name: t.name, Source: activity.SourceAudit, Shape: record.CSV, Columns: t.columns, Recognise: t.recognise, Outline: true,
			New: func(h record.Head) record.Decoder {
				if t.lossy == "" {
					return newFlatTable(h, t.usual)
				}
				return &derived{Decoder: newFlatTable(h, t.usual), note: t.lossy}
			},
		})
	}
	return append(formats, record.Format{
		Name: "audit-flat-json", Source: activity.SourceAudit, Shape: record.JSON, Recognise: recogniseFlatJSON, Outline: true, Tells: []string{"operation"},
		New: func(record.Head) record.Decoder { return newFlat("") },
	})
}

// recognise says what was found. A table that holds AuditData, or that an earlier one claims, is not this one's.
func (t flatTable) recognise(h record.Head) string {
	c := record.ColumnsOf(h.Header)
	if c.Has("auditdata") {
		return ""
	}
	for _, other := range flatTables() {
		if !c.Has(other.tells...) && !(other.name == "audit-hawk-csv" && c.Has("operation") && c.HasPrefix("param_")) {
			continue
		}
		if other.name != t.name {
			return ""
		}
		return fmt.Sprintf("header has %s (%s, %d columns)", strings.Join(t.columns[:2], ", "), t.from, len(h.Header))
	}
	return ""
}

// derived notes that a table's rows are not the service's records, and marks what comes of them.
type derived struct {
	record.Decoder
	note string
}

// Decode implements record.Decoder.
func (d *derived) Decode(rec record.Record, to *activity.Shard) error {
	to.Note(d.note)
	return d.Decoder.Decode(rec, to)
}

func recogniseFlatJSON(h record.Head) string {
	for _, object := range h.Objects {
		var keys struct {
			Operation, OfficeWorkload, OfficeID, OfficeObjectID, AuditData json.RawMessage
		}
		if json.Unmarshal(object, &keys) != nil || keys.Operation == nil || keys.AuditData != nil {
			continue
		}
		if keys.OfficeWorkload != nil || keys.OfficeID != nil || keys.OfficeObjectID != nil {
			return "objects with Operation and OfficeWorkload or OfficeId (Sentinel OfficeActivity)"
		}
		members, _ := record.Members(object)
		for _, m := range members {
			if strings.HasPrefix(strings.ToLower(string(m.Name)), "param_") {
				return "objects with Operation and Param_… (Hawk)"
			}
		}
	}
	return ""
}
