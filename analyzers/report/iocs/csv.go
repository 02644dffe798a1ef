package iocs

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// most is how many mailboxes, and how many findings, a row names.
const most = 20

// WriteCSV writes a row an indicator. Rows of type note have no value: they say what was left out.
func WriteCSV(w io.Writer, r *report.Report) error {
	list := Of(r)
	out := csv.NewWriter(w)
	head := []string{"type", "value", "first", "last", "count", "mailboxes", "findings", "confidence", "intruders", "notes"}
	if r.Several() {
		head = append(head, "tenant")
	}
	out.Write(head) // its first error comes up at out.Error
	for _, in := range list.Indicators {
		count := ""
		if in.Count > 0 {
			count = strconv.Itoa(in.Count)
		}
		row := []string{
			in.Type, in.Value, in.First.String(), in.Last.String(), count, some(in.Mailboxes), some(in.Findings), in.Confidence,
			strings.Join(in.Intruders, "; "), strings.Join(in.Notes, "; "),
		}
		if r.Several() {
			row = append(row, string(in.Tenant))
		}
		write(out, row)
	}
	for _, note := range list.Notes {
		row := make([]string, len(head))
		row[0], row[9] = "note", note
		write(out, row)
	}
	out.Flush()
	return out.Error()
}

func write(out *csv.Writer, row []string) {
	for i := range row {
		row[i] = report.Cell(row[i])
	}
	out.Write(row)
}

func some(list []string) string {
	if len(list) <= most {
		return strings.Join(list, "; ")
	}
	return fmt.Sprintf("%s; and %s more", strings.Join(list[:most], "; "), report.Grouped(len(list)-most))
}
