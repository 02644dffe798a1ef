package message

import (
	"fmt"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// Formats are the exports that this package reads.
func Formats() []record.Format {
	return []record.Format{
		{
			Name: "trace-csv", Source: activity.SourceTrace, Shape: record.CSV, Columns: traceHeader(),
			Recognise: recogniseTrace, New: newTrace,
		},
		{
			Name: "rules-csv", Source: activity.SourceRules, Shape: record.CSV, Columns: rulesHeader(),
			Recognise: recogniseRules, New: newRules,
		},
		{
			Name: "trace-json", Source: activity.SourceTrace, Shape: record.JSON,
			Recognise: recogniseTraceJSON, Tells: []string{"senderaddress"}, New: func(record.Head) record.Decoder { return &traceJSON{} },
		},
		{
			Name: "rules-json", Source: activity.SourceRules, Shape: record.JSON,
			Recognise: recogniseRulesJSON, Tells: []string{"actions"}, New: newRulesJSON,
		},
	}
}

// traceHeader is what Get-MessageTrace and Get-MessageTraceV2 have in common; the first adds PSComputerName,
// RunspaceId, PSShowComputerName, StartDate, EndDate and Index.
func traceHeader() []string {
	return []string{
		"MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "ToIP", "FromIP",
		"Size", "MessageTraceId",
	}
}

func recogniseTrace(h record.Head) string {
	c := record.ColumnsOf(h.Header)
	switch {
	case !c.Has("received", "senderaddress", "recipientaddress"):
		return ""
	case c.Has("startdate", "enddate"):
		return fmt.Sprintf("header has Received, SenderAddress, RecipientAddress and StartDate (Get-MessageTrace, %d columns)", len(h.Header))
	default:
		return fmt.Sprintf("header has Received, SenderAddress and RecipientAddress (Get-MessageTraceV2, %d columns)", len(h.Header))
	}
}

// traceTable reads rows. It is used by one goroutine.
type traceTable struct {
	fields record.Fields[trace]
	order  timestamp.Order
	note   string
}

func newTrace(h record.Head) record.Decoder {
	d := &traceTable{fields: traceNames.Fields(h.Header)}
	d.order, d.note = datesOf(record.ColumnsOf(h.Header), h.Rows)
	return d
}

// Decode implements record.Decoder.
func (d *traceTable) Decode(rec record.Record, to *activity.Shard) error {
	if d.note != "" && to.Times.Order == timestamp.Unsettled {
		to.Note(d.note)
	}
	var m trace
	d.fields.Fill(rec, &m)
	return m.add(rec, d.order, to)
}

// ServiceID is the message trace's id.
func (d *traceTable) ServiceID(rec record.Record) string {
	var m trace
	d.fields.Fill(rec, &m)
	return string(m.MessageTraceID)
}
