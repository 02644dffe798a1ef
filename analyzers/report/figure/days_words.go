package figure

import (
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// spanTitle is "Nine weeks, day by day".
func spanTitle(list []*report.AccountLanes) string {
	x := list[0]
	switch x.Unit {
	case "week":
		return report.Counted(x.Bins, "week", "weeks") + ", week by week"
	case "month":
		return report.Counted(x.Bins, "month", "months") + ", month by month"
	case "year":
		return report.Counted(x.Bins, "year", "years") + ", year by year"
	}
	switch weeks := (x.Bins + 3) / 7; {
	case x.Bins == 1:
		return "One day"
	case x.Bins < 14:
		return capital(numberWord(x.Bins)) + " days, day by day"
	default:
		return capital(numberWord(weeks)) + " weeks, day by day"
	}
}

// daysNote says how to read the picture, and what it leaves out.
func daysNote(r *report.Report, list []*report.AccountLanes) string {
	unit := list[0].Unit
	when := unit + "s in which"
	if unit == "day" {
		when = "days on which"
	}
	out := []string{
		"Bars below: the owner’s acts of the " + unit + ", by square root.",
		"Marks above: " + when + " an intruder or an undecided visitor did this.",
		"Right: rows of the whole time.",
	}
	if unit == "day" {
		out = append(out, "Grey: weekends.")
	}
	if slices.ContainsFunc(list, func(x *report.AccountLanes) bool {
		return slices.ContainsFunc(x.Lanes, func(l report.Lane) bool { return l.Sum.Unplaced > 0 })
	}) {
		out = append(out, "Dashed outlines: acts whose records show no place, while no intruder was there.")
	}
	failed := report.LaneActs{}
	for _, x := range list {
		failed.Attacker += x.Failed.Attacker
		failed.Undecided += x.Failed.Undecided
	}
	if n := failed.Attacker + failed.Undecided; n > 0 {
		out = append(out, "Not drawn: "+report.Counted(n, "act that failed", "acts that failed")+", of intruders or undecided.")
	}
	visits := 0
	for _, x := range list {
		visits += x.VisitsMore
	}
	if visits > 0 {
		out = append(out, "Without a flag: "+report.Counted(visits, "more visit.", "more visits."))
	}
	full, brief := parted(list)
	if more := len(list) - len(full) - len(brief) + r.LanesMore.Accounts; more > 0 {
		out = append(out, "Not drawn: "+report.Counted(more, "more account", "more accounts")+"; report.json has what was counted of them.")
	}
	return strings.Join(out, " ")
}

// daysTable has the facts of an account: sums of its owner, and each mark of others.
func daysTable(t *Table, x *report.AccountLanes, o *Options) {
	name := o.name(x.Account)
	titles := laneTitles()
	for i := range x.Lanes {
		l, lane := &x.Lanes[i], laneAt(x.Lanes[i].Lane)
		if lane < 0 {
			continue
		}
		if len(t.Rows) == maxRows {
			t.More += len(l.Attacker) + len(l.Undecided)
			continue
		}
		if l.Sum.Owner > 0 {
			t.row(name, "the whole time", titles[lane], "owner", report.Grouped(l.Sum.Owner))
		}
		if l.Sum.Unplaced > 0 {
			t.row(name, "the whole time", titles[lane], "no place recorded", report.Grouped(l.Sum.Unplaced))
		}
		for _, m := range l.Attacker {
			t.row(name, binDay(x, m.Bin), titles[lane], "intruder "+string(m.Intruder), report.Grouped(m.Acts))
		}
		for _, m := range l.Undecided {
			t.row(name, binDay(x, m.Bin), titles[lane], "undecided", report.Grouped(m.Acts))
		}
	}
}

// binDay is a bin in words: a day, or the first day of it.
func binDay(x *report.AccountLanes, bin int) string {
	from, ok := day(string(x.From))
	if !ok || bin < 0 || bin >= x.Bins {
		return "bin " + strconv.Itoa(bin)
	}
	at, _ := tick(from, x.Unit, bin)
	switch x.Unit {
	case "day":
		return at.Format(report.DayLayout)
	case "year":
		return at.Format("2006")
	default:
		return x.Unit + " from " + at.Format(report.DayLayout)
	}
}
