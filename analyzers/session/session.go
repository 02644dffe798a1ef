// Package session is the detector for a session in two pairs of hands: one session id that comes from networks, countries
// or programs that one person does not have at once. Whoever sits between a user and the logon page, or copies a cookie,
// goes on in the user's own session.
package session

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	MinKM  int `yaml:"min_km" doc:"countries nearer than this are one place, km between their borders"`
	Low    int `yaml:"low" doc:"points from which a session is a finding at level low; 0: none is"`
	Medium int `yaml:"medium" doc:"points from which it is a finding at the rule's level"`
	High   int `yaml:"high" doc:"points from which it is a finding at level high"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "session",
		Doc:      "one finding for each session id that is used from two sides at once: networks, countries, programs",
		Settings: func() detect.Settings { return &Settings{MinKM: 100, Low: 40, Medium: 45, High: 65} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	if s.MinKM < 0 {
		errs = append(errs, detect.FieldError{Path: "min_km", Reason: "want 0 or more"})
	}
	if s.Low < 0 || s.Low > s.Medium {
		errs = append(errs, detect.FieldError{Path: "low", Reason: "want 0 or more, and not above medium"})
	}
	if s.Medium < 1 || s.High < s.Medium {
		errs = append(errs, detect.FieldError{Path: "medium", Reason: "want medium of at least 1, and high not below it"})
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{"session": detect.TextFact, "points": detect.NumberFact, "why": detect.TextFact}.With(stated()...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector { return &detector{r, *s} }

type detector struct {
	rule *detect.Rule
	Settings
}

// What speaks for two pairs of hands, and how loudly. A phone that leaves the house changes its network and nothing
// else: that alone is nothing. A copied cookie comes from a rented machine, from far away, or with another program.
const (
	farCountry   = 45 // no border shared, and further apart than min_km
	nearCountry  = 15
	rentedSide   = 30 // one side is a rented machine, the other is none
	otherSystem  = 35 // the programs name different operating systems, or one of them is a library
	otherNetwork = 10
	backAndForth = 15 // the sides take turns
	thereAndBack = 25 // sooner than one person goes there and back
)

// side is one network that a session came from.
type side struct {
	network
	rented  bool
	phone   bool // the session is one's
	systems []string
	rows    []int
	way     bool // rented, and the owner's own way out
	usual   bool // the mailbox comes from there on most days, as from a company's gateway
}

// network names a side's network, whatever session it is in.
type network struct {
	asn     uint32
	near    netip.Prefix // of addresses in no known network
	country string
}

func (n network) String() string { return fmt.Sprint(n.asn, " ", n.near, " ", n.country) }

// Mailbox gives one finding per session, in order of its first activity.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	rows := map[activity.Symbol][]int{}
	var order []activity.Symbol
	for row, a := range t.Matches() {
		if a.Session == 0 {
			continue
		}
		if rows[a.Session] == nil {
			order = append(order, a.Session)
		}
		rows[a.Session] = append(rows[a.Session], row)
	}
	var usual func(network string) bool
	way := sync.OnceValue(func() map[network]bool { return waysOut(t, p) })
	var findings []detect.Finding
	for _, id := range order {
		all, visits := sides(t, p, rows[id])
		if len(all) < 2 {
			continue
		}
		if usual == nil {
			usual = habits(t, p)
		}
		phone := onlyPhones(all)
		for _, s := range all {
			s.phone = phone
			s.usual = usual(s.network.String()) && (!s.rented || gateways(p)[s.network])
			s.way = s.rented && way()[s.network]
		}
		if f, ok := d.judge(t, p, p.Case.Text(id), all, d.courseOf(visits)); ok {
			findings = append(findings, f)
		}
	}
	return findings
}

// habits says whether a network is one that the mailbox comes from on many days, and not only of late.
func habits(t detect.Timeline, p *detect.Tenant) func(network string) bool {
	baseline := detect.Baseline{Per: "mailbox", MinDays: 5, ShareDaysBelow: 0.10}
	var days detect.Days
	names := map[activity.Symbol]string{} // an address names its network once
	for _, row := range t.Matched {
		a := t.At(row)
		at, ok := locate(a, p)
		if !ok {
			continue
		}
		name, known := names[a.IP]
		if !known {
			name = networkOf(at).String()
			names[a.IP] = name
		}
		days.Add(name, a.Time)
	}
	return func(network string) bool {
		return days.On(network) >= baseline.MinDays && baseline.Judge(&days, network) == detect.Usual
	}
}

// locate says where an activity's user was. Addresses that say nothing of it (the service's own, relays, a company's
// cloud gateway, satellites) and failures are nowhere.
func locate(a *activity.Activity, p *detect.Tenant) (at geo.Located, ok bool) {
	if a.Result == activity.Failure || p.Places == nil {
		return at, false
	}
	at = p.Places.At(a.IP)
	switch at.Place.Class {
	case geo.Private, geo.MSService, geo.Relay, geo.SASE, geo.Satellite:
		return at, false
	case geo.AzureCloud:
		if a.Type != activity.Logon {
			return at, false
		}
	}
	return at, at.Addr.IP.IsValid() && !at.Addr.Ambiguous && a.Flags&(activity.ChainedIP|activity.Cloud) == 0
}

// sides sorts a session's activities by network, and says in which order it was at them.
func sides(t detect.Timeline, p *detect.Tenant, rows []int) (all []*side, visits []sideVisit) {
	known := map[network]*side{}
	for _, row := range rows {
		a := t.At(row)
		at, ok := locate(a, p)
		if !ok {
			continue
		}
		name := networkOf(at)
		s := known[name]
		if s == nil {
			s = &side{network: name, rented: at.Place.Class.Rented()}
			all, known[name] = append(all, s), s
		}
		s.rows = append(s.rows, row)
		if system := system(p.Case.Text(a.Agent)); system != "" && !slices.Contains(s.systems, system) {
			s.systems = append(s.systems, system)
		}
		if last := len(visits) - 1; last >= 0 && visits[last].at == s {
			visits[last].last = a.Time
			continue
		}
		visits = append(visits, sideVisit{s, a.Time, a.Time})
	}
	return all, visits
}

// networkOf is the network of an address.
func networkOf(at geo.Located) network {
	n := network{asn: at.Place.ASN, country: at.Place.Country}
	if n.asn == 0 {
		bits := 24
		if at.Addr.IP.Is6() {
			bits = 48
		}
		n.near = netip.PrefixFrom(at.Addr.IP, bits).Masked()
	}
	return n
}

// system is the operating system or library that an agent names; "" where it names none.
func system(agent string) string {
	agent = strings.ToLower(agent)
	for _, name := range []string{
		"outlook-ios", "outlook-android", "iphone", "ipad", "android", "cros", "windows", "macintosh", "mac os", "linux", "axios", "node", "python", "go-http",
		"fasthttp", "okhttp", "undici", "curl",
	} {
		if strings.Contains(agent, name) {
			switch name {
			case "outlook-ios":
				return "iphone"
			case "outlook-android":
				return "android"
			}
			return name
		}
	}
	return ""
}

func (d *detector) judge(t detect.Timeline, p *detect.Tenant, id string, all []*side, c course) (detect.Finding, bool) {
	best, a, b := d.loudest(all, c)
	if best < d.Medium && (d.Low == 0 || best < d.Low) {
		return detect.Finding{}, false
	}
	_, reasons := d.compare(a, b, c)
	var used []int
	for _, s := range all {
		used = append(used, s.rows...)
	}
	slices.Sort(used)
	f := detect.New(d.rule, t, p, used, []string{id},
		detect.Say("session", id), detect.Say("points", best), detect.Say("why", reasons), detect.Fields(stated()...))
	switch {
	case best >= d.High:
		f.Level = max(f.Level, detect.High)
	case best < d.Medium:
		f.Level = min(f.Level, detect.Low)
	}
	return f, true
}

// stated are the fields that say who did what, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldIP, activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass,
		activity.FieldAgent, activity.FieldOp,
	}
}

// compare says what speaks for two pairs of hands.
func (d *detector) compare(a, b *side, c course) (points int, why []string) {
	add := func(n int, format string, args ...any) {
		points += n
		why = append(why, fmt.Sprintf(format, args...)+fmt.Sprintf(" %+d", n))
	}
	if a.usual && b.usual && !differ(a.systems, b.systems) {
		return 0, nil // at home and through the company's gateway, as always
	}
	if (a.way || b.way) && !differ(a.systems, b.systems) {
		return 0, nil
	}
	travelled := c.moves() && !a.rented && !b.rented && !differ(a.systems, b.systems) || roams(a, b)
	if a.country != "" && b.country != "" && a.country != b.country && !travelled {
		if km, _, ok := geo.Distance(geo.Place{Country: a.country}, geo.Place{Country: b.country}); ok && km <= float64(d.MinKM) {
			add(nearCountry, "from %s and %s, neighbours", a.country, b.country)
		} else {
			add(farCountry, "from %s and %s", a.country, b.country)
		}
	}
	if a.rented != b.rented && !a.way && !b.way && !(a.rented && a.usual) && !(b.rented && b.usual) {
		add(rentedSide, "from a rented machine and from a line of people")
	}
	if differ(a.systems, b.systems) {
		add(otherSystem, "with %s and with %s", strings.Join(a.systems, ", "), strings.Join(b.systems, ", "))
	}
	if points == 0 {
		return 0, nil
	}
	if a.asn != b.asn {
		add(otherNetwork, "from AS%d and AS%d", a.asn, b.asn)
	}
	switch {
	case c.quick > 0 && (a.rented != b.rented || a.country != b.country):
		add(thereAndBack, "sooner there and back than anybody goes, %d times", c.quick)
	case c.changes > 1 && points > rentedSide+otherNetwork:
		add(backAndForth, "in turns, %d times", c.changes)
	}
	return points, why
}

// differ says that both sides name systems, and none in common.
func differ(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
