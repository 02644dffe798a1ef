package geo

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Settings are the parameters of Visits, Home and Travel. A field that is 0 means its default, which it states.
type Settings struct {
	MinKM      float64       // 500: what databases get wrong, and people drive, is nearer
	MinKMH     float64       // 1000: airliners cruise at 900
	MinGap     time.Duration // 5 m: shorter gaps count as this long, since clocks and sessions are no better
	FlapWindow time.Duration // 10 m: a change of place within one ASN this soon is none
	HomeDays   int           // 5: active days without which no country is home
	MaxRows    int           // 400: rows of evidence per jump
	Points     Points
}

// Points are what raises and lowers the confidence in a jump. All are sizes: 0 means the default, a negative one none.
type Points struct {
	Hosting        int // 10: the foreign side is a rented server
	NewCountry     int // 10: the user never was in the foreign country before
	NewToTenant    int // 5: nobody of the tenant was
	NewASN         int // 5: the user never came from the foreign ASN before
	SameSession    int // 20: one session id on both sides, as when a token is replayed
	SameDevice     int // 40, down: one managed device on both sides
	SharedEgress   int // 30, down: one side is an egress that several users share
	DeclaredEgress int // 30, down: one side is an egress that the pack declares
	DeclaredTravel int // 30, down: one side is home, the other where the pack says the user was
}

// Validate reports what can be no setting.
func (s Settings) Validate() error {
	var errs []error
	for _, f := range []struct {
		name  string
		value float64
	}{
		{"min_km", s.MinKM},
		{"min_kmh", s.MinKMH},
		{"min_gap", s.MinGap.Seconds()},
		{"flap_window", s.FlapWindow.Seconds()},
		{"home_days", float64(s.HomeDays)},
		{"max_rows", float64(s.MaxRows)},
	} {
		if !(f.value >= 0) { // true for NaN, too
			errs = append(errs, fmt.Errorf("%s: want ≥ 0, got %v", f.name, f.value))
		}
	}
	return errors.Join(errs...)
}

func (s Settings) withDefaults() Settings {
	s.MinKM = cmp.Or(s.MinKM, 500)
	s.MinKMH = cmp.Or(s.MinKMH, 1000)
	s.MinGap = cmp.Or(s.MinGap, 5*time.Minute)
	s.FlapWindow = cmp.Or(s.FlapWindow, 10*time.Minute)
	s.HomeDays = cmp.Or(s.HomeDays, 5)
	s.MaxRows = cmp.Or(s.MaxRows, 400)
	p := &s.Points
	for _, f := range []struct {
		points   *int
		standard int
	}{
		{&p.Hosting, 10},
		{&p.NewCountry, 10},
		{&p.NewToTenant, 5},
		{&p.NewASN, 5},
		{&p.SameSession, 20},
		{&p.SameDevice, 40},
		{&p.SharedEgress, 30},
		{&p.DeclaredEgress, 30},
		{&p.DeclaredTravel, 30},
	} {
		*f.points = max(0, cmp.Or(*f.points, f.standard))
	}
	return s
}

// Window is a journey that the client confirmed: the user was in the country in [From, To), milliseconds since 1970, UTC.
type Window struct {
	Country  string
	From, To int64
}

// Known is what else is known about the user and the tenant. A nil function knows nothing, and no confidence follows.
type Known struct {
	Home           []string // countries: the pack's, else the one that Home finds; empty if unknown
	Travel         []Window // the pack's
	DeclaredEgress func(netip.Addr) bool
	SharedEgress   func(netip.Addr) bool     // used by several users on several days
	NewCountry     func(country string) bool // to the user, outside the day judged
	NewToTenant    func(country string) bool
	NewASN         func(asn uint32) bool // to the user
}

// Reason is one thing that raises or lowers the confidence in a jump.
type Reason struct {
	Code   string // hosting, new-country, new-to-tenant, new-asn, same-session, same-device, shared-egress, declared-egress, declared-travel
	Points int    // negative where it speaks against the jump
}

// Jump is a pair of places between which a user changed faster than anyone travels. All its transitions are one jump;
// From, To, KM, Gap and KMH are those of the fastest.
type Jump struct {
	From, To    Position
	ToIsForeign bool // which side is the stranger's, as far as can be told
	KM          float64
	How         string // ByBorder or ByCoordinates
	Gap         time.Duration
	KMH         float64 // KM over the gap, which counts for at least Settings.MinGap
	Transitions int
	Positions   int   // in all visits that take part
	First, Last int64 // time of the first and last position that takes part
	Rows        []int // rows on both sides of the transitions, in time order, at most Settings.MaxRows
	Reasons     []Reason
	Points      int  // sum of the reasons'
	Ambiguous   bool // one side's addresses could all be forged
	pair        [2]string
	visit       int // the last one that was counted
}

// Foreign is the side that is the stranger's, as far as can be told.
func (j *Jump) Foreign() *Position {
	if j.ToIsForeign {
		return &j.To
	}
	return &j.From
}

// Pair names the two places, in an order that does not depend on time: the group of a finding.
func (j *Jump) Pair() [2]string { return j.pair }

// Journey is what Travel finds.
type Journey struct {
	Jumps []Jump // ordered by time of the first position, then by pair
	// NoDistance counts changes of place that could not be judged, because no distance is known.
	NoDistance int
}

