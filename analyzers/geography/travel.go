package geography

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"triage/analyzers/detect"
	"triage/geo"
	"triage/ingest/activity"
)

// travel finds journeys that nobody can make: GEO.md, "Distance and travel".
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

// visit is a stretch of activities at one place.
type visit struct {
	rows        []int
	first, last geo.Located // of its first and last row
	start, end  int64
}

// leap is all journeys between one pair of places that nobody can make.
type leap struct {
	group  []string
	visits []*visit
	count  int
	worst  hop
}

// hop is one journey.
type hop struct {
	from, to *visit
	km, kmh  float64
	how      string
	gap      time.Duration
}

// Mailbox gives one finding per pair of places, in order of the first journey.
func (d *travel) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	visits := d.visits(t, p)
	own := append(slices.Clone(d.egress), prefixes(p.Lists["egress"])...)
	var order []*leap
	leaps := map[string]*leap{}
	for i := 1; i < len(visits); i++ {
		h, ok := d.hop(visits[i-1], visits[i])
		if !ok || contains(own, h.from.last.Addr.IP) && contains(own, h.to.first.Addr.IP) {
			continue
		}
		group := []string{label(h.from.last.Place), label(h.to.first.Place)}
		slices.Sort(group)
		key := strings.Join(group, "\x00")
		l := leaps[key]
		if l == nil {
			l = &leap{group: group}
			order, leaps[key] = append(order, l), l
		}
		l.add(h)
	}
	findings := make([]detect.Finding, 0, len(order))
	for _, l := range order {
		findings = append(findings, d.finding(t, p, l, visits, own))
	}
	return findings
}

func (l *leap) add(h hop) {
	if n := len(l.visits); n == 0 || l.visits[n-1] != h.from {
		l.visits = append(l.visits, h.from)
	}
	l.visits = append(l.visits, h.to)
	l.count++
	if l.count == 1 || h.kmh > l.worst.kmh {
		l.worst = h
	}
}

func contains(nets []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(nets, func(n netip.Prefix) bool { return n.Contains(ip) })
}

func label(p geo.Place) string {
	if p.City != "" {
		return p.Country + " " + p.City
	}
	return p.Country
}

// visits collapses the positions: the same country, or coordinates whose inaccuracies meet, is one place, and so are two
// addresses of one network within minutes. What hides where its user is anchors no travel.
func (d *travel) visits(t detect.Timeline, p *detect.Tenant) []*visit {
	var all []*visit
	for row := range detect.Person(d.rule, t, p) {
		a := t.At(row)
		at, ok := position(a, p)
		if !ok || at.Place.Country == "" || at.Place.Class.Anonymizer() {
			continue
		}
		if n := len(all); n > 0 && d.same(all[n-1], at, a.Time) {
			v := all[n-1]
			v.rows, v.end = append(v.rows, row), a.Time
			if near(v.last, at) {
				v.last = at
			}
			continue
		}
		all = append(all, &visit{rows: []int{row}, first: at, last: at, start: a.Time, end: a.Time})
	}
	return all
}

func near(a, b geo.Located) bool {
	km, how, ok := geo.Distance(a.Place, b.Place)
	if how == geo.ByBorder {
		return a.Place.Country == b.Place.Country
	}
	return ok && km == 0
}

// same says whether a position belongs to a visit.
func (d *travel) same(v *visit, at geo.Located, when int64) bool {
	if near(v.last, at) {
		return true
	}
	soon := time.Duration(when-v.end)*time.Millisecond <= d.settings.Travel.Flap
	return soon && at.Place.ASN != 0 && at.Place.ASN == v.last.Place.ASN && at.Addr.IP.Is4() != v.last.Addr.IP.Is4()
}

// hop is the journey between two visits; ok is false if it can be made, or its length is unknown.
func (d *travel) hop(from, to *visit) (h hop, ok bool) {
	h = hop{from: from, to: to, gap: time.Duration(to.start-from.end) * time.Millisecond}
	if h.km, h.how, ok = geo.Distance(from.last.Place, to.first.Place); !ok {
		return h, false
	}
	s := d.settings.Travel
	h.kmh = h.km / max(h.gap, s.MinGap).Hours()
	return h, h.km >= float64(s.MinKM) && h.kmh > float64(s.MaxKMH)
}

func (d *travel) finding(t detect.Timeline, p *detect.Tenant, l *leap, visits []*visit, own []netip.Prefix) detect.Finding {
	var rows []int
	for _, v := range l.visits {
		for _, row := range v.rows {
			rows = append(rows, row)
		}
	}
	rows = slices.Compact(slices.Sorted(slices.Values(rows)))
	f := detect.New(d.rule, t, rows, l.group...)
	from, to := l.worst.from.last, l.worst.to.first
	f.Set("from", describe(from))
	f.Set("to", describe(to))
	f.Set("km", int(l.worst.km))
	f.Set("measured_by", l.worst.how)
	f.Set("gap", l.worst.gap.String())
	f.Set("kmh", int(l.worst.kmh))
	f.Set("journeys", l.count)
	f.Set("left", detect.TimeText(l.worst.from.end))
	f.Set("arrived", detect.TimeText(l.worst.to.start))
	note(&f, t, p, rows)
	d.weigh(&f, t, p, l, visits, own)
	doubt(&f, t, p, []int{l.worst.from.rows[len(l.worst.from.rows)-1]}, d.settings.Ambiguous)
	doubt(&f, t, p, l.worst.to.rows[:1], d.settings.Ambiguous)
	return f
}

