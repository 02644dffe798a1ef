package activity

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Times are the times that an act can have been recorded at. The zero value does not know the day of the report, and
// takes everything up to the end of the twenty-second century.
type Times struct {
	end int64 // first millisecond that is too late; 0: latest

	Order Order          // how dates are written, as somebody says who knows; Unsettled: the records show it, or nothing does
	Zone  *time.Location // of local times; nil: not known
}

// Order is how a file writes days and months: 3/2/2025 is the third of February or the second of March.
type Order uint8

// The orders. Unsettled is the zero value.
const (
	Unsettled Order = iota
	MonthFirst
	DayFirst
)

// String is the order as reports put it.
func (o Order) String() string {
	switch o {
	case MonthFirst:
		return "month/day/year"
	case DayFirst:
		return "day/month/year"
	default:
		return "unsettled"
	}
}

// UTC is a local time, read as if it were UTC, in UTC by the zone. odd says that the zone's clock showed that time twice, or
// never: the clock was changed.
func (t Times) UTC(ms int64) (utc int64, odd bool) {
	wall := time.UnixMilli(ms).UTC()
	shown := func(at time.Time) bool {
		at = at.In(t.Zone)
		_, offset := at.Zone()
		return at.UnixMilli()+int64(offset)*1000 == ms
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), t.Zone)
	return at.UnixMilli(), !shown(at) || shown(at.Add(time.Hour)) || shown(at.Add(-time.Hour))
}

// Dates count what the records of an input show of its order of days and months.
type Dates struct {
	Months, Days int64    // dates that can be read one way only
	Both         int64    // that can be read both ways, and nothing before had settled it
	Early, Late  [3]int64 // the first and the last of those that can, by Order
	Beyond       [3]int64 // those that cannot be true, by Order
	Used         Order    // that was settled before
}

// See takes a date that reads so with the month first, and so with the day first.
func (d *Dates) See(t Times, month, day int64) {
	for o, ms := range [3]int64{0, month, day} {
		switch {
		case o == 0:
		case !t.Has(ms):
			d.Beyond[o]++
		default:
			d.widen(Order(o), ms, ms)
		}
	}
	d.Both++
}

func (d *Dates) widen(o Order, early, late int64) {
	if early != 0 && (d.Early[o] == 0 || early < d.Early[o]) {
		d.Early[o] = early
	}
	d.Late[o] = max(d.Late[o], late)
}

// Add joins what another worker saw.
func (d *Dates) Add(other *Dates) {
	d.Months, d.Days, d.Both = d.Months+other.Months, d.Days+other.Days, d.Both+other.Both
	d.Used = max(d.Used, other.Used)
	for o := range d.Beyond {
		d.Beyond[o] += other.Beyond[o]
		d.widen(Order(o), other.Early[o], other.Late[o])
	}
}

// Span is the time of the first and the last dated activity; ok is false where there is none.
func (s *Shard) Span() (first, last int64, ok bool) {
	for b := range s.rows {
		rows := s.rows[b].rows
		for i := range rows {
			switch a := &rows[i]; {
			case a.Flags&Undated != 0:
			case !ok:
				first, last, ok = a.Time, a.Time, true
			default:
				first, last = min(first, a.Time), max(last, a.Time)
			}
		}
	}
	return first, last, ok
}

const (
	// earliest is 2000-01-01: Exchange Online, Entra ID and their logs are all younger. What lies before it is a time that
	// was never set (0001-01-01, 1601-01-01, 1970-01-01) or a clock that had lost its battery.
	earliest = int64(946_684_800_000)
	// latest is 2200-01-01. Between it and earliest all differences fit into a time.Duration, which ends at 292 years.
	latest = int64(7_258_118_400_000)
	// aheadDays is how far a clock may go ahead of the report's, in whole days: two, the widest that time zones which were
	// taken for each other can lie apart.
	aheadDays = 2
)

// TimesUntil are the times up to the end of the second day after a day. It must be today or later: what a case was
// analysed for does not change what could have happened by now.
func TimesUntil(day time.Time) Times {
	end := day.UTC().Truncate(24*time.Hour).AddDate(0, 0, aheadDays+1).UnixMilli()
	return Times{end: min(max(end, earliest+1), latest)}
}

// Has says whether an act can have been recorded at a time, in milliseconds since 1970 UTC. It is the one place that
// knows what a possible time is.
func (t Times) Has(ms int64) bool {
	end := t.end
	if end == 0 {
		end = latest
	}
	return earliest <= ms && ms < end
}

// Later is how much later the second of two times is, in milliseconds; negative if it is earlier. It ends where int64
// ends, instead of turning from late to early.
func Later(from, to int64) int64 {
	d := to - from
	switch {
	case to >= from && d < 0:
		return math.MaxInt64
	case to < from && d > 0:
		return math.MinInt64
	}
	return d
}

// Duration is a length of time in milliseconds as a time.Duration, which ends at 292 years.
func Duration(ms int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Millisecond)
	return time.Duration(min(max(ms, -most), most)) * time.Millisecond
}

// Day is the number of the UTC day, from 1970-01-01, that a time lies in.
func Day(ms int64) int64 {
	const perDay = int64(24 * time.Hour / time.Millisecond)
	day := ms / perDay
	if ms%perDay < 0 {
		day--
	}
	return day
}

// misdated counts the records whose time in a field cannot be true, by what was done about it.
type misdated struct {
	field   string
	instead string // the field that was taken instead; "" where the record stays without this time
}

type misdatedTally struct {
	records int64
	example string // of several the first in alphabetical order, so that the choice does not depend on the workers
}

// Misdated says that the record at hand has a time in a field that cannot be true, and which field was taken instead;
// "" if none says a better one. It ends up, counted, in Input.Notes.
func (s *Shard) Misdated(field string, text []byte, instead string) {
	if s.misdated == nil {
		s.misdated = map[misdated]misdatedTally{}
	}
	key := misdated{field, instead}
	tally, known := s.misdated[key]
	if !known || string(text) < tally.example {
		tally.example = string(text)
	}
	tally.records++
	s.misdated[key] = tally
}

// date guards the promise that every activity has a possible time or none: no reader is trusted with it.
func (s *Shard) date(a *Activity) {
	if a.Flags&Undated == 0 && !s.Times.Has(a.Time) {
		s.Misdated("time", []byte(time.UnixMilli(a.Time).UTC().Format(time.RFC3339)), "")
		a.Flags |= Undated
	}
	if a.Flags&Undated != 0 {
		a.Time = 0
	}
	if a.Created != 0 && !s.Times.Has(a.Created) {
		a.Created = 0
	}
}

// misdatedNotes say how many records have a time that cannot be true, and show one of each kind.
func misdatedNotes(shards []*Shard) []string {
	all := map[misdated]misdatedTally{}
	for _, s := range shards {
		for key, tally := range s.misdated {
			sum, known := all[key]
			if !known || tally.example < sum.example {
				sum.example = tally.example
			}
			sum.records += tally.records
			all[key] = sum
		}
	}
	keys := slices.SortedFunc(maps.Keys(all), func(x, y misdated) int {
		return cmp.Or(strings.Compare(x.field, y.field), strings.Compare(x.instead, y.instead))
	})
	notes := make([]string, 0, len(keys))
	for _, key := range keys {
		end := "they are kept without it"
		if key.instead != "" {
			end = key.instead + " was taken instead"
		}
		notes = append(notes, fmt.Sprintf("records whose %s cannot be true (before 2000, or more than two days after the report): %d, "+
			"such as %q; %s", key.field, all[key].records, all[key].example, end))
	}
	return notes
}