// Travel finds the jumps in one user's visits.
func Travel(visits []Visit, k Known, s Settings) Journey {
	s = s.withDefaults()
	var out Journey
	found := map[[2]string]*Jump{}
	for i := 1; i < len(visits); i++ {
		a, b := &visits[i-1], &visits[i]
		km, how, ok := Distance(*a.First.Place, *b.First.Place)
		if !ok {
			out.NoDistance++
			continue
		}
		gap := spanBetween(a.Last.Time, b.First.Time)
		kmh := km / max(gap, s.MinGap).Hours()
		if km < s.MinKM || kmh <= s.MinKMH || k.declared(a.Last.IP) && k.declared(b.First.IP) {
			continue
		}
		pair := pairOf(a.First.Place, b.First.Place)
		j := found[pair]
		if j == nil {
			j = &Jump{First: a.First.Time, pair: pair, visit: -1}
			found[pair] = j
		}
		j.add(visits, i, s)
		if kmh > j.KMH {
			j.KM, j.How, j.Gap, j.KMH, j.From, j.To = km, how, gap, kmh, a.Last, b.First
			j.Ambiguous = a.Ambiguous || b.Ambiguous
			j.judge(a, b, k, s.Points)
		}
	}
	for _, j := range found {
		out.Jumps = append(out.Jumps, *j)
	}
	slices.SortFunc(out.Jumps, func(a, b Jump) int {
		return cmp.Or(cmp.Compare(a.First, b.First), slices.Compare(a.pair[:], b.pair[:]))
	})
	return out
}

// add counts the transition to visit i.
func (j *Jump) add(visits []Visit, i int, s Settings) {
	j.Transitions++
	for n := max(i-1, j.visit+1); n <= i; n++ {
		j.Positions += visits[n].Positions
	}
	j.visit = i
	j.Last = visits[i].Last.Time
	for _, row := range []int{visits[i-1].Last.Row, visits[i].First.Row} {
		if n := len(j.Rows); n < s.MaxRows && (n == 0 || j.Rows[n-1] != row) {
			j.Rows = append(j.Rows, row)
		}
	}
}

// judge says which side is foreign and what speaks for and against the jump.
func (j *Jump) judge(a, b *Visit, k Known, p Points) {
	from, to := &a.Last, &b.First
	homeFrom, travelFrom := k.expects(from)
	homeTo, travelTo := k.expects(to)
	j.ToIsForeign = toIsForeign(from, to, homeFrom || travelFrom, homeTo || travelTo, k)
	foreign := j.Foreign()
	is := func(f func(netip.Addr) bool) bool { return f != nil && (f(from.IP) || f(to.IP)) }
	j.Reasons, j.Points = nil, 0
	for _, r := range []struct {
		holds  bool
		code   string
		points int
	}{
		{foreign.Place.Class == Hosting || foreign.Place.Class == AzureCloud, "hosting", p.Hosting},
		{k.NewCountry != nil && k.NewCountry(foreign.Place.Country), "new-country", p.NewCountry},
		{k.NewToTenant != nil && k.NewToTenant(foreign.Place.Country), "new-to-tenant", p.NewToTenant},
		{k.NewASN != nil && foreign.Place.ASN != 0 && k.NewASN(foreign.Place.ASN), "new-asn", p.NewASN},
		{shared(a.sessions, b.sessions), "same-session", p.SameSession},
		{shared(a.devices, b.devices), "same-device", -p.SameDevice},
		{is(k.DeclaredEgress), "declared-egress", -p.DeclaredEgress},
		{is(k.SharedEgress) && !is(k.DeclaredEgress), "shared-egress", -p.SharedEgress},
		{homeFrom && travelTo || travelFrom && homeTo, "declared-travel", -p.DeclaredTravel},
	} {
		if r.holds && r.points != 0 {
			j.Reasons = append(j.Reasons, Reason{r.code, r.points})
			j.Points += r.points
		}
	}
}

// toIsForeign prefers what the user is expected at, then lines of people over rented machines, then countries he was in
// before; if nothing tells the sides apart, the later one is foreign.
func toIsForeign(from, to *Position, fromExpected, toExpected bool, k Known) bool {
	if fromExpected != toExpected {
		return fromExpected
	}
	if a, b := from.Place.Class.Home(), to.Place.Class.Home(); a != b {
		return a
	}
	if k.NewCountry != nil && k.NewCountry(from.Place.Country) && !k.NewCountry(to.Place.Country) {
		return false
	}
	return true
}

func (k *Known) declared(ip netip.Addr) bool { return k.DeclaredEgress != nil && k.DeclaredEgress(ip) }

// expects reports whether the user belongs to where the position is: at home, or on a declared journey at that time.
func (k *Known) expects(p *Position) (home, travel bool) {
	for _, w := range k.Travel {
		travel = travel || w.Country == p.Place.Country && w.From <= p.Time && p.Time < w.To
	}
	return slices.Contains(k.Home, p.Place.Country) && p.Place.Country != "", travel
}

// pairOf names two places by city where both are known to that detail, else by country.
func pairOf(a, b *Place) [2]string {
	fine := a.HasCoords && b.HasCoords
	pair := [2]string{placeName(a, fine), placeName(b, fine)}
	if pair[0] > pair[1] {
		pair[0], pair[1] = pair[1], pair[0]
	}
	return pair
}

func placeName(p *Place, fine bool) string {
	switch {
	case fine && p.City != "":
		return p.Country + " " + p.City
	case fine:
		return fmt.Sprintf("%s %.0f %.0f", p.Country, p.Lat, p.Lon)
	}
	return p.Country
}
