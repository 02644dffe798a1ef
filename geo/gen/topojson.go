package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"golang.org/x/text/language"
)

// topology is the part of TopoJSON that countries-10m.json uses.
type topology struct {
	Transform struct{ Scale, Translate [2]float64 }
	Arcs      [][][2]int
	Objects   struct {
		Countries struct {
			Geometries []struct {
				Type       string
				ID         string
				Arcs       json.RawMessage
				Properties struct{ Name string }
			}
		}
	}
}

func readCountries(raw []byte) (map[string][]part, error) {
	var t topology
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	parts := map[string][]part{}
	for _, g := range t.Objects.Countries.Geometries {
		code, ok := alpha2(g.ID, g.Properties.Name)
		if !ok {
			fmt.Printf("no country code: %s %s\n", g.ID, g.Properties.Name)
			continue
		}
		var polygons [][][]int
		var err error
		switch g.Type {
		case "Polygon":
			polygons = make([][][]int, 1)
			err = json.Unmarshal(g.Arcs, &polygons[0])
		case "MultiPolygon":
			err = json.Unmarshal(g.Arcs, &polygons)
		default:
			err = errors.New("unknown type")
		}
		if err != nil {
			return nil, fmt.Errorf("%s (%s): %w", g.Properties.Name, g.Type, err)
		}
		for _, rings := range polygons {
			p := t.part(rings)
			own := territory(code, p)
			parts[own] = append(parts[own], p)
		}
	}
	return parts, nil
}

// territory gives the overseas parts that have a code of their own, but no outline of their own in Natural Earth, that
// code: address databases use it.
func territory(code string, p part) string {
	for _, t := range []struct {
		code, of      string
		lat, lon, far float64
	}{
		{"GF", "FR", 4, -53, 400},
		{"GP", "FR", 16.2, -61.5, 80},
		{"MQ", "FR", 14.65, -61, 60},
		{"RE", "FR", -21.1, 55.5, 100},
		{"YT", "FR", -12.8, 45.15, 80},
		{"BQ", "NL", 12.2, -68.3, 60},
		{"BQ", "NL", 17.55, -63.1, 60},
		{"SJ", "NO", 78.5, 18, 700},
		{"TK", "NZ", -9.2, -171.8, 200},
	} {
		if t.of == code && kmOf(dist2(toVec([2]float64{t.lon, t.lat}), p.points[0])) <= t.far {
			return t.code
		}
	}
	return code
}

// alpha2 turns ISO numeric ids into letters. Natural Earth leaves some territories without an id: those whose addresses
// databases give to a country are counted to it, the rest (uninhabited, military) are left out.
func alpha2(id, name string) (string, bool) {
	switch name {
	case "Kosovo":
		return "XK", true
	case "N. Cyprus":
		return "CY", true
	case "Somaliland":
		return "SO", true
	case "Baikonur":
		return "KZ", true
	}
	n, err := strconv.Atoi(id)
	if err != nil {
		return "", false
	}
	r, err := language.EncodeM49(n)
	if err != nil || len(r.String()) != 2 {
		return "", false
	}
	return r.String(), true
}

// part joins a polygon's rings, holes too: an enclave's only border is a hole of the country around it.
func (t *topology) part(rings [][]int) part {
	var p part
	for i, ring := range rings {
		var line [][2]float64
		for _, arc := range ring {
			line = append(line, t.arc(arc)...)
		}
		if i == 0 {
			p.area = math.Abs(area(line))
		}
		p.points = append(p.points, dense(line)...)
	}
	return p
}

// arc decodes a delta-encoded arc to degrees; ~i is arc i backwards.
func (t *topology) arc(i int) [][2]float64 {
	back := i < 0
	if back {
		i = ^i
	}
	var out [][2]float64
	x, y := 0, 0
	for _, d := range t.Arcs[i] {
		x, y = x+d[0], y+d[1]
		out = append(out, [2]float64{
			float64(x)*t.Transform.Scale[0] + t.Transform.Translate[0],
			float64(y)*t.Transform.Scale[1] + t.Transform.Translate[1],
		})
	}
	if back {
		slices.Reverse(out)
	}
	return out
}

// area is in square degrees shrunk by latitude: enough to find the largest part.
func area(line [][2]float64) float64 {
	sum := 0.0
	for i := range line {
		a, b := line[i], line[(i+1)%len(line)]
		sum += (b[0] - a[0]) * (math.Sin(a[1]*math.Pi/180) + math.Sin(b[1]*math.Pi/180))
	}
	return sum
}

func dense(line [][2]float64) []vec {
	var out []vec
	for i, p := range line {
		a := toVec(p)
		if i > 0 {
			b := out[len(out)-1]
			n := int(kmOf(dist2(a, b)) / stepKM)
			for k := 1; k <= n; k++ {
				f := float64(k) / float64(n+1)
				out = append(out, unit(vec{b[0] + (a[0]-b[0])*f, b[1] + (a[1]-b[1])*f, b[2] + (a[2]-b[2])*f}))
			}
		}
		out = append(out, a)
	}
	return out
}

func toVec(p [2]float64) vec {
	lon, lat := p[0]*math.Pi/180, p[1]*math.Pi/180
	return vec{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

func unit(v vec) vec {
	n := math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2])
	return vec{v[0] / n, v[1] / n, v[2] / n}
}

func dist2(a, b vec) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return x*x + y*y + z*z
}

func kmOf(chord2 float64) float64 { return 2 * earthKM * math.Asin(min(1, math.Sqrt(chord2)/2)) }
