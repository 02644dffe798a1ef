package words

import (
	"fmt"
	"strings"

	"triage/analyzers/report"
)

// MoreText says how many are not shown, and where they are; "" if all are.
func MoreText(shown, listed, beyond int, what string) string {
	hidden := max(0, listed-shown)
	if hidden+beyond == 1 {
		what = strings.NewReplacer("boxes ", "box ", "s ", " ").Replace(what)
	}
	switch {
	case hidden+beyond == 0:
		return ""
	case beyond == 0:
		return fmt.Sprintf("… and %s more %s(see JSON)", report.Grouped(hidden), what)
	case hidden == 0:
		return fmt.Sprintf("… and %s more %s(not in the JSON either)", report.Grouped(beyond), what)
	}
	return fmt.Sprintf("… and %s more %s(%s of them in the JSON)", report.Grouped(hidden+beyond), what, report.Grouped(hidden))
}

// Citations names rows as file:line, the file once for rows of the same one.
func Citations(rows []report.Evidence, count, most int) string {
	var out strings.Builder
	file := ""
	for i, e := range rows[:min(len(rows), most)] {
		switch {
		case i > 0 && e.File == file:
			fmt.Fprintf(&out, ", :%d", e.Line)
		case i > 0:
			fmt.Fprintf(&out, ", %s:%d", report.ShortPath(e.File), e.Line)
		default:
			fmt.Fprintf(&out, "%s:%d", report.ShortPath(e.File), e.Line)
		}
		file = e.File
		for _, same := range e.Also {
			fmt.Fprintf(&out, " with %s:%d", report.ShortPath(same.File), same.Line)
			file = same.File
		}
	}
	if text := MoreText(most, len(rows), max(0, count-len(rows)), ""); text != "" {
		out.WriteString(" " + text)
	}
	return out.String()
}

// CitedLine is one row as file:line.
func CitedLine(c report.Citation) string {
	return fmt.Sprintf("%s:%d", report.ShortPath(c.File), c.Line)
}

// CitedLines are the first rows of a list, and how many more there are.
func CitedLines(list []report.Citation, beyond int) string {
	var parts []string
	for _, c := range list[:min(len(list), 3)] {
		parts = append(parts, CitedLine(c))
	}
	if n := len(list) - len(parts) + beyond; n > 0 {
		parts = append(parts, fmt.Sprintf("%d more", n))
	}
	return strings.Join(parts, ", ")
}

// BaseName is the last part of a path of any system.
func BaseName(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// ShortLine is a row by the last part of its file's path, where that names one input only.
func ShortLine(r *report.Report, c report.Citation) string {
	base := BaseName(c.File)
	n := 0
	for i := range r.Inputs {
		if BaseName(r.Inputs[i].Path) == base {
			n++
		}
	}
	if n == 1 {
		c.File = base
	}
	return CitedLine(c)
}

// StoryRows names the first and the last row of a sentence: "case.csv:227 … :201".
func StoryRows(r *report.Report, s *report.StorySentence) string {
	if len(s.Rows) == 0 {
		return ""
	}
	text := ShortLine(r, s.Rows[0])
	last := &s.Rows[len(s.Rows)-1]
	if len(s.Rows) == 1 {
		return text
	}
	sep := ", "
	if len(s.Rows)+s.More > 2 {
		sep = " … "
	}
	if last.File == s.Rows[0].File {
		return text + fmt.Sprintf("%s:%d", sep, last.Line)
	}
	return text + sep + ShortLine(r, *last)
}

// RowSum is the sum that every input's rows make.
func RowSum(rows, activities, duplicates, skipped int64) string {
	return fmt.Sprintf("%s rows = %s activities + %s duplicates + %s skipped",
		report.Grouped(rows), report.Grouped(activities), report.Grouped(duplicates), report.Grouped(skipped))
}
