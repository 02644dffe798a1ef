package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/words"
)

// list shows texts under a title; none, and there is no title.
func (t *page) list(title string, texts []string, beyond int) {
	if len(texts) == 0 {
		return
	}
	t.head(title)
	for _, text := range texts[:min(len(texts), topThing)] {
		t.para("  ", text)
	}
	t.moreThan(topThing, len(texts), beyond, "")
}

// reasons shows why something is somebody's, each with its rows.
func (t *page) reasons(title string, list []report.Reason, beyond int) {
	var texts []string
	for i := range list {
		r := &list[i]
		text := r.Text
		if r.Account != "" && !strings.Contains(text, string(r.Account)) {
			text = string(r.Account) + ": " + text
		}
		for _, f := range r.Findings {
			text += " (" + f + ")"
		}
		texts = append(texts, text+placesText(r.Evidence, r.More))
	}
	t.list(title, texts, beyond)
}

// placesText is where rows stand: " [case.csv:12 :14]".
func placesText(list []report.Citation, more int) string {
	if len(list) == 0 {
		return ""
	}
	text, file := "", ""
	for _, c := range list {
		if c.File != file {
			file = c.File
			text += " " + report.ShortPath(file)
		} else {
			text += " "
		}
		text += fmt.Sprintf(":%d", c.Line)
	}
	if more > 0 {
		text += fmt.Sprintf(" and %s more", report.Grouped(more))
	}
	return " [" + strings.TrimSpace(text) + "]"
}

// reached shows what was reached in the mailboxes that a question chooses.
func (t *page) reached(about func(*report.Exposure) bool) {
	var texts []string
	for i := range t.r.Exposure {
		if x := &t.r.Exposure[i]; about(x) {
			texts = append(texts, report.Short(words.ReachedHead(x), lineRunes))
			for _, line := range reachedLines(x) {
				texts = append(texts, "  "+report.Short(line, lineRunes))
			}
		}
	}
	t.list("WHAT WAS REACHED", texts, 0)
}

// visits are the presences that a question chooses.
func (t *page) visits(about func(*report.Presence) bool) []*report.Presence {
	var list []*report.Presence
	for i := range t.r.Presences {
		if p := &t.r.Presences[i]; about(p) {
			list = append(list, p)
		}
	}
	return list
}

func (t *page) writeVisits(list []*report.Presence) {
	if len(list) == 0 {
		return
	}
	t.head("VISITS")
	for _, p := range list[:min(len(list), topThing)] {
		whose := p.Label
		if p.Intruder != "" {
			whose += " " + string(p.Intruder)
		}
		line := fmt.Sprintf("%s  %s: %s, %s", words.SpanText(p.First, p.Last), p.Mailbox, whose, report.Counted(p.Activities, "activity", "activities"))
		for _, part := range []string{string(p.Line), string(p.Program)} {
			if part != "" {
				line += ", " + part
			}
		}
		if p.Session != "" {
			line += ", session " + report.Short(string(p.Session), 40)
		}
		if p.Strangeness != nil {
			line += fmt.Sprintf(", strangeness %v", *p.Strangeness)
		}
		t.para("  ", line)
		for i := range p.Reasons {
			t.para("    ", "because "+p.Reasons[i].Text+placesText(p.Reasons[i].Evidence, p.Reasons[i].More))
		}
		if len(p.Reasons) == 0 && len(p.StrangeWhy) > 0 {
			t.para("    ", strings.Join(p.StrangeWhy, "; "))
		}
	}
	t.more(topThing, len(list), "")
}

// findings shows those that a question chooses, a line each.
func (t *page) findings(about func(*report.Finding) bool) {
	var texts []string
	for i := range t.r.Findings {
		if f := &t.r.Findings[i]; about(f) {
			texts = append(texts, findingLine(f))
		}
	}
	t.list("FINDINGS", texts, 0)
}

func findingLine(f *report.Finding) string {
	return fmt.Sprintf("%s %s  %s: %s", f.ID, f.Short, f.Rule, report.Short(f.Text, 160))
}

// citedRow is a row that evidence cites, in its mailbox.
type citedRow struct {
	mailbox string
	row     *report.Row
}

// cited are the rows that a question chooses, oldest first, each once.
func (t *page) cited(about func(*report.Timeline, *report.Row) bool) []citedRow {
	var list []citedRow
	seen := map[string]bool{}
	for i := range t.r.Timeline {
		l := &t.r.Timeline[i]
		for k := range l.Rows {
			if row := &l.Rows[k]; about(l, row) && !seen[row.Identity+"\x00"+string(l.Tenant)] {
				seen[row.Identity+"\x00"+string(l.Tenant)] = true
				list = append(list, citedRow{l.Mailbox, row})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y citedRow) int { return cmp.Compare(x.row.Time, y.row.Time) })
	return list
}

// writeRows shows rows, and the findings that cite them.
func (t *page) writeRows(list []citedRow) {
	ids := t.writeRowsAlone(list)
	t.findings(func(f *report.Finding) bool { return slices.Contains(ids, f.ID) })
}

// writeRowsAlone shows rows, and gives the ids of the findings that cite them.
func (t *page) writeRowsAlone(list []citedRow) (ids []string) {
	if len(list) == 0 {
		return nil
	}
	t.head("ROWS THAT FINDINGS CITE")
	for i, c := range list {
		for _, id := range c.row.Findings {
			if !slices.Contains(ids, id) && len(ids) < topThing {
				ids = append(ids, id)
			}
		}
		if i >= topThing {
			continue
		}
		r := c.row
		line := fmt.Sprintf("%s  %s %s", words.ClockTime(r.Time), cmp.Or(string(r.Op), r.Type), c.mailbox)
		if r.Who != "" {
			line += ", " + strings.TrimSpace(string(r.Who)+" "+string(r.Intruder))
		}
		for _, part := range []report.Text{r.IP, r.Subject, r.Query} {
			if part != "" {
				line += ", " + report.Short(string(part), 80)
			}
		}
		t.para("  ", fmt.Sprintf("%s [%s:%d]", line, report.ShortPath(r.File), r.Line))
	}
	t.more(topThing, len(list), "")
	return ids
}
