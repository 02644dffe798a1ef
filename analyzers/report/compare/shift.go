package compare

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// Shifts are what a comparison says of verdicts: which mailboxes are judged otherwise, which findings, and by which rules.
// No list is nil, and each has a total order.
type Shifts struct {
	Mailboxes []ShiftedMailbox `json:"mailboxes"` // whose score differs, new and gone ones included; those that rise most first
	Raised    []ShiftedFinding `json:"raised"`    // to a higher level, the highest first
	Lowered   []ShiftedFinding `json:"lowered"`   // to a lower level, those that were highest first
	Rules     []ShiftedRule    `json:"rules"`     // by id
}

// ShiftedMailbox is one mailbox whose score differs. Where a report does not have it, its score is 0 and its band "none".
type ShiftedMailbox struct {
	Mailbox  string          `json:"mailbox"`
	OldScore float64         `json:"old_score"`
	NewScore float64         `json:"new_score"`
	OldBand  string          `json:"old_band"`
	NewBand  string          `json:"new_band"`
	Tenant   report.TenantOf `json:"tenant,omitzero"`
}

// ShiftedFinding is one finding whose level differs.
type ShiftedFinding struct {
	Fingerprint string          `json:"fingerprint"`
	OldID       report.Text     `json:"old_id"`
	NewID       report.Text     `json:"new_id"`
	Rule        string          `json:"rule"`
	Mailbox     string          `json:"mailbox"`
	OldLevel    string          `json:"old_level"`
	NewLevel    string          `json:"new_level"`
	Tenant      report.TenantOf `json:"tenant,omitzero"`
}

// ShiftedRule counts what differs among the findings of one rule.
type ShiftedRule struct {
	Rule    string `json:"rule"`
	New     int    `json:"new"`
	Gone    int    `json:"gone"`
	Raised  int    `json:"raised"`
	Lowered int    `json:"lowered"`
	Other   int    `json:"other"` // other than in level: confidence, what it rests on, exceptions
}

// ShiftsOf sums a comparison up.
func ShiftsOf(c *report.Comparison) Shifts {
	s := Shifts{Mailboxes: shiftedMailboxes(&c.Mailboxes), Raised: []ShiftedFinding{}, Lowered: []ShiftedFinding{}, Rules: []ShiftedRule{}}
	rules := map[string]*ShiftedRule{}
	of := func(id string) *ShiftedRule {
		if rules[id] == nil {
			rules[id] = &ShiftedRule{Rule: id}
		}
		return rules[id]
	}
	for i := range c.Findings.New {
		of(c.Findings.New[i].Rule).New++
	}
	for i := range c.Findings.Gone {
		of(c.Findings.Gone[i].Rule).Gone++
	}
	for i := range c.Findings.Moved {
		m := &c.Findings.Moved[i]
		one, by := shifted(m)
		switch rule := of(m.Item.Rule); {
		case by > 0:
			s.Raised, rule.Raised = append(s.Raised, one), rule.Raised+1
		case by < 0:
			s.Lowered, rule.Lowered = append(s.Lowered, one), rule.Lowered+1
		default:
			rule.Other++
		}
	}
	for _, rule := range rules {
		s.Rules = append(s.Rules, *rule)
	}
	slices.SortFunc(s.Rules, func(a, b ShiftedRule) int { return strings.Compare(a.Rule, b.Rule) })
	// The comparison's own order, by points, is kept among equals.
	slices.SortStableFunc(s.Raised, func(a, b ShiftedFinding) int { return cmp.Compare(levelOf(b.NewLevel), levelOf(a.NewLevel)) })
	slices.SortStableFunc(s.Lowered, func(a, b ShiftedFinding) int { return cmp.Compare(levelOf(b.OldLevel), levelOf(a.OldLevel)) })
	return s
}

// shifted is a finding with its two levels, and by how much it was raised.
func shifted(m *report.Moved[report.ComparedFinding]) (one ShiftedFinding, by int) {
	f := &m.Item
	one = ShiftedFinding{
		Fingerprint: f.Fingerprint, OldID: f.OldID, NewID: f.NewID, Rule: f.Rule, Mailbox: f.Mailbox, OldLevel: f.Level, NewLevel: f.Level,
		Tenant: f.Tenant,
	}
	for _, c := range m.Changes {
		if old, ok := c.Old.(string); ok && c.Field == "level" {
			one.OldLevel = old
		}
	}
	return one, levelOf(one.NewLevel) - levelOf(one.OldLevel)
}

// levelOf is the place of a level among all; -1: none of ours.
func levelOf(word string) int {
	return slices.Index([]string{"informational", "low", "medium", "high", "critical"}, word)
}

func shiftedMailboxes(m *report.MailboxMoves) []ShiftedMailbox {
	const none = "none"
	list := []ShiftedMailbox{}
	add := func(box *report.ComparedMailbox, oldScore, newScore float64, oldBand, newBand string) {
		if oldScore != newScore || oldBand != newBand {
			list = append(list, ShiftedMailbox{box.Mailbox, oldScore, newScore, oldBand, newBand, box.Tenant})
		}
	}
	for i := range m.New {
		add(&m.New[i], 0, m.New[i].Score, none, m.New[i].Band)
	}
	for i := range m.Gone {
		add(&m.Gone[i], m.Gone[i].Score, 0, m.Gone[i].Band, none)
	}
	for i := range m.Moved {
		box := &m.Moved[i].Item
		score, band := box.Score, box.Band
		for _, c := range m.Moved[i].Changes {
			switch old := c.Old.(type) {
			case float64:
				if c.Field == "score" {
					score = old
				}
			case string:
				if c.Field == "band" {
					band = old
				}
			}
		}
		add(box, score, box.Score, band, box.Band)
	}
	slices.SortFunc(list, func(a, b ShiftedMailbox) int {
		return cmp.Or(cmp.Compare(b.NewScore-b.OldScore, a.NewScore-a.OldScore), cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.Tenant, b.Tenant))
	})
	return list
}
