// Command gen projects the outlines of countries once for the map of a case file, from the npm package world-atlas (Natural
// Earth, ISC). The same package gives the same bytes.
//
//	cd analyzers/report/figure/gen && go run .              fetch the package with npm and rebuild ../world.gz
//	cd analyzers/report/figure/gen && go run . -from DIR    the same from a package that is unpacked in DIR
//
// world.gz is lines of text: code, name, the point that stands for the country, and its rings, with bars between them. A ring is
// its first point and the steps from each point to the next. Coordinates are those of the natural-earth projection, in thirds of
// a thousandth of the earth's radius, y downwards. Countries that are too small for an outline have a point alone.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

const (
	pkg  = "world-atlas@2.0.2"
	unit = 3000.0 // to the earth's radius; figure/project.go has the same
)

func main() {
	from := flag.String("from", "", "`folder` with the unpacked package, instead of fetching it with npm")
	flag.Parse()
	if err := run(*from); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from string) error {
	if from == "" {
		dir, err := os.MkdirTemp("", "figure-gen-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		for _, args := range [][]string{{"npm", "pack", "--silent", pkg}, {"tar", "xzf", strings.ReplaceAll(pkg, "@", "-") + ".tgz"}} {
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir, cmd.Stderr = dir, os.Stderr
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
		}
		from = filepath.Join(dir, "package")
	}
	coarse, err := read(filepath.Join(from, "countries-110m.json"))
	if err != nil {
		return err
	}
	fine, err := read(filepath.Join(from, "countries-50m.json"))
	if err != nil {
		return err
	}
	for code, c := range fine { // Singapore, Malta, Hong Kong …: a point alone
		if coarse[code] == nil {
			coarse[code] = &country{name: c.name, middle: c.point()}
		}
	}
	var text bytes.Buffer
	for _, code := range slices.Sorted(maps.Keys(coarse)) {
		c := coarse[code]
		fmt.Fprintf(&text, "%s|%s|%s|%s\n", code, c.name, c.point(), strings.Join(c.paths(), ";"))
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Printf("%d countries, %d bytes, %d packed\n", len(coarse), text.Len(), packed.Len())
	licence, err := os.ReadFile(filepath.Join(from, "LICENSE"))
	if err != nil {
		return err
	}
	head := "world.gz is made of countries-110m.json and countries-50m.json of the npm package " + pkg + ", which is made of Natural Earth (public\ndomain). They were projected and thinned out by gen. The package's licence (ISC):\n\n"
	if err := os.WriteFile("../world.LICENSE", append([]byte(head), licence...), 0o644); err != nil {
		return err
	}
	return os.WriteFile("../world.gz", packed.Bytes(), 0o644)
}

// point is a projected point, in units.
type point struct{ x, y int }

func (p point) String() string { return strconv.Itoa(p.x) + "," + strconv.Itoa(p.y) }

type country struct {
	name   string
	rings  [][]point
	middle point // of one without rings
}

// project is the natural-earth projection (Šavrič, Jenny, Patterson, Petrovič, Hurni 2011), as d3-geo has it.
func project(lon, lat float64) point {
	l, p := lon*math.Pi/180, lat*math.Pi/180
	p2 := p * p
	p4 := p2 * p2
	x := l * (0.8707 - 0.131979*p2 + p4*(-0.013791+p4*(0.003971*p2-0.001529*p4)))
	y := p * (1.007226 + p2*(0.015085+p4*(-0.044475+0.028874*p2-0.005916*p4)))
	return point{int(math.Round(x * unit)), int(math.Round(-y * unit))}
}

func read(path string) (map[string]*country, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var t struct {
		Transform struct{ Scale, Translate [2]float64 }
		Arcs      [][][2]int
		Objects   struct {
			Countries struct {
				Geometries []struct {
					Type, ID   string
					Arcs       json.RawMessage
					Properties struct{ Name string }
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	arc := func(i int) [][2]float64 {
		back := i < 0
		if back {
			i = ^i
		}
		var out [][2]float64
		x, y := 0, 0
		for _, d := range t.Arcs[i] {
			x, y = x+d[0], y+d[1]
			out = append(out, [2]float64{float64(x)*t.Transform.Scale[0] + t.Transform.Translate[0], float64(y)*t.Transform.Scale[1] + t.Transform.Translate[1]})
		}
		if back {
			slices.Reverse(out)
		}
		return out
	}
	all := map[string]*country{}
	for _, g := range t.Objects.Countries.Geometries {
		code, name := alpha2(g.ID, g.Properties.Name)
		if code == "AQ" {
			continue // nobody logs on from there
		}
		var polygons [][][]int
		if g.Type == "Polygon" {
			polygons = make([][][]int, 1)
			err = json.Unmarshal(g.Arcs, &polygons[0])
		} else {
			err = json.Unmarshal(g.Arcs, &polygons)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		of := func(code, name string) *country {
			if all[code] == nil {
				all[code] = &country{name: name}
			}
			return all[code]
		}
		for _, rings := range polygons {
			for _, ring := range rings {
				var line [][2]float64
				for _, i := range ring {
					line = append(line, arc(i)...)
				}
				c := of(code, name)
				if code == "FR" && line[0][0] < -50 { // a code of its own in address databases, no outline of its own here
					c = of("GF", "French Guiana")
				}
				for _, part := range split(line) {
					if projected := projectAll(part); len(projected) > 3 {
						c.rings = append(c.rings, projected)
					}
				}
			}
		}
	}
	return all, nil
}

// split cuts a ring that crosses the 180th meridian there: the package leaves that to whoever projects it.
func split(ring [][2]float64) (parts [][][2]float64) {
	turns, out := 0.0, false
	open := slices.Clone(ring)
	for i := 1; i < len(open); i++ {
		switch d := ring[i][0] - ring[i-1][0]; {
		case d > 180:
			turns -= 360
		case d < -180:
			turns += 360
		}
		open[i][0] += turns
		out = out || math.Abs(open[i][0]) > 180
	}
	if !out {
		return [][][2]float64{ring}
	}
	for _, shift := range []float64{-360, 0, 360} {
		part := slices.Clone(open)
		for i := range part {
			part[i][0] += shift
		}
		part = clip(part, func(x float64) bool { return x >= -180 }, -180)
		part = clip(part, func(x float64) bool { return x <= 180 }, 180)
		if len(part) > 3 {
			parts = append(parts, part)
		}
	}
	return parts
}

// clip keeps the part of a ring on one side of a meridian.
func clip(ring [][2]float64, in func(lon float64) bool, at float64) (out [][2]float64) {
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		if in(a[0]) != in(b[0]) {
			t := (at - a[0]) / (b[0] - a[0])
			out = append(out, [2]float64{at, a[1] + t*(b[1]-a[1])})
		}
		if in(b[0]) {
			out = append(out, b)
		}
	}
	return out
}

func projectAll(ring [][2]float64) []point {
	var out []point
	for _, p := range ring {
		out = append(out, project(p[0], p[1]))
	}
	return slices.Compact(out)
}

// alpha2 turns ISO numeric ids into letters. What Natural Earth leaves without an id is land of no code, but for those that
// address databases count to one.
func alpha2(id, name string) (code, called string) {
	switch name {
	case "Kosovo":
		return "XK", name
	case "N. Cyprus":
		return "CY", "Cyprus"
	case "Somaliland":
		return "SO", "Somalia"
	case "United States of America":
		return "US", "United States"
	}
	if n, err := strconv.Atoi(id); err == nil {
		if r, err := language.EncodeM49(n); err == nil && len(r.String()) == 2 {
			return r.String(), name
		}
	}
	return "-", "no country"
}

// paths are the rings as text.
func (c *country) paths() (list []string) {
	for _, ring := range c.rings {
		var b strings.Builder
		last := point{}
		for i, p := range ring {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(point{p.x - last.x, p.y - last.y}.String())
			last = p
		}
		list = append(list, b.String())
	}
	return list
}

// point is the place in the largest ring that is farthest from its edge, on a grid: a centre of gravity may lie in the sea.
func (c *country) point() point {
	if len(c.rings) == 0 {
		return c.middle
	}
	ring := slices.MaxFunc(c.rings, func(a, b []point) int { return int(math.Copysign(1, area(a)-area(b))) })
	low, high := ring[0], ring[0]
	for _, p := range ring {
		low, high = point{min(low.x, p.x), min(low.y, p.y)}, point{max(high.x, p.x), max(high.y, p.y)}
	}
	best, far := ring[0], -1.0
	const steps = 60
	for i := 1; i < steps; i++ {
		for k := 1; k < steps; k++ {
			p := point{low.x + (high.x-low.x)*i/steps, low.y + (high.y-low.y)*k/steps}
			if d := edge(ring, p); inside(ring, p) && d > far {
				best, far = p, d
			}
		}
	}
	return best
}

func area(ring []point) float64 {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += float64(p.x)*float64(q.y) - float64(q.x)*float64(p.y)
	}
	return math.Abs(sum)
}

func inside(ring []point, p point) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.y > p.y) != (b.y > p.y) && float64(p.x) < float64(b.x-a.x)*float64(p.y-a.y)/float64(b.y-a.y)+float64(a.x) {
			in = !in
		}
	}
	return in
}

// edge is how far a point is from the nearest line of a ring.
func edge(ring []point, p point) float64 {
	least := math.Inf(1)
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		dx, dy := float64(b.x-a.x), float64(b.y-a.y)
		t := 0.0
		if n := dx*dx + dy*dy; n > 0 {
			t = min(max((float64(p.x-a.x)*dx+float64(p.y-a.y)*dy)/n, 0), 1)
		}
		least = min(least, math.Hypot(float64(a.x)+t*dx-float64(p.x), float64(a.y)+t*dy-float64(p.y)))
	}
	return least
}
