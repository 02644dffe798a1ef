package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// Formats are the wrappings of the Unified Audit Log that this package reads, the most telling first.
func Formats() []record.Format {
	var formats []record.Format
	for _, w := range tables() {
		formats = append(formats, record.Format{
			Name:      w.name,
			Source:    activity.SourceAudit,
			Shape:     record.CSV,
			Columns:   w.columns,
			Recognise: w.recognise,
			RowStart:  beginsRow,
			New:       wrappingDecoder,
		})
	}
	formats = append(formats, flatFormats()...)
	return append(formats, record.Format{
		Name:      "audit-json",
		Source:    activity.SourceAudit,
		Shape:     record.JSON,
		Recognise: recogniseJSON,
		Tells:     []string{"auditdata", "operation"},
		New:       func(record.Head) record.Decoder { return newReader(unwrapped) },
	})
}

// table is a CSV wrapping, told by its columns whatever their order.
type table struct {
	name    string
	from    string   // whose export it is, for the report
	columns []string // its usual header
	tells   []string // columns, in lower case, that tell it from the others
}

// tables lists the wrappings, a special one before a general one: the first whose columns are all there is meant.
// Columns as the tools write them; a remoting session adds PSComputerName, RunspaceId and PSShowComputerName.
func tables() []table {
	return []table{
		{
			"audit-search-csv", "Search-UnifiedAuditLog",
			[]string{
				"RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "ResultCount",
				"Identity", "IsValid", "ObjectState",
			},
			[]string{"userids", "operations", "resultindex"},
		},
		{
			"audit-graph-csv", "Graph audit log query",
			[]string{
				"id", "createdDateTime", "auditLogRecordType", "operation", "organizationId", "userType", "userId",
				"service", "objectId", "userPrincipalName", "clientIp", "administrativeUnits", "auditData",
			},
			[]string{"createddatetime", "auditlogrecordtype"},
		},
		{
			"audit-purview-csv", "Purview audit export",
			[]string{
				"RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits",
				"AssociatedAdminUnitsNames",
			},
			[]string{"recordid", "operation"},
		},
		{
			"audit-center-csv", "Security & Compliance Center export",
			[]string{"CreationDate", "UserIds", "Operations", "AuditData"},
			[]string{"creationdate", "userids", "operations"},
		},
		{"audit-csv", "table", []string{"AuditData"}, nil},
	}
}

// recognise names the columns that were found. A table that an earlier wrapping claims is not this one's.
func (t table) recognise(h record.Head) string {
	c := record.ColumnsOf(h.Header)
	if !c.Has("auditdata") {
		return ""
	}
	for _, w := range tables() {
		if !c.Has(w.tells...) {
			continue
		}
		if w.name != t.name {
			return ""
		}
		return fmt.Sprintf("header has AuditData (%s, %d columns)", w.from, len(h.Header))
	}
	return ""
}

// beginsRow finds the next row after a damaged one: a line where an AuditData cell begins. Inside such a cell every
// quote is doubled, so that `,"{` cannot stand there.
func beginsRow(line []byte) bool {
	return bytes.HasPrefix(line, []byte(`"{`)) || bytes.Contains(line, []byte(`,"{`))
}

// wrappingDecoder makes the decoder of a CSV wrapping from the places of its columns.
func wrappingDecoder(h record.Head) record.Decoder {
	c := record.ColumnsOf(h.Header)
	at := columns{
		data: c.At("auditdata"), time: c.At("creationdate", "createddatetime"), id: c.At("identity", "recordid", "id"),
		user: c.At("userids", "userid"), operation: c.At("operations", "operation"), raw: c.At("_raw"),
		index: c.At("resultindex"), size: c.At("resultcount"), organization: c.At("organizationid"),
	}
	r := newReader(at.unwrap)
	r.header = h.Header
	r.order = at.order(h.Rows)
	if at.time >= 0 {
		if _, local := record.ColumnName(h.Header[at.time]); local {
			r.local = h.Header[at.time]
		}
	}
	return r
}

// columns are the places of the cells that matter; -1 where the table has none.
type columns struct{ data, time, id, user, operation, raw, index, size, organization int }

