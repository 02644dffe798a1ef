package attribution

import (
	"slices"

	"triage/analyzers/conduct"
	"triage/ingest/activity"
)

// acts are what was done in a visit.
type acts struct {
	kinds  conduct.Kind
	reads  int
	byApp  int      // reads by an application, from wherever it stands
	others int      // acts that are not reading
	strong []uint32 // the first rows of strong acts
	rows   []uint32 // the first rows
}

// mostRows is how many rows a reason cites.
const mostRows = 5

func (x *acts) take(index uint32, a *activity.Activity, byApp bool) {
	if len(x.rows) < mostRows {
		x.rows = append(x.rows, index)
	}
	k := conduct.Of(a)
	x.kinds |= k
	switch {
	case k == conduct.Read && byApp:
		x.byApp++
	case k == conduct.Read:
		x.reads++
	case k != 0:
		x.others++
	}
	if k&conduct.Strong != 0 && len(x.strong) < mostRows {
		x.strong = append(x.strong, index)
	}
}

// add joins what was done in another visit.
func (x *acts) add(o *acts) {
	x.kinds |= o.kinds
	x.reads, x.byApp, x.others = x.reads+o.reads, x.byApp+o.byApp, x.others+o.others
	x.strong, x.rows = first(append(x.strong, o.strong...)), first(append(x.rows, o.rows...))
}

// first keeps the first rows of a list.
func first(rows []uint32) []uint32 {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	return rows[:min(len(rows), mostRows)]
}
