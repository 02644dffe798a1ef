package geography

import (
	"triage/rules/detect"
)

// office says that all rows came by ways out that people of the tenant shared before the last of them: an office of theirs. A
// rented machine is none.
func office(t detect.Timeline, p *detect.Tenant, rows []int) bool {
	if p.Context == nil {
		return false
	}
	last := t.At(rows[len(rows)-1]).Time
	for _, row := range rows {
		if !p.Context.Shared(t.Rows[row].Index(), last) {
			return false
		}
	}
	return true
}
