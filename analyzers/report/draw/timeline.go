package draw

import (
	"cmp"
	"slices"
	"time"

	"triage/analyzers/report"
	"triage/ingest/activity"
)

// gapDays is the shortest silence worth naming: people are away for a weekend.
const gapDays = 3

// maxGaps bounds how many silences of one mailbox are named: the longest ones.
const maxGaps = 50

const millisPerDay = 24 * 60 * 60 * 1000

// dayCount is how many activities one day has. Days are numbered from 1970-01-01 UTC.
type dayCount struct {
	day   int64
	count int
}

// dayText is a day as reports write it.
func dayText(day int64) string {
	return time.Unix(day*millisPerDay/1000, 0).UTC().Format(report.DayLayout)
}

// dayNames are the texts of days, each made once: the mailboxes of a case have the same days.
type dayNames map[int64]string

func (n dayNames) of(day int64) string {
	if n[day] == "" {
		n[day] = dayText(day)
	}
	return n[day]
}

// daily counts one kind of log about one mailbox.
type daily struct {
	mailbox     activity.Symbol
	source      activity.Source
	before      int // one more than the index of another log about the mailbox; less than 1: none
	days        []dayCount
	first, last int64
}

// coverageAndTimeline are coverage and timeline, from one walk over the case. There may be a million mailboxes of a row each.
func coverageAndTimeline(p *tenantPart) ([]report.Coverage, []report.Timeline) {
	counted, latest := countDays(p)
	logs := make([]report.Coverage, len(counted))
	for i := range counted {
		logs[i] = coverage(p, &counted[i])
	}
	slices.SortFunc(logs, func(x, y report.Coverage) int {
		return cmp.Or(cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Source, y.Source))
	})
	rows, names := citedRows(p), dayNames{}
	list := make([]report.Timeline, 0, len(p.Result.Mailboxes))
	for i := range p.Result.Mailboxes {
		m := &p.Result.Mailboxes[i]
		if !p.Filter.mailbox(m.Name) {
			continue
		}
		var all []dayCount
		for at := latest[m.Symbol]; at > 0; at = counted[at-1].before {
			all = append(all, counted[at-1].days...)
		}
		t := bins(all, names)
		t.Mailbox, t.Rows = report.Clean(m.Name), append([]report.Row{}, rows[m.Symbol]...)
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(x, y report.Timeline) int { return cmp.Compare(x.Mailbox, y.Mailbox) })
	return logs, list
}

// countDays counts the dated activities of the mailboxes that the filter lets through. latest is, by mailbox, one more than
// the index of one of its logs; less than 1: none.
func countDays(p *tenantPart) (counted []daily, latest []int) {
	const none = -1 // a mailbox of the report of which no log was seen yet
	latest = make([]int, p.c.Symbols.Len())
	for i := range p.Result.Mailboxes {
		if m := &p.Result.Mailboxes[i]; p.Filter.mailbox(m.Name) {
			latest[m.Symbol] = none
		}
	}
	counted = make([]daily, 0, len(p.Result.Mailboxes))
	for i := range p.c.Activities {
		a := &p.c.Activities[i]
		if a.Flags&activity.Undated != 0 || latest[a.Mailbox] == 0 {
			continue
		}
		source := p.c.Inputs[a.File].Source
		at := latest[a.Mailbox]
		for at > 0 && counted[at-1].source != source {
			at = counted[at-1].before
		}
		if at <= 0 {
			counted = append(counted, daily{mailbox: a.Mailbox, source: source, before: latest[a.Mailbox], first: a.Time})
			at = len(counted)
			latest[a.Mailbox] = at
		}
		d := &counted[at-1]
		d.days, d.last = countDay(d.days, activity.Day(a.Time)), a.Time
	}
	return counted, latest
}

// countDay adds one activity; days never go backwards, because activities come in order of time.
func countDay(days []dayCount, day int64) []dayCount {
	if n := len(days); n > 0 && days[n-1].day == day {
		days[n-1].count++
		return days
	}
	return append(days, dayCount{day, 1})
}

func coverage(p *tenantPart, d *daily) report.Coverage {
	days := d.days
	c := report.Coverage{
		Source: d.source.String(), Mailbox: report.Clean(p.c.Text(d.mailbox)), First: report.Time(d.first),
		Last: report.Time(d.last), Gaps: []report.Gap{},
	}
	c.Days = int(days[len(days)-1].day - days[0].day + 1)
	c.SilentDays = c.Days - len(days)
	for i := 1; i < len(days); i++ {
		from, to := days[i-1].day+1, days[i].day-1
		if n := int(to - from + 1); n >= gapDays {
			c.Gaps = append(c.Gaps, report.Gap{First: dayText(from), Last: dayText(to), Days: n})
		}
	}
	if len(c.Gaps) > maxGaps {
		slices.SortStableFunc(c.Gaps, func(x, y report.Gap) int { return cmp.Compare(y.Days, x.Days) })
		c.GapsMore, c.Gaps = len(c.Gaps)-maxGaps, c.Gaps[:maxGaps]
		slices.SortFunc(c.Gaps, func(x, y report.Gap) int { return cmp.Compare(x.First, y.First) })
	}
	return c
}

