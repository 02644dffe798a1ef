package count

import (
	"slices"
	"sort"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// tenants counts over all mailboxes together: one address at many of them.
type tenants struct {
	detect.Gather
	counter
	once    bool // one finding for the tenant, whatever mailboxes it is in
	byActor bool
}

// Mailbox gives nothing: no mailbox alone shows it.
func (d *tenants) Mailbox(detect.Timeline, *detect.Tenant) []detect.Finding { return nil }

// Tenant gives one finding per episode and mailbox: each owner must be told. Where the tenant is told, one per episode, in
// the mailbox of who acted where the group says it, else in the first one.
func (d *tenants) Tenant(all detect.Partial, p *detect.Tenant) []detect.Finding {
	list, _ := all.(detect.Gathered)
	rows := make([]int, len(list))
	for i := range list {
		rows[i] = i
	}
	at := func(row int) *activity.Activity { return &p.Case.Activities[list[row]] }
	var findings []detect.Finding
	for _, e := range d.episodes(rows, at, p) {
		start := detect.TimeText(at(e.rows[0]).Time)
		lines := byMailbox(list, e.rows, p.Case)
		says := []detect.Statement{detect.Say("in_episode", len(e.rows)), detect.Say("mailboxes_in_episode", len(lines))}
		if d.once {
			lines = []detect.Timeline{d.whole(list, e.rows, p.Case)}
		}
		for _, t := range lines {
			findings = append(findings, d.finding(t, p, t.Matched, e, append(slices.Clone(e.group), start), says...))
		}
	}
	return findings
}

// whole is an episode as one timeline.
func (d *tenants) whole(list detect.Gathered, rows []int, c *activity.Case) detect.Timeline {
	first := &c.Activities[list[rows[0]]]
	t := detect.Timeline{Timeline: activity.Timeline{Case: c, Mailbox: first.Mailbox}}
	if d.byActor && first.Actor != 0 {
		t.Mailbox = first.Actor
	}
	for i, row := range rows {
		t.Matched, t.Rows = append(t.Matched, i), append(t.Rows, activity.Row(list[row]))
	}
	return t
}

// byMailbox splits an episode into one timeline per mailbox, in order of name.
func byMailbox(list detect.Gathered, rows []int, c *activity.Case) []detect.Timeline {
	at := map[activity.Symbol]*detect.Timeline{}
	for _, row := range rows {
		m := c.Activities[list[row]].Mailbox
		if at[m] == nil {
			at[m] = &detect.Timeline{Timeline: activity.Timeline{Case: c, Mailbox: m}}
		}
		t := at[m]
		t.Matched = append(t.Matched, len(t.Rows))
		t.Rows = append(t.Rows, activity.Row(list[row]))
	}
	lines := make([]detect.Timeline, 0, len(at))
	for _, t := range at {
		lines = append(lines, *t)
	}
	sort.Slice(lines, func(i, j int) bool { return c.Text(lines[i].Mailbox) < c.Text(lines[j].Mailbox) })
	return lines
}
