package lanes

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// again is how long after the last act of a mark the same act is still of it.
const again = 10 * minute

// sending is how long after an answer was begun a sending whose record names nothing is the sending of that answer.
const sending = 2 * minute

// typing is how soon a search that begins like the one before is the same, typed on after a letter was taken back.
const typing = minute / 6

// sitting is the visits of one intruder in one account that began on one day.
type sitting struct {
	intruder   int
	day        int64
	visits     []int
	grave, all int
}

// minutes takes the gravest days of intruders in an account apart: the first, and those on which most was searched, sent or
// changed.
func (l *Lanes) minutes(w *walk, account int) {
	x, out := &w.accounts[account], &l.Accounts[account]
	var days []sitting
	for i := range out.Visits {
		v := &x.visits[i]
		if v.intruder < 0 {
			continue
		}
		day := activity.Day(v.first)
		k := slices.IndexFunc(days, func(s sitting) bool { return s.intruder == v.intruder && s.day == day })
		if k < 0 {
			k = len(days)
			days = append(days, sitting{intruder: v.intruder, day: day})
		}
		days[k].visits = append(days[k].visits, i)
		days[k].grave += v.grave
		days[k].all += v.acts
	}
	if len(days) > 1 {
		rest := days[1:] // the first day stays the first
		slices.SortStableFunc(rest, func(s, t sitting) int {
			return cmp.Or(cmp.Compare(t.grave, s.grave), cmp.Compare(t.all, s.all), cmp.Compare(s.day, t.day), cmp.Compare(s.intruder, t.intruder))
		})
	}
	out.More = max(len(days)-maxMinutes, 0)
	days = days[:min(len(days), maxMinutes)]
	slices.SortStableFunc(days, func(s, t sitting) int { return cmp.Or(cmp.Compare(s.day, t.day), cmp.Compare(s.intruder, t.intruder)) })
	at := slices.IndexFunc(w.in.Lines, func(m verdict.Mailbox) bool { return m.Symbol == x.name })
	if at < 0 {
		return
	}
	for i := range days {
		m, rows := w.sitting(x, &days[i], w.in.Lines[at].Timeline)
		for k := range rows {
			l.cites = append(l.cites, cite{account, len(out.Minutes), k, rows[k][0], rows[k][1]})
		}
		out.Minutes = append(out.Minutes, m)
	}
}

// sitting draws one day of an intruder, and says for each mark which rows are its first and its last.
func (w *walk) sitting(x *account, s *sitting, line activity.Timeline) (report.Minutes, [][2]uint32) {
	out := report.Minutes{Intruder: w.in.Intruder(s.intruder), Day: dayText(s.day), Visits: s.visits, Marks: []report.Mark{}}
	his, owners := marking{w: w}, marking{w: w}
	for i := range line.Rows {
		a, row := line.At(i), line.Rows[i].Index()
		n := w.account(row, a)
		if line.Rows[i].ActorCopy() && a.Actor != x.name || n == 0 || w.chosen[n-1].name != x.name || a.Result == activity.Failure || laneOf(a.Type) < 0 {
			continue
		}
		within, near := s.around(x, a.Time)
		if !near {
			continue
		}
		switch who, intruder, ok := w.who(row, a, x.chosen); {
		case !ok:
		case who == attacker && intruder == s.intruder && within:
			out.Acts++
			his.add(a, row, "attacker")
		case who == owner:
			owners.add(a, row, "owner")
		}
	}
	near := owners.nearest(x, s)
	kept := his.gravest(maxMarks - len(near))
	all := append(kept, near...)
	slices.SortStableFunc(all, func(m, n marked) int { return cmp.Compare(m.First, n.First) })
	out.More = out.Acts
	rows := make([][2]uint32, 0, len(all))
	for _, m := range all {
		if m.Who == "attacker" {
			out.More -= m.Acts
		}
		out.Marks = append(out.Marks, m.Mark)
		rows = append(rows, [2]uint32{m.first, m.last})
	}
	return out, rows
}