// bins counts a mailbox's days, of all sources, in any order. It draws days together where the span would need more bins
// than a report holds.
func bins(days []dayCount, names dayNames) report.Timeline {
	slices.SortFunc(days, func(x, y dayCount) int { return cmp.Compare(x.day, y.day) })
	t := report.Timeline{BinDays: 1, Bins: []report.Bin{}}
	if len(days) == 0 {
		return t
	}
	first := days[0].day
	span := days[len(days)-1].day - first + 1
	width := (span + maxBins - 1) / maxBins
	t.BinDays = int(width)
	at := int64(-1)
	for _, d := range days {
		if bin := (d.day - first) / width; bin != at {
			at = bin
			t.Bins = append(t.Bins, report.Bin{Day: names.of(first + bin*width), Activities: 0})
		}
		t.Bins[len(t.Bins)-1].Activities += d.count
	}
	return t
}

// citedRows are the activities that evidence cites, by the mailbox whose findings cite them, oldest first.
func citedRows(p *tenantPart) map[activity.Symbol][]report.Row {
	type cited struct {
		mailbox activity.Symbol
		row     uint32
	}
	by := map[cited][]string{}
	var order []cited
	counts := map[activity.Symbol]int{}
	for i := range p.Result.Findings {
		if !p.reported[i] {
			continue
		}
		f := &p.Result.Findings[i]
		for _, row := range f.Cited(maxEvidence) {
			key := cited{f.Mailbox, row}
			if by[key] == nil {
				order = append(order, key)
				counts[key.mailbox]++
			}
			by[key] = append(by[key], f.ID)
		}
	}
	slices.SortFunc(order, func(x, y cited) int { return cmp.Compare(x.row, y.row) })
	out := make(map[activity.Symbol][]report.Row, len(counts))
	for mailbox, n := range counts {
		out[mailbox] = make([]report.Row, 0, n)
	}
	for _, key := range order {
		out[key.mailbox] = append(out[key.mailbox], timelineRow(p, key.row, by[key]))
	}
	return out
}

func timelineRow(p *tenantPart, index uint32, findings []string) report.Row {
	a := &p.c.Activities[index]
	text := func(s activity.Symbol) report.Text { return report.Text(report.Clean(p.c.Text(s))) }
	get := func(f activity.Field) report.Text { return text(p.c.Get(a, f)) }
	rec := p.at(a.Origin())
	r := report.Row{
		Type: a.Type.String(), Op: text(a.Op), Result: a.Result.String(), Actor: text(a.Actor), IP: text(a.IP),
		Country: report.Text(p.place(a.IP, activity.FieldCountry)), City: report.Text(report.Clean(p.Result.Places.At(a.IP).Place.City)),
		ASN: asnOf(p.place(a.IP, activity.FieldASN)),
		Org: report.Text(p.place(a.IP, activity.FieldOrg)), Class: report.Text(p.place(a.IP, activity.FieldIPClass)),
		App: text(a.App), Agent: text(a.Agent), Session: text(a.Session), Item: text(a.Item),
		MessageID: get(activity.FieldMessageID), Subject: get(activity.FieldSubject), Query: get(activity.FieldQuery),
		File: p.path(a.Origin()), Line: rec.Line, Record: rec.Record,
		Identity: a.ID.String(), Findings: findings,
	}
	r.Details, r.More = rowDetails(p, a)
	if by := p.Result.Attribution; by != nil {
		who, i := by.Who(index)
		r.Who, r.Intruder = report.Text(who.String()), report.Text(p.intruder(i))
	}
	if a.Flags&activity.Undated == 0 {
		r.Time = report.Time(a.Time)
	}
	if m, _ := p.c.Message(a); m != nil && m != a {
		if r.Subject == "" {
			r.Subject = text(p.c.Get(m, activity.FieldSubject))
		}
		if r.MessageID == "" {
			r.MessageID = text(p.c.Get(m, activity.FieldMessageID))
		}
	}
	return r
}

// maxDetails bounds the details of one row in the report.
const maxDetails = 64

// rowDetails is what the record said beyond the columns of a row, and how many values are left out. A field with several
// values is a list.
func rowDetails(p *tenantPart, a *activity.Activity) (report.Facts, int) {
	out, more := report.Facts{}, 0
	for d := range p.c.Details(a) {
		switch d.Key {
		case activity.KeyOf(activity.FieldMessageID), activity.KeyOf(activity.FieldSubject), activity.KeyOf(activity.FieldQuery):
			continue // columns of the row
		}
		var cut bool
		if out, cut = addDetail(out, report.Clean(p.c.KeyName(d.Key)), report.Clean(p.c.Text(d.Value))); cut {
			more++
		}
	}
	return out, more
}

func addDetail(out report.Facts, name, value string) (all report.Facts, cut bool) {
	for i := range out {
		if out[i].Name != name {
			continue
		}
		switch old := out[i].Value.(type) {
		case string:
			out[i].Value = []string{old, value}
		case []string:
			if len(old) == maxDetails {
				return out, true
			}
			out[i].Value = append(old, value)
		}
		return out, false
	}
	if len(out) == maxDetails {
		return out, true
	}
	return append(out, report.Fact{Name: name, Value: value}), false
}
