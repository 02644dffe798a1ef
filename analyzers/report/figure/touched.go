package figure

import (
	"html/template"
	"strconv"

	"triage/analyzers/report"
)

// maxDays is how many rows the picture of first touches has.
const maxDays = 40

// Touched draws a row for each day on which intruders first did something in accounts. Cases of twelve accounts and fewer show
// that by their lanes.
func Touched(r *report.Report, _ Options) Figure {
	out := Figure{ID: "fig-touched", Title: "Mailboxes first touched, day by day", Table: Table{Head: []string{"Day", "Mailboxes", "The first of them"}, Rows: [][]string{}}}
	all := 0
	for i := range r.Touched {
		all += r.Touched[i].Accounts
	}
	if all <= inFull {
		out.Empty = "Intruders did something in " + report.Counted(all, "account", "accounts") + ": the lanes of each show when."
		return out
	}
	out.Note = "Each account counts once, on the day of an intruder’s first act in it."
	if more := len(r.Touched) - maxDays; more > 0 {
		out.Note += " Not drawn: " + report.Counted(more, "more day.", "more days.")
	}
	for i := range r.Touched {
		t := &r.Touched[i]
		out.Table.row(t.Day, report.Grouped(t.Accounts), report.NameList(t.Names, 5))
	}
	days := r.Touched[:min(len(r.Touched), maxDays)]
	out.SVG = drawTouched(days, 1060, 128, 84, out.ID, out.Title)
	out.Phone = drawTouched(days, 360, 84, 40, out.ID+"-phone", out.Title)
	return out
}

func drawTouched(days []report.Touched, width, gutter, right float64, id, title string) template.HTML {
	c := &canvas{id: id, width: width}
	most := 1
	for i := range days {
		most = max(most, days[i].Accounts)
	}
	const high = 22.0
	for i := range days {
		y := 4 + float64(i)*high
		w := max((width-gutter-right)*float64(days[i].Accounts)/float64(most), 2)
		c.text(gutter-10, y+15, "fig-small fig-2", "end", fit(days[i].Day, 12, gutter-12))
		c.rect("fig-dia", gutter, y+5, w, 12)
		c.text(gutter+w+8, y+15, "fig-small fig-b fig-ti", "start", strconv.Itoa(days[i].Accounts))
		c.line("fig-line", gutter, y+high, width-right, y+high)
	}
	c.line("fig-axis", gutter, 4, gutter, 4+float64(len(days))*high)
	return c.svg(8+float64(len(days))*high, title, "One row a day; the bar is as long as the number of mailboxes.")
}
