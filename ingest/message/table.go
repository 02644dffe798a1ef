package message

import (
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
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
			Recognise: recogniseTraceJSON, Tells: []string{"senderaddress"}, New: func(record.Head) record.Decoder { return traceJSON{} },
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

// cells finds a row's cells by column, whatever the columns' order.
type cells map[string]int

func newCells(header []string) cells {
	c := cells{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if _, twice := c[name]; !twice {
			c[name] = i
		}
	}
	return c
}

func (c cells) has(columns ...string) bool {
	for _, name := range columns {
		if _, ok := c[name]; !ok {
			return false
		}
	}
	return true
}

func (c cells) of(rec record.Record, column string) text {
	if i, ok := c[column]; ok && i < len(rec.Cells) {
		return rec.Cells[i]
	}
	return nil
}

func recogniseTrace(h record.Head) string {
	c := newCells(h.Header)
	switch {
	case !c.has("received", "senderaddress", "recipientaddress"):
		return ""
	case c.has("startdate", "enddate"):
		return fmt.Sprintf("header has Received, SenderAddress, RecipientAddress and StartDate (Get-MessageTrace, %d columns)", len(h.Header))
	default:
		return fmt.Sprintf("header has Received, SenderAddress and RecipientAddress (Get-MessageTraceV2, %d columns)", len(h.Header))
	}
}

// traceTable reads rows. It is used by one goroutine.
type traceTable struct {
	at    cells
	order record.Order
	note  string
}

func newTrace(h record.Head) record.Decoder {
	d := &traceTable{at: newCells(h.Header)}
	d.order, d.note = datesOf(d.at, h.Rows)
	return d
}

func (d *traceTable) read(rec record.Record) trace {
	of := func(column string) text { return d.at.of(rec, column) }
	return trace{
		MessageID: of("messageid"), MessageTraceID: of("messagetraceid"), Received: of("received"),
		SenderAddress: of("senderaddress"), RecipientAddress: of("recipientaddress"), Subject: of("subject"),
		Status: of("status"), FromIP: of("fromip"), ToIP: of("toip"), Size: of("size"),
	}
}

// Decode implements record.Decoder.
func (d *traceTable) Decode(rec record.Record, to *activity.Shard) error {
	if d.note != "" {
		to.Note(d.note)
	}
	m := d.read(rec)
	return m.add(rec, d.order, to)
}

// ServiceID is the message trace's id.
func (d *traceTable) ServiceID(rec record.Record) string {
	return string(d.at.of(rec, "messagetraceid"))
}
