package render

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// exposureColumn is one column of the format exposure.
type exposureColumn struct {
	name string
	cell func(of *report.Exposure, x *report.ExposedItem) string
}

func exposureColumns() []exposureColumn {
	of := func(get func(x *report.ExposedItem) string) func(*report.Exposure, *report.ExposedItem) string {
		return func(_ *report.Exposure, x *report.ExposedItem) string { return get(x) }
	}
	return []exposureColumn{
		{"Intruder", func(of *report.Exposure, _ *report.ExposedItem) string { return of.Intruder }},
		{"Mailbox", func(of *report.Exposure, _ *report.ExposedItem) string { return string(of.Mailbox) }},
		{tenantColumn, func(of *report.Exposure, _ *report.ExposedItem) string { return string(of.Tenant) }},
		{"Kind", of(func(x *report.ExposedItem) string { return x.Kind })},
		{"State", of(func(x *report.ExposedItem) string { return x.State })},
		{"Acts", of(func(x *report.ExposedItem) string { return strings.Join(x.Acts, "; ") })},
		{"IdentifiedBy", of(func(x *report.ExposedItem) string { return x.IdentifiedBy })},
		{"InternetMessageID", of(func(x *report.ExposedItem) string { return string(x.MessageID) })},
		{"ItemID", of(func(x *report.ExposedItem) string { return string(x.Item) })},
		{"Conversation", of(func(x *report.ExposedItem) string { return string(x.Conversation) })},
		{"Address", of(func(x *report.ExposedItem) string { return string(x.Address) })},
		{"Subject", of(func(x *report.ExposedItem) string { return string(x.Subject) })},
		{"SubjectIsTheConversations", of(func(x *report.ExposedItem) string { return yes(x.Guess) })},
		{"Sender", of(func(x *report.ExposedItem) string { return string(x.Sender) })},
		{"Recipients", of(func(x *report.ExposedItem) string { return listCell(x.Recipients, x.RecipientsMore) })},
		{"Received", of(func(x *report.ExposedItem) string { return x.Received.String() })},
		{"Size", of(func(x *report.ExposedItem) string { return numberCell(x.Size) })},
		{"Folder", of(func(x *report.ExposedItem) string { return string(x.Folder) })},
		{"Attachments", of(func(x *report.ExposedItem) string { return strings.Join(x.Attachments, "; ") })},
		{"FirstTouched", of(func(x *report.ExposedItem) string { return x.First.String() })},
		{"LastTouched", of(func(x *report.ExposedItem) string { return x.Last.String() })},
		{"Touches", of(func(x *report.ExposedItem) string { return strconv.Itoa(x.Touches) })},
		{"SeenFromContestedPlace", of(func(x *report.ExposedItem) string { return strconv.Itoa(x.Contested) })},
		{"PresumedBy", of(func(x *report.ExposedItem) string { return strings.Join(x.TakenBy, "; ") })},
		{"Rows", of(func(x *report.ExposedItem) string { return rowsCell(x) })},
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func listCell(list []string, more int) string {
	text := strings.Join(list, "; ")
	if more > 0 {
		text += fmt.Sprintf("; and %s more", report.Grouped(more))
	}
	return text
}

// rowsCell is where the rows of an item stand: case.csv:12; case.csv:40.
func rowsCell(x *report.ExposedItem) string {
	rows := make([]string, len(x.Evidence))
	for i, e := range x.Evidence {
		rows[i] = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return listCell(rows, x.EvidenceMore)
}

// ExposureWriter writes the format exposure: one row a message or file, for counsel and for notification. Cells that a
// spreadsheet would take for a formula are prefixed with an apostrophe.
type ExposureWriter struct {
	out     *csv.Writer
	columns []exposureColumn
	line    []string
}

// NewExposureWriter writes the header. several says that the case is of several tenants.
func NewExposureWriter(w io.Writer, several bool) *ExposureWriter {
	e := &ExposureWriter{out: csv.NewWriter(w)}
	e.columns = slices.DeleteFunc(exposureColumns(), func(c exposureColumn) bool { return c.name == tenantColumn && !several })
	e.line = make([]string, len(e.columns))
	for i, c := range e.columns {
		e.line[i] = c.name
	}
	e.out.Write(e.line) // its first error comes up at Flush
	return e
}

// Add writes the row of an item. of is what it belongs to; its lists are not looked at.
func (e *ExposureWriter) Add(of *report.Exposure, x *report.ExposedItem) error {
	for i, c := range e.columns {
		e.line[i] = report.Cell(c.cell(of, x))
	}
	return e.out.Write(e.line)
}

// Flush writes what is left.
func (e *ExposureWriter) Flush() error {
	e.out.Flush()
	return e.out.Error()
}

// WriteExposure writes the format exposure of a report, which may have been cut: of a mailbox with more items than the report
// lists, a last row says how many are left out.
func WriteExposure(w io.Writer, r *report.Report) error {
	out := NewExposureWriter(w, r.Several())
	for i := range r.Exposure {
		of := &r.Exposure[i]
		for k := range of.Items {
			if err := out.Add(of, &of.Items[k]); err != nil {
				return err
			}
		}
		if of.ItemsMore > 0 {
			x := report.ExposedItem{Subject: report.Text(fmt.Sprintf("… and %s more, not in this report: analyze --format exposure writes them", report.Grouped(of.ItemsMore)))}
			if err := out.Add(of, &x); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}
