package geo

import (
	"compress/gzip"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Promise: two countries' distance is from border to border, zero for neighbours, and the same both ways.
func TestDistanceBorder(t *testing.T) {
	f := func(a, b string, want float64) {
		t.Helper()
		for _, pair := range [][2]string{{a, b}, {b, a}} {
			km, how, ok := Distance(Place{Country: pair[0]}, Place{Country: pair[1]})
			if km != want || how != ByBorder || !ok {
				t.Errorf("%s to %s: %v km by %s %v, want %v", pair[0], pair[1], km, how, ok, want)
			}
		}
	}
	f("NL", "UA", 1123)
	f("GB", "FR", 33)
	f("DE", "NG", 3738)
	f("US", "RU", 3195)
	f("US", "NG", 7465)
	f("US", "IN", 10146)
	f("US", "CA", 0)
	f("NL", "NL", 0)
	f("ES", "GI", 0)
	f("FR", "BR", 5447) // French Guiana has a code of its own
	f("GF", "BR", 0)
}

// Promise: where a border is not known, no distance is made up.
func TestDistanceUnknown(t *testing.T) {
	for _, pair := range [][2]string{{"NL", ""}, {"", ""}, {"NL", "QQ"}, {"EU", "NL"}} {
		if km, how, ok := Distance(Place{Country: pair[0]}, Place{Country: pair[1]}); ok {
			t.Errorf("%v: %v km by %s", pair, km, how)
		}
	}
}

// Promise: coordinates count only beyond both inaccuracies, and only if both places have them.
func TestDistanceCoordinates(t *testing.T) {
	ny := Place{Country: "US", Lat: 40.7128, Lon: -74.0060, Radius: 20, HasCoords: true}
	la := Place{Country: "US", Lat: 34.0522, Lon: -118.2437, Radius: 20, HasCoords: true}
	km, how, ok := Distance(ny, la)
	if math.Abs(km-3896) > 1 || how != ByCoordinates || !ok {
		t.Errorf("%v km by %s", km, how)
	}
	la.Radius = 0
	if km, _, _ = Distance(ny, la); math.Abs(km-3816) > 1 {
		t.Errorf("%v km: want 100 km taken off for an unstated accuracy", km)
	}
	ny.Radius, la.Radius = 2000, 2000
	if km, _, _ = Distance(ny, la); km != 0 {
		t.Errorf("%v km", km)
	}
	la.HasCoords = false
	if km, how, _ = Distance(ny, la); km != 0 || how != ByBorder {
		t.Errorf("%v km by %s", km, how)
	}
}

// Promise: a distance is never negative, never beyond half the globe, and the same both ways.
func TestDistanceInvariants(t *testing.T) {
	table, err := borders()
	if err != nil {
		t.Fatal(err)
	}
	codes := append(slices.Sorted(maps.Keys(table.index)), "", "QQ")
	place := rapid.Custom(func(t *rapid.T) Place {
		return Place{
			Country: rapid.SampledFrom(codes).Draw(t, "country"), HasCoords: rapid.Bool().Draw(t, "has"),
			Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon"),
			Radius: rapid.Float64Range(0, 3000).Draw(t, "radius"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := place.Draw(t, "a"), place.Draw(t, "b")
		km, how, ok := Distance(a, b)
		back, how2, ok2 := Distance(b, a)
		if math.Abs(km-back) > 1e-6 || how != how2 || ok != ok2 {
			t.Fatalf("%v %s %v one way, %v %s %v the other", km, how, ok, back, how2, ok2)
		}
		if km < 0 || km > math.Pi*earthKM || math.IsNaN(km) {
			t.Fatalf("%v km", km)
		}
	})
}

// Promise: a damaged table is an error, not wrong distances.
func TestReadBordersDamaged(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		var b strings.Builder
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := readBorders(b.String()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	f("NL\nDE\n", "line 2 has 1 fields")
	f("NL\nDE,x\n", "line 2")
	f("NL\nDE,\"\n", "parse error")
	if _, err := readBorders("x"); err == nil {
		t.Error("read what is no gzip")
	}
}

// Promise: countries in the built-in database that have no border are few, and known.
func TestBordersCoverCountries(t *testing.T) {
	table, err := borders()
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for code := range embeddedCountries(t) {
		if _, ok := table.index[code]; !ok {
			missing = append(missing, code)
		}
	}
	slices.Sort(missing)
	// BV, CC and CX are specks whose outline Natural Earth gives to nobody; EU and AP are registries' regions.
	for _, code := range missing {
		if !slices.Contains([]string{"BV", "CC", "CX", "EU", "AP", "IO"}, code) {
			t.Errorf("no border for %s", code)
		}
	}
}
