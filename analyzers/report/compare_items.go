package report

import (
	"cmp"
	"fmt"
	"slices"
)

// compareInputs pairs inputs by content first, then by path: an export that was written anew is a moved input.
func compareInputs(old, new []Input) InputMoves {
	differ := func(a, b *ComparedInput, d *diff) {
		d.text("path", a.Path, b.Path)
		d.text("sha256", a.SHA256, b.SHA256)
		d.text("format", string(a.Format), string(b.Format))
		d.number("rows", a.Rows, b.Rows)
		d.number("activities", a.Activities, b.Activities)
		d.number("duplicates", a.Duplicates, b.Duplicates)
		d.number("skipped", a.Skipped, b.Skipped)
	}
	byPath := func(in ComparedInput) string { return in.Path }
	same := compareLists(each(old, inputOf), each(new, inputOf), func(in ComparedInput) string { return key(in.SHA256, in.Path) }, differ)
	content := compareLists(same.Gone, same.New, func(in ComparedInput) string { return in.SHA256 }, differ)
	out := compareLists(content.Gone, content.New, byPath, differ)
	out.Moved = append(append(out.Moved, same.Moved...), content.Moved...)
	slices.SortStableFunc(out.Moved, func(a, b Moved[ComparedInput]) int {
		return cmp.Or(cmp.Compare(a.Item.Path, b.Item.Path), cmp.Compare(a.Item.SHA256, b.Item.SHA256))
	})
	return out
}

func inputOf(in *Input) ComparedInput {
	return ComparedInput{clean(in.Path), in.SHA256, in.Format, in.Rows, in.Activities, in.Duplicates, in.Skipped}
}

func databaseOf(d *Database) ComparedDatabase {
	return ComparedDatabase{clean(d.Database), clean(d.Built), clean(d.Source), d.SHA256}
}

func caveatOf(c *Caveat) ComparedCaveat {
	return ComparedCaveat{clean(c.Code), Text(clean(string(c.Mailbox))), clean(c.Text), c.Tenant}
}

func mailboxOf(m *Mailbox) ComparedMailbox {
	return ComparedMailbox{clean(m.Mailbox), m.Score, m.Band, m.Activities, m.Window, m.Tenant}
}

func mailboxChanges(a, b *ComparedMailbox, d *diff) {
	d.add("score", a.Score, b.Score)
	d.text("band", a.Band, b.Band)
	d.number("activities", int64(a.Activities), int64(b.Activities))
	var from, to Window
	if a.Window != nil {
		from = *a.Window
	}
	if b.Window != nil {
		to = *b.Window
	}
	d.time("window_first", from.First, to.First)
	d.time("window_last", from.Last, to.Last)
}

func findingOf(f *Finding) ComparedFinding {
	return ComparedFinding{
		Fingerprint: f.Fingerprint, NewID: Text(clean(f.ID)), Rule: clean(f.Rule), Mailbox: clean(f.Mailbox), Text: clean(f.Text),
		Level: f.Level, Confidence: f.Confidence, Points: f.Points, First: f.First, Last: f.Last, Count: f.Count,
		Suppressed: f.Suppressed, Decision: f.Decision, Tenant: f.Tenant,
	}
}

// findingChanges compares what a finding is worth and what it rests on. Another F-number alone is no change: it is a
// rank.
func findingChanges(a, b *ComparedFinding, d *diff) {
	b.OldID = a.NewID
	d.text("level", a.Level, b.Level)
	d.number("confidence", int64(a.Confidence), int64(b.Confidence))
	d.add("points", a.Points, b.Points)
	d.number("count", int64(a.Count), int64(b.Count))
	d.time("first", a.First, b.First)
	d.time("last", a.Last, b.Last)
	d.text("suppressed", suppressionText(a.Suppressed), suppressionText(b.Suppressed))
	d.text("decision", decisionText(a.Decision), decisionText(b.Decision))
}

func suppressionText(s *Suppression) string {
	if s == nil {
		return ""
	}
	return s.Exception + ": " + by(s.Reason, s.By)
}

func decisionText(d *Decision) string {
	if d == nil {
		return ""
	}
	text := d.Verdict + ": " + by(d.Reason, string(d.By))
	if d.Expires != "" {
		text += fmt.Sprintf(", until %s", d.Expires)
	}
	return text
}

// sortFindings puts what weighs most first: points, mailbox, time, rule, fingerprint, as in a report.
func sortFindings(m *FindingMoves) {
	order := func(a, b ComparedFinding) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Tenant, b.Tenant))
	}
	slices.SortStableFunc(m.New, order)
	slices.SortStableFunc(m.Gone, order)
	slices.SortStableFunc(m.Moved, func(a, b Moved[ComparedFinding]) int { return order(a.Item, b.Item) })
}
