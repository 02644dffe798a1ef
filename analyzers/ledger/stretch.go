package ledger

import (
	"fmt"

	"triage/ingest/activity"
)

// stretches are what was skipped of an input in stretches that are more than a record: one row of the list of skipped
// rows may then stand for many records.
type stretches struct {
	count        int64
	records      int64 // at least
	all, longest activity.Skip
}

// stretches are those of each input that has any.
func (l *ledger) stretches() map[uint32]*stretches {
	out := map[uint32]*stretches{}
	for _, skip := range l.c.Skips {
		if !l.c.Stretch(skip) {
			continue
		}
		s := out[skip.File]
		if s == nil {
			s = &stretches{}
			out[skip.File] = s
		}
		s.count++
		s.records += skip.Count
		s.all.Bytes, s.all.Lines = s.all.Bytes+skip.Bytes, s.all.Lines+skip.Lines
		if skip.Bytes > s.longest.Bytes {
			s.longest = skip
		}
	}
	return out
}

// sentence says how much it is, by the typical length of the records that were read; 0: none was.
func (s *stretches) sentence(typical int64) string {
	about := "how many records were in it is unknown"
	if typical > 0 {
		about = fmt.Sprintf("about %s records by the length of the others", countText(max(s.records, s.all.Bytes/typical)))
	}
	where := fmt.Sprintf("from byte %s on", countText(s.longest.Offset))
	if s.count == 1 {
		return fmt.Sprintf("a stretch of %s, could not be read %s: %s", s.all.Length(), where, about)
	}
	return fmt.Sprintf("%s stretches, together %s, could not be read; the longest, %s, %s: %s",
		countText(s.count), s.all.Length(), s.longest.Length(), where, about)
}
