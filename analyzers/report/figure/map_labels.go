package figure

import (
	"math"
	"strconv"
	"strings"
)

// words are the lines of a mark's label: who and where, then from how many addresses, then how well it is known.
func (d *chart) words(m *mark) []string {
	first := fit(shortName(m)+" · "+m.where, 13, 230)
	second := m.many()
	if len(m.classes) > 0 {
		second += ", " + strings.NewReplacer("eyeball", "residential/business", "ms_service", "Microsoft’s", "_", " ").Replace(strings.Join(m.classes, ", "))
	}
	if d.narrow {
		return []string{fit(first, 12.5, 150)}
	}
	lines := []string{first, fit(second, 12, 270)}
	if m.country && m.who != "owner" {
		lines = append(lines, "country known, city not")
	}
	return lines
}

// lineHigh is how far lines of a label stand from each other.
const lineHigh = 14.0

// labels names the first marks, and what journeys say; a mark without room becomes a number.
func (d *chart) labels() {
	d.arcRoom()
	for i := range d.pins {
		x := &d.pins[i]
		lead, text := map[string]string{"attacker": "fig-lead-i", "undecided": "fig-lead-u", "owner": "fig-lead-o"}[x.who], map[string]string{"attacker": "fig-ti", "undecided": "fig-tu", "owner": "fig-to"}[x.who]
		if i < maxLabels && d.label(x.p, d.words(x.mark), lead, "fig-halo fig-b "+text) {
			continue
		}
		d.list = append(d.list, strconv.Itoa(len(d.list)+1)+"  "+strings.Join(d.words(x.mark), ", "))
		d.label(x.p, []string{strconv.Itoa(len(d.list))}, lead, "fig-halo fig-b "+text)
	}
	for i := range d.g.ways {
		w := &d.g.ways[i]
		a, b, ok := d.ends(w)
		if !ok {
			continue
		}
		c := bend(a, b)
		middle := spot{a.x/4 + c.x/2 + b.x/4, a.y/4 + c.y/2 + b.y/4}
		lines := w.lines
		if d.narrow {
			lines = lines[:1]
		}
		d.label(middle, lines, "fig-lead-i", "fig-halo fig-b fig-ti")
	}
}

// arcRoom keeps labels off the arcs.
func (d *chart) arcRoom() {
	for i := range d.g.ways {
		a, b, ok := d.ends(&d.g.ways[i])
		if !ok {
			continue
		}
		c := bend(a, b)
		const steps = 24
		for k := 1; k < steps; k++ {
			t := float64(k) / steps
			x, y := (1-t)*(1-t)*a.x+2*t*(1-t)*c.x+t*t*b.x, (1-t)*(1-t)*a.y+2*t*(1-t)*c.y+t*t*b.y
			d.taken = append(d.taken, area{x - 3, y - 3, x + 3, y + 3})
		}
	}
}

// label writes lines beside a point where nothing stands, with a line to them if that is not near.
func (d *chart) label(p spot, lines []string, lead, class string) bool {
	w := 0.0
	for i, s := range lines {
		size := 12.0
		if i == 0 {
			size = 13.4 // bold
		}
		w = max(w, wide(s, size))
	}
	high := lineHigh*float64(len(lines)) + 3
	for _, far := range []float64{11, 34, 64, 104, 150} {
		for _, tilt := range []float64{0, -0.4, 0.4, -0.8, 0.8, -1.2, 1.2} {
			for _, side := range []float64{1, -1} {
				if far < 20 && tilt != 0 {
					continue
				}
				q := spot{p.x + side*far*math.Cos(tilt), p.y + far*math.Sin(tilt)}
				r := area{q.x, q.y - 11, q.x + w, q.y - 11 + high}
				if side < 0 {
					r.x1, r.x2 = q.x-w, q.x
				}
				if r.x1 < 2 || r.y1 < 2 || r.x2 > d.crop.width-2 || r.y2 > d.height-2 || d.blocked(r) || far > 20 && d.crossed(p, q) {
					continue
				}
				if far > 20 {
					gap := 8.0 / far
					d.canvas.line(lead, p.x+(q.x-p.x)*gap, p.y+(q.y-p.y)*gap, q.x-side*4, q.y)
					d.taken = append(d.taken, leaderArea(p, q))
				}
				d.taken, d.texts = append(d.taken, r), append(d.texts, r)
				d.write(q, side, lines, class)
				return true
			}
		}
	}
	return false
}

// leaderArea is a rectangle around a leader line.
func leaderArea(p, q spot) area {
	return area{min(p.x, q.x), min(p.y, q.y) - 1, max(p.x, q.x), max(p.y, q.y) + 1}
}

// crossed says that a leader line would run through a label.
func (d *chart) crossed(p, q spot) bool {
	const steps = 40
	for k := range steps {
		t := float64(k) / steps
		x, y := p.x+(q.x-p.x)*t, p.y+(q.y-p.y)*t
		for _, r := range d.texts {
			if x > r.x1 && x < r.x2 && y > r.y1 && y < r.y2 {
				return true
			}
		}
	}
	return false
}

func (d *chart) blocked(r area) bool {
	for _, t := range d.taken {
		if r.meets(t) {
			return true
		}
	}
	return false
}

func (d *chart) write(q spot, side float64, lines []string, class string) {
	anchor := "start"
	if side < 0 {
		anchor = "end"
	}
	for i, s := range lines {
		if i > 0 {
			class = "fig-halo fig-small fig-2"
		}
		d.canvas.text(q.x, q.y+4.5+lineHigh*float64(i), class, anchor, s)
	}
}

// key explains the numbers below the map, in two columns.
func (d *chart) key(y float64) float64 {
	columns := 2
	if d.narrow {
		columns = 1
	}
	wide := d.crop.width / float64(columns)
	for i, s := range d.list {
		d.canvas.text(wide*float64(i%columns), y+14+17*float64(i/columns), "fig-small", "start", fit(s, 12, wide-12))
	}
	return y + 17*float64((len(d.list)+columns-1)/columns)
}
