// Package brief is the report for somebody in a hurry: at most so many lines, and everything that is grave in them, by name or
// in a count that says how to see it.
//
// Each part of it ([part]) can be drawn at several levels of detail. All begin at the lowest; then they take turns to grow
// by one, as long as the whole fits. So a small case shows all it has, and a large one of everything the gravest.
package brief

import (
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/term"
)

// MostLines is how many lines the text has at most.
const MostLines = 120

// Options are how it is drawn.
type Options struct {
	Width int                          // columns of the terminal
	Lines int                          // at most, at least 60; what hides a part says so
	Paint func(s, style string) string // a style of package term
	Lang  phrase.Language              // of verdicts, answers and stories
	Files []string                     // written beside: then only verdicts, stories and files are told
}

// part is one section. Its lines at a level hold those of the level below it, by name or in a count.
type part struct {
	title string
	turns int                      // levels that it grows by when it is its turn
	top   int                      // the highest level
	draw  func(level int) []string // nothing: the part is left out
}

// briefing is what the parts are drawn for.
type briefing struct {
	r *report.Report
	Options
}

// Lines is the text, without what names the program, the case and the filters.
func Lines(r *report.Report, opts Options) []string {
	p := &briefing{r, opts}
	if len(opts.Files) > 0 {
		return p.fit([]part{p.verdicts(), p.stories(), p.files()}, MostLines)
	}
	parts := []part{p.answers(), p.verdicts(), p.stories(), p.reached(), p.missing(), p.doNow(), p.findings(), p.inputs()}
	end := p.end()
	return append(p.fit(parts, opts.Lines-len(end)), end...)
}

// fit draws the parts, each as fully as there is room.
func (p *briefing) fit(parts []part, room int) []string {
	levels := make([]int, len(parts))
	drawn := make([][]string, len(parts))
	used := 0
	for i := range parts {
		drawn[i] = parts[i].draw(0)
		used += height(drawn[i])
	}
	for grew := true; grew; {
		grew = false
		for i := range parts {
			for range parts[i].turns {
				if levels[i] == parts[i].top {
					break
				}
				next := parts[i].draw(levels[i] + 1)
				if more := height(next) - height(drawn[i]); used+more <= room {
					used, drawn[i], grew = used+more, next, true
					levels[i]++
				} else {
					break
				}
			}
		}
	}
	var out []string
	for i := range parts {
		if len(drawn[i]) > 0 {
			out = append(out, "", p.Paint(parts[i].title, term.Head))
			out = append(out, drawn[i]...)
		}
	}
	return out
}

// height is how many lines a part takes with its title and the line before it.
func height(lines []string) int {
	if len(lines) == 0 {
		return 0
	}
	return len(lines) + 2
}

// para is a text of any origin, wrapped, its first line after first, which may be painted and is indent columns wide.
func (p *briefing) para(first string, indent int, s string) []string {
	lines := term.Wrap(report.Short(s, paraRunes), max(p.Width-indent, 20))
	for i := range lines {
		if i > 0 {
			first = strings.Repeat(" ", indent)
		}
		lines[i] = first + lines[i]
	}
	return lines
}

// plain is para whose first words are not painted.
func (p *briefing) plain(first, s string) []string { return p.para(first, term.Width(first), s) }

// atMost is as much of a text as so many lines hold after an indent, cut between words. Of a next sentence that has less than a
// line left, nothing is begun.
func (p *briefing) atMost(lines, indent int, s string) string {
	s = report.Short(s, paraRunes)
	columns := max(p.Width-indent, 20)
	all := term.Wrap(s, columns)
	if len(all) <= lines {
		return s
	}
	if last := all[lines-1]; term.Width(last) > columns-2 {
		all[lines-1] = last[:strings.LastIndexByte(last, ' ')+1]
	}
	kept := strings.TrimRight(strings.Join(all[:lines], " "), " ")
	if end := strings.LastIndex(kept, ". "); end >= 0 && term.Width(kept[end+1:]) < columns {
		kept = kept[:end+1]
	}
	if strings.HasSuffix(kept, ":") { // nothing of a list is left: neither is what announces it
		return strings.TrimSuffix(kept, ":")
	}
	return kept + " …"
}