// describe is one end of a journey in words.
func describe(at geo.Located) string {
	words := []string{label(at.Place), at.Addr.IP.String()}
	if at.Place.ASN != 0 {
		words = append(words, fmt.Sprintf("AS%d", at.Place.ASN))
	}
	if at.Place.Org != "" {
		words = append(words, at.Place.Org)
	}
	if at.Place.Class != geo.Unknown {
		words = append(words, "("+at.Place.Class.String()+")")
	}
	if at.Place.Source != "" {
		words = append(words, "by "+at.Place.Source)
	}
	return strings.Join(words, " ")
}

// weigh moves the confidence by what stands on both sides: GEO.md, step 6.
func (d *travel) weigh(f *detect.Finding, t detect.Timeline, p *detect.Tenant, l *leap, visits []*visit, own []netip.Prefix) {
	from, to := l.worst.from, l.worst.to
	a, b := t.At(from.rows[len(from.rows)-1]), t.At(to.rows[0])
	up := func(points int, why string) {
		f.Confidence = max(0, min(100, f.Confidence+points))
		f.Set(why, true)
	}
	switch rented := func(at geo.Located) bool { return at.Place.Class == geo.Hosting || at.Place.Class == geo.AzureCloud }; {
	case rented(from.last) != rented(to.first):
		up(10, "rented_on_one_side")
	}
	if d.once(visits, from.last.Place.Country) || d.once(visits, to.first.Place.Country) {
		up(10, "country_new_to_user")
	}
	if a.Session != 0 && a.Session == b.Session {
		up(15, "one_session")
	}
	device := detect.ValueOf(activity.FieldDevice)
	if one := device.Text(a, p); one != "" && one == device.Text(b, p) {
		up(-30, "same_device")
	}
	if contains(own, from.last.Addr.IP) || contains(own, to.first.Addr.IP) {
		up(-30, "declared_egress")
	} else if shared(p.Partial, from.last.Addr.IP) || shared(p.Partial, to.first.Addr.IP) {
		up(-20, "shared_egress")
	}
}

// once says whether a country occurs on a single day of the timeline, while others occur on more.
func (d *travel) once(visits []*visit, country string) bool {
	var days detect.Days
	for _, v := range visits {
		days.Add(v.first.Place.Country, v.start)
		days.Add(v.last.Place.Country, v.end)
	}
	verdict := d.settings.Baseline.Judge(&days, country)
	return verdict == detect.Novel || verdict == detect.Rare
}

// ways is what mailboxes show of one address: the days on which each of them used it, at most sharedDays of them.
type ways map[netip.Addr]map[string][]int64

// A way out of the tenant is one that several people use on several days: GEO.md, step 6.
const (
	sharedPeople = 3
	sharedDays   = 3
)

// Profile says which addresses the mailbox's person used, and on which days.
func (d *travel) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	out := ways{}
	name := p.Case.Text(t.Mailbox)
	for row := range detect.Person(d.rule, t, p) {
		a := t.At(row)
		at, ok := position(a, p)
		if !ok {
			continue
		}
		if out[at.Addr.IP] == nil {
			out[at.Addr.IP] = map[string][]int64{}
		}
		days := out[at.Addr.IP]
		days[name] = first(days[name], a.Time/(24*time.Hour).Milliseconds())
	}
	return out
}

// first keeps the earliest days, each once: whatever is merged in whatever order, the same ones stay.
func first(days []int64, more ...int64) []int64 {
	for _, n := range more {
		if at, found := slices.BinarySearchFunc(days, n, cmp.Compare); !found {
			days = slices.Insert(slices.Clip(days), at, n)
		}
	}
	return days[:min(len(days), sharedDays)]
}

// Merge joins what two parts of the tenant know, in the first of them: a copy for each mailbox would cost more than
// the tenant has addresses.
func (d *travel) Merge(a, b detect.Partial) detect.Partial {
	out, _ := a.(ways)
	if out == nil {
		out = ways{}
	}
	more, _ := b.(ways)
	for ip, people := range more {
		if out[ip] == nil {
			out[ip] = make(map[string][]int64, len(people))
		}
		for name, days := range people {
			out[ip][name] = first(out[ip][name], days...)
		}
	}
	return out
}

// shared says whether enough people used an address on enough days each.
func shared(part detect.Partial, ip netip.Addr) bool {
	w, _ := part.(ways)
	people := 0
	for _, days := range w[ip] {
		if len(days) >= sharedDays {
			people++
		}
	}
	return people >= sharedPeople
}
