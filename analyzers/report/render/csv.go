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

// Profiles are the sets of columns that CSV knows, smallest first.
func Profiles() []string { return []string{"minimal", "standard", "verbose"} }

// csvColumn is one column of the CSV.
type csvColumn struct {
	name    string
	profile int // index into Profiles: the smallest set that has it
	cell    func(m *report.Mailbox, f *report.Finding, row *report.Row) string
}

// csvColumns are the columns in order.
func csvColumns() []csvColumn {
	text := func(get func(row *report.Row) report.Text) func(*report.Mailbox, *report.Finding, *report.Row) string {
		return func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string { return string(get(row)) }
	}
	return []csvColumn{
		{"Timestamp", 0, func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string { return row.Time.String() }},
		{"Mailbox", 0, func(m *report.Mailbox, _ *report.Finding, _ *report.Row) string { return m.Mailbox }},
		{tenantColumn, 0, func(m *report.Mailbox, _ *report.Finding, _ *report.Row) string { return string(m.Tenant) }},
		{"Actor", 0, text(func(row *report.Row) report.Text { return row.Actor })},
		{"Who", 1, text(func(row *report.Row) report.Text { return row.Who })},
		{"Score", 1, func(m *report.Mailbox, _ *report.Finding, _ *report.Row) string {
			return strconv.FormatFloat(m.Score, 'f', 1, 64)
		}},
		{"Level", 0, func(_ *report.Mailbox, f *report.Finding, _ *report.Row) string { return f.Level }},
		{"Rule", 0, func(_ *report.Mailbox, f *report.Finding, _ *report.Row) string { return f.Rule }},
		{"Operation", 0, text(func(row *report.Row) report.Text { return row.Op })},
		{"ClientIP", 0, text(func(row *report.Row) report.Text { return row.IP })},
		{"Country", 0, text(func(row *report.Row) report.Text { return row.Country })},
		{"City", 1, text(func(row *report.Row) report.Text { return row.City })},
		{"ASN", 1, func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string { return numberCell(row.ASN) }},
		{"Org", 1, text(func(row *report.Row) report.Text { return row.Org })},
		{"App", 1, text(func(row *report.Row) report.Text { return row.App })},
		{"Session", 1, text(func(row *report.Row) report.Text { return row.Session })},
		{"ItemID", 1, text(func(row *report.Row) report.Text { return row.Item })},
		{"InternetMessageID", 1, text(func(row *report.Row) report.Text { return row.MessageID })},
		{"Subject", 1, text(func(row *report.Row) report.Text { return row.Subject })},
		{"Details", 1, func(_ *report.Mailbox, f *report.Finding, row *report.Row) string { return detailsText(f, row) }},
		{"Finding", 1, func(_ *report.Mailbox, f *report.Finding, _ *report.Row) string { return f.ID }},
		{"Title", 2, func(_ *report.Mailbox, f *report.Finding, _ *report.Row) string { return f.Title }},
		{"Points", 2, func(_ *report.Mailbox, f *report.Finding, _ *report.Row) string {
			return strconv.FormatFloat(f.Points, 'f', 1, 64)
		}},
		{"Suppressed", 2, func(_ *report.Mailbox, f *report.Finding, _ *report.Row) string { return suppressedBy(f) }},
		{"Result", 2, func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string { return row.Result }},
		{"Class", 2, text(func(row *report.Row) report.Text { return row.Class })},
		{"UserAgent", 2, text(func(row *report.Row) report.Text { return row.Agent })},
		{"Identity", 2, func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string { return row.Identity }},
		{"File", 0, func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string { return row.File }},
		{"Line", 0, func(_ *report.Mailbox, _ *report.Finding, row *report.Row) string {
			return numberCell(report.Number(row.Line))
		}},
	}
}

// tenantColumn is there only where the report is about several tenants.
const tenantColumn = "Tenant"

// byteOrderMark begins tables for spreadsheets: Excel takes them for UTF-8 by it, and for letters of the machine's country
// without.
const byteOrderMark = "\ufeff"

// WriteCSV writes one row per finding and activity that it cites, by mailbox, oldest first: a timeline for spreadsheets.
// profile is one of [Profiles]; "" is standard. Text cells that a spreadsheet would take for a formula are prefixed with
// an apostrophe. Of a finding with more activities than the report cites, a last row says how many are not listed.
func WriteCSV(w io.Writer, r *report.Report, profile string) error {
	if profile == "" {
		profile = "standard"
	}
	level := slices.Index(Profiles(), profile)
	if level < 0 {
		return fmt.Errorf("profile %q: want %s", profile, strings.Join(Profiles(), ", "))
	}
	columns := slices.DeleteFunc(csvColumns(), func(c csvColumn) bool {
		return c.profile > level || c.name == tenantColumn && !r.Several()
	})
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	out.Write(line) // its first error comes up at out.Error
	boxes, findings := indexByName(r)
	for i := range r.Timeline {
		t := &r.Timeline[i]
		m := boxes[boxKey{t.Mailbox, t.Tenant}]
		if m == nil {
			m = &report.Mailbox{Mailbox: t.Mailbox, Tenant: t.Tenant}
		}
		write := func(f *report.Finding, row *report.Row) {
			for k, c := range columns {
				line[k] = report.Cell(c.cell(m, f, row))
			}
			out.Write(line)
		}
		var cut []*report.Finding
		for j := range t.Rows {
			for _, id := range t.Rows[j].Findings {
				f := findings[id]
				if f == nil {
					f = &report.Finding{ID: id}
				}
				write(f, &t.Rows[j])
				if f.Count > len(f.Evidence) && !slices.Contains(cut, f) {
					cut = append(cut, f)
				}
			}
		}
		for _, f := range cut {
			write(f, &report.Row{Op: report.Text(fmt.Sprintf("… and %s more activities, not listed", report.Grouped(f.Count-len(f.Evidence))))})
		}
	}
	out.Flush()
	return out.Error()
}

// boxKey is a mailbox: two tenants may have one of the same name.
type boxKey struct {
	name   string
	tenant report.TenantOf
}

// indexByName indexes mailboxes and findings.
func indexByName(r *report.Report) (map[boxKey]*report.Mailbox, map[string]*report.Finding) {
	boxes, findings := map[boxKey]*report.Mailbox{}, map[string]*report.Finding{}
	for i := range r.Mailboxes {
		boxes[boxKey{r.Mailboxes[i].Mailbox, r.Mailboxes[i].Tenant}] = &r.Mailboxes[i]
	}
	for i := range r.Findings {
		findings[r.Findings[i].ID] = &r.Findings[i]
	}
	return boxes, findings
}

func detailsText(f *report.Finding, row *report.Row) string {
	parts := []string{report.Short(f.Text, sentenceRunes)}
	if row.Query != "" {
		parts = append(parts, "query="+report.Short(string(row.Query), factRunes))
	}
	for _, d := range row.Details {
		parts = append(parts, report.Short(d.Name, 60)+"="+report.Short(report.ValueText(d.Value), factRunes))
	}
	if row.More > 0 {
		parts = append(parts, fmt.Sprintf("and %s more values", report.Grouped(row.More)))
	}
	return strings.Join(parts, "; ")
}

func suppressedBy(f *report.Finding) string {
	if f.Suppressed == nil {
		return ""
	}
	return f.Suppressed.Exception
}

func numberCell(n report.Number) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}
