package outlook

import (
	"bytes"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// Formats lists the two forms of Outlook Activities.
func Formats() []record.Format {
	return []record.Format{
		{
			Name: "activities-csv", Source: activity.SourceActivities, Shape: record.CSV, Columns: columnNames(),
			Recognise: recogniseCSV, NoHeader: func(h record.Head) bool { return !isHeader(h.Header) },
			RowStart: rowStart, New: newCSV,
		},
		{
			Name: "activities-json", Source: activity.SourceActivities, Shape: record.JSON,
			Recognise: knowActivityJSON, Tells: []string{"activityidtype"}, New: newJSON,
		},
	}
}

// recogniseCSV knows the header by its columns in any order; a table without a header by its shape.
func recogniseCSV(h record.Head) string {
	if isHeader(h.Header) {
		return "header " + strings.Join(trimmed(h.Header), ",")
	}
	if isRow(h.Header) {
		return "no header; first row has the seven cells of TimeStamp … CustomProperties"
	}
	if isDamagedRow(h.Header) && areRows(h.Rows) {
		return "no header, and a first row that is damaged; rows have the seven cells of TimeStamp … CustomProperties"
	}
	return ""
}

// isDamagedRow says whether cells may once have been a record: the first ones have most digits of a time.
func isDamagedRow(cells []string) bool {
	const enough = 12
	digits := 0
	for _, c := range strings.Join(cells[:min(len(cells), 2)], "") {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	return digits >= enough
}

// areRows says whether nearly all rows are records in the retriever's order.
func areRows(rows [][]string) bool {
	const of, enough = 10, 9
	n := 0
	for _, cells := range rows {
		if isRow(cells) {
			n++
		}
	}
	return n > 0 && n*of >= len(rows)*enough
}

func trimmed(header []string) []string {
	out := make([]string, len(header))
	for i, name := range header {
		out[i] = strings.TrimSpace(name)
	}
	return out
}

// isHeader wants the columns without which a record means nothing.
func isHeader(header []string) bool {
	has := func(c activityColumn) bool {
		return slices.ContainsFunc(header, func(name string) bool { return columnOf(name) == c })
	}
	return has(timeStamp) && has(activityIDType) && (has(appIDType) || has(customProperties))
}

// columnOf is the column that a name stands for.
func columnOf(name string) activityColumn {
	name = strings.TrimSpace(name)
	for i, known := range columnNames() {
		if strings.EqualFold(name, known) {
			return activityColumn(i)
		}
	}
	switch strings.ToLower(name) {
	case "mailbox", "user", "userid", "userprincipalname", "upn", "mailboxowner":
		return owner
	}
	return noColumn
}

// isRow says whether cells are a record in the retriever's order.
func isRow(cells []string) bool {
	if len(cells) != int(columnCount) || !rowStart([]byte(cells[timeStamp])) {
		return false
	}
	if _, err := parseTime([]byte(cells[timeStamp])); err != nil {
		return false
	}
	props := strings.TrimSpace(cells[customProperties])
	return cells[activityIDType] != "" && (props == "" || props[0] == '{' || props[0] == '[')
}

// rowStart says whether a line begins as rows do in the retriever's order: with a time.
func rowStart(line []byte) bool {
	line = bytes.TrimPrefix(line, []byte{'"'})
	return len(line) >= 11 && line[4] == '-' && line[7] == '-' && (line[10] == 'T' || line[10] == ' ') &&
		digits(line[0:2]) >= 0 && digits(line[2:4]) >= 0 && digits(line[5:7]) > 0
}

// csvDecoder reads rows.
type csvDecoder struct {
	decoder
	order  []activityColumn
	header []string
}

func newCSV(h record.Head) record.Decoder {
	d := &csvDecoder{decoder: newDecoder()}
	if !isHeader(h.Header) {
		for c := range columnCount {
			d.order = append(d.order, c)
		}
		return d
	}
	d.header = h.Header
	for _, name := range h.Header {
		d.order = append(d.order, columnOf(name))
	}
	return d
}

// Decode implements record.Decoder.
func (d *csvDecoder) Decode(rec record.Record, to *activity.Shard) error {
	d.fields, d.mailbox = [columnCount][]byte{}, nil
	for i, cell := range rec.Cells {
		switch c := d.order[i]; {
		case c < columnCount:
			d.fields[c] = cell
		case c == owner:
			d.mailbox = cell
		}
	}
	d.prepare(to)
	d.lit.spare = d.lit.spare[:0]
	if err := d.readCell(d.fields[customProperties]); err != nil {
		if d.isHeaderAgain(rec.Cells) {
			return errHeaderAgain
		}
		return err
	}
	if err := d.add(rec.Offset, to); err != nil {
		if d.isHeaderAgain(rec.Cells) {
			return errHeaderAgain
		}
		return err
	}
	return nil
}

// isHeaderAgain knows the header of a second export that was appended to the first.
func (d *csvDecoder) isHeaderAgain(cells [][]byte) bool {
	return slices.EqualFunc(cells, d.header, func(c []byte, h string) bool {
		return string(bytes.TrimPrefix(c, []byte("\uFEFF"))) == h
	})
}