func (c columns) unwrap(_ *reader, rec record.Record) (wrapped, error) {
	if c.data >= len(rec.Cells) {
		return wrapped{}, fmt.Errorf("row has %d cells, AuditData would be cell %d", len(rec.Cells), c.data+1)
	}
	cell := func(i int) []byte {
		if i < 0 || i >= len(rec.Cells) {
			return nil
		}
		return rec.Cells[i]
	}
	w := wrapped{
		data: rec.Cells[c.data], time: cell(c.time), id: cell(c.id), user: cell(c.user), operation: cell(c.operation),
		index: cell(c.index), size: cell(c.size), organization: cell(c.organization), within: true,
	}
	if len(bytes.TrimSpace(w.data)) == 0 {
		w.data = fromRaw(cell(c.raw))
	}
	if bytes.EqualFold(w.data, []byte("AuditData")) {
		return wrapped{}, errHeaderAgain
	}
	return w, nil
}

// fromRaw is the AuditData in Splunk's _raw, the CSV row as it was taken in, which Splunk cuts at 10,000 characters:
// where the column AuditData came out empty, the row's beginning is still there.
func fromRaw(raw []byte) []byte {
	_, cell, found := bytes.Cut(raw, []byte(`,"{`))
	if !found {
		return nil
	}
	return append([]byte("{"), bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))...)
}

// order settles for a whole file whether 3/2/2025 is the third of February: a row whose AuditData says its own time
// shows which reading is right, and a day beyond the twelfth shows it too.
func (c columns) order(rows [][]string) timestamp.Order {
	var dates [][]byte
	var proofs timestamp.Votes
	for _, row := range rows {
		if c.time < 0 || c.time >= len(row) {
			continue
		}
		dates = append(dates, []byte(row[c.time]))
		var inner struct{ CreationTime text }
		if c.data >= len(row) || json.Unmarshal([]byte(row[c.data]), &inner) != nil {
			continue
		}
		t, ok := timestamp.Parse(inner.CreationTime, timestamp.Unsettled)
		month, _ := timestamp.Parse([]byte(row[c.time]), timestamp.MonthFirst)
		day, _ := timestamp.Parse([]byte(row[c.time]), timestamp.DayFirst)
		switch {
		case !ok || month == day:
		case t == day:
			proofs.For(timestamp.DayFirst)
		case t == month:
			proofs.For(timestamp.MonthFirst)
		}
	}
	if order := proofs.Order(); order != timestamp.Unsettled {
		return order
	}
	return timestamp.OrderOf(dates)
}

// wrapped is an AuditData object and what its wrapping says besides.
type wrapped struct {
	data   []byte // JSON
	within bool   // something stands around it
	time   []byte // CreationDate in the collector's culture, used only if AuditData has no time
	id     []byte // Identity or RecordId, used only if AuditData has no Id
	user   []byte // UserIds, used only if AuditData has no UserId

	operation    []byte // Operations, used only if AuditData has no Operation
	organization []byte // organizationId, used only if AuditData has no OrganizationId

	index, size []byte // ResultIndex and ResultCount: the record's number in an answer, and how many records it has
}

// answered tells the shard where the record stood in the answer to a query, if the wrapping says so.
func (w *wrapped) answered(to *activity.Shard) {
	if len(w.index) == 0 || len(w.size) == 0 {
		return
	}
	index, indexErr := strconv.ParseInt(string(w.index), 10, 64)
	size, sizeErr := strconv.ParseInt(string(w.size), 10, 64)
	if indexErr == nil && sizeErr == nil {
		to.Answered(index, size)
	}
}

// recogniseJSON takes bare AuditData objects and the two wrappings that hold one, as a text or as an object.
func recogniseJSON(h record.Head) string {
	for _, object := range h.Objects {
		var keys struct {
			AuditData, CreationTime, Operation, Workload, RecordType, UserID json.RawMessage
		}
		if json.Unmarshal(object, &keys) != nil {
			continue
		}
		switch {
		case len(keys.AuditData) > 0 && keys.AuditData[0] == '"':
			return "objects have AuditData as text (Search-UnifiedAuditLog)"
		case len(keys.AuditData) > 0 && keys.AuditData[0] == '{' && !isShell(keys.AuditData):
			return "objects have AuditData as an object (Graph audit log query)"
		case keys.CreationTime != nil && keys.Operation != nil &&
			(keys.Workload != nil || keys.RecordType != nil || keys.UserID != nil):
			return "objects have CreationTime, Operation and Workload, RecordType or UserId (AuditData)"
		}
	}
	return ""
}

// isShell knows AuditData of the shell's Graph module, which holds nothing but AdditionalProperties: they hold the record.
func isShell(object json.RawMessage) bool {
	var keys struct{ CreationTime, Operation, ID, AdditionalProperties json.RawMessage }
	return json.Unmarshal(object, &keys) == nil && keys.CreationTime == nil && keys.Operation == nil && keys.ID == nil && keys.AdditionalProperties != nil
}