// around says whether a time is within one of the visits, and whether it is within an hour of one.
func (s *sitting) around(x *account, time int64) (within, near bool) {
	for _, v := range s.visits {
		v := &x.visits[v]
		within = within || time >= v.first && time <= v.last
		near = near || time >= v.first-hour && time <= v.last+hour
	}
	return within, near
}

// marked is a mark with the rows that it begins and ends with.
type marked struct {
	report.Mark
	lane        int
	first, last uint32
	item        activity.Symbol
}

// marking makes marks of acts, by time.
type marking struct {
	w     *walk
	list  []marked
	lanes [laneCount]int // one more than the index of the latest mark
}

func (m *marking) add(a *activity.Activity, row uint32, who string) {
	lane := laneOf(a.Type)
	text := cutAtRune(report.Clean(m.w.in.Text(row)))
	if n := m.lanes[lane]; n > 0 {
		if last := &m.list[n-1]; last.goesOn(a, text) {
			last.Last, last.last = report.Time(a.Time), row
			last.Acts++
			if len(text) > len(last.Text) {
				last.Text = report.Text(text)
			}
			return
		}
	}
	m.list = append(m.list, marked{
		Mark: report.Mark{
			Who: who, Lane: report.LaneNames()[lane], Type: a.Type.String(), Op: report.Text(report.Clean(m.w.in.Case.Text(a.Op))), First: report.Time(a.Time), Last: report.Time(a.Time),
			Acts: 1, Text: report.Text(text), IP: report.Text(m.w.in.Address(a.IP)),
		},
		lane: lane, first: row, last: row, item: a.Item,
	})
	m.lanes[lane] = len(m.list)
}

// goesOn says that an act is the same once more: a search that is typed on, a message that is still open, the sending of an
// answer, a logon of the same program.
func (m *marked) goesOn(a *activity.Activity, text string) bool {
	switch {
	case a.Type == activity.Send && text == "" && m.lane == laneOf(a.Type) && a.Time-int64(m.Last) <= sending:
		return true
	case a.Time-int64(m.Last) > again, a.Type.String() != m.Type:
		return false
	case a.Type == activity.Search:
		return strings.HasPrefix(text, string(m.Text)) || strings.HasPrefix(string(m.Text), text) || a.Time-int64(m.Last) <= typing && report.Alike(text, string(m.Text)) > 1
	case a.Item != 0 || m.item != 0:
		return a.Item == m.item
	default:
		return text == string(m.Text)
	}
}

// gravest are the first so many of an intruder's marks, what was changed, sent and searched before what was read.
func (m *marking) gravest(most int) []marked {
	if len(m.list) > most {
		slices.SortStableFunc(m.list, func(x, y marked) int { return cmp.Compare(weight(y.lane), weight(x.lane)) })
	}
	return m.list[:min(len(m.list), most)]
}

// weight is how much a reader wants to see of a lane.
func weight(lane int) int { return [laneCount]int{1, 0, 2, 4, 3}[lane] }

// nearest are the marks of the owner that lie nearest to a visit's first or last act.
func (m *marking) nearest(x *account, s *sitting) []marked {
	far := func(one *marked) int64 {
		least := hour
		for _, v := range s.visits {
			v := &x.visits[v]
			least = min(least, abs(int64(one.First)-v.first), abs(int64(one.Last)-v.last))
		}
		return least
	}
	if len(m.list) > maxOwners {
		slices.SortStableFunc(m.list, func(a, b marked) int { return cmp.Compare(far(&a), far(&b)) })
	}
	return m.list[:min(len(m.list), maxOwners)]
}

func abs(n int64) int64 { return max(n, -n) }

// maxText is how many runes of a text a mark shows.
const maxText = 160

// cutAtRune cuts a text at a rune.
func cutAtRune(s string) string {
	n := 0
	for at := range s {
		if n == maxText {
			return s[:at] + "…"
		}
		n++
	}
	return s
}
