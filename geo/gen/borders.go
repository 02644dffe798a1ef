package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
)

const (
	earthKM = 6371.0088 // IUGG mean radius; geo uses the same
	// An island or overseas part is part of its country's neighbourhood only if it can be reached from the main land mass
	// in hops of at most this. It drops Alaska, Hawaii, Guiana, the Azores; it keeps the chains of Indonesia and Japan.
	maxHopKM = 650
	stepKM   = 5 // long straight borders get points this far apart
)

// vec is a point on the unit sphere: chords order like great circles and need no trigonometry.
type vec [3]float64

type part struct {
	area   float64
	points []vec
}

type country struct {
	code string
	tree *kd
}

// buildBorders makes a lower triangle: line i holds a country's code and its distance in whole km to the countries of
// the lines before it.
func buildBorders(a archive) ([]byte, output, error) {
	o := output{Type: "border distances, km", Attribution: "Made with Natural Earth", Licence: "public domain (world-atlas: ISC)"}
	raw, err := a.file("countries-10m.json")
	if err != nil {
		return nil, o, err
	}
	parts, err := readCountries(raw)
	if err != nil {
		return nil, o, err
	}
	var all []country
	for _, code := range sortedKeys(parts) {
		all = append(all, country{code, newKD(mainLand(parts[code]))})
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	km := map[[2]string]float64{}
	for i, c := range all {
		row := []string{c.code}
		for _, d := range all[:i] {
			far := kmOf(nearest(c.tree, d.tree))
			km[[2]string{d.code, c.code}] = far
			row = append(row, strconv.Itoa(int(math.Round(far))))
		}
		if err := w.Write(row); err != nil {
			return nil, o, err
		}
	}
	w.Flush()
	if err := checkBorders(km); err != nil {
		return nil, o, err
	}
	return b.Bytes(), o, w.Error()
}

// mainLand keeps the largest part and what hangs together with it in hops of maxHopKM.
func mainLand(parts []part) []vec {
	slices.SortStableFunc(parts, func(a, b part) int { return int(math.Copysign(1, b.area-a.area)) })
	trees := make([]*kd, len(parts))
	for i, p := range parts {
		trees[i] = newKD(slices.Clone(p.points))
	}
	kept := []int{0}
	in := make([]bool, len(parts))
	in[0] = true
	for next := 0; next < len(kept); next++ {
		for i := range parts {
			if !in[i] && kmOf(nearest(trees[kept[next]], trees[i])) <= maxHopKM {
				in[i] = true
				kept = append(kept, i)
			}
		}
	}
	var out []vec
	for _, i := range kept {
		out = append(out, parts[i].points...)
	}
	return out
}

// checkBorders holds the table to a second, independent working-out of some distances (at a coarser scale, hence the
// allowance), and to borders that everyone knows.
func checkBorders(km map[[2]string]float64) error {
	for _, want := range []struct {
		a, b string
		km   float64
	}{
		{"NL", "UA", 1124},
		{"FR", "GB", 37},
		{"DE", "NG", 3740},
		{"RU", "US", 3236},
		{"NG", "US", 7475},
		{"IN", "US", 10149},
		{"CA", "US", 0},
		{"DE", "NL", 0},
		{"LS", "ZA", 0},
		{"ID", "PG", 0},
		{"BR", "GF", 0},
		{"GB", "IE", 0},
		{"IT", "VA", 0},
	} {
		got, ok := km[[2]string{want.a, want.b}]
		if !ok || math.Abs(got-want.km) > max(5, want.km*0.015) || want.km == 0 && got >= 0.5 {
			return fmt.Errorf("%s to %s: %.1f km, want %.0f", want.a, want.b, got, want.km)
		}
		fmt.Printf("%s to %s: %.1f km (check value %.0f)\n", want.a, want.b, got, want.km)
	}
	return nil
}
