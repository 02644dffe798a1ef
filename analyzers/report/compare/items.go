package compare

import (
	"cmp"
	"fmt"
	"slices"

	"triage/analyzers/report"
)

// compareInputs pairs inputs by content first, then by path: an export that was written anew is a moved input.
func compareInputs(old, new []report.Input) report.InputMoves {
	differ := func(a, b *report.ComparedInput, d *diff) {
		d.text("path", a.Path, b.Path)
		d.text("sha256", a.SHA256, b.SHA256)
		d.text("format", string(a.Format), string(b.Format))
		d.number("rows", a.Rows, b.Rows)
		d.number("activities", a.Activities, b.Activities)
		d.number("duplicates", a.Duplicates, b.Duplicates)
		d.number("skipped", a.Skipped, b.Skipped)
	}
	byPath := func(in report.ComparedInput) string { return in.Path }
	same := compareLists(mapped(old, inputOf), mapped(new, inputOf), func(in report.ComparedInput) string { return keyText(in.SHA256, in.Path) }, differ)
	content := compareLists(same.Gone, same.New, func(in report.ComparedInput) string { return in.SHA256 }, differ)
	out := compareLists(content.Gone, content.New, byPath, differ)
	out.Moved = append(append(out.Moved, same.Moved...), content.Moved...)
	slices.SortStableFunc(out.Moved, func(a, b report.Moved[report.ComparedInput]) int {
		return cmp.Or(cmp.Compare(a.Item.Path, b.Item.Path), cmp.Compare(a.Item.SHA256, b.Item.SHA256))
	})
	return out
}

func inputOf(in *report.Input) report.ComparedInput {
	return report.ComparedInput{Path: report.Clean(in.Path), SHA256: in.SHA256, Format: in.Format, Rows: in.Rows, Activities: in.Activities, Duplicates: in.Duplicates, Skipped: in.Skipped}
}

func databaseOf(d *report.Database) report.ComparedDatabase {
	return report.ComparedDatabase{Database: report.Clean(d.Database), Built: report.Clean(d.Built), Source: report.Clean(d.Source), SHA256: d.SHA256}
}

func caveatOf(c *report.Caveat) report.ComparedCaveat {
	return report.ComparedCaveat{Code: report.Clean(c.Code), Mailbox: report.Text(report.Clean(string(c.Mailbox))), Text: report.Clean(c.Text), Tenant: c.Tenant}
}

func comparedMailbox(m *report.Mailbox) report.ComparedMailbox {
	return report.ComparedMailbox{Mailbox: report.Clean(m.Mailbox), Score: m.Score, Band: m.Band, Activities: m.Activities, Window: m.Window, Tenant: m.Tenant}
}

func mailboxChanges(a, b *report.ComparedMailbox, d *diff) {
	d.add("score", a.Score, b.Score)
	d.text("band", a.Band, b.Band)
	d.number("activities", int64(a.Activities), int64(b.Activities))
	var from, to report.Window
	if a.Window != nil {
		from = *a.Window
	}
	if b.Window != nil {
		to = *b.Window
	}
	d.time("window_first", from.First, to.First)
	d.time("window_last", from.Last, to.Last)
}

func findingOf(f *report.Finding) report.ComparedFinding {
	return report.ComparedFinding{
		Fingerprint: f.Fingerprint, NewID: report.Text(report.Clean(f.ID)), Rule: report.Clean(f.Rule), Mailbox: report.Clean(f.Mailbox), Text: report.Clean(f.Text),
		Level: f.Level, Confidence: f.Confidence, Points: f.Points, First: f.First, Last: f.Last, Count: f.Count,
		Suppressed: f.Suppressed, Decision: f.Decision, Tenant: f.Tenant,
	}
}

// findingChanges compares what a finding is worth and what it rests on. Another F-number alone is no change: it is a
// rank.
func findingChanges(a, b *report.ComparedFinding, d *diff) {
	b.OldID = a.NewID
	d.text("rule", a.Rule, b.Rule)
	d.text("level", a.Level, b.Level)
	d.number("confidence", int64(a.Confidence), int64(b.Confidence))
	d.add("points", a.Points, b.Points)
	d.number("count", int64(a.Count), int64(b.Count))
	d.time("first", a.First, b.First)
	d.time("last", a.Last, b.Last)
	d.text("suppressed", suppressionText(a.Suppressed), suppressionText(b.Suppressed))
	d.text("decision", decisionText(a.Decision), decisionText(b.Decision))
}

func suppressionText(s *report.Suppression) string {
	if s == nil {
		return ""
	}
	return s.Exception + ": " + report.SaidBy(s.Reason, s.By)
}

func decisionText(d *report.Decision) string {
	if d == nil {
		return ""
	}
	text := d.Verdict + ": " + report.SaidBy(d.Reason, string(d.By))
	if d.Expires != "" {
		text += fmt.Sprintf(", until %s", d.Expires)
	}
	return text
}

// sortFindings puts what weighs most first: points, mailbox, time, rule, fingerprint, as in a report.
func sortFindings(m *report.FindingMoves) {
	order := func(a, b report.ComparedFinding) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Tenant, b.Tenant))
	}
	slices.SortStableFunc(m.New, order)
	slices.SortStableFunc(m.Gone, order)
	slices.SortStableFunc(m.Moved, func(a, b report.Moved[report.ComparedFinding]) int { return order(a.Item, b.Item) })
}
