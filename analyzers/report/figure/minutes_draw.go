package figure

import (
	"html/template"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// draw draws the picture of minutes.
func (d *inset) draw(title string) template.HTML {
	d.stretches()
	const top = 40.0
	type laneRoom struct {
		labels []label
		rows   int
	}
	var lanes [5]laneRoom
	for i := range lanes {
		lanes[i].labels, lanes[i].rows = d.place(i)
	}
	apart := d.apart()
	bottom := top
	for i := range lanes {
		bottom += float64(lanes[i].rows)*rowHigh + 12
	}
	if len(apart) > 0 {
		bottom += 34
	}
	d.ground(top, bottom)
	y := top
	titles := laneTitles()
	for _, i := range [5]int{0, 2, 1, 3, 4} { // as visits go: in, searched, read
		d.canvas.text(insetLeft-10, y+19, "fig-small", "end", titles[i])
		for _, one := range lanes[i].labels {
			d.mark(&one, y+15+float64(one.row)*rowHigh, i)
		}
		y += float64(lanes[i].rows)*rowHigh + 12
		d.parted(y)
	}
	for _, one := range apart {
		d.bracket(&one, y+12)
	}
	d.times(bottom)
	bottom += 30
	for i, line := range d.key {
		d.canvas.text(insetLeft+float64(i%2)*keyWide, bottom+float64(i/2)*rowHigh+8, "fig-small", "start", line)
	}
	bottom += float64((len(d.key)+1)/2) * rowHigh
	return d.svg(bottom+6, title, "Each mark is an act of the intruder, or of the owner near him, on one scale of time; long pauses are cut out. The table beside it has the same facts.")
}

// parted draws a lane's lower line, but not through the cuts.
func (d *inset) parted(y float64) {
	for i := range d.parts {
		p := &d.parts[i]
		d.canvas.line("fig-line", p.x, y, p.x+d.width(p.to-p.from), y)
	}
}

// ground are the visits, and the cuts between them.
func (d *inset) ground(top, bottom float64) {
	visits := d.visits()
	end := 0.0
	for i := range visits {
		v := &visits[i]
		x, w := d.at(v.First), max(d.at(v.Last)-d.at(v.First), 2)
		d.canvas.rect("fig-visit", x-3, top, w+6, bottom-top)
		next := insetRight
		if i+1 < len(visits) {
			next = d.at(visits[i+1].First) - 10
		}
		x = max(x-3, end)
		room := next - x
		title := "Visit " + strconv.Itoa(i+1)
		for _, s := range []string{title + " · " + lasted(int64(v.Last-v.First)), title, strconv.Itoa(i + 1)} {
			if w := wide(s, 12.5); w <= room {
				d.canvas.text(x, 14, "fig-small fig-b fig-ti", "start", s)
				end = x + w + 8
				break
			}
		}
		if where := visitPlace(v, d.names); room > 60 {
			d.canvas.text(x, 29, "fig-small fig-2", "start", fit(where, 12, room))
		}
	}
	for i := 1; i < len(d.parts); i++ {
		x := d.parts[i].x
		d.canvas.line("fig-cut", x-d.cut+1, top, x-d.cut+1, bottom)
		d.canvas.line("fig-cut", x-1, top, x-1, bottom)
		if d.cut >= 16 {
			pause := d.parts[i].from - d.parts[i-1].to
			d.canvas.upright(x-d.cut/2+4, (top+bottom)/2, "fig-small fig-2", fit(lasted(int64(pause)+2*d.pad())+" without an act", 12, bottom-top-8))
		}
	}
}

// pad is what was added to each side of a stretch.
func (d *inset) pad() int64 {
	first := d.marks[0].First
	for _, v := range d.visits() {
		first = min(first, v.First)
	}
	return int64(first - d.parts[0].from)
}

// visitPlace is where a visit came from, in few words.
func visitPlace(v *report.Visit, names map[string]*land) string {
	var words []string
	if v.IP != "" {
		words = append(words, string(v.IP))
	}
	if v.IPs > 1 {
		words = append(words, "and "+strconv.Itoa(v.IPs-1)+" more")
	}
	where := string(v.City)
	if v.Country != "" {
		if where != "" {
			where += ", "
		}
		where += countryName(names, string(v.Country))
	}
	out := strings.Join(words, " ")
	if where != "" && out != "" {
		out += ", "
	}
	return out + where
}

// mark draws one mark with its words.
func (d *inset) mark(l *label, y float64, lane int) {
	a := &d.marks[l.mark]
	var b strings.Builder
	class, text := "fig-dia", "fig-small"
	switch {
	case a.Who == "owner":
		disc(&b, l.x+l.w/2, y-4, 4.5)
		class, text = "fig-dot", "fig-small fig-to"
	case l.w > 11 || a.Acts > 2:
		box(&b, l.x, y-9, l.w, 10)
	default:
		diamond(&b, l.x+l.w/2, y-4, 5.5)
	}
	d.canvas.path(class, &b)
	if lane == 3 && a.Who != "owner" {
		text += " fig-b"
	}
	d.canvas.open("text", attrs("class", text, "x", l.textX, "y", y, "text-anchor", l.anchor))
	d.canvas.b.WriteString(">" + escaped(l.text))
	if l.cite != "" {
		d.canvas.elements++
		d.canvas.b.WriteString(`<tspan class="fig-2"> ` + escaped(l.cite) + "</tspan>")
	}
	d.canvas.b.WriteString("</text>\n")
}

// place finds room for the marks of a lane: each in the first of three rows where it and its words fit, right or left of it, else
// with a number that the key explains.
func (d *inset) place(lane int) (list []label, rows int) {
	var taken [rowsAll][][2]float64
	for row := range taken {
		for i := 1; i < len(d.parts); i++ {
			taken[row] = append(taken[row], [2]float64{d.parts[i].x - d.cut, d.parts[i].x})
		}
	}
	free := func(row int, from, to float64) bool {
		if from < insetLeft || to > insetRight+2 {
			return false
		}
		for _, t := range taken[row] {
			if from < t[1]+4 && to > t[0]-4 {
				return false
			}
		}
		return true
	}
	rows = 1
	for i := range d.marks {
		a := &d.marks[i]
		if laneAt(a.Lane) != lane {
			continue
		}
		l := d.sized(i)
		words := markWords(a)
		if !l.put(free, rowMost, fit(words, 12, labelMax), d.cite(a)) && !l.put(free, rowMost, fit(words, 12, 130), d.cite(a)) && !l.put(free, rowMost, fit(words, 12, 90), "") {
			d.key = append(d.key, d.keyLine(a, len(d.key)+1))
			if !l.put(free, rowsAll, strconv.Itoa(len(d.key)), "") {
				continue // the key has it
			}
		}
		taken[l.row] = append(taken[l.row], [2]float64{l.a, l.b})
		rows = max(rows, l.row+1)
		list = append(list, l)
	}
	return list, rows
}

// sized is a mark without words: as wide as it lasted.
func (d *inset) sized(i int) label {
	a := &d.marks[i]
	x, end := d.at(a.First), d.at(max(a.First, a.Last))
	l := label{mark: i, x: x, w: end - x}
	switch {
	case a.Who == "owner", l.w <= 11 && a.Acts <= 2:
		l.x, l.w = x+l.w/2-5.5, 11
	case l.w < 5:
		l.w = 5
	}
	return l
}

// put tries both sides in each of the first rows.
func (l *label) put(free func(row int, from, to float64) bool, rows int, text, cite string) bool {
	w := wide(text, 12.5)
	if cite != "" {
		w += wide(" "+cite, 12)
	}
	for row := range rows {
		switch {
		case free(row, l.x, l.x+l.w+6+w):
			l.row, l.textX, l.anchor, l.a, l.b = row, l.x+l.w+6, "start", l.x, l.x+l.w+6+w
		case free(row, l.x-6-w, l.x+l.w):
			l.row, l.textX, l.anchor, l.a, l.b = row, l.x-6, "end", l.x-6-w, l.x+l.w
		default:
			continue
		}
		l.text, l.cite = text, cite
		return true
	}
	return false
}

// keyLine explains a number.
func (d *inset) keyLine(a *report.Mark, n int) string {
	return fit(strconv.Itoa(n)+"  "+hourMinute(a.First)+"  "+markWords(a)+" "+d.cite(a), 12, keyWide-12)
}

// times writes the clock below the plot.
func (d *inset) times(y float64) {
	const minute = int64(60_000)
	step := 24 * 60 * minute
	for _, s := range []int64{1, 2, 5, 10, 15, 30, 60, 120, 240, 480} {
		if float64(s*minute)*d.scale >= 64 {
			step = s * minute
			break
		}
	}
	end := 0.0
	for i := range d.parts {
		p := &d.parts[i]
		right := p.x + d.width(p.to-p.from)
		d.canvas.line("fig-axis", p.x, y, right, y)
		first := (int64(p.from) + step - 1) / step * step
		for n, t := 0, first; t <= int64(p.to) && n < 40; n, t = n+1, t+step {
			x := p.x + d.width(report.Time(t)-p.from)
			d.canvas.line("fig-axis", x, y, x, y+4)
			if x-18 < end || x+18 > insetRight+4 {
				continue
			}
			d.canvas.text(x, y+18, "fig-small fig-2", "middle", hourMinute(report.Time(t)))
			end = x + 22
		}
	}
}
