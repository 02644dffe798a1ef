package timestamp

import (
	"fmt"
	"slices"

	"triage/ingest/activity"
)

// TimeField is one place of a record that may say when it was.
type TimeField struct {
	Name  string // as the export calls it
	Text  []byte
	Order Order
	Local bool // of the clock of whoever exported it
}

// When is the time of a record by the fields that may say it, the best one first: the first possible time. A time that
// cannot be true is noted, and the record is Undated where no other field says a better one; so it is where a date can be
// read both ways. ok is false where no field is a time at all.
func When(to *activity.Shard, fields ...TimeField) (ms int64, undated activity.Flags, ok bool) {
	var moments [8]Moment
	said := moments[:0]
	for _, f := range fields {
		if to.Times.Order != Unsettled {
			f.Order = to.Times.Order
		}
		ms, ok := Parse(f.Text, f.Order)
		SeeDate(to, f.Text, f.Order)
		flags := activity.Flags(0)
		if ok && f.Local && !Zoned(f.Text) {
			ms, flags = local(to, ms)
		}
		switch {
		case !ok:
		case len(said) == 0 && to.Times.Has(ms):
			return ms, flags, true
		default:
			said = append(said, Moment{f.Name, f.Text, ms, flags})
		}
	}
	if len(said) == 0 && to.Times.Order == Unsettled && slices.ContainsFunc(fields, func(f TimeField) bool { return f.Order == Unsettled && BothWays(f.Text) }) {
		to.Tally("records whose date can be read both ways, month or day first, and nothing says which: kept without a time; --date-order settles it")
		return 0, activity.Undated, true
	}
	return Choose(to, said...)
}

// Moment is a time that a record says.
type Moment struct {
	Name string // of its field
	Text []byte // as it is written there
	Time int64  // milliseconds since 1970 UTC

	Flags activity.Flags // Local, or none
}

// local is a time of the exporter's clock in UTC, if its zone is known, and marked else.
func local(to *activity.Shard, ms int64) (int64, activity.Flags) {
	if to.Times.Zone == nil {
		return ms, activity.Local
	}
	utc, odd := to.Times.UTC(ms)
	if odd {
		to.Tally("times that the clock of --utc-offset showed twice or never, since it was changed: they may be an hour wrong")
	}
	return utc, 0
}

// NoteLocal says what the times of a column are whose header says that they are local.
func NoteLocal(to *activity.Shard, column string) {
	if to.Times.Zone != nil {
		to.Note(fmt.Sprintf("times of column %q are of the exporter's own clock: read as of %s, as --utc-offset says", column, to.Times.Zone))
		return
	}
	to.Note(fmt.Sprintf("times of column %q are of the exporter's own clock, whose offset from UTC is not known: read as UTC, and no journey is judged by them; --utc-offset settles it", column))
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
		return m.Time, m.Flags, true
	}
	to.Misdated(moments[0].Name, moments[0].Text, "")
	return 0, activity.Undated, true
}
