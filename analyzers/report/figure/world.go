package figure

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"math"
	"strconv"
	"strings"
)

// packed are the outlines of countries, as gen writes them. Made with Natural Earth, by way of world-atlas: world.LICENSE.
//
//go:embed world.gz
var packed []byte

// unit is how many units of the outlines the earth's radius has; gen has the same.
const unit = 3000.0

// spot is a projected point, in units, y downwards.
type spot struct{ x, y float64 }

// land is one country.
type land struct {
	code, name string
	middle     spot
	rings      [][]spot
	low, high  spot // of all rings
}

// project is where a place stands: the natural-earth projection (Šavrič, Jenny, Patterson, Petrovič, Hurni 2011), as d3-geo has it.
func project(lat, lon float64) spot {
	l, p := min(max(lon, -180), 180)*math.Pi/180, min(max(lat, -90), 90)*math.Pi/180
	p2 := p * p
	p4 := p2 * p2
	x := l * (0.8707 - 0.131979*p2 + p4*(-0.013791+p4*(0.003971*p2-0.001529*p4)))
	y := p * (1.007226 + p2*(0.015085+p4*(-0.044475+0.028874*p2-0.005916*p4)))
	return spot{x * unit, -y * unit}
}

// world unpacks the outlines; none if they are damaged, which a test rules out.
func world() []land {
	in, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return nil
	}
	var list []land
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 4 {
			continue
		}
		x := land{code: cells[0], name: cells[1], middle: coordinates(cells[2])}
		x.low, x.high = x.middle, x.middle
		if cells[3] != "" {
			for ring := range strings.SplitSeq(cells[3], ";") {
				x.add(ring)
			}
		}
		list = append(list, x)
	}
	return list
}

// add reads one ring: a point, and the steps to the next ones.
func (x *land) add(text string) {
	var ring []spot
	at := spot{}
	for step := range strings.SplitSeq(text, " ") {
		d := coordinates(step)
		at = spot{at.x + d.x, at.y + d.y}
		ring = append(ring, at)
		x.low, x.high = spot{min(x.low.x, at.x), min(x.low.y, at.y)}, spot{max(x.high.x, at.x), max(x.high.y, at.y)}
	}
	x.rings = append(x.rings, ring)
}

func coordinates(s string) spot {
	a, b, _ := strings.Cut(s, ",")
	x, err := strconv.Atoi(a)
	if err != nil {
		return spot{}
	}
	y, err := strconv.Atoi(b)
	if err != nil {
		return spot{}
	}
	return spot{float64(x), float64(y)}
}

// countries are names by code.
func countries(list []land) map[string]*land {
	out := make(map[string]*land, len(list))
	for i := range list {
		if list[i].code != "-" {
			out[list[i].code] = &list[i]
		}
	}
	return out
}

// countryName is what a country is called; its code where the map does not know it.
func countryName(names map[string]*land, code string) string {
	if x := names[code]; x != nil {
		return x.name
	}
	return code
}
