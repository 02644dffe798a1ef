package detect

import (
	"errors"
	"fmt"
	"sort"
	"strconv"

	"triage/ingest/activity"
)

// Context says how strange an act is to the account that did it: its place, line, program and session against what the
// account's other places show. Package context works it out before the rules judge.
type Context interface {
	// Strangeness is in tenths, 0 … 50, of the act at this index in Case.Activities. ok is false where too little is known
	// of the account, or the act is nobody's: that is not 0.
	Strangeness(index uint32) (tenths int, ok bool)
	// StrangeWhy are the signs that made it: "country RO is new +1". It is empty where Strangeness is not known.
	StrangeWhy(index uint32) []string
	// Line is where the act was done, as people are at a place: "203.0.113.0/24", or a phone's whole network, "AS29465". An
	// act without an address of its own has that of its visit. It is empty where nothing shows it.
	Line(index uint32) string
	// Shared says that the act came by a way out that people of the tenant share: one that a pack declares, or one that
	// several accounts had used with what is their own, before the day of a time in milliseconds since 1970 UTC.
	Shared(index uint32, at int64) bool
}

// mostStrange is the highest strangeness, in tenths.
const mostStrange = 50

// strangenessText is a strangeness, in tenths, as rules and reports write it: "0.5", "3".
func strangenessText(tenths int) string { return strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64) }

// checkStrangeness refuses what is compared with no strangeness.
func checkStrangeness(f activity.Field, modifier string, values []string) error {
	if f != activity.FieldStrangeness {
		return nil
	}
	switch modifier {
	case "", "gt", "gte", "lt", "lte", "between":
	default:
		return errors.New("a number wants in, gt, gte, lt, lte, between or exists")
	}
	for _, v := range values {
		if n, ok := parseNumber(v); !ok || n < 0 || n > mostStrange/10 && modifier != "between" {
			return fmt.Errorf("want a number from 0 to 5 as 2.5, got %q", v)
		}
	}
	return nil
}

// tenths is the strangeness of the act; known is false where there is none.
func (r *reader) tenths() (tenths int, known bool) {
	if r.p.Context == nil || !r.place() {
		return 0, false
	}
	tenths, known = r.p.Context.Strangeness(r.index)
	return min(max(tenths, 0), mostStrange), known
}

func (r *reader) strangeness() string {
	if tenths, known := r.tenths(); known {
		return strangenessText(tenths)
	}
	return ""
}

func (r *reader) strangeWhy() []string {
	if _, known := r.tenths(); !known {
		return nil
	}
	return r.p.Context.StrangeWhy(r.index)
}

// place finds the activity's index in the case, of which only strangeness makes use. The masks know it before; whoever has
// but the activity pays for finding it in the case's order.
func (r *reader) place() bool {
	if r.placed {
		return true
	}
	all := r.p.Case.Activities
	at := sort.Search(len(all), func(i int) bool { return activity.Compare(&all[i], r.a) >= 0 })
	for ; at < len(all) && !r.placed && all[at].Time == r.a.Time; at++ {
		r.index, r.placed = uint32(at), &all[at] == r.a
	}
	return r.placed
}
