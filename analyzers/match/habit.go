package match

import (
	"triage/ingest/activity"
	"triage/rules/detect"
)

// habits tells what a mailbox has done on many of its days, and not only since it had been active for as many.
type habits struct {
	d *detector
	t detect.Timeline
	p *detect.Tenant

	early map[string]bool // values of the known field in the mailbox's first days; nil: not looked for yet
	row   int             // the first row after those days
}

// has says whether the rows lie on enough days, and begin before the mailbox had been active on as many; where the rule
// says by what a habit is known, it begins with any act of the mailbox's own that shows the value.
func (h *habits) has(rows []int) bool {
	if h.d.usual == 0 {
		return false
	}
	var days detect.Days
	for _, row := range rows {
		days.Add("", h.t.At(row).Time)
	}
	if days.Active() < h.d.usual {
		return false
	}
	if h.early == nil {
		h.begin()
	}
	return rows[0] <= h.row || h.early[h.value(rows[0])]
}

// value is that of the field by which a habit is known; "" where there is none.
func (h *habits) value(row int) string {
	for _, v := range h.d.known {
		return v.Text(h.t.At(row), h.p)
	}
	return ""
}

// begin goes through the days in which a habit begins: as many active ones as make it one.
func (h *habits) begin() {
	h.early = map[string]bool{}
	var active detect.Days
	for h.row = 0; h.row < len(h.t.Rows); h.row++ {
		a := h.t.At(h.row)
		if !h.t.Own(h.row) || a.Lane != activity.Person || a.Result == activity.Failure {
			continue
		}
		if active.Add("", a.Time); active.Active() > h.d.usual {
			return
		}
		if value := h.value(h.row); value != "" {
			h.early[value] = true
		}
	}
}
