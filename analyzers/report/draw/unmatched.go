package draw

import (
	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// unmatched names the messages of a mailbox that could not be joined, and says how many more there are.
func unmatched(p *tenantPart, m *verdict.Mailbox) (out []report.Unmatched, more int) {
	out = []report.Unmatched{}
	if m.Score == 0 {
		return out, 0
	}
	seen := map[stranger]bool{}
	for _, inWindow := range []bool{true, false} {
		for i, row := range m.Timeline.Rows {
			a := m.Timeline.At(i)
			within := m.Window != nil && m.Window.First <= a.Time && a.Time <= m.Window.Last
			if row.ActorCopy() || within != inWindow {
				continue
			}
			for _, u := range strangers(p, a) {
				switch {
				case seen[u]:
					continue
				case len(out) == maxUnmatched:
					more++
				default:
					out = append(out, report.Unmatched{Item: report.Text(report.Clean(p.c.Text(u.item))), MessageID: report.Text(report.Clean(p.c.Text(u.id)))})
				}
				seen[u] = true
			}
		}
	}
	return out, more
}

// stranger is a message by its ids.
type stranger struct{ item, id activity.Symbol }

// strangers are the messages of one activity that nothing else in the data tells of. MailItemsAccessed names several.
func strangers(p *tenantPart, a *activity.Activity) []stranger {
	var out []stranger
	ids := 0
	for id, found := range p.c.Messages(a) {
		if ids++; found == nil {
			out = append(out, stranger{id: id})
		}
	}
	if ids > 1 {
		return out
	}
	if found, _ := p.c.Message(a); found != nil || !p.c.Concerns(a) {
		return nil
	}
	one := stranger{a.Item, p.c.Get(a, activity.FieldMessageID)}
	if one == (stranger{}) {
		return nil // known by its conversation only, which asks for nothing
	}
	return []stranger{one}
}
