package analyzers

import (
	"slices"
	"testing"

	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// Promise: each rule gets the rows that its conditions hold for, actors' copies only if it asks for them, a sequence none;
// and rules that judge the same rows cost their memory once.
func TestRowMatcher(t *testing.T) {
	c, err := detecttest.Case(`time | op | type | mailbox | actor | ip | result
2026-03-02T08:00:00Z | l | logon  | ann@contoso.com | ann@contoso.com | 192.0.2.1 | success
2026-03-02T09:00:00Z | s | search | ann@contoso.com | bob@contoso.com | 192.0.2.1 | success
2026-03-02T10:00:00Z | l | logon  | bob@contoso.com | bob@contoso.com | 192.0.2.2 | failure
2026-03-02T11:00:00Z | l | logon  | ann@contoso.com | ann@contoso.com | 192.0.2.2 | failure
`)
	if err != nil {
		t.Fatal(err)
	}
	where := func(field string, values ...string) *detect.Where {
		w, err := detect.NewWhere(detect.Block{Conditions: []detect.Condition{{Field: field, Values: values}}})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	all := []*detect.Rule{
		{ID: "logons", Where: where("type", "logon")},
		{ID: "by op", Where: where("op", "l")},
		{ID: "chain", Detector: sequencer{}},
		{ID: "searches", Where: where("type", "search")},
		{ID: "of actor", Where: where("type", "search"), OfActor: true},
		{ID: "everything"},
		{ID: "nothing", Where: where("type", "share")},
	}
	p := &detect.Tenant{Case: c, Domains: detect.NewDomains(c, nil)}
	s, room := newRowPlan(all, inTime).of(p), &scratch{}
	for _, line := range c.Timelines() {
		matched := s.match(line, room)
		for i, rule := range all {
			var want []int
			for row, place := range line.Rows {
				if rule.Detector == nil && rule.Where.Holds(line.At(row), p) && (rule.OfActor || !place.ActorCopy()) {
					want = append(want, row)
				}
			}
			if !slices.Equal(matched[i], want) {
				t.Errorf("%s, %s: got %v, want %v", c.Text(line.Mailbox), rule.ID, matched[i], want)
			}
		}
		if &matched[0][0] != &matched[1][0] {
			t.Errorf("%s: two rules of the same rows have a list each", c.Text(line.Mailbox))
		}
	}
}

type sequencer struct{}

func (sequencer) Mailbox(detect.Timeline, *detect.Tenant) []detect.Finding { return nil }

func (sequencer) Sequence([]detect.Finding, *detect.Tenant) []detect.Finding { return nil }
