package guess

import (
	"cmp"
	"slices"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// after is how long after the last try a success still belongs to the run.
const after = 24 * time.Hour

// finding says what a campaign was.
func (d *detector) finding(c *campaign, k *knowledge, p *detect.Tenant) detect.Finding {
	tries, users := c.tries, firstTries(c.tries)
	var names []string
	person, unknown := activity.Symbol(0), 0
	seen := map[activity.Symbol]bool{}
	for _, t := range tries {
		if seen[t.user] {
			continue
		}
		seen[t.user] = true
		names = append(names, p.Case.Text(t.user))
		if t.none {
			unknown++
		} else if person == 0 {
			person = t.user
		}
	}
	in, _ := k.letIn(tries, users, d.By == byAgent)
	told := cmp.Or(person, tries[0].user)
	rows := make([]activity.Row, 0, len(tries)+len(in))
	for _, t := range tries {
		rows = append(rows, activity.Row(t.index))
	}
	var let []string
	for _, l := range in {
		rows = append(rows, activity.Row(l.index))
		let = append(let, p.Case.Text(p.Case.Activities[l.index].Mailbox))
	}
	if len(in) > 0 {
		told = p.Case.Activities[in[0].index].Mailbox
	}
	slices.Sort(rows)
	slices.Sort(names)
	line := detect.Timeline{Timeline: activity.Timeline{Case: p.Case, Mailbox: told, Rows: slices.Compact(rows)}}
	all := make([]int, len(line.Rows))
	for i := range all {
		all[i] = i
	}
	lasted := activity.Duration(activity.Later(tries[0].time, tries[len(tries)-1].time)).Round(time.Second)
	f := detect.New(d.rule, line, p, all, append(slices.Clone(c.values), detect.TimeText(tries[0].time)),
		detect.Say("users", len(users)), detect.Say("tries", len(tries)), detect.Say("rounds", rounds(tries)),
		detect.Say("lines", len(linesOf(tries))), detect.Say("lasted", lasted.String()),
		detect.List("tried", names), detect.List("let_in", let).If(len(let) > 0),
		detect.Say("no_such_user", unknown).If(unknown > 0), detect.Say("again", true).If(c.again),
		detect.Fields(stated()...), detect.MessageFields())
	switch {
	case len(in) > 0:
		f.Level = max(f.Level, detect.High)
	case person == 0:
		f.Level = min(f.Level, detect.Low) // names were tried, and none of them is anybody's
	}
	return f
}

// letIn are the first logons of tried users after their try, from one of the tries' lines, or with their program, that was
// not known to them; others is how many users were let in from these lines on the days of the run and had not been tried.
func (k *knowledge) letIn(tries []try, users map[activity.Symbol]int64, byAgent bool) (in []login, others int) {
	first, last := tries[0].time, tries[len(tries)-1].time
	let, beside := map[activity.Symbol]login{}, map[activity.Symbol]bool{}
	see := func(user activity.Symbol, s *success) {
		tried, ok := users[user]
		if !ok || s.before(tried) >= k.least {
			return
		}
		at, _ := slices.BinarySearchFunc(s.at, tried, func(l login, ms int64) int { return cmp.Compare(l.time, ms) })
		if at == len(s.at) || s.at[at].time > last+after.Milliseconds() {
			return
		}
		if known, ok := let[user]; !ok || s.at[at].index < known.index {
			let[user] = s.at[at]
		}
	}
	for line := range linesOf(tries) {
		for user, s := range k.lines[line] {
			see(user, s)
			if _, tried := users[user]; !tried && s.within(first, last) {
				beside[user] = true
			}
		}
	}
	if byAgent && k.rare(tries[0].agent) {
		for user, s := range k.with[tries[0].agent] {
			see(user, s)
		}
	}
	for _, l := range let {
		in = append(in, l)
	}
	slices.SortFunc(in, func(a, b login) int { return cmp.Compare(a.index, b.index) })
	return in, len(beside)
}

// within says that one of the days is among those of two times.
func (s *success) within(first, last int64) bool {
	at, _ := slices.BinarySearch(s.days, activity.Day(first))
	return at < len(s.days) && s.days[at] <= activity.Day(last)
}
