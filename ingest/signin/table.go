package signin

import (
	"fmt"
	"slices"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// Formats are the wrappings of sign-ins that this package reads.
func Formats() []record.Format {
	return []record.Format{
		steps().Table(),
		{
			Name: "signin-portal-csv", Source: activity.SourceSignin, Shape: record.CSV, Columns: portalHeader(),
			Recognise: recognisePortal, New: newTable,
		},
		{
			Name: "signin-table-csv", Source: activity.SourceSignin, Shape: record.CSV, Columns: tableHeader(),
			Recognise: recogniseTable, New: newTable,
		},
		{
			Name: "signin-json", Source: activity.SourceSignin, Shape: record.JSON,
			Recognise: recogniseJSON, Tells: []string{"properties", "category", "appid", "appdisplayname", "clientappused"}, New: func(record.Head) record.Decoder { return &jsonDecoder{} },
		},
	}
}

// portalHeader is what tells the portal's download from other tables. The portal has changed the number and order of
// its 57 columns several times, so that nothing is asked of the rest.
func portalHeader() []string {
	return []string{"Date (UTC)", "Request ID", "Username", "Application", "IP address", "Location", "Status", "Sign-in error code"}
}

// tableHeader is what Sentinel's SigninLogs and the tables beside it have in common with Graph's objects in a table.
func tableHeader() []string {
	return []string{"TimeGenerated", "Id", "UserPrincipalName", "AppDisplayName", "AppId", "IPAddress", "ResultType"}
}

func recognisePortal(h record.Head) string {
	if !record.ColumnsOf(h.Header).Has("date (utc)|date", "request id", "ip address", "status|sign-in error code", "application|application id|resource") {
		return ""
	}
	return fmt.Sprintf("header has Request ID, IP address and Application (Entra portal, %d columns)", len(h.Header))
}

func recogniseTable(h record.Head) string {
	if !record.ColumnsOf(h.Header).Has("timegenerated|createddatetime", "ipaddress", "appid|appdisplayname",
		"userprincipalname|userid|serviceprincipalid", "resulttype|status") {
		return ""
	}
	return fmt.Sprintf("header has TimeGenerated or CreatedDateTime, AppId and IPAddress (Sentinel or Graph table, %d columns)", len(h.Header))
}

// tableDecoder reads rows. It is used by one goroutine.
type tableDecoder struct {
	signInReading
	fields record.Fields[entry]
	order  timestamp.Order
	note   string
	local  string // a column whose times are of the exporter's own clock; "": none
}

// newTable finds the entry's field of every column by its name.
func newTable(h record.Head) record.Decoder {
	d := &tableDecoder{fields: entryNames.Fields(h.Header)}
	isPortal := recognisePortal(h) != ""
	var times []string
	for i, column := range h.Header {
		name, local := record.ColumnName(column)
		if local || name == "date" {
			d.note = fmt.Sprintf("times of column %q say no zone and were read as UTC", name)
		}
		if local {
			d.local = column
		}
		if isPortal {
			d.fields[i] = entryNames.Column(column)
		}
		if timeColumnOf(d.fields[i]) {
			times = append(times, name)
		}
	}
	d.order = timestamp.OrderOf(record.ColumnsOf(h.Header).Cells(h.Rows, times...))
	return d
}

// timeColumnOf says whether a column is a time of the entry.
func timeColumnOf(field *record.Name[entry]) bool {
	return field != nil && slices.Contains([]string{"date", "createdDateTime", "TimeGenerated"}, field.Name)
}

// read fills an entry from a row. The portal writes "Incoming token type" twice.
func (d *tableDecoder) read(rec record.Record) entry {
	d.cursor.Forget()
	var e entry
	d.fields.Fill(rec, &e)
	e.DiagnosticTenantID = nil // a row of Log Analytics: the workspace
	e.flatten(&d.signInReading)
	return e
}

// Decode implements record.Decoder.
func (d *tableDecoder) Decode(rec record.Record, to *activity.Shard) error {
	e := d.read(rec)
	if e.local = d.local != ""; e.local {
		timestamp.NoteLocal(to, d.local)
	} else if d.note != "" {
		to.Note(d.note)
	}
	return e.add(rec, d.order, nil, to)
}

// ServiceID is the sign-in's id.
func (d *tableDecoder) ServiceID(rec record.Record) string {
	e := d.read(rec)
	return string(e.ID)
}
