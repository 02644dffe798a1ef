// Package lanes counts the acts of those accounts that the pictures of a case file show: by time, by kind, by whose they were
// and from where, and takes the intruders' visits apart into single acts. It walks the case once; what one account, or many,
// may cost is bounded.
package lanes

import (
	"cmp"
	"slices"

	"triage/analyzers/attribution"
	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// What a report holds of lanes.
const (
	maxAccounts = 500
	inFull      = 20 // accounts with visits, places and minutes at length; the others with a few
	maxBins     = 100
	maxVisits   = 40
	maxPlaces   = 20
	fewVisits   = 5 // of accounts beyond those in full
	maxMinutes  = 3
	maxMarks    = 40
	maxOwners   = 10 // of those marks
	maxTouched  = 1000
	maxNames    = 20
)

const (
	minute = int64(60_000)
	hour   = 60 * minute
	pause  = 30 * minute // that ends a visit
	perDay = 24 * hour
)

// Source is what lanes are counted from.
type Source struct {
	Case     *activity.Case
	By       *attribution.Attribution
	Places   detect.Places
	Findings []verdict.Finding
	Lines    []verdict.Mailbox

	Reported func(finding int) bool            // whether the report has it
	Mailbox  func(name string) bool            // whether the report has it
	Span     func(first, last int64) bool      // whether the report speaks of that time
	Intruder func(index int) (name string)     // of an intruder
	Address  func(ip activity.Symbol) string   // as reports write it
	Text     func(row uint32) (text string)    // of an act: what was searched for, the subject, the program
	File     func(o activity.Origin) string    // as reports write it
	Line     func(o activity.Origin) (n int64) // where the record stands
}

// Lanes are those of a case, drawn but for where its rows stand.
type Lanes struct {
	Accounts []report.AccountLanes
	More     report.LanesMore
	Touched  []report.Touched

	in    *Source
	cites []cite
}

// cite is a mark whose place is to be told.
type cite struct {
	account, minutes, mark int
	first, last            uint32
}

// Rows yields the rows that marks stand for.
func (l *Lanes) Rows(yield func(row uint32)) {
	for _, c := range l.cites {
		yield(c.first)
		yield(c.last)
	}
}

// Cite says of every mark where its rows stand, once Source.Line knows.
func (l *Lanes) Cite() {
	for _, c := range l.cites {
		m := &l.Accounts[c.account].Minutes[c.minutes].Marks[c.mark]
		from, to := l.in.Case.Activities[c.first].Origin(), l.in.Case.Activities[c.last].Origin()
		m.File, m.Line = l.in.File(from), l.in.Line(from)
		m.To = m.Line
		if to.File == from.File {
			m.To = l.in.Line(to)
		}
		if m.To < m.Line { // exports run both ways
			m.Line, m.To = m.To, m.Line
		}
	}
}

// Of counts the lanes of a case. Lists are never nil.
func Of(in *Source) *Lanes {
	l := &Lanes{Accounts: []report.AccountLanes{}, Touched: []report.Touched{}, in: in}
	if in.By == nil || in.By.Presences == nil {
		return l
	}
	w := newWalk(in)
	l.Touched = touchedDays(w)
	w.walk()
	l.More = w.more
	axis := axisOf(w.accounts)
	for i := range w.accounts {
		l.Accounts = append(l.Accounts, w.accounts[i].report(w, axis, i < inFull))
		if i < inFull {
			l.minutes(w, i)
		}
	}
	return l
}

// rank is why an account is shown: the first first.
type rank uint8

const (
	hostile rank = iota // an intruder was in it
	accused             // a finding of medium level or above
	unclear             // a visit of which nobody can say whose it was
	quiet
)

// chosen is an account that may be shown.
type chosen struct {
	name  activity.Symbol
	rank  rank
	first int64 // of what it is shown for
	spans [][2]int64
}

// choose are the accounts that are worth a picture, the gravest first, and those by time.
func choose(in *Source) []chosen {
	at := map[activity.Symbol]int{}
	var list []chosen
	one := func(name activity.Symbol) *chosen {
		i, known := at[name]
		if !known {
			i = len(list)
			at[name], list = i, append(list, chosen{name: name, rank: quiet})
		}
		return &list[i]
	}
	note := func(name activity.Symbol, r rank, first int64) {
		x := one(name)
		if r < x.rank || r == x.rank && first < x.first {
			x.rank, x.first = r, first
		}
	}
	for i := range in.By.Presences.Accounts {
		account := &in.By.Presences.Accounts[i]
		if !in.Mailbox(in.Case.Text(account.Name)) {
			continue
		}
		for k := range account.Presences {
			x := &account.Presences[k]
			who, _ := in.By.OfPresence(account.First() + uint32(k))
			switch {
			case x.Failed, !in.Span(x.First, x.Last):
			case who == attribution.Attacker:
				note(account.Name, hostile, x.First)
				a := one(account.Name)
				a.spans = append(a.spans, [2]int64{x.First - hour, x.Last + hour})
			case who == attribution.Undecided && x.Line != 0:
				note(account.Name, unclear, x.First)
			}
		}
	}
	for i := range in.Findings {
		if f := &in.Findings[i]; in.Reported(i) && f.Level >= detect.Medium && f.Suppressed == nil && f.Points > 0 {
			note(f.Mailbox, accused, f.First)
		}
	}
	slices.SortFunc(list, func(x, y chosen) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.first, y.first), cmp.Compare(in.Case.Text(x.name), in.Case.Text(y.name)))
	})
	for i := range list {
		list[i].spans = union(list[i].spans)
	}
	return list
}

// union are the same spans, in order and apart.
func union(spans [][2]int64) [][2]int64 {
	slices.SortFunc(spans, func(x, y [2]int64) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], s[1])
		} else {
			out = append(out, s)
		}
	}
	return out
}

// touchedDays are the days on which intruders first did something in accounts.
func touchedDays(w *walk) []report.Touched {
	list := []report.Touched{}
	for i := range w.chosen { // by time, as far as they are hostile
		x := &w.chosen[i]
		if x.rank != hostile {
			break
		}
		day := dayText(activity.Day(x.first))
		if n := len(list); n == 0 || list[n-1].Day != day {
			if n == maxTouched {
				break
			}
			list = append(list, report.Touched{Day: day, Names: []string{}})
		}
		t := &list[len(list)-1]
		t.Accounts++
		if len(t.Names) < maxNames {
			t.Names = append(t.Names, report.Clean(w.in.Case.Text(x.name)))
		}
	}
	return list
}
