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
	return Times{min(max(end, earliest+1), latest)}
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
