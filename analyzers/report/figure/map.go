package figure

import (
	"html/template"
	"math"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// What a map shows.
const (
	maxLabels = 12
	maxMarks  = 60
	maxArcs   = 6
	leastWide = 90 * math.Pi / 180 * 0.8707 * unit // 90 degrees at the equator
	margin    = 0.15
)

// Map draws from where acts came, as far as geolocation knows it: intruders' places, undecided ones, and the owners' usual ones.
func Map(r *report.Report, o Options) Figure {
	out := Figure{ID: "fig-map", Title: "From where acts came", Table: Table{Head: []string{"Place", "Whose", "Addresses", "Acts", "Known"}, Rows: [][]string{}}}
	earth := world()
	g := &atlas{earth: earth, names: countries(earth), o: &o}
	g.gather(r)
	for i := range g.marks {
		m := &g.marks[i]
		known := "city"
		if m.country {
			known = "country, city not"
		}
		if !m.known {
			known = "country; not on the map"
		}
		out.Table.row(m.where, m.whose(), strings.TrimSuffix(strings.TrimSuffix(m.many(), "es"), " address"), report.Grouped(m.acts), known)
	}
	drawn := slices.DeleteFunc(slices.Clone(g.marks), func(m mark) bool { return !m.known })
	if len(drawn) == 0 {
		out.Empty = "No map: of no address that acts of these accounts came from is the place known."
		return out
	}
	g.arcs(r)
	for i := range g.ways {
		w := &g.ways[i]
		out.Table.row(w.from+" to "+w.to, "impossible journey, "+o.name(w.finding.Mailbox), "", "", strings.Join(w.lines, "; "))
	}
	out.Note = g.note(len(drawn))
	out.SVG = g.draw(drawn, frameOf{1060, 470, false}, out.ID, out.Title)
	out.Phone = g.draw(drawn, frameOf{360, 300, true}, out.ID+"-phone", out.Title)
	return out
}

// frameOf is the room of one form of the map.
type frameOf struct {
	width, height float64
	narrow        bool
}

// atlas is what a map is drawn from.
type atlas struct {
	earth []land
	names map[string]*land
	o     *Options
	marks []mark
	ways  []arc
	rare  int // places of owners that are not drawn
	more  int // marks beyond those drawn
	far   int // journeys beyond those drawn
}

// note says how to read the map, and what it leaves out.
func (g *atlas) note(drawn int) string {
	out := []string{"Shapes tell who: circle for an owner, diamond for an intruder, dashed square for undecided."}
	if slices.ContainsFunc(g.marks, func(m mark) bool { return m.known && m.country }) {
		out = append(out, "A tinted country means that only the country is known.")
	}
	if len(g.ways) > 0 {
		out = append(out, "Dashed: a way that nobody can have travelled in that time.")
	}
	if g.far > 0 {
		out = append(out, report.Counted(g.far, "more such way is", "more such ways are")+" in the findings.")
	}
	if n := drawn - maxMarks; n > 0 {
		out = append(out, "Not drawn: "+report.Counted(n, "more place.", "more places."))
	}
	if g.rare+g.more > 0 {
		out = append(out, "Left out: "+report.Counted(g.rare+g.more, "place", "places")+" that owners seldom used.")
	}
	var unknown []string
	for i := range g.marks {
		if !g.marks[i].known && !slices.Contains(unknown, g.marks[i].where) {
			unknown = append(unknown, g.marks[i].where)
		}
	}
	if len(unknown) > 0 {
		out = append(out, "Not on this map: "+report.NameList(unknown, 8)+".")
	}
	return strings.Join(out, " ")
}

// crop is the part of the world that is drawn, and how.
type crop struct {
	low   spot // upper left corner
	scale float64
	frameOf
}

func (c *crop) at(s spot) spot { return spot{(s.x - c.low.x) * c.scale, (s.y - c.low.y) * c.scale} }

func (c *crop) shows(s spot) bool {
	p := c.at(s)
	return p.x >= 8 && p.y >= 8 && p.x <= c.width-8 && p.y <= c.height-8
}

// cropOf holds all points and a margin, and at least a quarter of the world's width.
func cropOf(points []spot, f frameOf) crop {
	low, high := points[0], points[0]
	for _, p := range points {
		low, high = spot{min(low.x, p.x), min(low.y, p.y)}, spot{max(high.x, p.x), max(high.y, p.y)}
	}
	least := leastWide
	if f.narrow {
		least /= 1.5
	}
	wide := max((high.x-low.x)*(1+2*margin), least)
	tall := (high.y - low.y) * (1 + 2*margin)
	if f.narrow {
		tall = (high.y - low.y) * (1 + 4*margin)
	}
	whole := project(0, 180).x * 2
	wide = min(max(wide, tall*f.width/f.height), whole)
	tall = wide * f.height / f.width
	x, y := (low.x+high.x-wide)/2, (low.y+high.y-tall)/2
	x = min(max(x, -whole/2), whole/2-wide)
	top, bottom := project(84, 0).y, project(-58, 0).y
	y = max(min(y, bottom-tall), top)
	return crop{low: spot{x, y}, scale: f.width / wide, frameOf: f}
}

// draw draws one form of the map.
func (g *atlas) draw(marks []mark, f frameOf, id, title string) template.HTML {
	marks = slices.Clone(marks[:min(len(marks), maxMarks)])
	var points []spot
	for i := range marks {
		if m := &marks[i]; !f.narrow || m.who == "attacker" || m.near {
			points = append(points, m.spot)
			if c := g.names[m.code]; m.country && m.who == "attacker" && c.high.x-c.low.x < leastWide/4 {
				points = append(points, c.low, c.high)
			}
		}
	}
	if len(points) == 0 {
		for i := range marks {
			points = append(points, marks[i].spot)
		}
	}
	d := &chart{canvas: &canvas{id: id, width: f.width}, crop: cropOf(points, f), g: g}
	outside := d.settle(marks)
	d.canvas.b.WriteString(`<defs><clipPath id="` + id + `-c"><rect width="` + number(f.width) + `" height="` + number(f.height) + `"/></clipPath></defs>` + "\n")
	d.canvas.b.WriteString(`<g clip-path="url(#` + id + `-c)">` + "\n")
	d.ground()
	d.tints()
	d.journeys()
	d.canvas.b.WriteString("</g>\n")
	d.symbols()
	d.labels()
	bottom := d.key(f.height + 8)
	if len(outside) > 0 {
		d.canvas.text(0, bottom+14, "fig-small fig-2", "start", fit("Outside this crop: "+report.NameList(outside, 6)+".", 12, f.width))
		bottom += 20
	}
	return d.canvas.svg(bottom, title, "A map of the places that acts came from, with intruders', owners' and undecided places. The table beside it has the same facts.")
}
