package figure

import (
	"strconv"
	"strings"
	"testing"

	"triage/analyzers/report"

	"pgregory.net/rapid"
)

// Promise: the outlines are whole: every country has a point within itself, and places that everybody knows lie where they are.
func TestWorld(t *testing.T) {
	names := countries(world())
	if len(names) < 230 {
		t.Fatalf("%d countries", len(names))
	}
	outlined := 0
	for code, x := range names {
		if len(code) != 2 || x.name == "" || x.middle.x < x.low.x || x.middle.x > x.high.x || x.middle.y < x.low.y || x.middle.y > x.high.y {
			t.Errorf("%s %q: point %v, outline %v to %v", code, x.name, x.middle, x.low, x.high)
		}
		if len(x.rings) > 0 {
			outlined++
		}
		for _, ring := range x.rings { // nothing runs around the back of the world
			for i := range ring {
				if i > 0 && ring[i].x-ring[i-1].x > 4000 {
					t.Errorf("%s: a line from %v to %v", code, ring[i-1], ring[i])
				}
			}
		}
	}
	if outlined < 170 {
		t.Errorf("%d countries have an outline", outlined)
	}
	for _, city := range []struct {
		code     string
		lat, lon float64
	}{{"NL", 52.1, 5.2}, {"NG", 9, 7.4}, {"US", 41.9, -87.6}, {"BR", -15.8, -47.9}, {"AU", -33.9, 150.5}, {"JP", 36, 138.5}, {"RU", 55.7, 37.6}} {
		p := project(city.lat, city.lon)
		for code, x := range names {
			if in := within(x, p); in != (code == city.code) {
				t.Errorf("%v: in %s is %t", city, code, in)
			}
		}
	}
}

// within counts how often a ray from a point crosses a country's rings.
func within(x *land, p spot) bool {
	in := false
	for _, ring := range x.rings {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
				in = !in
			}
		}
	}
	return in
}

// rectangle is where a line of text stands, at most.
func rectangle(x *drawn) (area, bool) {
	left, err1 := strconv.ParseFloat(x.attrs["x"], 64)
	base, err2 := strconv.ParseFloat(x.attrs["y"], 64)
	if err1 != nil || err2 != nil {
		return area{}, false
	}
	w := wide(x.text, 12)
	switch x.attrs["text-anchor"] {
	case "end":
		left -= w
	case "middle":
		left -= w / 2
	}
	return area{left, base - 9, left + w, base + 2}, true
}

// Promise: whatever the places, no label of a map stands on another, on a mark, or outside; at most 12 places have words, the
// others a number or a name below; marks stand apart.
func TestMapLabelsDoNotOverlap(t *testing.T) {
	earth := world()
	rapid.Check(t, func(t *rapid.T) {
		r := &report.Report{}
		for i := range rapid.IntRange(1, 12).Draw(t, "accounts") {
			x := report.AccountLanes{Account: "person" + strconv.Itoa(i) + "@contoso.com", Hostile: 5}
			for range rapid.IntRange(1, 8).Draw(t, "places") {
				p := report.LanePlace{
					Who: rapid.SampledFrom([]string{"attacker", "owner", "undecided"}).Draw(t, "who"), Country: earth[rapid.IntRange(0, len(earth)-1).Draw(t, "country")].code,
					Addresses: rapid.IntRange(1, 99_999).Draw(t, "addresses"), Activities: 5, Class: "hosting",
				}
				if p.Who == "attacker" {
					p.Intruder = report.Text(rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "intruder"))
				}
				if rapid.Bool().Draw(t, "city") {
					lat, lon := rapid.Float64Range(-60, 80).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon")
					p.City, p.Latitude, p.Longitude = "Lutjebroek aan de Zaan", &lat, &lon
				}
				x.Places = append(x.Places, p)
			}
			r.Lanes = append(r.Lanes, x)
		}
		f := Map(r, Options{})
		if f.Empty != "" {
			t.Skip("nowhere")
		}
		for id, svg := range map[string]string{f.ID: string(f.SVG), f.ID + "-phone": string(f.Phone)} {
			width, height := 1060.0, 470.0
			if strings.HasSuffix(id, "-phone") {
				width, height = 360, 300
			}
			list, err := parse(svg)
			if err != nil {
				t.Fatal(err)
			}
			var texts []area
			var words []string
			for i := range list {
				if list[i].name != "text" || !strings.Contains(list[i].attrs["class"], "fig-halo") {
					continue
				}
				box, ok := rectangle(&list[i])
				if !ok || box.x1 < -1 || box.x2 > width+1 || box.y1 < -1 || box.y2 > height+1 {
					t.Fatalf("%s: %q stands at %v", id, list[i].text, box)
				}
				for k, other := range texts {
					if box.meets(other) {
						t.Fatalf("%s: %q stands on %q", id, list[i].text, words[k])
					}
				}
				texts, words = append(texts, box), append(words, list[i].text)
			}
			if len(texts) > 3*maxLabels+maxMarks {
				t.Fatalf("%s: %d lines of labels", id, len(texts))
			}
		}
	})
}

// Promise: no words of the minutes stand on others, and all are inside, however crowded the day.
func TestMinutesLabelsDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := int64(1_526_951_528_000)
		x := report.AccountLanes{Account: "alice@contoso.com", Unit: "day", From: "2018-04-03", Bins: 60, Hostile: report.Time(start)}
		m := report.Minutes{Intruder: "A", Day: "2018-05-22", Visits: []int{0}}
		at := start
		for range rapid.IntRange(1, 40).Draw(t, "marks") {
			at += int64(rapid.SampledFrom([]int{0, 900, 20_000, 300_000, 3_000_000}).Draw(t, "pause"))
			m.Marks = append(m.Marks, report.Mark{
				Who: rapid.SampledFrom([]string{"attacker", "owner"}).Draw(t, "who"), Lane: rapid.SampledFrom(report.LaneNames()).Draw(t, "lane"), First: report.Time(at),
				Last: report.Time(at + int64(rapid.IntRange(0, 200_000).Draw(t, "lasted"))), Acts: rapid.IntRange(1, 4).Draw(t, "acts"), Type: "read",
				Text: report.Text(rapid.SampledFrom([]string{"Invoice 4711", "", "Bank details for the wire transfer of next week", "W"}).Draw(t, "text")), File: "a.csv", Line: int64(rapid.IntRange(1, 99_999).Draw(t, "line")),
			})
		}
		x.Visits, x.Minutes = []report.Visit{{Intruder: "A", First: report.Time(start), Last: report.Time(at), Acts: 3, IP: "203.0.113.9", Country: "NG"}}, []report.Minutes{m}
		figures := Minutes(&report.Report{Lanes: []report.AccountLanes{x}}, Options{})
		if len(figures) != 1 {
			t.Fatalf("%d pictures", len(figures))
		}
		list, err := parse(string(figures[0].SVG))
		if err != nil {
			t.Fatal(err)
		}
		var texts []area
		var words []string
		for i := range list {
			one := list[i]
			if one.name != "text" || one.attrs["transform"] != "" {
				continue
			}
			if i+1 < len(list) && list[i+1].name == "tspan" {
				one.text += list[i+1].text
			}
			box, ok := rectangle(&one)
			if !ok || box.x1 < -1 || box.x2 > 1061 || box.y1 < 0 {
				t.Fatalf("%q stands at %v", one.text, box)
			}
			for k, other := range texts {
				if box.meets(other) {
					t.Fatalf("%q at %v stands on %q at %v", one.text, box, words[k], other)
				}
			}
			texts, words = append(texts, box), append(words, one.text)
		}
	})
}
