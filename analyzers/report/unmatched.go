package report

import (
	"triage/analyzers"
	"triage/ingest/activity"
)

// unmatched names the messages of a mailbox that could not be joined.
func (b *builder) unmatched(m *analyzers.Mailbox) []Unmatched {
	out := []Unmatched{}
	if m.Score == 0 {
		return out
	}
	seen := map[Unmatched]bool{}
	for _, inWindow := range []bool{true, false} {
		for i, row := range m.Timeline.Rows {
			a := m.Timeline.At(i)
			within := m.Window != nil && m.Window.First <= a.Time && a.Time <= m.Window.Last
			if row.ActorCopy() || within != inWindow {
				continue
			}
			for _, u := range b.strangers(a) {
				if len(out) == maxUnmatched {
					return out
				}
				if !seen[u] {
					seen[u] = true
					out = append(out, u)
				}
			}
		}
	}
	return out
}

// strangers are the messages of one activity that nothing else in the data tells of. MailItemsAccessed names several.
func (b *builder) strangers(a *activity.Activity) []Unmatched {
	var out []Unmatched
	ids := 0
	for id, found := range b.c.Messages(a) {
		if ids++; found == nil {
			out = append(out, Unmatched{MessageID: Text(clean(b.c.Text(id)))})
		}
	}
	if ids > 1 {
		return out
	}
	if found, _ := b.c.Message(a); found != nil || !b.c.Concerns(a) {
		return nil
	}
	one := Unmatched{Item: Text(clean(b.c.Text(a.Item))), MessageID: Text(clean(b.c.Text(b.c.Get(a, activity.FieldMessageID))))}
	if one == (Unmatched{}) {
		return nil // known by its conversation only, which asks for nothing
	}
	return []Unmatched{one}
}
