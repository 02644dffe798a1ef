package geo

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// at is a position on the tests' day, from a line like "09:00 192.0.2.1 s=1 failed": time, address, then what is special.
func at(t testing.TB, l *Locator, line string) Position {
	t.Helper()
	word := strings.Fields(line)
	layout, day := "2006-01-02T15:04", "2026-03-02T"
	if strings.Contains(word[0], "T") {
		day = ""
	}
	when, err := time.Parse(layout, day+word[0])
	if err != nil {
		t.Fatal(err)
	}
	a := ParseAddr(word[1])
	p := Position{Time: when.UnixMilli(), IP: a.IP, Place: placeOf(l, a.IP), Logon: true, Succeeded: true}
	for _, w := range word[2:] {
		switch w {
		case "failed":
			p.Succeeded = false
		case "mail":
			p.Logon = false
		case "forged":
			p.Ambiguous = true
		case "s=1":
			p.Session = 1
		case "d=1":
			p.Device = 1
		default:
			t.Fatalf("unknown word %q", w)
		}
	}
	return p
}

func placeOf(l *Locator, ip netip.Addr) *Place {
	p := l.Place(ip)
	return &p
}

func positions(t testing.TB, l *Locator, lines ...string) []Position {
	t.Helper()
	var out []Position
	for i, line := range lines {
		p := at(t, l, line)
		p.Row = i
		out = append(out, p)
	}
	return out
}

func journey(ps []Position, k Known, s Settings) Journey {
	return Travel(Visits(slices.Values(ps), s), k, s)
}

// The tests' addresses; geo/gen/fixtures.go says what the databases hold for them.
const (
	nl, ua, us, ca, gb, fr, ng, de = "192.0.2.1", "192.0.2.17", "192.0.2.33", "192.0.2.49", "192.0.2.65", "192.0.2.81", "192.0.2.97", "192.0.2.113"
	relayGB, torRO, inHost         = "192.0.2.129", "192.0.2.145", "192.0.2.161"
	egressSG, egressUS             = "192.0.2.177", "192.0.2.193"
	nyFine, laFine, nyCoarse       = "198.51.100.1", "198.51.100.17", "198.51.100.33"
	laCoarse                       = "198.51.100.49"
	nlV6, usV6                     = "2001:db8:1::1", "2001:db8:2::1" // one ASN
)

