package outlook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// ticksPerMilli: a tick is 100 nanoseconds, the resolution of the service's times; ticks are counted from 1970 UTC.
const ticksPerMilli = 10_000

// times sets both times, and begins in d.text what identity is the hash of.
func (d *decoder) times(a *activity.Activity, to *activity.Shard) error {
	stamp, creation := bytes.TrimSpace(d.fields[timeStamp]), bytes.TrimSpace(d.fields[creationTime])
	ticks, err := parseTime(stamp)
	created, noCreation := parseTime(creation)
	a.Time, a.Created = millis(ticks), millis(created)
	if err != nil || !to.Times.Has(a.Time) || noCreation != nil || !to.Times.Has(a.Created) {
		if err := d.oddTimes(a, to, err, noCreation); err != nil {
			return err
		}
	}
	if err == nil {
		d.text = binary.LittleEndian.AppendUint64(d.text[:0], uint64(ticks))
	} else {
		d.text = appendField(d.text[:0], stamp)
	}
	if noCreation == nil {
		d.text = binary.LittleEndian.AppendUint64(append(d.text, 1), uint64(created))
	} else {
		d.text = appendField(append(d.text, 0), d.fields[creationTime])
	}
	return nil
}

// oddTimes settles the times of a record of which one is missing, cannot be true, or is written in another way than the
// service's: by ConvertTo-Json, by a spreadsheet.
func (d *decoder) oddTimes(a *activity.Activity, to *activity.Shard, noStamp, noCreation error) error {
	const first, second = "TimeStamp", "ActivityCreationTime"
	var said []timestamp.Moment
	read := func(name string, text []byte, ms int64, unread error) (at int64) {
		ok := unread == nil
		if !ok {
			ms, ok = timestamp.Parse(text, timestamp.Unsettled)
		}
		if ok {
			said = append(said, timestamp.Moment{Name: name, Text: text, Time: ms})
		}
		if !ok || !to.Times.Has(ms) {
			return 0
		}
		return ms
	}
	read(first, bytes.TrimSpace(d.fields[timeStamp]), a.Time, noStamp)
	if len(said) == 0 {
		return fmt.Errorf("TimeStamp: %w", noStamp)
	}
	a.Created = read(second, bytes.TrimSpace(d.fields[creationTime]), a.Created, noCreation)
	at, undated, _ := timestamp.Choose(to, said...)
	a.Time, a.Flags = at, a.Flags|undated
	if a.Created == 0 && len(said) > 1 {
		to.Misdated(second, said[1].Text, "")
	}
	return nil
}

// parseTime reads ISO 8601 as the service writes it: 2018-01-02T10:42:44.548Z, with up to seven decimals, or an offset
// instead of Z. A time without either is UTC; a blank may stand for the T. Done by hand: it runs twice a record, and
// time.Parse is ten times slower.
func parseTime(text []byte) (ticks int64, err error) {
	if len(text) < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' && text[10] != ' ' || text[13] != ':' || text[16] != ':' {
		return 0, badTime(text)
	}
	year := digits(text[0:2])*100 + digits(text[2:4])
	month, day := digits(text[5:7]), digits(text[8:10])
	hour, minute, second := digits(text[11:13]), digits(text[14:16]), digits(text[17:19])
	if 0 <= year && year < noYear {
		return 0, errNoTime
	}
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		uint(hour) > 23 || uint(minute) > 59 || uint(second) > 60 || digits(text[0:2]) < 0 || digits(text[2:4]) < 0 {
		return 0, badTime(text)
	}
	ticks = ((daysSince1970(year, month, day)*24+int64(hour))*60+int64(minute))*60 + int64(second)
	ticks *= 1000 * ticksPerMilli
	rest := text[19:]
	if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') {
		rest = rest[1:]
		for unit := int64(1_000_000); len(rest) > 0 && '0' <= rest[0] && rest[0] <= '9'; unit /= 10 {
			ticks += int64(rest[0]-'0') * unit
			rest = rest[1:]
		}
	}
	minutes, ok := offset(rest)
	if !ok {
		return 0, badTime(text)
	}
	return ticks - int64(minutes)*60*1000*ticksPerMilli, nil
}

// noYear: .NET writes 0001-01-01 for a time that was never set; no log is older than the machine.
const noYear = 1900

var errNoTime = errors.New("no time")

func badTime(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return errNoTime
	}
	return fmt.Errorf("time %q is not ISO 8601", record.Clip(text, 40))
}

// digits is a two-digit number; far below zero if it is none.
func digits(two []byte) int {
	tens, ones := two[0]-'0', two[1]-'0'
	if tens > 9 || ones > 9 {
		return -100_000
	}
	return int(tens)*10 + int(ones)
}

// offset is what stands behind the seconds, in minutes east of UTC.
func offset(text []byte) (minutes int, ok bool) {
	switch {
	case len(text) == 0, len(text) == 1 && (text[0] == 'Z' || text[0] == 'z'):
		return 0, true
	case len(text) == 6 && text[3] == ':':
		minutes = digits(text[1:3])*60 + digits(text[4:6])
	case len(text) == 5:
		minutes = digits(text[1:3])*60 + digits(text[3:5])
	default:
		return 0, false
	}
	if text[0] == '-' {
		return -minutes, minutes >= 0
	}
	return minutes, text[0] == '+' && minutes >= 0
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts in years that begin in March, so that the leap day is the last.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	ofEra := year % 400
	ofYear := (153*(month-3)+2)/5 + day - 1
	return int64(era)*146_097 + int64(ofEra)*365 + int64(ofEra/4) - int64(ofEra/100) + int64(ofYear) - 719_468
}

// millis rounds ticks down to milliseconds.
func millis(ticks int64) int64 {
	if ticks < 0 {
		return -((-ticks + ticksPerMilli - 1) / ticksPerMilli)
	}
	return ticks / ticksPerMilli
}
