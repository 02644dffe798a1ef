package record

import (
	"slices"

	"triage/ingest/activity"
)

// TimeField is one place of a record that may say when it was.
type TimeField struct {
	Name  string // as the export calls it
	Text  []byte
	Order Order
}

// When is the time of a record by the fields that may say it, the best one first: the first possible time. A time that
// cannot be true is noted, and the record is Undated where no other field says a better one; so it is where a date can be
// read both ways. ok is false where no field is a time at all.
func When(to *activity.Shard, fields ...TimeField) (ms int64, undated activity.Flags, ok bool) {
	var moments [8]Moment
	said := moments[:0]
	for _, f := range fields {
		ms, ok := ParseTime(f.Text, f.Order)
		switch {
		case !ok:
		case len(said) == 0 && to.Times.Has(ms):
			return ms, 0, true
		default:
			said = append(said, Moment{f.Name, f.Text, ms})
		}
	}
	if len(said) == 0 && slices.ContainsFunc(fields, func(f TimeField) bool { return f.Order == Unsettled && BothWays(f.Text) }) {
		to.Tally("records whose date can be read both ways, month or day first, and nothing says which: kept without a time")
		return 0, activity.Undated, true
	}
	return Choose(to, said...)
}

// Moment is a time that a record says.
type Moment struct {
	Name string // of its field
	Text []byte // as it is written there
	Time int64  // milliseconds since 1970 UTC
}

// Choose is When for times that are read already.
func Choose(to *activity.Shard, moments ...Moment) (ms int64, undated activity.Flags, ok bool) {
	if len(moments) == 0 {
		return 0, 0, false
	}
	for i, m := range moments {
		if !to.Times.Has(m.Time) {
			continue
		}
		if i > 0 {
			to.Misdated(moments[0].Name, moments[0].Text, m.Name)
		}
		return m.Time, 0, true
	}
	to.Misdated(moments[0].Name, moments[0].Text, "")
	return 0, activity.Undated, true
}
