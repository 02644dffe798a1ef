package casefile

import (
	"html/template"

	"triage/analyzers/report/figure"
)

// picture is one figure of the page with the table of its facts.
type picture struct {
	ID, Title, Note string
	SVG, Phone      template.HTML
	Head            []string
	Rows            [][]string
	More            int
}

// pictureOf is a figure as the page has it; false where there is nothing to draw.
func pictureOf(f figure.Figure) (picture, bool) {
	if f.SVG == "" {
		return picture{}, false
	}
	p := picture{ID: f.ID, Title: f.Title, Note: f.Note, SVG: f.SVG, Phone: f.Phone, Head: f.Table.Head, More: f.Table.More}
	for _, row := range f.Table.Rows {
		cells := make([]string, len(p.Head)) // a table of the page has no row that is short of a cell
		copy(cells, row)
		p.Rows = append(p.Rows, cells)
	}
	return p, true
}

// drawn adds the pictures of what happened, and says where there is none.
func (b storyPage) drawn(v *storyView) {
	o := b.options()
	days := figure.Days(b.r, o)
	if p, ok := pictureOf(days); ok {
		v.Pictures = append(v.Pictures, p)
	} else {
		v.NoPicture = short(days.Empty, textRunes)
	}
	if p, ok := pictureOf(figure.Touched(b.r, o)); ok {
		v.Pictures = append(v.Pictures, p)
	}
	insets := figure.Minutes(b.r, o)
	for i := range insets[:min(len(insets), mostInsets)] {
		if p, ok := pictureOf(insets[i]); ok {
			v.Pictures = append(v.Pictures, p)
		}
	}
	if n := len(insets) - mostInsets; n > 0 {
		v.Notes = append(v.Notes, plural(n, "more visit is", "more visits are")+" not drawn minute by minute: the sentences above tell them.")
	}
}
