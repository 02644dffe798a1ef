package figure

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"triage/analyzers/report"

	"pgregory.net/rapid"
)

// hostile is a report with everything that lanes may hold, at its bounds, and nasty text wherever a log's text may stand.
func hostile(seed uint64) *report.Report {
	rng := rand.New(rand.NewPCG(seed, 1))
	nasty := func() string {
		return []string{`<script>alert(1)</script>`, `"><svg onload=alert(1)>`, "a\u202eb\x1b[31m", "]]>&amp;", strings.Repeat("W", 3000), "ａ漢字" + strings.Repeat("語", 90), "", "\xff\xfe"}[rng.IntN(8)]
	}
	r := &report.Report{LanesMore: report.LanesMore{Accounts: 19_500}}
	unit := []string{"day", "week", "month", "year"}[rng.IntN(4)]
	start := report.Time(1523000000000)
	for i := range 500 {
		x := report.AccountLanes{Account: nasty() + strconv.Itoa(i), Unit: unit, From: "2018-04-03", Bins: 100, Visits: []report.Visit{}, VisitsMore: 9}
		if rng.IntN(2) == 0 {
			x.Hostile = start
		}
		for _, name := range report.LaneNames() {
			l := report.Lane{Lane: name, Sum: report.LaneActs{Owner: rng.IntN(2_000_000), Attacker: rng.IntN(200_000), Undecided: 3, Unplaced: 9}}
			for bin := range 100 {
				l.Owner, l.Unplaced = append(l.Owner, rng.IntN(9000)), append(l.Unplaced, rng.IntN(3))
				l.Attacker = append(l.Attacker, report.LaneMark{Bin: bin, Intruder: report.Text(nasty()), Acts: 1 + rng.IntN(999)})
				l.Undecided = append(l.Undecided, report.LaneMark{Bin: bin * 3, Acts: 1}) // beyond the axis, too
			}
			x.Lanes = append(x.Lanes, l)
		}
		for k := range 40 {
			v := report.Visit{First: start + report.Time(int64(rng.IntN(90))*86_400_000), Acts: 3}
			v.Last = v.First + 7_200_000
			if k%3 > 0 {
				v.Intruder = report.Text("ABCDEFGH"[rng.IntN(8):][:1])
			}
			x.Visits = append(x.Visits, v)
		}
		for k := range 3 {
			m := report.Minutes{Intruder: nasty(), Day: "2018-04-0" + strconv.Itoa(k+3), Visits: []int{0, 7, 99, -1}, More: 214}
			at := start
			for range 40 {
				at += report.Time(rng.IntN(3_000_000))
				m.Marks = append(m.Marks, report.Mark{
					Who: []string{"attacker", "owner"}[rng.IntN(2)], Lane: report.LaneNames()[rng.IntN(5)], First: at, Last: at + report.Time(rng.IntN(400_000)), Acts: 2,
					Text: report.Text(nasty()), File: nasty(), Line: 4, To: 9,
				})
			}
			x.Minutes = append(x.Minutes, m)
		}
		lat, lon := rng.Float64()*180-90, rng.Float64()*360-180
		for k := range 30 {
			x.Places = append(x.Places, report.LanePlace{
				Who: []string{"attacker", "owner", "undecided"}[k%3], Intruder: "A", Country: []string{"NL", "NG", "US", "??", "NZ", "FJ", nasty()}[rng.IntN(7)],
				City: report.Text(nasty()), Latitude: &lat, Longitude: &lon, Addresses: 10_000, Activities: 200_000, First: start, Last: start,
			})
		}
		r.Lanes = append(r.Lanes, x)
		r.Touched = append(r.Touched, report.Touched{Day: fmt.Sprintf("2018-%02d-%02d", 1+i/28%12, 1+i%28), Accounts: 1 + rng.IntN(99), Names: []string{nasty()}})
	}
	for range 200 {
		r.Findings = append(r.Findings, report.Finding{
			Rule: "geo.impossible-travel", Level: "high", Mailbox: nasty(), Points: 50, Evidence: []report.Evidence{},
			Facts: report.Facts{{Name: "from", Value: "NL (203.0.113.4)"}, {Name: "to", Value: nasty()}, {Name: "km", Value: 4100.0}, {Name: "gap", Value: "7m59s"}},
		})
	}
	return r
}

// Promise: pictures are of bounded size whatever the report holds.
func TestLarge(t *testing.T) {
	for seed := range uint64(2) {
		r := hostile(seed)
		checkAll(t, r)
		for _, x := range all(r) {
			if n := len(x.SVG) + len(x.Phone); n > 1_200_000 {
				t.Errorf("%s: %d bytes", x.ID, n)
			}
		}
	}
}

// Promise: no flag stands on another, none leaves the picture, and bars and marks stay in their lanes.
func TestFlagsDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := report.AccountLanes{Account: "alice@contoso.com", Unit: "day", From: "2018-04-03", Bins: rapid.IntRange(1, 100).Draw(t, "bins")}
		for range rapid.IntRange(1, 40).Draw(t, "visits") {
			at := report.Time(1522713600000 + int64(rapid.IntRange(0, x.Bins-1).Draw(t, "day"))*86_400_000 + 3_600_000)
			v := report.Visit{First: at, Last: at, Acts: 1, Intruder: report.Text(rapid.SampledFrom([]string{"", "A", "B", "C", "AA"}).Draw(t, "who"))}
			x.Visits = append(x.Visits, v)
		}
		for _, name := range report.LaneNames() {
			x.Lanes = append(x.Lanes, report.Lane{Lane: name, Owner: rapid.SliceOfN(rapid.IntRange(0, 99_999), x.Bins, x.Bins).Draw(t, "owner")})
		}
		f := Days(&report.Report{Lanes: []report.AccountLanes{x}}, Options{})
		for id, svg := range map[string]string{f.ID: string(f.SVG), f.ID + "-phone": string(f.Phone)} {
			end, flags := -1.0, 0
			list, err := parse(svg)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				if !strings.HasSuffix(one.attrs["class"], "fig-ti") && !strings.HasSuffix(one.attrs["class"], "fig-tu") || one.attrs["y"] != "35" {
					continue
				}
				at, _ := strconv.ParseFloat(one.attrs["x"], 64)
				w := wide(one.text, 12.5)
				left := at
				if one.attrs["text-anchor"] == "end" {
					left -= w
				}
				if left < end-0.2 || left < -0.2 {
					t.Fatalf("%s: %q stands at %.1f, the one before ends at %.1f", id, one.text, left, end)
				}
				end = left + w
				flags++
			}
			if id == f.ID && flags == 0 {
				t.Fatalf("%s: no flag", id)
			}
		}
	})
}
