package geography

import (
	"cmp"
	"fmt"
	"slices"

	"triage/geo"
	"triage/rules/detect"
)

// countries finds countries that are new to a mailbox or rare in it, by days, looking both ways in time.
type countries struct {
	rule     *detect.Rule
	settings Settings
}

// unlocated stands for addresses that no database knows: a value like a country, but no country.
const unlocated = "unknown"

// onJourney stands for the days of journeys that the pack declares, where there are few others.
const onJourney = "declared journey"

// Mailbox gives one finding per country, in order of first activity.
func (d *countries) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	seen := d.see(t, p)
	seen.said.explained(d.rule, t, p, seen.away)
	if len(seen.order) == 0 {
		return nil
	}
	days := &seen.days
	if days.Active() <= d.settings.Baseline.MinDays {
		for _, at := range seen.journeys {
			days.Add(onJourney, at)
		}
	}
	if days.Active() <= d.settings.Baseline.MinDays {
		d.unable(t, p, days.Active())
		return nil
	}
	var findings []detect.Finding
	for _, c := range seen.order {
		verdict := d.settings.Baseline.Judge(days, c.name)
		if verdict != detect.Novel && verdict != detect.Rare {
			continue
		}
		if c.name == unlocated && d.settings.Unknown != "report" {
			continue
		}
		findings = append(findings, d.finding(t, p, seen.rows(d, t, p, c), c.name, verdict, days))
	}
	return findings
}

// sights is where one mailbox's person was.
type sights struct {
	said     declared
	days     detect.Days
	journal  *journal
	by       []*countryOf // by spot; nil for what shows no country
	order    []*countryOf // to judge, by first activity
	journeys []int64      // times on journeys that the pack declares: they make nothing usual, and nothing new
	away     []int        // activities on each of them
}

// countryOf is one country, or unlocated, that the person was in.
type countryOf struct {
	name string
	home bool // the pack says so
	days *detect.Tally
	seen bool // in a row to judge
}

func newSights(t detect.Timeline, p *detect.Tenant) *sights {
	s := &sights{said: declarations(p.Case.Text(t.Mailbox), p), journal: journalOf(t, p)}
	s.away = make([]int, len(s.said.travel))
	known := map[string]*countryOf{}
	s.by = each(s.journal, func(at *geo.Located) *countryOf {
		// A privacy relay stands near its user, not at him, and moves of its own. A declared way out stands anywhere.
		if at.Place.Class == geo.Relay || p.Declared.IsEgress(at.Addr.IP) {
			return nil
		}
		name := cmp.Or(at.Place.Country, unlocated)
		if known[name] == nil {
			known[name] = &countryOf{name: name, home: slices.Contains(s.said.home, name), days: s.days.Tally(name)}
		}
		return known[name]
	})
	return s
}

func (d *countries) see(t detect.Timeline, p *detect.Tenant) *sights {
	s := newSights(t, p)
	for at, judged := range s.journal.about(d.rule, t, p) {
		c := s.by[at.spot]
		if c == nil {
			continue
		}
		if journey := s.said.journey(c.name, at.time); journey >= 0 {
			s.journeys = append(s.journeys, at.time)
			if judged {
				s.away[journey]++
			}
			continue
		}
		c.days.Add(at.time)
		if !judged || c.home {
			continue
		}
		if !c.seen {
			c.seen = true
			s.order = append(s.order, c)
		}
	}
	return s
}

// rows are those to judge of a country, oldest first. They are looked for in countries that are findings only: the
// rows of the usual ones are most of the mailbox.
func (s *sights) rows(d *countries, t detect.Timeline, p *detect.Tenant, c *countryOf) []int {
	var rows []int
	for at, judged := range s.journal.about(d.rule, t, p) {
		if judged && s.by[at.spot] == c && s.said.journey(c.name, at.time) < 0 {
			rows = append(rows, int(at.row))
		}
	}
	return rows
}

func (d *countries) unable(t detect.Timeline, p *detect.Tenant, days int) {
	if p.Unable == nil {
		return
	}
	p.Unable(detect.NotEvaluated{
		Rule: d.rule.ID, Mailbox: t.Mailbox,
		Reason: fmt.Sprintf("insufficient baseline: %d active days with a position, needs more than %d", days, d.settings.Baseline.MinDays),
	})
}

func (d *countries) finding(t detect.Timeline, p *detect.Tenant, rows []int, country string, v detect.Verdict, days *detect.Days) detect.Finding {
	why := fmt.Sprintf("on %d of %d active days", days.On(country), days.Active())
	if v == detect.Novel {
		why = fmt.Sprintf("first seen after %d active days", days.Before(country))
	}
	usual, unsure := d.usual(days), doubtOf(t, p, rows...)
	says := []detect.Statement{
		detect.Say("country", country),
		detect.Fields(stated()...),
		detect.MessageFields(),
		detect.Say("days", days.On(country)),
		detect.Say("active_days", days.Active()),
		detect.Say("why", why),
		detect.Say("usual", usual).If(len(usual) > 0),
	}
	f := detect.New(d.rule, t, p, rows, []string{country}, append(says, unsure.says()...)...)
	weigh(&f, t, p, rows)
	unsure.limit(&f, d.settings.Ambiguous)
	d.explain(&f, t, p, rows, country, days)
	if country == unlocated {
		f.Level = detect.Informational // an address without a place is no foreign one
	}
	return f
}

// explain lowers a finding where the owner's own device, session or program was there with him, or the place is an office
// of the tenant's, and says which.
func (d *countries) explain(f *detect.Finding, t detect.Timeline, p *detect.Tenant, rows []int, country string, days *detect.Days) {
	if country == unlocated {
		return
	}
	lower := func(fact string, value any) {
		f.Set(fact, value)
		f.Confidence, f.Level = max(0, f.Confidence-deviceDoubt), min(f.Level, detect.Low)
	}
	if !owners(t, p, rows) {
		if name := ownWay(t, p, rows); name != "" {
			lower("own_way", name)
		}
		return
	}
	if name := d.vouched(t, p, rows, country); name != "" {
		lower("own_device", name)
		return
	}
	if office(t, p, rows) {
		lower("shared", true)
		return
	}
	home := declarations(p.Case.Text(t.Mailbox), p).home
	for _, c := range days.Values() {
		if c != country && d.settings.Baseline.Judge(days, c) == detect.Usual {
			home = append(slices.Clip(home), c)
		}
	}
	if fact, name := d.companion(t, p, rows, country, home); name != "" {
		lower(fact, name)
	}
}

// usual lists the countries that the mailbox is known by, those of most days first.
func (d *countries) usual(days *detect.Days) []string {
	const enough = 5
	var usual []string
	for _, country := range days.Values() {
		if len(usual) < enough && country != onJourney && d.settings.Baseline.Judge(days, country) == detect.Usual {
			usual = append(usual, fmt.Sprintf("%s (%d days)", country, days.On(country)))
		}
	}
	return usual
}