// Promise: the twelve situations of the design are judged as it says.
func TestTravelCases(t *testing.T) {
	declared := func(ips ...string) Known {
		return Known{DeclaredEgress: func(ip netip.Addr) bool { return slices.Contains(ips, ip.String()) }}
	}
	var alternating []string
	for i := range 40 {
		alternating = append(alternating, fmt.Sprintf("%02d:%02d %s", 9+i*5/60, i*5%60, []string{us, inHost}[i%2]))
	}
	for _, c := range []struct {
		name  string
		lines []string
		known Known
		want  string // of each jump: pair, km, how, gap, km/h, transitions, positions, reasons
	}{
		{"1 fast to a rented server", []string{"09:00 " + nl, "09:20 " + ua}, Known{}, "[NL UA] 1123 km border 20m0s 3369 km/h 1/2 [{hosting 10}]"},
		{"2 neighbours", []string{"09:00 " + us, "09:05 " + ca}, Known{}, ""},
		{"3 near", []string{"09:00 " + gb, "09:10 " + fr}, Known{}, ""},
		{"4 far but slow", []string{"08:00 " + us, "20:00 " + ng}, Known{}, ""},
		{"5 Microsoft's own address", []string{"10:00 " + de, "10:01 2603:10a6::9", "10:02 " + de}, Known{}, ""},
		{"6 failure elsewhere", []string{"10:00 " + de, "10:05 " + ng + " failed", "10:10 " + de}, Known{}, ""},
		{"7 relay", []string{"10:00 " + us, "10:05 " + relayGB, "10:10 " + us}, Known{}, ""},
		{"8 Tor", []string{"10:00 " + us, "10:10 " + torRO}, Known{}, ""},
		{"9 flap between IPv4 and IPv6", []string{"10:00 " + nl, "10:02 " + usV6}, Known{}, ""},
		{"10 interleaved", alternating, Known{}, "[IN US] 10146 km border 5m0s 121752 km/h 39/40 [{hosting 10}]"},
		{"11 both egresses declared", []string{"10:00 " + egressUS, "10:05 " + egressSG}, declared(egressUS, egressSG), ""},
		{"11 one egress declared", []string{"10:00 " + egressUS, "10:05 " + egressSG}, declared(egressUS), "[SG US] 12768 km border 5m0s 153216 km/h 1/2 [{declared-egress -30}]"},
		{"12 coordinates", []string{"10:00 " + nyFine, "11:00 " + laFine}, Known{}, "[US Los Angeles US New York] 3896 km coordinates 1h0m0s 3896 km/h 1/2 []"},
		{"12 coordinates too coarse", []string{"10:00 " + nyCoarse, "11:00 " + laCoarse}, Known{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show(journey(positions(t, fixture(t), c.lines...), c.known, Settings{}))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func show(j Journey) string {
	var out []string
	for _, j := range j.Jumps {
		out = append(out, fmt.Sprintf("%v %.0f km %s %s %.0f km/h %d/%d %v", j.pair, j.KM, j.How, j.Gap, j.KMH, j.Transitions, j.Positions, j.Reasons))
	}
	return strings.Join(out, "; ")
}

// Promise: a jump names both sides, its rows and its first and last time, and of several transitions shows the fastest.
func TestTravelSides(t *testing.T) {
	ps := positions(t, fixture(t), "09:00 "+nl, "09:10 "+nl, "09:50 "+ua, "10:30 "+ua, "10:40 "+nl, "18:00 "+nl)
	j := journey(ps, Known{Home: []string{"NL"}}, Settings{}).Jumps
	if len(j) != 1 {
		t.Fatalf("%d jumps: %+v", len(j), j)
	}
	got := j[0]
	if got.From.Row != 3 || got.To.Row != 4 || got.ToIsForeign || got.Foreign().IP.String() != ua {
		t.Errorf("fastest: from row %d to row %d, foreign %s", got.From.Row, got.To.Row, got.Foreign().IP)
	}
	if !slices.Equal(got.Rows, []int{1, 2, 3, 4}) || got.Transitions != 2 || got.Positions != 6 {
		t.Errorf("rows %v, %d transitions, %d positions", got.Rows, got.Transitions, got.Positions)
	}
	if got.First != ps[0].Time || got.Last != ps[5].Time || got.Pair() != [2]string{"NL", "UA"} {
		t.Errorf("%+v", got)
	}
	if j := journey(ps, Known{}, Settings{MaxRows: 2}).Jumps; len(j[0].Rows) != 2 {
		t.Errorf("%d rows, want 2 at most", len(j[0].Rows))
	}
}

// Promise: each thing that speaks for or against a jump is named with its points, and can be switched off.
func TestTravelReasons(t *testing.T) {
	yes := func(netip.Addr) bool { return true }
	isNG := func(c string) bool { return c == "NG" }
	march := func(day int) int64 { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC).UnixMilli() }
	f := func(k Known, s Settings, want string, lines ...string) {
		t.Helper()
		jumps := journey(positions(t, fixture(t), lines...), k, s).Jumps
		got := "none"
		if len(jumps) == 1 {
			got = fmt.Sprint(jumps[0].Points, jumps[0].Reasons)
		}
		if got != want {
			t.Errorf("%v: got %s, want %s", lines, got, want)
		}
	}
	f(Known{NewCountry: isNG, NewToTenant: isNG, NewASN: func(a uint32) bool { return a == 64502 }}, Settings{},
		"20 [{new-country 10} {new-to-tenant 5} {new-asn 5}]", "09:00 "+de, "10:00 "+ng)
	f(Known{}, Settings{}, "20 [{same-session 20}]", "09:00 "+de+" s=1", "10:00 "+ng+" s=1")
	f(Known{}, Settings{}, "0 []", "09:00 "+de+" s=1", "10:00 "+ng)
	f(Known{}, Settings{}, "-40 [{same-device -40}]", "09:00 "+de+" d=1", "10:00 "+ng+" d=1")
	f(Known{SharedEgress: yes}, Settings{}, "-30 [{shared-egress -30}]", "09:00 "+de, "10:00 "+ng)
	f(Known{}, Settings{Points: Points{Hosting: -1}}, "0 []", "09:00 "+nl, "09:20 "+ua)
	f(Known{}, Settings{Points: Points{Hosting: 7}}, "7 [{hosting 7}]", "09:00 "+nl, "09:20 "+ua)
	trip := Known{Home: []string{"DE"}, Travel: []Window{{"NG", march(1), march(3)}}}
	f(trip, Settings{}, "-30 [{declared-travel -30}]", "09:00 "+de, "10:00 "+ng)
	trip.Travel[0].To = march(2)
	f(trip, Settings{}, "0 []", "09:00 "+de, "10:00 "+ng)
}

// Promise: the foreign side is told by home, declared travel, network and novelty, in this order.
func TestTravelForeign(t *testing.T) {
	f := func(k Known, want string, lines ...string) {
		t.Helper()
		jumps := journey(positions(t, fixture(t), lines...), k, Settings{}).Jumps
		if len(jumps) != 1 || jumps[0].Foreign().Place.Country != want {
			t.Errorf("%v: got %+v, want %s foreign", lines, jumps, want)
		}
	}
	f(Known{}, "NG", "09:00 "+de, "10:00 "+ng)
	f(Known{}, "DE", "09:00 "+ng, "10:00 "+de)
	f(Known{Home: []string{"DE"}}, "NG", "09:00 "+ng, "10:00 "+de)
	f(Known{}, "UA", "09:00 "+ua, "09:20 "+nl)
	f(Known{Home: []string{"UA"}}, "NL", "09:00 "+ua, "09:20 "+nl)
	f(Known{NewCountry: func(c string) bool { return c == "NG" }}, "NG", "09:00 "+ng, "10:00 "+de)
	f(Known{Travel: []Window{{"NG", 0, math.MaxInt64}}}, "DE", "09:00 "+ng, "10:00 "+de)
}

// Promise: only what a user did himself from a place that is known counts.
func TestAnchor(t *testing.T) {
	l := open(t, Options{})
	f := func(line string, want bool) {
		t.Helper()
		if p := at(t, l, line); p.Anchor() != want {
			t.Errorf("%s (%s): anchor is %v", line, p.Place.Class, !want)
		}
	}
	f("09:00 80.114.221.214", true)
	f("09:00 80.114.221.214 mail", true)
	f("09:00 80.114.221.214 failed", false)
	f("09:00 20.50.2.2", true)
	f("09:00 20.50.2.2 mail", false)
	f("09:00 20.190.128.1", false)
	f("09:00 10.0.0.1", false)
	f("09:00 185.220.101.4", false)
	f("09:00 104.28.1.1", false)
	f("09:00 138.201.10.20", true)
	f("09:00 192.0.2.1", false)
}

// Promise: a flap is forgiven only within one ASN and a short time, and never moves the visit.
func TestVisitsFlap(t *testing.T) {
	f := func(want int, lines ...string) {
		t.Helper()
		if v := Visits(slices.Values(positions(t, fixture(t), lines...)), Settings{}); len(v) != want {
			t.Errorf("%v: %d visits, want %d", lines, len(v), want)
		}
	}
	f(1, "10:00 "+nl, "10:02 "+usV6, "10:04 "+nl)
	f(1, "10:00 "+nl, "10:10 "+usV6, "10:20 "+nlV6, "10:30 "+usV6)
	f(2, "10:00 "+nl, "10:11 "+usV6)
	f(2, "10:00 "+nl, "10:02 "+us)
	v := Visits(slices.Values(positions(t, fixture(t), "10:00 "+nl, "10:05 "+usV6)), Settings{})
	if v[0].Last.Place.Country != "NL" || v[0].Positions != 2 {
		t.Errorf("the visit moved: %+v", v[0])
	}
}

// Promise: that all addresses of one side could be forged is said; one that could not is enough.
func TestTravelAmbiguous(t *testing.T) {
	f := func(want bool, lines ...string) {
		t.Helper()
		if j := journey(positions(t, fixture(t), lines...), Known{}, Settings{}).Jumps; len(j) != 1 || j[0].Ambiguous != want {
			t.Errorf("%v: %+v", lines, j)
		}
	}
	f(true, "09:00 "+nl, "09:20 "+ua+" forged")
	f(false, "09:00 "+nl, "09:20 "+ua+" forged", "09:21 "+ua)
}

// Promise: a pair of countries without a distance gives no jump, and is counted.
func TestTravelNoDistance(t *testing.T) {
	ps := positions(t, fixture(t), "09:00 "+nl, "09:05 "+ua)
	ps[1].Place.Country = "QQ"
	if j := journey(ps, Known{}, Settings{}); len(j.Jumps) != 0 || j.NoDistance != 1 {
		t.Errorf("%+v", j)
	}
}

// Promise: times that no log can honestly hold make no jump and no panic.
func TestTravelHostileTime(t *testing.T) {
	ps := positions(t, fixture(t), "09:00 "+nl, "09:05 "+ua)
	ps[0].Time, ps[1].Time = -62135596800000, 253402300799000 // years 1 and 9999
	if j := journey(ps, Known{}, Settings{}); len(j.Jumps) != 0 {
		t.Errorf("%+v", j)
	}
}

// Promise: home is where most days were spent on a line of people; a tie or thin data is unknown.
func TestHome(t *testing.T) {
	l := fixture(t)
	f := func(want string, days int, runs ...string) {
		t.Helper()
		var ps []Position
		day := 1
		for _, run := range runs { // "NLx5": an address and on how many days
			ip, n, _ := strings.Cut(run, " x")
			for range len(n) {
				ps = append(ps, positions(t, l, fmt.Sprintf("2026-03-%02dT08:00 %s", day, ip), fmt.Sprintf("2026-03-%02dT18:00 %s", day, ip))...)
				day++
			}
		}
		got, n, ok := Home(slices.Values(ps), Settings{})
		if got != want || ok != (want != "") || ok && n != days {
			t.Errorf("%v: %q %d %v, want %q %d", runs, got, n, ok, want, days)
		}
	}
	f("NL", 5, nl+" x.....")
	f("", 0, nl+" x....")
	f("NL", 6, de+" x.....", nl+" x......")
	f("", 0, de+" x.....", nl+" x.....")
	f("NL", 5, ua+" x.........", nl+" x.....")
	f("NG", 5, ng+" x.....", torRO+" x......")
	f("", 0)
}

// Promise: settings that mean nothing are refused.
func TestSettingsValidate(t *testing.T) {
	if err := (Settings{}).Validate(); err != nil {
		t.Error(err)
	}
	err := (Settings{MinKM: -1, MinKMH: math.NaN(), MinGap: -1}).Validate()
	for _, want := range []string{"min_km: want ≥ 0, got -1", "min_kmh: want ≥ 0, got NaN", "min_gap"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Promise: whatever the positions, a jump is as far and as fast as the settings ask, and nothing is counted twice.
func TestTravelInvariants(t *testing.T) {
	l := fixture(t)
	addresses := []string{nl, ua, us, ca, gb, fr, ng, de, relayGB, torRO, inHost, egressSG, nyFine, laFine, nyCoarse, nlV6, usV6, "10.0.0.1"}
	rapid.Check(t, func(rt *rapid.T) {
		var ps []Position
		now := int64(1772000000000)
		for i := range rapid.IntRange(0, 60).Draw(rt, "n") {
			now += rapid.Int64Range(0, 20*3600*1000).Draw(rt, "gap")
			ip := netip.MustParseAddr(rapid.SampledFrom(addresses).Draw(rt, "ip"))
			ps = append(ps, Position{
				Time: now, IP: ip, Place: placeOf(l, ip), Row: i, Logon: rapid.Bool().Draw(rt, "logon"), Succeeded: rapid.Bool().Draw(rt, "ok"),
			})
		}
		visits := Visits(slices.Values(ps), Settings{})
		total := 0
		for _, v := range visits {
			total += v.Positions
		}
		anchors := 0
		for i := range ps {
			if ps[i].Anchor() {
				anchors++
			}
		}
		if total != anchors {
			rt.Fatalf("%d positions in visits, %d anchors", total, anchors)
		}
		transitions := 0
		for _, j := range Travel(visits, Known{}, Settings{}).Jumps {
			transitions += j.Transitions
			if j.KM < 500 || j.KMH <= 1000 || j.Gap < 0 || j.Positions > anchors || j.From.Row >= j.To.Row || !slices.IsSorted(j.Rows) {
				rt.Fatalf("%+v", j)
			}
		}
		if transitions > max(0, len(visits)-1) {
			rt.Fatalf("%d transitions between %d visits", transitions, len(visits))
		}
	})
}

func BenchmarkTravel(b *testing.B) {
	l := fixture(b)
	var ps []Position
	for i := range 10000 {
		ip := netip.MustParseAddr([]string{nl, nl, nl, nl, ua}[i%5])
		ps = append(ps, Position{Time: int64(i) * 60000, IP: ip, Place: placeOf(l, ip), Logon: true, Succeeded: true})
	}
	b.ReportAllocs()
	for b.Loop() {
		journey(ps, Known{}, Settings{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(ps)), "ns/position")
}
