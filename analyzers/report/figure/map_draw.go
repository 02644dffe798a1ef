package figure

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// chart is one form of the map.
type chart struct {
	*canvas
	crop
	g     *atlas
	pins  []pin
	taken []area   // by marks, arcs, leader lines and labels
	texts []area   // by labels
	list  []string // explanations of numbers
}

// pin is a mark where it is drawn.
type pin struct {
	*mark
	p spot
}

// area is a rectangle that nothing else may stand on.
type area struct{ x1, y1, x2, y2 float64 }

func (r area) meets(s area) bool { return r.x1 < s.x2 && s.x1 < r.x2 && r.y1 < s.y2 && s.y1 < r.y2 }

// apart is how far marks stand from each other at least: those of one country share its middle.
const apart = 15.0

// settle finds a place for every mark of the crop, and names those outside it.
func (d *chart) settle(marks []mark) (outside []string) {
	for i := range marks {
		m := &marks[i]
		if !d.shows(m.spot) {
			outside = append(outside, shortName(m)+" · "+m.where)
			continue
		}
		home := d.crop.at(m.spot)
		p, ok := d.free(home)
		if !ok {
			outside = append(outside, shortName(m)+" · "+m.where)
			continue
		}
		d.pins = append(d.pins, pin{m, p})
		d.taken = append(d.taken, area{p.x - 7, p.y - 7, p.x + 7, p.y + 7})
	}
	return outside
}

// free is the nearest spot to another on which no mark stands.
func (d *chart) free(home spot) (spot, bool) {
	for ring := range 8 {
		steps := max(ring*6, 1)
		for k := range steps {
			angle := 2 * math.Pi * float64(k) / float64(steps)
			p := spot{home.x + apart*float64(ring)*math.Cos(angle), home.y + apart*float64(ring)*math.Sin(angle)}
			if p.x < 8 || p.y < 8 || p.x > d.crop.width-8 || p.y > d.height-8 {
				continue
			}
			if !slices.ContainsFunc(d.pins, func(o pin) bool { return math.Hypot(o.p.x-p.x, o.p.y-p.y) < apart-0.5 }) {
				return p, true
			}
		}
	}
	return spot{}, false
}

// ground draws the grid and the land of the crop.
func (d *chart) ground() {
	var grid strings.Builder
	for lon := -180.0; lon <= 180; lon += 30 {
		for lat := -60.0; lat <= 84; lat += 6 {
			d.step(&grid, project(lat, lon), lat == -60)
		}
	}
	for lat := -60.0; lat <= 84; lat += 30 {
		for lon := -180.0; lon <= 180; lon += 6 {
			d.step(&grid, project(lat, lon), lon == -180)
		}
	}
	d.canvas.path("fig-grid", &grid)
	var b strings.Builder
	for i := range d.g.earth {
		d.outline(&b, &d.g.earth[i])
	}
	d.canvas.path("fig-land", &b)
}

func (d *chart) step(b *strings.Builder, s spot, first bool) {
	p := d.crop.at(s)
	sign := "L"
	if first {
		sign = "M"
	}
	b.WriteString(sign + number(p.x) + " " + number(p.y))
}

// outline adds the rings of a country that the crop shows.
func (d *chart) outline(b *strings.Builder, x *land) {
	if low, high := d.crop.at(x.low), d.crop.at(x.high); high.x < 0 || high.y < 0 || low.x > d.crop.width || low.y > d.height {
		return
	}
	for _, ring := range x.rings {
		low, high := spot{math.Inf(1), math.Inf(1)}, spot{math.Inf(-1), math.Inf(-1)}
		for _, s := range ring {
			p := d.crop.at(s)
			low, high = spot{min(low.x, p.x), min(low.y, p.y)}, spot{max(high.x, p.x), max(high.y, p.y)}
		}
		if high.x < 0 || high.y < 0 || low.x > d.crop.width || low.y > d.height || high.x-low.x < 1 && high.y-low.y < 1 {
			continue
		}
		var last string
		for i, s := range ring {
			p := d.crop.at(s)
			at := number(p.x) + " " + number(p.y)
			switch {
			case i == 0:
				b.WriteString("M" + at)
			case at != last:
				b.WriteString("L" + at)
			}
			last = at
		}
		b.WriteString("z")
	}
}

// tints colours the countries of which no more is known: an intruder's before others.
func (d *chart) tints() {
	done := map[string]bool{}
	for _, who := range []string{"attacker", "undecided", "owner"} {
		class := map[string]string{"attacker": "fig-tint-i", "undecided": "fig-tint-u", "owner": "fig-tint-o"}[who]
		for _, x := range d.pins {
			c := d.g.names[x.code]
			if x.who != who || !x.country || c == nil || done[x.code] {
				continue
			}
			done[x.code] = true
			var b strings.Builder
			d.outline(&b, c)
			d.canvas.path(class, &b)
		}
	}
}

// symbols are the marks.
func (d *chart) symbols() {
	var dot, dia, sq strings.Builder
	for _, x := range d.pins {
		switch x.who {
		case "attacker":
			diamond(&dia, x.p.x, x.p.y, 6.5)
		case "owner":
			disc(&dot, x.p.x, x.p.y, 5)
		default:
			box(&sq, x.p.x-5, x.p.y-5, 10, 10)
		}
	}
	d.canvas.path("fig-on-land-o", &dot)
	d.canvas.path("fig-on-land-u", &sq)
	d.canvas.path("fig-on-land", &dia)
}

// journeys draws the arcs; what they say is placed with the labels.
func (d *chart) journeys() {
	for i := range d.g.ways {
		a, b, ok := d.ends(&d.g.ways[i])
		if !ok {
			continue
		}
		c := bend(a, b)
		d.canvas.empty("path", "class", "fig-arc", "d", "M"+number(a.x)+" "+number(a.y)+"Q"+number(c.x)+" "+number(c.y)+" "+number(b.x)+" "+number(b.y))
	}
}

// ends are where a journey's marks stand.
func (d *chart) ends(w *arc) (a, b spot, ok bool) {
	found := 0
	for _, x := range d.pins {
		for k, n := range [2]int{w.a, w.b} {
			if m := &d.g.marks[n]; m.tenant == x.tenant && m.who == x.who && m.intruder == x.intruder && m.code == x.code && m.city == x.city {
				found++
				if k == 0 {
					a = x.p
				} else {
					b = x.p
				}
			}
		}
	}
	return a, b, found == 2
}

// bend is the point that an arc is drawn towards: to the left of the way down.
func bend(a, b spot) spot {
	if a.y > b.y {
		a, b = b, a
	}
	return spot{(a.x+b.x)/2 - (b.y-a.y)*0.28, (a.y+b.y)/2 + (b.x-a.x)*0.28}
}

// shortName is what a label begins with.
func shortName(m *mark) string {
	switch {
	case m.who == "attacker":
		return m.intruder
	case m.who == "undecided":
		return "undecided"
	case len(m.accounts) > 2:
		return strconv.Itoa(len(m.accounts)) + " owners"
	}
	names := make([]string, len(m.accounts))
	for i, name := range m.accounts {
		local, _, _ := strings.Cut(name, "@")
		names[i] = report.Short(local, 24)
	}
	return strings.Join(names, ", ")
}
