package geography

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// travel finds journeys that nobody can make. The travelling itself is package geo's.
type travel struct {
	rule     *detect.Rule
	settings Settings
	egress   []netip.Prefix
}

func newTravel(r *detect.Rule, s *Settings) *travel {
	return &travel{rule: r, settings: *s, egress: prefixes(s.Travel.Egress)}
}

func (t *Travel) validateEgress() []error {
	var errs []error
	for _, text := range t.Egress {
		if len(prefixes([]string{text})) == 0 {
			errs = append(errs, detect.FieldError{Path: "travel.egress", Reason: fmt.Sprintf("want an address or network, got %q", text)})
		}
	}
	return errs
}

// geo are the settings in geo's words. Evidence is capped by the report, so all rows are wanted.
func (t *Travel) geo() geo.Settings {
	return geo.Settings{
		MinKM: float64(t.MinKM), MinKMH: float64(t.MaxKMH), MinGap: t.MinGap, FlapWindow: t.Flap, MaxRows: 1 << 20,
	}
}

// prefixes reads addresses and networks; what is neither is left out.
func prefixes(texts []string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		}
	}
	return out
}

// Mailbox gives one finding per pair of places, in order of the first journey.
func (d *travel) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	j := &journey{journal: journalOf(t, p), rule: d.rule, t: t, p: p}
	s := d.settings.Travel.geo()
	visits := geo.Visits(j.positions(nil), s)
	if len(visits) < 2 {
		return nil // one place, or none
	}
	known, habit := d.known(t, p, j)
	all := geo.Travel(visits, known, s)
	if all.NoDistance > 0 && p.Unable != nil {
		p.Unable(detect.NotEvaluated{
			Rule: d.rule.ID, Mailbox: t.Mailbox,
			Reason: fmt.Sprintf("no distance is known for %d changes of place", all.NoDistance),
		})
	}
	if len(all.Jumps) == 0 {
		return nil
	}
	phones := map[activity.Symbol]bool{}
	phone := func(at *geo.Position) bool {
		a := t.At(at.Row)
		app := p.Case.Text(a.App)
		return isPhone(at.Place, app == mobileApp || app == phoneSync && a.Agent == 0 || isPhones(phones, a.Agent, p), known.Home)
	}
	rest := map[[2]string]bool{} // pairs of places of the jumps without the phone
	for _, jump := range geo.Travel(geo.Visits(j.positions(known.Home), s), known, s).Jumps {
		rest[jump.Pair()] = true
	}
	findings := make([]detect.Finding, 0, len(all.Jumps))
	for i := range all.Jumps {
		jump := &all.Jumps[i]
		findings = append(findings, d.finding(t, p, jump, known, innocent(jump, rest, phone, habit)))
	}
	return findings
}

// isPhone says that somebody at home is a phone there. Abroad it is shown at home all the same, since roaming carries its
// traffic home. client: the program is a phone's.
func isPhone(at *geo.Place, client bool, home []string) bool {
	return slices.Contains(home, at.Country) && (at.Class == geo.Mobile || client && at.Class == geo.Eyeball)
}

// mobileApp is how the log calls the phones' own mail programs.
const mobileApp = "Mobile"

// innocent is the plain reason for a jump, "" if none is seen. roaming: it is between the user's phone and a line of
// people elsewhere, and no other one makes it (rest are the jumps without the phone, by pair of places). habit: both
// networks are the user's usual ones, as with a company gateway abroad that the pack does not declare.
func innocent(j *geo.Jump, rest map[[2]string]bool, phone func(*geo.Position) bool, habit func(asn uint32) bool) string {
	between := phone(&j.From) && j.To.Place.Class == geo.Eyeball || phone(&j.To) && j.From.Place.Class == geo.Eyeball
	switch {
	case between && !rest[j.Pair()]:
		return "roaming"
	case habit(j.From.Place.ASN) && habit(j.To.Place.ASN):
		return "habit"
	}
	return ""
}

// innocentPoints are what a jump loses that has a plain reason: like one managed device on both sides.
const innocentPoints = 40

// against are the rows of the side where the user is not expected: neither at home nor on a journey that the pack
// declares; where he is expected on both sides, those away from home. Nil stands for all rows.
func against(t detect.Timeline, p *detect.Tenant, j *geo.Jump, home []string) []uint32 {
	var foreign, away []uint32
	said := declarations(p.Case.Text(t.Mailbox), p)
	spots := newSpots(p)
	for _, row := range j.Rows {
		country := spots.of(t.At(row).IP).Place.Country
		if slices.Contains(home, country) {
			continue
		}
		away = append(away, t.Rows[row].Index())
		if said.journey(country, t.At(row).Time) < 0 {
			foreign = append(foreign, t.Rows[row].Index())
		}
	}
	if foreign != nil {
		return foreign
	}
	return away
}

