package geo

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
)

// How a distance was worked out.
const (
	// ByCoordinates is the distance of two points less both accuracy radii.
	ByCoordinates = "coordinates"
	// ByBorder is the least distance from border to border of two countries.
	ByBorder = "border"
)

const (
	earthKM = 6371.0088 // IUGG mean radius
	// defaultRadius is assumed where a database gives coordinates without an accuracy, km.
	defaultRadius = 100
)

// Distance is the least distance in km between two places, and how it was worked out: what both databases' inaccuracy
// leaves certain, not an estimate. It is not ok if a country is unknown or has no place in the table of borders.
func Distance(a, b Place) (km float64, how string, ok bool) {
	if a.HasCoords && b.HasCoords {
		return max(0, haversine(a, b)-radius(a)-radius(b)), ByCoordinates, true
	}
	if a.Country == "" || b.Country == "" {
		return 0, "", false
	}
	if a.Country == b.Country {
		return 0, ByBorder, true
	}
	table, err := borders()
	if err != nil {
		return 0, "", false
	}
	d, ok := table.km(a.Country, b.Country)
	return d, ByBorder, ok
}

func radius(p Place) float64 {
	if p.Radius > 0 {
		return p.Radius
	}
	return defaultRadius
}

func haversine(a, b Place) float64 {
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	sin2 := func(x float64) float64 { s := math.Sin(x / 2); return s * s }
	h := sin2(rad(b.Lat-a.Lat)) + math.Cos(rad(a.Lat))*math.Cos(rad(b.Lat))*sin2(rad(b.Lon-a.Lon))
	return 2 * earthKM * math.Asin(math.Sqrt(min(1, h)))
}

// borderTable is the lower triangle of the distances between countries.
type borderTable struct {
	index map[string]int
	rows  [][]uint16
}

func (t *borderTable) km(a, b string) (float64, bool) {
	i, ok := t.index[a]
	j, ok2 := t.index[b]
	if !ok || !ok2 {
		return 0, false
	}
	if i < j {
		i, j = j, i
	}
	return float64(t.rows[i][j]), true
}

// borders unpacks the table at its first use: most runs of a small case need no distance.
var borders = sync.OnceValues(func() (*borderTable, error) { return readBorders(borderData) })

// readBorders reads the gzipped CSV that gen writes: line i is a country and its distances to those of the lines before.
func readBorders(packed string) (*borderTable, error) {
	z, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(z)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	t := &borderTable{index: map[string]int{}}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		if len(row) != len(t.rows)+1 {
			return nil, fmt.Errorf("borders: line %d has %d fields", len(t.rows)+1, len(row))
		}
		t.index[strings.Clone(row[0])] = len(t.rows)
		km := make([]uint16, len(row)-1)
		for j, text := range row[1:] {
			n, err := strconv.ParseUint(text, 10, 16)
			if err != nil {
				return nil, fmt.Errorf("borders: line %d: %w", len(t.rows)+1, err)
			}
			km[j] = uint16(n)
		}
		t.rows = append(t.rows, km)
	}
}