func (d *travel) finding(t detect.Timeline, p *detect.Tenant, j *geo.Jump, known geo.Known, innocent string) detect.Finding {
	pair, points := j.Pair(), j.Points
	var reasons []string
	for _, r := range j.Reasons {
		reasons = append(reasons, fmt.Sprintf("%s %+d", r.Code, r.Points))
	}
	if innocent != "" {
		points -= innocentPoints
		reasons = append(reasons, fmt.Sprintf("%s %+d", innocent, -innocentPoints))
	}
	source := j.Foreign().Place.Source
	unsure := doubtOf(t, p, j.From.Row).or(doubtOf(t, p, j.To.Row))
	says := []detect.Statement{
		detect.Say("from", describe(&j.From)),
		detect.Say("to", describe(&j.To)),
		detect.Say("km", int(j.KM)),
		detect.Say("measured_by", j.How),
		detect.Say("gap", j.Gap.Round(time.Second).String()),
		detect.Say("kmh", int(j.KMH)),
		detect.Say("journeys", j.Transitions),
		detect.Say("left", detect.TimeText(j.From.Time)),
		detect.Say("arrived", detect.TimeText(j.To.Time)),
		detect.Say("foreign", describe(j.Foreign())),
		detect.Say("database", source).If(source != ""),
		detect.Fields(stated()...),
		detect.MessageFields(),
		detect.Say("confidence_from", reasons).If(len(reasons) > 0),
	}
	f := detect.New(d.rule, t, p, j.Rows, pair[:], append(says, unsure.says()...)...)
	f.Against = against(t, p, j, known.Home)
	f.Confidence = max(0, min(100, f.Confidence+points))
	unsure.limit(&f, d.settings.Ambiguous)
	if innocent != "" {
		f.Level = min(f.Level, detect.Low)
		f.Set(innocent, true)
	}
	if slices.ContainsFunc(j.Reasons, func(r geo.Reason) bool { return r.Code == "declared-travel" }) {
		f.Level = min(f.Level, detect.Low) // confirmed by the client
	}
	return f
}

// describe is one end of a journey in words.
func describe(at *geo.Position) string {
	words := []string{at.IP.String()}
	if at.Place.ASN != 0 {
		words = append(words, strings.TrimSpace(fmt.Sprintf("AS%d %s", at.Place.ASN, at.Place.Org)))
	}
	if at.Place.Class != geo.Unknown {
		words = append(words, at.Place.Class.String())
	}
	where := strings.TrimSpace(at.Place.Country + " " + at.Place.City)
	return fmt.Sprintf("%s (%s)", where, strings.Join(words, ", "))
}

// known is what the case and the pack say of the user and the tenant; habit says that a network is the user's usual one.
func (d *travel) known(t detect.Timeline, p *detect.Tenant, j *journey) (known geo.Known, habit func(asn uint32) bool) {
	countries, networks := j.days()
	places := map[netip.Addr]*geo.Place{}
	for i := range j.spots {
		places[j.spots[i].Addr.IP] = &j.spots[i].Place
	}
	unusual := func(days *detect.Days, value string) bool {
		v := d.settings.Baseline.Judge(days, value)
		return v == detect.Novel || v == detect.Rare
	}
	seen, _ := p.Partial.(*tenant)
	name := p.Case.Text(t.Mailbox)
	said := declarations(name, p)
	home := said.home
	if len(home) == 0 {
		if country, _, ok := geo.Home(j.positions(nil), d.settings.Travel.geo()); ok {
			home = []string{country}
		}
	}
	lines := map[netip.Addr]bool{} // lines of people at home: an office that many share is where its people are
	for ip, at := range places {
		lines[ip] = at.Class.Home() && slices.Contains(home, at.Country)
	}
	habit = func(asn uint32) bool {
		return asn != 0 && d.settings.Baseline.Judge(networks, networkName(asn)) == detect.Usual
	}
	return geo.Known{
		Home:           home,
		Travel:         said.windows(),
		DeclaredEgress: func(ip netip.Addr) bool { return contains(d.egress, ip) || p.Declared.IsEgress(ip) },
		SharedEgress:   func(ip netip.Addr) bool { return !lines[ip] && seen.shared(ip) },
		NewCountry:     func(country string) bool { return unusual(countries, country) },
		NewToTenant:    func(country string) bool { return seen.only(country, name) },
		NewASN:         func(asn uint32) bool { return unusual(networks, networkName(asn)) },
	}, habit
}

func networkName(asn uint32) string { return strconv.FormatUint(uint64(asn), 10) }

func contains(nets []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(nets, func(n netip.Prefix) bool { return n.Contains(ip) })
}
